/* peer.h: the loop in which a peer written in C answers bench/compare.c, and the clock around it.
 */
#ifndef SITREP_BENCH_PEER_H
#define SITREP_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/question_file.h"
#include "schema/error.h"

enum peer_task { PEER_FACETS, PEER_TOP, PEER_NEWEST, PEER_CHECK };

/* What a peer says of a check: its total, and how many reports each value has. */
struct peer_reply {
    uint64_t total;
    struct peer_count {
        const char *facet; /* "actor", "region", "date" */
        char *value;
        uint64_t reports;
    } * counts;
    size_t count, room;
    bool unasked; /* the peer cannot be asked that */
};

/* False out of memory. Counts of 0 are passed over. */
bool peer_reply_add(struct peer_reply *reply, const char *facet, const char *value,
                    uint64_t reports);

/* Carries out a question; 'reply' is looked at for PEER_CHECK only. The time it takes is what is
 * measured, so facets need not be made texts of. */
typedef bool peer_asker(void *context, enum peer_task task, const struct asked *asked,
                        struct peer_reply *reply, struct error *err);

/* Answers standard input to its end. */
bool peer_serve(peer_asker *ask, void *context, struct error *err);
/* 20231115; 'open' for DAY_NONE. */
uint32_t peer_day(day_t day, uint32_t open);
/* What main() ends with: tells the error, if there is one, and gives the exit status. */
int peer_end(const char *name, const struct error *err);

#endif
