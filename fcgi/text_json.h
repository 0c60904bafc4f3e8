/* text_json.h: text that came from outside, as JSON. jansson refuses what is not UTF-8, and a
 * refused member would be missing without a word.
 */
#ifndef SITREP_TEXT_JSON_H
#define SITREP_TEXT_JSON_H

#include <jansson.h>
#include <stddef.h>

/* A JSON string, what is not UTF-8 in it as U+FFFD; JSON null for NULL. A new reference; NULL out
 * of memory. */
json_t *text_json(const char *text);
json_t *text_json_bytes(const char *bytes, size_t size);

#endif
