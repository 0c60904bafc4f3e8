/* fastcgi.h: requests of FastCGI 1.0 written by hand, as nginx writes them and as nobody should. */
#ifndef SITREP_TEST_FASTCGI_H
#define SITREP_TEST_FASTCGI_H

#include <fastcgi.h>
#include <string.h>

#include "schema/buffer.h"

/* Appends one record of request 1, padded by so many bytes. */
static inline void fastcgi_record(struct buffer *out, unsigned type, const void *content,
                                  size_t size, size_t padding)
{
    const unsigned char header[FCGI_HEADER_LEN] = {
        FCGI_VERSION_1,      (unsigned char)type,    0, 1, (unsigned char)(size >> 8),
        (unsigned char)size, (unsigned char)padding, 0};
    buffer_append(out, (const char *)header, sizeof(header));
    buffer_append(out, content, size);
    for (size_t i = 0; i < padding; i++)
        buffer_char(out, '\xff');
}

static inline void fastcgi_begin(struct buffer *out)
{
    static const unsigned char body[8] = {0, FCGI_RESPONDER};
    fastcgi_record(out, FCGI_BEGIN_REQUEST, body, sizeof(body), 0);
}

static inline void fastcgi_length(struct buffer *out, size_t size)
{
    if (size > 0x7f)
        for (unsigned shift = 24; shift; shift -= 8)
            buffer_char(out, (char)(size >> shift | (shift == 24 ? 0x80 : 0)));
    buffer_char(out, (char)size);
}

/* A name and its value, as they stand in the content of records of parameters. */
static inline void fastcgi_pair(struct buffer *out, const char *name, const char *value)
{
    fastcgi_length(out, strlen(name));
    fastcgi_length(out, strlen(value));
    buffer_text(out, name);
    buffer_text(out, value);
}

/* A whole request. */
static inline void fastcgi_get(struct buffer *out, const char *uri)
{
    struct buffer pairs = {0};

    fastcgi_pair(&pairs, "REQUEST_METHOD", "GET");
    fastcgi_pair(&pairs, "REQUEST_URI", uri);
    fastcgi_begin(out);
    fastcgi_record(out, FCGI_PARAMS, pairs.bytes, pairs.size, 3);
    fastcgi_record(out, FCGI_PARAMS, "", 0, 0);
    fastcgi_record(out, FCGI_STDIN, "", 0, 0);
    out->failed |= pairs.failed;
    buffer_free(&pairs);
}

/* Appends what records of an answer say. */
static inline void fastcgi_output(struct buffer *out, const char *bytes, size_t size)
{
    while (size >= FCGI_HEADER_LEN) {
        const unsigned char *header = (const unsigned char *)bytes;
        size_t content = (size_t)header[4] << 8 | header[5];
        size_t whole = FCGI_HEADER_LEN + content + header[6];
        if (whole > size)
            return;
        if (header[1] == FCGI_STDOUT)
            buffer_append(out, bytes + FCGI_HEADER_LEN, content);
        bytes += whole;
        size -= whole;
    }
}

#endif
