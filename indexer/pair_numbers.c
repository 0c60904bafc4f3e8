#include "indexer/pair_numbers.h"

#include <stdlib.h>
#include <string.h>

/* Where a pair is, or belongs. */
static struct pair_slot *find_slot(const struct pair_numbers *numbers, uint32_t pair)
{
    uint32_t mask = (1u << numbers->bits) - 1;
    uint32_t at = word_list_pair_hash(pair, numbers->bits);
    while (numbers->slots[at].pair != 0 && numbers->slots[at].pair != pair + 1)
        at = (at + 1) & mask;
    return &numbers->slots[at];
}

bool pair_numbers_init(struct pair_numbers *numbers, const struct frequent_lists *lists)
{
    int count = frequent_lists_terms(lists), pairs = 0;
    uint32_t pair;
    for (int i = 0; i < count; i++)
        pairs += word_list_read_pair(frequent_lists_term(lists, i), &pair);
    *numbers = (struct pair_numbers){.bits = 1};
    while (1 << numbers->bits < 2 * pairs)
        numbers->bits++;
    numbers->slots = calloc((size_t)1 << numbers->bits, sizeof numbers->slots[0]);
    for (int i = 0; numbers->slots && i < count; i++) {
        const char *term = frequent_lists_term(lists, i);
        if (word_list_read_pair(term, &pair))
            *find_slot(numbers, pair) = (struct pair_slot){pair + 1, i};
        else if (word_list_read_class(term, &pair))
            numbers->classes[pair] = i + 1;
    }
    return numbers->slots;
}

void pair_numbers_clear(struct pair_numbers *numbers)
{
    free(numbers->slots);
    memset(numbers, 0, sizeof *numbers);
}

int pair_numbers_find(const struct pair_numbers *numbers, int first, int second)
{
    uint32_t pair = word_list_pair_number(first, second);
    const struct pair_slot *slot = find_slot(numbers, pair);
    return slot->pair != 0
               ? slot->number
               : numbers->classes[word_list_pair_hash(pair, WORD_LIST_PAIR_CLASS_BITS)] - 1;
}

void pair_numbers_expect(const struct pair_numbers *numbers, int first, int second)
{
    uint32_t pair = word_list_pair_number(first, second);
    __builtin_prefetch(&numbers->slots[word_list_pair_hash(pair, numbers->bits)]);
}
