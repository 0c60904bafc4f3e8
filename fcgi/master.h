/* master.h: the process that holds the snapshot and looks after the workers. It answers
 * no request itself.
 *
 *   starting  fine without an index: workers answer 503 until there is one
 *   swapping  a newer snapshot is loaded beside the old one and new workers start; for
 *             each that is ready an old one stops, its request on its old snapshot finished
 *   deadline  a worker busy for LIMIT_REQUEST_MS is killed: a match in Xapian cannot
 *             be interrupted
 *   death     a worker that dies is started again, with growing pauses where new ones
 *             keep dying
 *   SIGHUP    templates and index are opened anew
 *   SIGTERM, SIGINT  no new connections; what is queued is answered; a second one
 *             ends everything at once
 */
#ifndef SITREP_MASTER_H
#define SITREP_MASTER_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/listener.h"
#include "schema/error.h"

#define MASTER_WORKERS_MAX 64u
/* Of a million reports, answers with 100,000 and more take 3 to 5 ms, those with fewer than 30,000
 * most often less than 1.5. Half of it, or three times as much, lets fewer pass: p50 5.1 and 6.1 ms
 * with eight clients, where this gives 4.2. */
#define MASTER_LONG_REPORTS 65536u

struct master_options {
    const char *index;     /* directory of the index, which need not exist yet */
    const char *web;       /* directory of templates and static files */
    unsigned workers;      /* 1 to MASTER_WORKERS_MAX */
    uint64_t long_reports; /* questions that find more let quick ones pass */
};

/* Serves until it is told to stop: true. False where it cannot begin. */
bool master_run(const struct master_options *options, struct listener *listener, struct error *err);

#endif
