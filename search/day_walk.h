/* day_walk.h: the reports of a set in order of their days, one after another from either end,
 * so that a page costs no more than what stands on it and before it. Undated reports come last
 * both ways; of one day, docids decide.
 */
#ifndef SITREP_DAY_WALK_H
#define SITREP_DAY_WALK_H

#include <stdbool.h>

#include "search/day_column.h"
#include "search/docset.h"

/* Members are private. Borrows the column and the set. */
struct day_walk {
    const struct day_column *column;
    const struct docset *set;
    bool newest;
    uint32_t ordered; /* the next of the ordered docids; 0 where there is none */
    size_t tail;      /* how many of the tail are passed, of 'tail_count' */
};

/* 'after' is a docid to begin behind, as the walk before it gave it; 0 begins at the first. */
void day_walk_start(struct day_walk *walk, const struct day_column *column,
                    const struct docset *set, bool newest, uint32_t after);
/* The next docid; 0 past the last one. */
uint32_t day_walk_next(struct day_walk *walk);

#endif
