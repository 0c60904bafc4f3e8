#include "search/json_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"

static void put_key(struct json_writer *json, const char *key)
{
    if (json->comma)
        buffer_char(json->out, ',');
    json->comma = true;
    if (!key)
        return;
    buffer_char(json->out, '"');
    buffer_text(json->out, key);
    buffer_append(json->out, "\":", 2);
}

void json_begin(struct json_writer *json, const char *key, char bracket)
{
    put_key(json, key);
    buffer_char(json->out, bracket);
    json->comma = false;
}

void json_end(struct json_writer *json, char bracket)
{
    buffer_char(json->out, bracket);
    json->comma = true;
}

static void put_escape(struct buffer *out, unsigned char c)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"'};
    if (c == '\\')
        buffer_append(out, "\\\\", 2);
    else if (c < sizeof letters && letters[c])
        buffer_append(out, (const char[]){'\\', letters[c]}, 2);
    else
        buffer_format(out, "\\u%04x", c);
}

/* Runs of what needs no escape are copied at once. */
static void put_string(struct buffer *out, const char *text, size_t size)
{
    size_t begin = 0;
    buffer_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buffer_append(out, text + begin, i - begin);
        put_escape(out, c);
        begin = i + 1;
    }
    buffer_append(out, text + begin, size - begin);
    buffer_char(out, '"');
}

void json_write_text(struct json_writer *json, const char *key, const char *text)
{
    if (!text) {
        json_write_null(json, key);
        return;
    }
    size_t size = strlen(text);
    put_key(json, key);
    if (text_is_utf8(text, size)) {
        put_string(json->out, text, size);
        return;
    }
    char *clean = text_clean(text, size, &size, NULL);
    if (clean)
        put_string(json->out, clean, size);
    else
        json->out->failed = true;
    free(clean);
}

void json_write_link(struct json_writer *json, const char *key, const char *path, const char *query)
{
    put_key(json, key);
    buffer_char(json->out, '"');
    buffer_text(json->out, path);
    if (*query)
        buffer_char(json->out, '?');
    buffer_text(json->out, query);
    buffer_char(json->out, '"');
}

/* An answer has hundreds of them, which printf would take as long to write as all else. */
void json_write_integer(struct json_writer *json, const char *key, uint64_t number)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put_key(json, key);
    buffer_append(json->out, at, (size_t)(digits + sizeof digits - at));
}

void json_write_real(struct json_writer *json, const char *key, double number, double steps)
{
    char text[32];
    put_key(json, key);
    snprintf(text, sizeof text, "%.15g", round(number * steps) / steps);
    buffer_text(json->out, text);
    if (!strpbrk(text, ".e"))
        buffer_text(json->out, ".0");
}

void json_write_bool(struct json_writer *json, const char *key, bool value)
{
    put_key(json, key);
    buffer_text(json->out, value ? "true" : "false");
}

void json_write_null(struct json_writer *json, const char *key)
{
    put_key(json, key);
    buffer_text(json->out, "null");
}
