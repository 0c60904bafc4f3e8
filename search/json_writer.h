/* json_writer.h: JSON written as it goes, for answers: no tree in memory, compact, the members in
 * the order of the calls. Commas and escapes are the writer's, matching brackets the caller's.
 */
#ifndef SITREP_JSON_WRITER_H
#define SITREP_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/buffer.h"

/* Zero it and give it a buffer; running out of memory is the buffer's 'failed'. */
struct json_writer {
    struct buffer *out;
    bool comma; /* before what comes next */
};

/* 'key' is the member's name, in ASCII without quotes; NULL in an array and at the top. */
void json_begin(struct json_writer *json, const char *key, char bracket);
void json_end(struct json_writer *json, char bracket);
/* A string, ill-formed bytes repaired; null for NULL. */
void json_write_text(struct json_writer *json, const char *key, const char *text);
/* A string of a path and, unless it is empty, '?' and a query: percent-encoded, so that nothing in
 * it needs an escape. */
void json_write_link(struct json_writer *json, const char *key, const char *path,
                     const char *query);
void json_write_integer(struct json_writer *json, const char *key, uint64_t number);
/* Rounded to 1 / 'steps'. */
void json_write_real(struct json_writer *json, const char *key, double number, double steps);
void json_write_bool(struct json_writer *json, const char *key, bool value);
void json_write_null(struct json_writer *json, const char *key);

#endif
