/* top.h: the largest few of many 64-bit keys, by a heap of the few: n log k at worst, and
 * one comparison for a key that is not among them.
 */
#ifndef SITREP_TOP_H
#define SITREP_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

struct top {
    uint64_t *keys; /* a heap, the smallest first */
    size_t count, room;
};

/* Room for the 'room' largest keys. ERROR_MEMORY. */
bool top_init(struct top *top, size_t room, struct error *err);
void top_clear(struct top *top);
void top_offer(struct top *top, uint64_t key);
/* The least key that is among the largest; 0 while fewer were offered than there is room for. */
uint64_t top_least(const struct top *top);

#endif
