#include "search/keeping.h"

#include <stdlib.h>
#include <string.h>

#include "search/snapshot_private.h"

uint64_t keeping_cost_of_skipping(uint64_t places, uint64_t postings, bool are_codes)
{
    uint64_t passed = are_codes ? postings : postings / 8;
    uint64_t blocks = (are_codes ? FREQUENT_FILE_BLOCK / 2 : 100) * places;
    return 4 * places + (passed < blocks ? passed : blocks);
}

/* What skipping in a term has cost, as postings that could have been read. NULL where memory is
 * short. */
static uint64_t *skipped_in(const struct snapshot *snapshot, const struct term *term)
{
    size_t size = strlen(term->text);
    uint64_t *skipped = cache_find(snapshot->skipped, term->text, size);
    if (skipped)
        return skipped;
    cache_take(snapshot->skipped, term->text, size, calloc(1, sizeof *skipped), sizeof *skipped);
    return cache_find(snapshot->skipped, term->text, size);
}

/* What taking a term whole costs, as postings. Measured: of one that the file has in bits, 2 ns a
 * word of the set; of codes, that and a third more than reading them. */
static uint64_t cost_of_taking(const struct snapshot *snapshot, const struct term *term,
                               bool are_codes)
{
    struct frequent_postings list;
    uint32_t words = snapshot->all->word_count;
    if (are_codes)
        return term->freq + term->freq / 3 + 2 * words / 5;
    return postings_find(&snapshot->source, term->text, &list) ? words / 5 : term->freq;
}

/* Whether a term is to be taken whole now; if not, what skipping in it costs is noted. */
static bool is_worth_taking(const struct snapshot *snapshot, const struct term *term,
                            uint64_t places)
{
    if (term->freq <= snapshot->reports / FREQUENT_ONE_IN)
        return false;
    bool are_codes = postings_are_codes(&snapshot->source, term->text);
    uint64_t cost = keeping_cost_of_skipping(places, term->freq, are_codes);
    uint64_t whole = cost_of_taking(snapshot, term, are_codes);
    if (cost >= whole)
        return true;
    uint64_t *skipped = skipped_in(snapshot, term);
    if (!skipped || (*skipped += cost) < whole)
        return false;
    *skipped = 0;
    return true;
}

bool keeping_find(const struct snapshot *snapshot, const struct term *term, uint64_t places,
                  const struct frequent **out, struct error *err)
{
    struct frequent *frequent = NULL;
    size_t size = strlen(term->text);
    *out = cache_find(snapshot->frequent, term->text, size);
    if (*out || !is_worth_taking(snapshot, term, places))
        return true;
    if (!frequent_read(&snapshot->source, term->text, &frequent, err))
        return false;
    cache_take(snapshot->frequent, term->text, size, frequent, frequent_memory(frequent));
    *out = cache_find(snapshot->frequent, term->text, size);
    return true;
}
