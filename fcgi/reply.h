/* reply.h: one whole answer, made before its first byte is sent.
 */
#ifndef SITREP_REPLY_H
#define SITREP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/buffer.h"

struct reply {
    unsigned status; /* an HTTP status; 0 until there is an answer */
    struct buffer headers;
    struct buffer body;
};

/* Starts over: what was in the reply is gone. Zero it before first use. */
void reply_start(struct reply *reply, unsigned status, const char *content_type);
/* Adds a header. One with a line break in it is left out: values can hold what a client sent. */
void reply_header(struct reply *reply, const char *name, const char *value);
/* Takes a malloc()ed body; NULL marks the reply as failed (out of memory). */
void reply_take_body(struct reply *reply, char *body, size_t size);
/* Whether memory ran out while it was made. */
bool reply_failed(const struct reply *reply);
/* The head in CGI form, "Status: 200 OK" to the empty line, with the body's length. */
void reply_head(const struct reply *reply, struct buffer *out);
void reply_clear(struct reply *reply);

#endif
