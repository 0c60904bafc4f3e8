/* pair_numbers.h: which number the terms of pairs of words have in the lists of frequent terms. A
 * report has hundreds of pairs, so that they are found without making their terms.
 */
#ifndef SITREP_PAIR_NUMBERS_H
#define SITREP_PAIR_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "indexer/frequent_lists.h"
#include "schema/word_list.h"

/* Members are private. All zero, no pair is listed. */
struct pair_numbers {
    struct pair_slot {
        uint32_t pair; /* plus one; 0 in a free one */
        int number;
    } * slots;     /* by a hash of the pair; at least half of them free */
    unsigned bits; /* 1 << bits slots */
    int classes[1u << WORD_LIST_PAIR_CLASS_BITS]; /* the number plus one; 0: not listed */
};

/* Of all the lists there are. False out of memory. */
bool pair_numbers_init(struct pair_numbers *numbers, const struct frequent_lists *lists);
void pair_numbers_clear(struct pair_numbers *numbers);

/* Of two words that make a pair: the number of its term, or where that is not listed of its
 * class's; -1 where neither is. */
int pair_numbers_find(const struct pair_numbers *numbers, int first, int second);
/* They will be asked for in a moment: memory is told. */
void pair_numbers_expect(const struct pair_numbers *numbers, int first, int second);

#endif
