/* term_table.h: terms by a hash, to find their numbers. For tables that are filled once.
 */
#ifndef SITREP_TERM_TABLE_H
#define SITREP_TERM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Members are private. */
struct term_table {
    struct term_slot {
        const char *term; /* borrowed; NULL in a free one */
        uint32_t hash, number;
    } * slots;
    size_t mask;
};

/* An empty one, with room for so many terms. False out of memory. */
bool term_table_init(struct term_table *table, size_t terms);
void term_table_clear(struct term_table *table);
/* Borrows the term; a term that is there already keeps its number. */
void term_table_add(struct term_table *table, const char *term, uint32_t number);
bool term_table_find(const struct term_table *table, const char *term, uint32_t *number);

#endif
