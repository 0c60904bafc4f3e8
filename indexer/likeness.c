#include "indexer/likeness.h"

#include <stdlib.h>
#include <string.h>

#define BINS      64u
#define BAND_BINS 10u /* six bands of ten: texts of resemblance 0.9 meet in one with p 0.92 */
#define SHINGLE   4u
#define LEAST_BITS                                                                                 \
    60u /* of the 64: what texts of resemblance 0.875 agree in, as each bin of two differing sets  \
           agrees by chance in one of two */
#define EMPTY UINT64_MAX

_Static_assert(LIKENESS_BANDS *BAND_BINS <= BINS, "each band has its bins");

/* The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The byte as it counts: a small letter or a digit, or what is no ASCII; 0 parts words. */
static unsigned char fold(char c)
{
    unsigned char byte = (unsigned char)c;
    if (byte >= 'A' && byte <= 'Z')
        return byte | 0x20;
    bool counts = byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return counts ? byte : 0;
}

/* Puts the shingle of the last words into its bin. */
static void add_shingle(uint64_t bins[BINS], const uint64_t words[SHINGLE], size_t last)
{
    uint64_t shingle = 0;
    for (size_t i = 0; i < SHINGLE; i++)
        shingle = shingle * 0x9e3779b97f4a7c15u + words[(last + 1 + i) % SHINGLE];
    shingle = mix(shingle);
    uint64_t *bin = &bins[shingle % BINS];
    if (shingle / BINS < *bin)
        *bin = shingle / BINS;
}

/* The words of the text. */
static size_t fill_bins(const char *text, size_t size, uint64_t bins[BINS])
{
    uint64_t words[SHINGLE] = {0};
    size_t count = 0;
    for (size_t at = 0; at < size; at++) {
        uint64_t word = 14695981039346656037u; /* FNV-1a */
        unsigned char c;
        size_t begin = at;
        for (; at < size && (c = fold(text[at])) != 0; at++)
            word = (word ^ c) * 1099511628211u;
        if (at == begin)
            continue;
        words[count % SHINGLE] = word;
        if (++count >= SHINGLE)
            add_shingle(bins, words, count - 1);
    }
    return count;
}

/* An empty bin takes what the next one that is not has, told apart by how far that is. */
static void fill_empty(uint64_t bins[BINS])
{
    uint64_t filled[BINS];
    for (size_t i = 0; i < BINS; i++) {
        size_t far = 0;
        while (bins[(i + far) % BINS] == EMPTY)
            far++;
        filled[i] = mix(bins[(i + far) % BINS] + far * 0x9e3779b97f4a7c15u);
    }
    memcpy(bins, filled, sizeof filled);
}

void likeness_of(const char *text, size_t size, struct likeness *out)
{
    uint64_t bins[BINS];
    memset(out, 0, sizeof *out);
    memset(bins, 0xff, sizeof bins);
    if (fill_bins(text, size < LIKENESS_BYTES ? size : LIKENESS_BYTES, bins) < LIKENESS_WORDS)
        return;
    fill_empty(bins);
    for (size_t i = 0; i < BINS; i++)
        out->sketch |= (bins[i] & 1) << i;
    for (size_t band = 0; band < LIKENESS_BANDS; band++) {
        uint64_t hash = 0;
        for (size_t i = 0; i < BAND_BINS; i++)
            hash = mix(hash + bins[band * BAND_BINS + i]);
        out->bands[band] = (uint32_t)hash | 1;
    }
}

bool likeness_is_near(const struct likeness *a, const struct likeness *b)
{
    return a->bands[0] && b->bands[0] &&
           BINS - (unsigned)__builtin_popcountll(a->sketch ^ b->sketch) >= LEAST_BITS;
}

/* The first text with each band: open addressing, number plus one, 0 for none. */
struct table {
    const char *first;
    size_t stride, room; /* a power of two */
    uint32_t *slots[LIKENESS_BANDS];
};

static const struct likeness *likeness_at(const struct table *table, uint32_t i)
{
    return (const void *)(table->first + i * table->stride);
}

static uint32_t *find_slot(const struct table *table, size_t band, uint32_t value)
{
    size_t at = (size_t)mix(value) & (table->room - 1);
    uint32_t *slots = table->slots[band];
    while (slots[at] && likeness_at(table, slots[at] - 1)->bands[band] != value)
        at = (at + 1) & (table->room - 1);
    return &slots[at];
}

/* All in a group are near to its first, so that a chain of small changes does not make one group
 * of texts that have nothing in common. */
static uint32_t place(const struct table *table, uint32_t i, const uint32_t *groups)
{
    const struct likeness *likeness = likeness_at(table, i);
    uint32_t group = i;
    if (!likeness->bands[0])
        return i;
    for (size_t band = 0; band < LIKENESS_BANDS; band++) {
        uint32_t *slot = find_slot(table, band, likeness->bands[band]);
        uint32_t found = *slot ? groups[*slot - 1] : i;
        if (found < group && likeness_is_near(likeness, likeness_at(table, found)))
            group = found;
        if (!*slot)
            *slot = i + 1;
    }
    return group;
}

bool likeness_group(const struct likeness *first, size_t stride, size_t count, uint32_t *out,
                    struct error *err)
{
    struct table table = {(const char *)first, stride, 64, {0}};
    while (table.room < 2 * count)
        table.room *= 2;
    bool ok = true;
    for (size_t band = 0; band < LIKENESS_BANDS; band++) {
        table.slots[band] = calloc(table.room, sizeof *table.slots[band]);
        ok = ok && table.slots[band];
    }
    for (uint32_t i = 0; ok && i < count; i++)
        out[i] = place(&table, i, out);
    for (size_t band = 0; band < LIKENESS_BANDS; band++)
        free(table.slots[band]);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}
