/* budget.h: the memory of a build, shared out among its processes. */
#ifndef SITREP_BUDGET_H
#define SITREP_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define BUDGET_MEMORY (1536ull << 20) /* bytes, where the caller does not say */

/* Lowers '*workers', processes that index so many reports at a time, to as many as the memory is
 * enough for. ERROR_LIMIT, where that is none, says how much the least is. */
bool budget_share(uint64_t memory, size_t reports, unsigned *workers, struct error *err);

#endif
