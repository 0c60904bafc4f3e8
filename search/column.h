/* column.h: which values of a field each report has, in memory, so that a facet is one pass
 * over the matching reports. A column is made from the very posting lists that filters use,
 * so that a count and the total that its filter gives cannot differ.
 *
 * Values are known by their number in the column, in byte order of the values; the numbers
 * hold for one snapshot only. How they lie in memory is the column's own business.
 */
#ifndef SITREP_COLUMN_H
#define SITREP_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/docset.h"
#include "xapian/xap.h"

struct column;

/* Reads the posting lists of all terms of a boolean field, for docids up to 'last'.
 * ERROR_MEMORY, ERROR_STALE, or what else reading gives. */
bool column_load(const struct xap_db *db, const struct field *field, uint32_t last,
                 struct column **out, struct error *err);
/* Which values a value lies in: fills at most 'room' of them, returns how many it filled. */
typedef size_t column_parents(const void *context, const char *value, const char **parents,
                              size_t room);
/* The same, with the same numbers, but of each report only the values that it has none within
 * of: not the country where there is a place in it. */
bool column_load_narrowest(const struct xap_db *db, const struct field *field, uint32_t last,
                           column_parents *parents, const void *context, struct column **out,
                           struct error *err);
void column_free(struct column *column);

size_t column_value_count(const struct column *column);
/* Borrowed, as is all that a column gives. */
const char *column_value(const struct column *column, size_t number);
/* How many reports have the value. */
uint32_t column_total(const struct column *column, size_t number);
/* False where no report has that value. */
bool column_find(const struct column *column, const char *value, size_t *number);
/* counts[number] = reports of 'set' that have the value, for every value of the column. */
bool column_count(const struct column *column, const struct docset *set, uint32_t *counts,
                  struct error *err);
/* Bytes of memory. */
size_t column_memory(const struct column *column);

#endif
