/* Reading a query string; question.c writes one. */
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "search/question.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends the decoded bytes; false for a '%' without two hex digits. */
static bool decode(const char *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '%') {
            buffer_char(out, bytes[i] == '+' ? ' ' : bytes[i]);
            continue;
        }
        int high = i + 2 < size ? hex_digit(bytes[i + 1]) : -1;
        int low = i + 2 < size ? hex_digit(bytes[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        buffer_char(out, (char)(high * 16 + low));
        i += 2;
    }
    return true;
}

/* Decodes one half of a pair; 'name' is that of the parameter, NULL for the name itself. */
static bool decode_half(const char *bytes, size_t size, const char *name, struct buffer *out,
                        struct error *err)
{
    const char *what = name ? name : "the name of a parameter";
    bool well_formed = decode(bytes, size, out);
    buffer_append(out, "", 0);
    if (out->failed)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!well_formed)
        return error_set(err, ERROR_USAGE, name, "%s has a %% without two hexadecimal digits",
                         what);
    if (!text_is_utf8(out->bytes, out->size))
        return error_set(err, ERROR_USAGE, name, "%s is not UTF-8 without NUL", what);
    return true;
}

static bool parse_pair(const char *bytes, size_t size, struct question *question, struct error *err)
{
    struct buffer name = {0}, value = {0};
    const char *equals = memchr(bytes, '=', size);
    size_t name_size = equals ? (size_t)(equals - bytes) : size;
    size_t value_size = equals ? size - name_size - 1 : 0;
    bool done = decode_half(bytes, name_size, NULL, &name, err) &&
                decode_half(equals ? equals + 1 : "", value_size, name.bytes, &value, err);
    if (done && (value.size > 0 || !question_parameter_find(name.bytes)))
        done = question_set(question, name.bytes, value.bytes, err);
    buffer_free(&name);
    buffer_free(&value);
    return done;
}

bool question_parse_url(const char *bytes, size_t size, struct question *question,
                        struct error *err)
{
    if (size > LIMIT_REQUEST_BYTES)
        return error_set(err, ERROR_LIMIT, NULL, "the query string is too long: at most %u bytes",
                         LIMIT_REQUEST_BYTES);
    for (size_t at = 0; at < size;) {
        const char *ampersand = memchr(bytes + at, '&', size - at);
        size_t end = ampersand ? (size_t)(ampersand - bytes) : size;
        if (end > at && !parse_pair(bytes + at, end - at, question, err))
            return false;
        at = end + 1;
    }
    return true;
}
