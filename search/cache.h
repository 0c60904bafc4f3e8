/* cache.h: what was wanted last, each item under a key, within a budget of bytes; where it is
 * full, the one that was wanted longest ago goes.
 */
#ifndef SITREP_CACHE_H
#define SITREP_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct cache;

/* 'budget': bytes of items and keys; 'free_item' ends an item. ERROR_MEMORY. */
bool cache_new(size_t budget, void (*free_item)(void *item), struct cache **out, struct error *err);
void cache_free(struct cache *cache);

/* The item kept under a key, NULL for none. Borrowed until the next cache_take. */
void *cache_find(struct cache *cache, const void *key, size_t key_size);
/* Takes an item of so many bytes, and keeps it under a key that there is none under; or ends it,
 * where it is larger than the budget or memory is short. NULL is not kept. */
void cache_take(struct cache *cache, const void *key, size_t key_size, void *item, size_t bytes);
void cache_forget(struct cache *cache);
/* Bytes of memory. */
size_t cache_memory(const struct cache *cache);

#endif
