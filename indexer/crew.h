/* crew.h: numbered tasks done by worker processes, forked from the caller: they see all it
 * had in memory, share its open files, and a crash of one harms no other. A worker takes the
 * next task when it is done with one.
 */
#ifndef SITREP_CREW_H
#define SITREP_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

enum { CREW_COUNTERS = 8 };

/* What a worker tells its master while at work. */
struct crew;
/* Adds to one of the counters, which all workers share. */
void crew_count(struct crew *crew, unsigned counter, uint64_t add);
/* Passes on something the master shall know, such as a reject. 'kind' is the caller's. */
void crew_tell(struct crew *crew, int kind, const struct error *note);

struct crew_job {
    size_t tasks;
    unsigned workers; /* 0: one a core; never more than there are tasks */
    void *context;
    /* In a worker, before its first task; '*state' is its own. May be NULL. */
    bool (*start)(void *context, void **state, struct error *err);
    /* In a worker. A failure ends the whole job. */
    bool (*work)(void *context, void *state, struct crew *crew, size_t task, struct error *err);
    /* In the master. Each may be NULL. 'tick' comes every 200 ms and once at the end. */
    void (*told)(void *context, int kind, const struct error *note);
    void (*tick)(void *context, const uint64_t counters[CREW_COUNTERS]);
};

/* Returns when all workers have ended. On failure of one the others are killed and the error
 * is its error; a worker that died of a signal is ERROR_SYSTEM. */
bool crew_run(const struct crew_job *job, struct error *err);

/* The same in two steps, and the caller does something else in between. Nothing is told before
 * crew_end, which frees the crew whatever it returns. */
bool crew_begin(const struct crew_job *job, struct crew **out, struct error *err);
bool crew_end(struct crew *crew, struct error *err);
/* In place of crew_end: kills the workers. NULL is fine. */
void crew_cancel(struct crew *crew);

/* Cores that this process may use. */
unsigned crew_cores(void);

#endif
