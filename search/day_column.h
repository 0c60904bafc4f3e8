/* day_column.h: the day of each report, in memory. */
#ifndef SITREP_DAY_COLUMN_H
#define SITREP_DAY_COLUMN_H

#include <stdbool.h>
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
    bool ascending;   /* docids rise with days, undated reports first */
    uint32_t dated_from; /* then: the first docid that has a day */
};

/* 'all' is the set of all reports. */
bool day_column_load(const struct xap_db *db, const struct docset *all, struct day_column *out,
                     struct error *err);
/* Reports of the days from 'from' to 'to'. */
uint32_t day_column_count(const struct day_column *column, day_t from, day_t to);
void day_column_clear(struct day_column *column);

#endif
