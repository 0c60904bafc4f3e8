#include "indexer/pair_numbers.h"

#include "schema/word_list.h"

static int look_up(const struct frequent_lists *lists, int first, int second)
{
    char term[PAIR_TERM_ROOM];
    word_list_pair(first, second, term);
    int number = frequent_lists_number(lists, term);
    if (number < 0) {
        word_list_pair_class(first, second, term);
        number = frequent_lists_number(lists, term);
    }
    return number;
}

/* A pair is remembered in the one place that its hash says. */
int pair_numbers_find(struct pair_numbers *numbers, const struct frequent_lists *lists, int first,
                      int second)
{
    uint32_t pair = (uint32_t)first * WORD_LIST_PAIR_WORDS + (uint32_t)second + 1;
    struct pair_slot *slot = &numbers->slots[pair * 2654435761u / PAIR_NUMBERS_SLOTS];
    if (slot->pair != pair)
        *slot = (struct pair_slot){pair, look_up(lists, first, second)};
    return slot->number;
}
