/* fnv.h: a hash of short keys for tables in memory: FNV-1a (Fowler, Noll and Vo), folded once so
 * that its lower bits are good too.
 */
#ifndef SITREP_FNV_H
#define SITREP_FNV_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t fnv_hash(const void *key, size_t size)
{
    const unsigned char *bytes = key;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

#endif
