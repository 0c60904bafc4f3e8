#include "search/bm25.h"

#include <math.h>
#include <string.h>

#include "search/snapshot_private.h"

/* Of how many reports have any of two words that know nothing of each other. */
static uint32_t either(uint32_t left, uint32_t right, uint32_t reports)
{
    double a = left, b = right;
    return (uint32_t)(a + b - a * b / reports + .5);
}

/* How many reports have any of the terms, by the estimate that Xapian makes of an OR: the two
 * rarest become one, until one is left. */
static uint32_t frequency_of(const struct terms *terms, uint32_t reports)
{
    uint32_t rising[LIMIT_WILDCARD_TERMS];
    size_t count = 0;
    for (size_t i = 0; i < terms->count; i++, count++) {
        size_t at = count;
        for (; at > 0 && rising[at - 1] > terms->items[i].freq; at--)
            rising[at] = rising[at - 1];
        rising[at] = terms->items[i].freq;
    }
    for (; count > 1; count--) {
        uint32_t joined = either(rising[1], rising[0], reports);
        size_t at = 0;
        for (; at + 2 < count && rising[at + 2] < joined; at++)
            rising[at] = rising[at + 2];
        rising[at] = joined;
        memmove(rising + at + 1, rising + at + 2, (count - at - 2) * sizeof rising[0]);
    }
    return count ? rising[0] : 0;
}

/* Occurrences in one report, at most: no more than the longest report has words. */
static bool most_occurrences(const struct snapshot *snapshot, const struct terms *terms,
                             uint32_t *out, struct error *err)
{
    uint64_t most = 0;
    for (size_t i = 0; i < terms->count; i++) {
        uint32_t bound;
        if (!postings_most(&snapshot->source, terms->items[i].text, &bound, err))
            return false;
        most += bound;
    }
    *out = most < snapshot->lengths.longest ? (uint32_t)most : snapshot->lengths.longest;
    return true;
}

bool bm25_of(const struct snapshot *snapshot, const struct terms *terms, double factor,
             struct bm25 *out, struct error *err)
{
    const struct lengths *lengths = &snapshot->lengths;
    uint32_t occurrences;
    if (!most_occurrences(snapshot, terms, &occurrences, err))
        return false;
    double frequency = frequency_of(terms, snapshot->reports);
    double odds = (snapshot->reports - frequency + .5) / (frequency + .5);
    /* A word of more than a third of all reports weighs little, never less than nothing. */
    double weight = log(odds < 2 ? odds * .5 + 1 : odds) * factor * (BM25_K1 + 1);
    uint32_t length = occurrences > lengths->shortest ? occurrences : lengths->shortest;
    *out = (struct bm25){weight, weight * occurrences / (occurrences + bm25_norm(lengths, length))};
    return true;
}
