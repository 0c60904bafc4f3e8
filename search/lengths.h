/* lengths.h: the length of each report, in memory: the occurrences of all its terms, as
 * ranking counts them.
 */
#ifndef SITREP_LENGTHS_H
#define SITREP_LENGTHS_H

#include <stdint.h>

#include "schema/error.h"
#include "xapian/xap.h"

struct lengths {
    uint32_t *of; /* by docid */
    uint32_t last;
    uint32_t shortest, longest;
    double factor; /* 1 / their average; 0 where all are empty */
};

/* Where 'before' is not NULL it has those of an earlier revision, and only reports with higher
 * docids are read. ERROR_STALE, ERROR_MEMORY. */
bool lengths_load(const struct xap_db *db, uint32_t last, const struct lengths *before,
                  struct lengths *out, struct error *err);
void lengths_clear(struct lengths *lengths);

#endif
