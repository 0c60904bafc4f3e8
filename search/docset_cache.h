/* docset_cache.h: the docsets that were wanted last, each under a key, within a budget of bytes;
 * where it is full, the one that was wanted longest ago goes.
 */
#ifndef SITREP_DOCSET_CACHE_H
#define SITREP_DOCSET_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "search/docset.h"

struct docset_cache;

/* 'budget': bytes of sets and keys. ERROR_MEMORY. */
bool docset_cache_new(size_t budget, struct docset_cache **out, struct error *err);
void docset_cache_free(struct docset_cache *cache);

/* The set kept under a key, NULL for none. Borrowed until the next docset_cache_keep. */
const struct docset *docset_cache_find(struct docset_cache *cache, const void *key,
                                       size_t key_size);
/* Keeps a copy of a set under a key that there is none under; or does not, where it is larger than
 * the budget or memory is short. */
void docset_cache_keep(struct docset_cache *cache, const void *key, size_t key_size,
                       const struct docset *set);
void docset_cache_forget(struct docset_cache *cache);
/* Bytes of memory. */
size_t docset_cache_memory(const struct docset_cache *cache);

#endif
