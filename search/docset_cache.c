#include "search/docset_cache.h"

#include <stdlib.h>
#include <string.h>

/* Looked through one by one: measured, a microsecond where all are there. */
#define ENTRIES 256

struct entry {
    uint64_t wanted; /* when, on the cache's clock */
    void *key;
    size_t key_size;
    struct docset *set;
};

struct docset_cache {
    size_t budget, bytes, count;
    uint64_t clock;
    struct entry entries[ENTRIES];
};

bool docset_cache_new(size_t budget, struct docset_cache **out, struct error *err)
{
    struct docset_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    cache->budget = budget;
    *out = cache;
    return true;
}

static size_t entry_bytes(const struct docset *set, size_t key_size)
{
    return key_size + sizeof *set + set->word_count * sizeof set->words[0];
}

static void drop(struct docset_cache *cache, struct entry *entry)
{
    cache->bytes -= entry_bytes(entry->set, entry->key_size);
    docset_free(entry->set);
    free(entry->key);
    *entry = cache->entries[--cache->count];
}

const struct docset *docset_cache_find(struct docset_cache *cache, const void *key, size_t key_size)
{
    for (struct entry *entry = cache->entries; entry < cache->entries + cache->count; entry++)
        if (entry->key_size == key_size && memcmp(entry->key, key, key_size) == 0) {
            entry->wanted = ++cache->clock;
            return entry->set;
        }
    return NULL;
}

static struct entry *find_oldest(struct docset_cache *cache)
{
    struct entry *oldest = cache->entries;
    for (size_t i = 1; i < cache->count; i++)
        if (cache->entries[i].wanted < oldest->wanted)
            oldest = &cache->entries[i];
    return oldest;
}

void docset_cache_keep(struct docset_cache *cache, const void *key, size_t key_size,
                       const struct docset *set)
{
    size_t bytes = entry_bytes(set, key_size);
    if (bytes > cache->budget)
        return;
    struct entry added = {.key = malloc(key_size + 1), .key_size = key_size};
    if (!added.key || !docset_copy(set, &added.set, NULL)) {
        free(added.key);
        return;
    }
    memcpy(added.key, key, key_size);
    while (cache->count == ENTRIES || cache->bytes + bytes > cache->budget)
        drop(cache, find_oldest(cache));
    added.wanted = ++cache->clock;
    cache->bytes += bytes;
    cache->entries[cache->count++] = added;
}

void docset_cache_forget(struct docset_cache *cache)
{
    while (cache->count)
        drop(cache, &cache->entries[0]);
}

size_t docset_cache_memory(const struct docset_cache *cache)
{
    return sizeof *cache + cache->bytes;
}

void docset_cache_free(struct docset_cache *cache)
{
    if (!cache)
        return;
    docset_cache_forget(cache);
    free(cache);
}
