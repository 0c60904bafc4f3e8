/* bounds.h: of many reports, those that have words enough to come to a score. Each word can add so
 * much at most; 64 reports are added up at once, with the sums in binary, a word of memory a
 * binary place (bit-sliced arithmetic: O'Neil and Quass, "Improved Query Performance with Variant
 * Indexes", 1997).
 */
#ifndef SITREP_BOUNDS_H
#define SITREP_BOUNDS_H

#include <stddef.h>

#include "schema/error.h"
#include "search/docset.h"

struct bound {
    const struct docset *set; /* who has the word; NULL: any report may have it */
    double most;              /* that it adds, at least 0 */
    unsigned steps;           /* private */
};

/* Takes out of the set the reports that cannot come to more than 'least', which is above 0, by all
 * bounds together; some that cannot may stay. All sets have the same 'last'. ERROR_MEMORY. */
bool bounds_narrow(struct bound *bounds, size_t count, double least, struct docset **set,
                   struct error *err);

#endif
