/* day_column.h: the day of each report, in memory, and the order in which days come.
 *
 * A built generation has its docids in order of the days, undated reports first. What is added to
 * it later has docids behind those, whatever its day: that tail is kept sorted.
 */
#ifndef SITREP_DAY_COLUMN_H
#define SITREP_DAY_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/day.h"
#include "schema/error.h"
#include "search/docset.h"
#include "xapian/xap.h"

/* Read from the date's value slot. */
struct day_column {
    day_t *days; /* by docid; DAY_NONE where undated */
    uint32_t last;
    day_t first_day, last_day; /* of the dated reports; DAY_NONE where there are none */
    uint32_t *before; /* by day from 'first_day': reports of earlier days; ends with all of them */

    uint32_t ordered; /* docids up to it rise with the days, undated ones first */
    uint32_t *starts; /* by day from 'first_day': the first of them that is of that day or a later
                       * one; ends with ordered + 1, and is that alone where none is dated */
    uint32_t *tail;   /* the docids behind it: undated, then by day; by docid */
    size_t tail_count, tail_dated; /* the first of the tail that has a day */
};

/* 'all' is the set of all reports. Where 'before' is not NULL it is the column of an earlier
 * revision, and only reports with higher docids are read. */
bool day_column_load(const struct xap_db *db, const struct docset *all,
                     const struct day_column *before, struct day_column *out, struct error *err);
/* Reports of the days from 'from' to 'to'. */
uint32_t day_column_count(const struct day_column *column, day_t from, day_t to);
/* The first of the ordered docids that is of 'day' or a later one; ordered + 1 where none is.
 * DAY_NONE asks for the first that is dated. */
uint32_t day_column_start(const struct day_column *column, day_t day);
/* Bytes of memory. */
size_t day_column_memory(const struct day_column *column);
void day_column_clear(struct day_column *column);

#endif
