#include "schema/term_table.h"

#include <stdlib.h>
#include <string.h>

#include "schema/fnv.h"

/* At least half of it stays free, so that most terms are found at once. */
bool term_table_init(struct term_table *table, size_t terms)
{
    size_t count = 2;
    while (count < 2 * terms)
        count *= 2;
    table->slots = calloc(count, sizeof table->slots[0]);
    table->mask = count - 1;
    return table->slots;
}

void term_table_clear(struct term_table *table)
{
    free(table->slots);
    *table = (struct term_table){0};
}

/* Where a term is, or belongs. */
static struct term_slot *find_slot(const struct term_table *table, const char *term, uint32_t hash)
{
    size_t at = hash & table->mask;
    for (; table->slots[at].term; at = (at + 1) & table->mask)
        if (table->slots[at].hash == hash && strcmp(table->slots[at].term, term) == 0)
            break;
    return &table->slots[at];
}

static uint32_t hash_of(const char *term)
{
    return (uint32_t)fnv_hash(term, strlen(term));
}

void term_table_add(struct term_table *table, const char *term, uint32_t number)
{
    uint32_t hash = hash_of(term);
    struct term_slot *slot = find_slot(table, term, hash);
    if (!slot->term)
        *slot = (struct term_slot){term, hash, number};
}

bool term_table_find(const struct term_table *table, const char *term, uint32_t *number)
{
    const struct term_slot *slot = find_slot(table, term, hash_of(term));
    *number = slot->number;
    return slot->term;
}
