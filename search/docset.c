#include "search/docset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WORD_BITS 64u
#define READ_ROOM 4096 /* postings a read: 16 kB of stack */

bool docset_new(uint32_t last, struct docset **out, struct error *err)
{
    size_t word_count = last / WORD_BITS + 1;
    struct docset *set = calloc(1, sizeof *set + word_count * sizeof set->words[0]);
    if (!set)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    set->last = last;
    set->word_count = word_count;
    *out = set;
    return true;
}

bool docset_copy(const struct docset *set, struct docset **out, struct error *err)
{
    struct docset *copy = NULL;
    if (!docset_new(set->last, &copy, err))
        return false;
    memcpy(copy->words, set->words, set->word_count * sizeof set->words[0]);
    *out = copy;
    return true;
}

void docset_free(struct docset *set)
{
    free(set);
}

size_t docset_memory(const struct docset *set)
{
    return sizeof *set + set->word_count * sizeof set->words[0];
}

void docset_add(struct docset *set, uint32_t docid)
{
    if (docid <= set->last)
        set->words[docid / WORD_BITS] |= UINT64_C(1) << docid % WORD_BITS;
}

void docset_add_range(struct docset *set, uint32_t first, uint32_t end)
{
    for (; first < end && first % WORD_BITS != 0; first++)
        docset_add(set, first);
    for (; first <= set->last && first + WORD_BITS <= end; first += WORD_BITS)
        set->words[first / WORD_BITS] = UINT64_MAX;
    for (; first < end && first <= set->last; first++)
        docset_add(set, first);
}

void docset_add_many(struct docset *set, const uint32_t *docids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        docset_add(set, docids[i]);
}

bool docset_add_postings(struct docset *set, const struct xap_db *db, const char *term,
                         struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings;
    uint32_t docids[READ_ROOM];
    size_t count = 0;
    if (!xap_postings_open(db, term, &postings, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok;
    do {
        ok = xap_postings_read(postings, READ_ROOM, docids, NULL, NULL, &count, &xapian);
        if (ok)
            docset_add_many(set, docids, count);
    } while (ok && count == READ_ROOM);
    xap_postings_close(postings);
    return ok || error_set_xapian(err, NULL, &xapian);
}

bool docset_has(const struct docset *set, uint32_t docid)
{
    return docid <= set->last && (set->words[docid / WORD_BITS] >> docid % WORD_BITS & 1);
}

void docset_and(struct docset *set, const struct docset *other)
{
    assert(set->last == other->last);
    for (size_t i = 0; i < set->word_count; i++)
        set->words[i] &= other->words[i];
}

void docset_or(struct docset *set, const struct docset *other)
{
    assert(set->last == other->last);
    for (size_t i = 0; i < set->word_count; i++)
        set->words[i] |= other->words[i];
}

void docset_andnot(struct docset *set, const struct docset *other)
{
    assert(set->last == other->last);
    for (size_t i = 0; i < set->word_count; i++)
        set->words[i] &= ~other->words[i];
}

/* Measured, of a million reports: 26 us without the instruction for it, 4 us with it. */
#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
static uint32_t
count_bits(const uint64_t *words, size_t count)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits += (uint32_t)__builtin_popcountll(words[i]);
    return bits;
}

uint32_t docset_count(const struct docset *set)
{
    return count_bits(set->words, set->word_count);
}

uint32_t docset_count_range(const struct docset *set, uint32_t first, uint32_t end)
{
    if (end > set->last + 1)
        end = set->last + 1;
    if (first >= end)
        return 0;
    size_t from = first / WORD_BITS, to = end / WORD_BITS;
    uint64_t before = set->words[from] & ~(UINT64_MAX << first % WORD_BITS);
    uint64_t last = end % WORD_BITS ? set->words[to] & ~(UINT64_MAX << end % WORD_BITS) : 0;
    return count_bits(set->words + from, to - from) + count_bits(&last, 1) - count_bits(&before, 1);
}

bool docset_holds(const struct docset *set, const struct docset *other)
{
    for (size_t i = 0; i < set->word_count; i++)
        if (other->words[i] & ~set->words[i])
            return false;
    return true;
}

uint32_t docset_next(const struct docset *set, uint32_t from)
{
    if (from > set->last)
        return 0;
    size_t i = from / WORD_BITS;
    uint64_t word = set->words[i] & UINT64_MAX << from % WORD_BITS;
    while (!word && ++i < set->word_count)
        word = set->words[i];
    return word ? (uint32_t)(i * WORD_BITS + (unsigned)__builtin_ctzll(word)) : 0;
}

uint32_t docset_previous(const struct docset *set, uint32_t from)
{
    if (from > set->last)
        from = set->last;
    size_t i = from / WORD_BITS;
    uint64_t word = set->words[i] & UINT64_MAX >> (WORD_BITS - 1 - from % WORD_BITS);
    while (!word && i > 0)
        word = set->words[--i];
    return word ? (uint32_t)(i * WORD_BITS + WORD_BITS - 1 - (unsigned)__builtin_clzll(word)) : 0;
}

size_t docset_read(const struct docset *set, uint32_t from, uint32_t *docids, size_t room)
{
    size_t count = 0;
    if (from > set->last)
        return 0;
    size_t i = from / WORD_BITS;
    uint64_t word = set->words[i] & UINT64_MAX << from % WORD_BITS;
    for (;;) {
        for (; word && count < room; word &= word - 1)
            docids[count++] = (uint32_t)(i * WORD_BITS + (unsigned)__builtin_ctzll(word));
        if (count == room || ++i == set->word_count)
            return count;
        word = set->words[i];
    }
}
