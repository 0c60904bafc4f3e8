#include "fcgi/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_ROOM 2048

void log_escape(const char *text, char *out, size_t room)
{
    static const char ellipsis[] = "...";
    size_t used = 0;

    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool plain = *c >= ' ' && *c < 0x7f;
        size_t needed = plain ? 1 : 4;
        if (used + needed + sizeof(ellipsis) > room) {
            memcpy(out + used, ellipsis, sizeof(ellipsis));
            return;
        }
        if (plain)
            out[used] = (char)*c;
        else
            snprintf(out + used, room - used, "\\x%02x", *c);
        used += needed;
    }
    out[used] = '\0';
}

void log_line(const char *format, ...)
{
    static const char name[] = "sitrep-fcgi: ";
    char text[LINE_ROOM], line[LINE_ROOM];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);

    memcpy(line, name, sizeof(name));
    log_escape(text, line + sizeof(name) - 1, sizeof(line) - sizeof(name));
    size_t size = strlen(line);
    line[size++] = '\n';
    /* A log that cannot be written has nowhere to be reported. */
    if (write(STDERR_FILENO, line, size) < 0)
        return;
}
