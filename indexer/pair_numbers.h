/* pair_numbers.h: which number the terms of pairs of words have in the lists of frequent terms. A
 * report has dozens of pairs, and the same ones over and over: those met last are remembered, as
 * making a term and finding it takes longer.
 */
#ifndef SITREP_PAIR_NUMBERS_H
#define SITREP_PAIR_NUMBERS_H

#include <stdint.h>

#include "indexer/frequent_lists.h"

#define PAIR_NUMBERS_SLOTS (1u << 16)

/* Members are private. All zero, nothing is remembered. */
struct pair_numbers {
    struct pair_slot {
        uint32_t pair; /* plus one; 0 in a free one */
        int number;
    } slots[PAIR_NUMBERS_SLOTS];
};

/* Of two words that make a pair, always with the same lists: the number of its term, or where that
 * is not listed of its class's; -1 where neither is. */
int pair_numbers_find(struct pair_numbers *numbers, const struct frequent_lists *lists, int first,
                      int second);

#endif
