#include "search/cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema/fnv.h"

/* Their hashes are looked through one by one: measured, a quarter of a microsecond where all are
 * there. */
#define ENTRIES 1024

struct entry {
    uint64_t wanted; /* when, on the cache's clock */
    void *key;
    size_t key_size;
    void *item;
    size_t bytes; /* of the key and the item */
};

struct cache {
    size_t budget, bytes, count;
    void (*free_item)(void *item);
    uint64_t clock;
    uint64_t hashes[ENTRIES]; /* of the entries' keys */
    struct entry entries[ENTRIES];
};

bool cache_new(size_t budget, void (*free_item)(void *item), struct cache **out, struct error *err)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    cache->budget = budget;
    cache->free_item = free_item;
    *out = cache;
    return true;
}

static void drop(struct cache *cache, struct entry *entry)
{
    cache->bytes -= entry->bytes;
    cache->free_item(entry->item);
    free(entry->key);
    *entry = cache->entries[--cache->count];
    cache->hashes[entry - cache->entries] = cache->hashes[cache->count];
}

/* The first entry from 'at' on whose key has the hash; 'count' for none. */
static size_t find_hash(const struct cache *cache, uint64_t hash, size_t at)
{
    while (at < cache->count && cache->hashes[at] != hash)
        at++;
    return at;
}

void *cache_find(struct cache *cache, const void *key, size_t key_size)
{
    uint64_t hash = fnv_hash(key, key_size);
    for (size_t at = find_hash(cache, hash, 0); at < cache->count;
         at = find_hash(cache, hash, at + 1)) {
        struct entry *entry = &cache->entries[at];
        if (entry->key_size != key_size || memcmp(entry->key, key, key_size) != 0)
            continue;
        entry->wanted = ++cache->clock;
        return entry->item;
    }
    return NULL;
}

static struct entry *find_oldest(struct cache *cache)
{
    struct entry *oldest = cache->entries;
    for (size_t i = 1; i < cache->count; i++)
        if (cache->entries[i].wanted < oldest->wanted)
            oldest = &cache->entries[i];
    return oldest;
}

void cache_take(struct cache *cache, const void *key, size_t key_size, void *item, size_t bytes)
{
    struct entry added = {.key_size = key_size, .item = item, .bytes = key_size + bytes};
    if (item && added.bytes <= cache->budget)
        added.key = malloc(key_size + 1);
    if (!added.key) {
        cache->free_item(item);
        return;
    }
    memcpy(added.key, key, key_size);
    while (cache->count == ENTRIES || cache->bytes + added.bytes > cache->budget)
        drop(cache, find_oldest(cache));
    added.wanted = ++cache->clock;
    cache->bytes += added.bytes;
    cache->hashes[cache->count] = fnv_hash(key, key_size);
    cache->entries[cache->count++] = added;
}

void cache_forget(struct cache *cache)
{
    while (cache->count)
        drop(cache, &cache->entries[0]);
}

size_t cache_memory(const struct cache *cache)
{
    return sizeof *cache + cache->bytes;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    cache_forget(cache);
    free(cache);
}
