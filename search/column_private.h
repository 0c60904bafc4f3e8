/* column_private.h: how a column lies in memory, for the files that make one. */
#ifndef SITREP_COLUMN_PRIVATE_H
#define SITREP_COLUMN_PRIVATE_H

#include "search/column.h"

/* Reports of one place and time have the same values over and over, so a report has the number of
 * a set of values. Sets are counted first, then each set's values that many times: reports that
 * share a set cost one step each, however many values it has. */
struct column {
    uint32_t last;
    size_t value_count;
    char *text;         /* all terms, NUL-terminated, one behind the other */
    const char **terms; /* by number; the values are their ends */
    const char **values;
    bool borrows; /* 'text', 'terms' and 'values' are another column's */
    uint32_t *totals;
    const struct field *field;

    uint16_t *narrow_sets; /* by docid; the set of docid 0 is empty; one of the two is there */
    uint32_t *wide_sets;
    uint32_t set_count;
    uint32_t *ends;   /* by set: where its numbers end, and those of the next begin */
    uint16_t *narrow; /* numbers of values, set by set; one of the two is there */
    uint32_t *wide;
};

#define COLUMN_EMPTY_SET 0u /* that of docid 0 */

#endif
