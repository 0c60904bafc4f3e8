/* budget.h: the memory of a build, shared out among its processes. */
#ifndef SITREP_BUDGET_H
#define SITREP_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define BUDGET_MEMORY (1536ull << 20) /* bytes, where the caller does not say */

struct budget {
    unsigned workers;     /* processes that index at a time */
    size_t segment_bytes; /* of reports that each holds before it writes them */
};

/* For so many reports; 'workers' are at most as many as asked for. ERROR_LIMIT says how much
 * the least is. */
bool budget_share(uint64_t memory, unsigned workers, size_t reports, struct budget *out,
                  struct error *err);

#endif
