#include <string.h>

#include "schema/buffer.h"
#include "schema/vocabulary_builder.h"

/* A table of places may write an id short, as most of it can be told from the line itself. */

struct column {
    const char *bytes;
    size_t size;
};

static struct column column_at(const char *at)
{
    return (struct column){at, strcspn(at, "\t\r\n")};
}

/* "Al Amadiyah" is al-amadiyah: ASCII letters and digits, all else between them one hyphen,
 * apostrophes nothing. */
static void append_slug(struct buffer *out, struct column name)
{
    bool gap = false, begun = false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.bytes[i];
        bool upper = c >= 'A' && c <= 'Z';
        if (c == '\'')
            continue;
        if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            gap = begun;
            continue;
        }
        if (gap)
            buffer_char(out, '-');
        buffer_char(out, upper ? (char)(c - 'A' + 'a') : c);
        gap = false;
        begun = true;
    }
}

/* The id of a line in full; '*home' is the division or country of the line before. */
static void append_id(struct buffer *out, struct column id, struct column name, struct column *home)
{
    const char *dot = memchr(id.bytes, '.', id.size);
    size_t home_size = dot ? (size_t)(dot - id.bytes) : id.size;
    if (home_size > 0)
        *home = (struct column){id.bytes, home_size};
    buffer_append(out, home->bytes, home->size);
    if (dot) {
        buffer_append(out, dot, id.size - home_size);
    } else {
        buffer_char(out, '.');
        append_slug(out, name);
    }
}

char *vocabulary_expand_table(const char *text, size_t *size)
{
    struct buffer out = {.bytes = NULL};
    struct column home = {"", 0};
    for (const char *at = text; *at;) {
        size_t rest = strcspn(at, "\n");
        rest += at[rest] == '\n';
        struct column id = column_at(at);
        if (*at != '#' && at[id.size] == '\t') {
            append_id(&out, id, column_at(at + id.size + 1), &home);
            at += id.size;
            rest -= id.size;
        }
        buffer_append(&out, at, rest);
        at += rest;
    }
    return buffer_take(&out, size);
}
