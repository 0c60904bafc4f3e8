/* tally.h: counters of the values of a column, one for each value there is; what it costs to read
 * them and to make them zero again depends on the values that were counted only. They are few in
 * most questions, of a hundred thousand.
 */
#ifndef SITREP_TALLY_H
#define SITREP_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

/* How many reports have a value, and of them those that have none that lies in it. */
struct value_count {
    uint32_t number, reports, direct;
};

#define TALLY_BLOCK 16u /* counters that are looked at together */

struct tally {
    uint64_t *cells;       /* by number: the reports, and 32 bits above them the direct ones */
    bool *blocks;          /* by number / TALLY_BLOCK: whether a counter may not be zero */
    bool all_touched;      /* any counter may not be zero; 'blocks' does not say which */
    bool *listed;          /* by number: in 'numbers' */
    uint32_t *numbers;     /* of the values that were counted */
    uint32_t *ends;        /* by level: where its numbers end while they are gathered */
    size_t count;          /* of 'numbers' */
    uint32_t *set_reports; /* by set of values: reports that have it, while sets are counted */
    uint32_t *sets;        /* those that any report has, likewise */
    size_t value_count;    /* there are */
    size_t level_count, set_count;
};

/* All zero. 'level_count': of the tree that the values make; 'set_count': of a column's sets.
 * ERROR_MEMORY. */
bool tally_new(size_t value_count, size_t level_count, size_t set_count, struct tally **out,
               struct error *err);
void tally_free(struct tally *tally);
/* All zero again; after column_count. */
void tally_clear(struct tally *tally);
/* Bytes of memory. */
size_t tally_memory(const struct tally *tally);

/* What one report adds to a cell. */
#define TALLY_REPORT UINT64_C(1)
#define TALLY_DIRECT (UINT64_C(1) << 32)

static inline void tally_touch(struct tally *tally, uint32_t number)
{
    tally->blocks[number / TALLY_BLOCK] = true;
}

static inline struct value_count tally_of(const struct tally *tally, uint32_t number)
{
    uint64_t cell = tally->cells[number];
    return (struct value_count){number, (uint32_t)cell, (uint32_t)(cell >> 32)};
}

#endif
