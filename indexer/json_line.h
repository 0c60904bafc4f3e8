/* json_line.h: JSON Lines: one object a line. */
#ifndef SITREP_JSON_LINE_H
#define SITREP_JSON_LINE_H

#include <jansson.h>
#include <stdbool.h>

#include "schema/buffer.h"
#include "schema/error.h"

/* Appends an object and a newline; ends the object's life. ERROR_MEMORY, also where the object is
 * NULL, as what was packed in vain is. */
bool json_line_append(struct buffer *out, json_t *object_take, struct error *err);

#endif
