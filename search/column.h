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
#include "search/tally.h"
#include "xapian/xap.h"

struct column;

/* Which values a value lies in: fills at most 'room' of them, returns how many it filled. */
typedef size_t column_parents(const void *context, const char *value, const char **parents,
                              size_t room);
/* Reads the posting lists of all terms of a boolean field, for docids up to 'last'. 'parents' is
 * NULL where no value lies in another; asked with 'context' while loading only.
 * ERROR_MEMORY, ERROR_STALE, or what else reading gives. */
bool column_load(const struct xap_db *db, const struct field *field, uint32_t last,
                 column_parents *parents, const void *context, struct column **out,
                 struct error *err);
/* The column of a later revision, out of that of an earlier one: of the reports in 'all', those
 * with docids above the column's last are read from their term lists, and those that are gone
 * leave the counts. 'parents' as for column_load. A value that no report has any more keeps its
 * number. */
bool column_grow(const struct column *before, const struct xap_db *db, const struct docset *all,
                 column_parents *parents, const void *context, struct column **out,
                 struct error *err);
/* Where no value is new the values are borrowed from the earlier column, with all that was made
 * of them by number; column_take_values makes them the later one's own before the earlier one's
 * end, and says whether they were borrowed. */
bool column_borrows_values(const struct column *column);
bool column_take_values(struct column *column, struct column *before);
void column_free(struct column *column);

size_t column_value_count(const struct column *column);
/* Borrowed, as is all that a column gives. */
const char *column_value(const struct column *column, size_t number);
/* That of a report, in the column of a field of one value a report; NULL where it has none. */
const char *column_value_of(const struct column *column, uint32_t docid);
/* How many reports have the value. */
uint32_t column_total(const struct column *column, size_t number);
/* Of them, those that have no value that lies in it: not the country where there is a place
 * in it. 0 in a column without parents. */
uint32_t column_direct_total(const struct column *column, size_t number);
/* False where no report has that value. */
bool column_find(const struct column *column, const char *value, size_t *number);
/* A tally for the column. */
bool column_tally(const struct column *column, struct tally **out, struct error *err);
/* Counts the reports of 'set' that are not in 'without' (NULL: none is), 'reports' of them, by
 * which only the way is chosen: afterwards the tally has the numbers of the values that any of them
 * has, and the counts of these, until tally_clear. 'direct' are those that have no value that lies
 * in it; 0 in a column without parents. */
void column_count(const struct column *column, const struct docset *set,
                  const struct docset *without, uint32_t reports, struct tally *tally);

/* What the reports of a set have, side by side: parts of the set are counted from it in a fraction
 * of the time, as memory is read on and not here and there. */
struct column_rows;
/* Counts as column_count does, and gives the rows, to be freed; or NULL, where the reports are so
 * many that counting by report does not pay, and out of memory. */
void column_count_rows(const struct column *column, const struct docset *set, uint32_t reports,
                       struct tally *tally, struct column_rows **out);
/* Counts 'part', all of which are in 'set', of which the rows are. */
void column_count_part(const struct column *column, const struct column_rows *rows,
                       const struct docset *set, const struct docset *part, struct tally *tally);
/* Bytes of memory; 0 for NULL. */
size_t column_rows_memory(const struct column_rows *rows);
void column_rows_free(struct column_rows *rows);
/* Bytes of memory. */
size_t column_memory(const struct column *column);

#endif
