#include "indexer/budget.h"

#include <inttypes.h>

#include "indexer/segment.h"

/* Measured, in bytes: the vocabulary and the training of a dictionary; what a report needs while
 * it is put in order; a worker with nothing in hand; what it takes to index a byte of report. */
#define MASTER_BYTES     (320ull << 20)
#define REPORT_BYTES     168ull
#define WORKER_BYTES     (72ull << 20)
#define BYTES_OF_REPORTS 24ull

bool budget_share(uint64_t memory, size_t reports, unsigned *workers, struct error *err)
{
    const uint64_t shared = MASTER_BYTES + REPORT_BYTES * reports;
    const uint64_t worker = WORKER_BYTES + BYTES_OF_REPORTS * SEGMENT_COMMIT_BYTES;
    if (memory < shared + worker)
        return error_set(err, ERROR_LIMIT, "--memory",
                         "to index %zu reports takes at least %" PRIu64 "M", reports,
                         ((shared + worker) >> 20) + 1);
    uint64_t most = (memory - shared) / worker;
    if (*workers > most)
        *workers = (unsigned)most;
    return true;
}
