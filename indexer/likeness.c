#include "indexer/likeness.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define BINS      64u
#define BAND_BINS 10u /* six bands of ten: texts of resemblance 0.9 meet in one with p 0.92 */
#define SHINGLE   4u
#define LEAST_BITS                                                                                 \
    60u /* of the 64: what texts of resemblance 0.875 agree in, as each bin of two differing sets  \
           agrees by chance in one of two */
#define EMPTY  UINT64_MAX
#define FACTOR 0x9e3779b97f4a7c15u

_Static_assert(LIKENESS_BANDS *BAND_BINS <= BINS, "each band has its bins");

/* The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* ---- words ---------------------------------------------------------------- */

#define EACH_BYTE 0x0101010101010101u

/* A bit for each of eight bytes, the lowest for the lowest: it is a letter or a digit, or no ASCII.
 * Of seven bits and n less than 128, the eighth bit of the sum says whether they make at least
 * 128 - n; the product moves eight bits together (Anderson, "Bit Twiddling Hacks"). */
static uint64_t word_bits(uint64_t eight)
{
    const uint64_t high = 0x80 * EACH_BYTE;
    uint64_t seven = eight & ~high, small = seven | 0x20 * EACH_BYTE;
    uint64_t letter = (small + (128 - 'a') * EACH_BYTE) & ~(small + (127 - 'z') * EACH_BYTE);
    uint64_t digit = (seven + (128 - '0') * EACH_BYTE) & ~(seven + (127 - '9') * EACH_BYTE);
    return ((letter | digit | eight) & high) / 128 * 0x0102040810204080u >> 56;
}

/* Up to eight bytes; 0 for those that are not there. */
static uint64_t load(const char *bytes, size_t size)
{
    uint64_t eight = 0;
    if (size >= sizeof eight)
        memcpy(&eight, bytes, sizeof eight);
    else
        memcpy(&eight, bytes, size);
    return le64toh(eight);
}

/* The bits of up to 64 bytes. */
static uint64_t block_bits(const char *bytes, size_t size)
{
    uint64_t bits = 0;
    for (size_t at = 0; at < 64 && at < size; at += 8)
        bits |= word_bits(load(bytes + at, size - at)) << at;
    return bits;
}

/* Small letters and capitals count the same: 32 is all they differ by, and digits have it. */
static uint64_t hash_word(const char *word, size_t size, size_t left)
{
    uint64_t hash = 0;
    for (size_t at = 0; at < size; at += 8) {
        uint64_t eight = load(word + at, left - at) | 0x20 * EACH_BYTE;
        if (size - at < 8)
            eight &= (UINT64_C(1) << 8 * (size - at)) - 1;
        hash = (hash ^ eight) * FACTOR;
        hash ^= hash >> 32;
    }
    return hash;
}

/* ---- sketches ------------------------------------------------------------- */

/* Of a text, as it is read. */
struct sketching {
    uint64_t words[SHINGLE]; /* hashes of the last ones */
    size_t count;
    uint64_t bins[BINS];
};

/* Puts the shingle that a word ends into its bin. */
static void add_word(struct sketching *to, uint64_t word)
{
    uint64_t shingle = 0;
    to->words[to->count++ % SHINGLE] = word;
    if (to->count < SHINGLE)
        return;
    for (size_t i = 0; i < SHINGLE; i++)
        shingle = shingle * FACTOR + to->words[(to->count + i) % SHINGLE];
    shingle = mix(shingle);
    uint64_t *bin = &to->bins[shingle % BINS];
    *bin = shingle / BINS < *bin ? shingle / BINS : *bin;
}

static void add_text(struct sketching *to, const char *text, size_t size)
{
    uint64_t before = 0; /* 1: the block before ended in a word */
    size_t begin = 0;
    for (size_t block = 0; block < size; block += 64) {
        uint64_t bits = block_bits(text + block, size - block);
        for (uint64_t turns = bits ^ (bits << 1 | before); turns != 0; turns &= turns - 1) {
            size_t at = block + (size_t)__builtin_ctzll(turns);
            if (bits >> at % 64 & 1)
                begin = at;
            else
                add_word(to, hash_word(text + begin, at - begin, size - begin));
        }
        before = bits >> 63;
    }
    if (before)
        add_word(to, hash_word(text + begin, size - begin, size - begin));
}

/* An empty bin takes what the next one that is not has, told apart by how far that is. */
static void fill_empty(uint64_t bins[BINS])
{
    uint64_t filled[BINS];
    for (size_t i = 0; i < BINS; i++) {
        size_t far = 0;
        while (bins[(i + far) % BINS] == EMPTY)
            far++;
        filled[i] = mix(bins[(i + far) % BINS] + far * FACTOR);
    }
    memcpy(bins, filled, sizeof filled);
}

void likeness_of(const char *text, size_t size, struct likeness *out)
{
    struct sketching sketching = {.count = 0};
    uint64_t *bins = sketching.bins;
    memset(out, 0, sizeof *out);
    memset(bins, 0xff, sizeof sketching.bins);
    add_text(&sketching, text, size < LIKENESS_BYTES ? size : LIKENESS_BYTES);
    if (sketching.count < LIKENESS_WORDS)
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
