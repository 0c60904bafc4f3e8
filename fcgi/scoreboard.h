/* scoreboard.h: what the workers are doing, in memory that master and workers share.
 * Each worker writes its own slot; counters are added to by all and survive the
 * death of any.
 */
#ifndef SITREP_SCOREBOARD_H
#define SITREP_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "schema/buffer.h"
#include "schema/error.h"

#define SCOREBOARD_ROUTES   12
#define SCOREBOARD_STATUSES 600
#define SCOREBOARD_STEPS    14 /* of the duration histogram, the last one is "more" */

enum worker_state { WORKER_NONE, WORKER_STARTING, WORKER_IDLE, WORKER_BUSY };

struct worker_slot {
    _Atomic(pid_t) pid; /* 0: the slot is free */
    _Atomic(enum worker_state) state;
    _Atomic(int64_t) busy_since; /* scoreboard_now() when it took its request */
    _Atomic(uint64_t) requests;
    _Atomic(uint64_t) cache_bytes; /* as of its last request */
};

struct route_counters {
    _Atomic(uint64_t) by_status[SCOREBOARD_STATUSES];
    _Atomic(uint64_t) by_step[SCOREBOARD_STEPS];
    _Atomic(uint64_t) microseconds;
};

struct scoreboard {
    size_t slot_count;
    pid_t master;
    _Atomic(bool) ending;   /* the server ends: answer what is parked, then stop */
    _Atomic(bool) draining; /* and what is in the socket's queue, too */
    int64_t started;        /* scoreboard_now() */
    /* Of the snapshot that new workers get; written by the master alone. */
    _Atomic(uint64_t) snapshot_reports, snapshot_bytes, snapshot_loads, snapshot_failures;
    _Atomic(uint64_t) late_kills, worker_deaths;
    _Atomic(uint64_t) parked; /* connections, so far */
    struct route_counters routes[SCOREBOARD_ROUTES];
    struct worker_slot slots[];
};

/* Shared by all processes forked afterwards. NULL with ERROR_MEMORY. */
struct scoreboard *scoreboard_new(size_t slot_count, struct error *err);
void scoreboard_free(struct scoreboard *scoreboard);

/* Milliseconds of a clock that is never set. */
int64_t scoreboard_now(void);
/* Counts one answer. 'route' is a number below SCOREBOARD_ROUTES. */
void scoreboard_count(struct scoreboard *scoreboard, size_t route, unsigned status,
                      uint64_t microseconds);
/* All of it as Prometheus text (exposition format 0.0.4); 'route_names' are labels. */
void scoreboard_describe(const struct scoreboard *scoreboard, const char *const *route_names,
                         size_t route_count, struct buffer *out);

#endif
