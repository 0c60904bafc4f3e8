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

/* ERROR_STALE, ERROR_MEMORY. */
bool lengths_load(const struct xap_db *db, uint32_t last, struct lengths *out, struct error *err);
void lengths_clear(struct lengths *lengths);

#endif
