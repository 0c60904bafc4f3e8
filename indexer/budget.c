#include "indexer/budget.h"

#include <inttypes.h>

#include "indexer/segment.h"

/* Measured, in bytes: the vocabulary and the training of a dictionary; what a report needs while
 * it is put in order; a worker with nothing in hand; what it takes to index a byte of report. */
#define MASTER_BYTES     (192ull << 20)
#define REPORT_BYTES     168ull
#define WORKER_BYTES     (48ull << 20)
#define BYTES_OF_SEGMENT 24ull
#define SEGMENT_LEAST    (256ull << 10)

bool budget_share(uint64_t memory, unsigned workers, size_t reports, struct budget *out,
                  struct error *err)
{
    const uint64_t shared = MASTER_BYTES + REPORT_BYTES * reports;
    const uint64_t worker = WORKER_BYTES + BYTES_OF_SEGMENT * SEGMENT_LEAST;
    if (memory < shared + worker)
        return error_set(err, ERROR_LIMIT, "--memory",
                         "to index %zu reports takes at least %" PRIu64 "M", reports,
                         ((shared + worker) >> 20) + 1);
    uint64_t most = (memory - shared) / worker;
    if (workers > most)
        workers = (unsigned)most;
    uint64_t bytes = ((memory - shared) / workers - WORKER_BYTES) / BYTES_OF_SEGMENT;
    *out = (struct budget){.workers = workers,
                           .segment_bytes = bytes < SEGMENT_BYTES ? (size_t)bytes : SEGMENT_BYTES};
    return true;
}
