/* names.h: what a user wrote after actor: or region=, made the value that reports are tagged
 * with: an id in any case, or a name of the vocabulary.
 */
#ifndef SITREP_NAMES_H
#define SITREP_NAMES_H

#include <stdbool.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/snapshot.h"

/* '*out' is malloc()ed; the value as it was where nothing is known by it. */
bool names_resolve(const struct snapshot *snapshot, enum field_id field, const char *value,
                   char **out, struct error *err);
/* Whether any report has the (resolved) value. */
bool names_is_used(const struct snapshot *snapshot, enum field_id field, const char *value,
                   bool *out, struct error *err);

#endif
