#include "search/frequent.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

#define READ_ROOM  4096 /* postings a read: 32 kB of stack */
#define READ_WIDTH 8    /* of a term that the file has not in bits */

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- postings that are read ---------------------------------------- */

/* A frequent term while it is read. */
struct reading {
    struct frequent *frequent;
    size_t count;                /* of its reports */
    size_t wdf_room, large_room; /* of what is owned */
};

static bool add_posting(struct reading *reading, uint32_t docid, uint32_t wdf)
{
    struct frequent *frequent = reading->frequent;
    uint32_t limit = frequent_wdf_limit(frequent->width);
    size_t bit = reading->count * frequent->width;
    if (docid > frequent->listed->last)
        return true;
    docset_add(frequent->listed, docid);
    reading->count++;
    uint8_t *byte = &frequent->owned_wdfs[bit / 8];
    *byte = (uint8_t)((bit % 8 ? *byte : 0) | (wdf < limit ? wdf : limit) << bit % 8);
    if (wdf < limit || limit == 0)
        return true;
    if (!array_reserve(&frequent->owned_large, &reading->large_room, frequent->large_count + 1,
                       sizeof frequent->owned_large[0]))
        return false;
    frequent->owned_large[frequent->large_count++] = (struct frequent_large){docid, wdf};
    return true;
}

/* Room for so many more wdfs, and for what is read behind them before they are known to end. */
static bool reserve_wdfs(struct reading *reading, size_t more)
{
    size_t bytes = frequent_wdf_bytes(reading->count + more, reading->frequent->width) + 1;
    return array_reserve(&reading->frequent->owned_wdfs, &reading->wdf_room, bytes, 1);
}

static bool read_postings(struct reading *reading, struct postings *postings, struct error *err)
{
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM];
    size_t got;
    do {
        if (!postings_read(postings, READ_ROOM, docids, wdfs, &got, err))
            return false;
        if (!reserve_wdfs(reading, got))
            return no_memory(err);
        for (size_t i = 0; i < got; i++)
            if (!add_posting(reading, docids[i], wdfs[i]))
                return no_memory(err);
    } while (got == READ_ROOM);
    struct frequent *frequent = reading->frequent;
    uint8_t *shrunk =
        realloc(frequent->owned_wdfs, frequent_wdf_bytes(reading->count, frequent->width) + 1);
    frequent->owned_wdfs = shrunk ? shrunk : frequent->owned_wdfs;
    frequent->wdfs = frequent->owned_wdfs;
    frequent->large = frequent->owned_large;
    return true;
}

static bool read_from(struct reading *reading, const struct postings_source *source,
                      const char *term, uint32_t docid, struct error *err)
{
    struct postings *postings;
    if (!postings_open(source, term, &postings, err))
        return false;
    bool ok = postings_skip_to(postings, docid, err) && read_postings(reading, postings, err);
    postings_close(postings);
    return ok;
}

/* ---- bits in the file ------------------------------------------------------------ */

static void borrow(struct frequent *frequent, const struct frequent_postings *listed, size_t words)
{
    docset_add_words(frequent->listed, listed->words, words);
    frequent->width = listed->width;
    frequent->wdfs = listed->wdfs;
    frequent->large = listed->large;
    frequent->large_count = listed->large_count;
}

/* Copies what is borrowed, to add to it. */
static bool own(struct reading *reading, const struct frequent_postings *listed)
{
    struct frequent *frequent = reading->frequent;
    if (!reserve_wdfs(reading, listed->reports) ||
        !array_reserve(&frequent->owned_large, &reading->large_room, listed->large_count + 1,
                       sizeof frequent->owned_large[0]))
        return false;
    reading->count = listed->reports;
    memcpy(frequent->owned_wdfs, listed->wdfs, frequent_wdf_bytes(listed->reports, listed->width));
    memcpy(frequent->owned_large, listed->large, listed->large_count * sizeof listed->large[0]);
    return true;
}

/* All postings into 'listed', those of the file first. */
static bool list(struct frequent *frequent, const struct postings_source *source, const char *term,
                 struct error *err)
{
    struct reading reading = {.frequent = frequent};
    struct frequent_postings listed;
    if (!postings_find(source, term, &listed) || !listed.words)
        return read_from(&reading, source, term, 1, err);
    uint32_t last = frequent_file_last(source->file);
    borrow(frequent, &listed, FREQUENT_FILE_WORDS(last));
    if (source->all->last == last)
        return true;
    return own(&reading, &listed) ? read_from(&reading, source, term, last + 1, err)
                                  : no_memory(err);
}

/* ---- the whole ------------------------------------------------------------------------- */

#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
static void
count_before(struct frequent *frequent)
{
    uint32_t count = 0;
    for (size_t i = 0; i < frequent->listed->word_count; i++) {
        frequent->before[i] = count;
        count += (uint32_t)__builtin_popcountll(frequent->listed->words[i]);
    }
}

bool frequent_read(const struct postings_source *source, const char *term, struct frequent **out,
                   struct error *err)
{
    struct frequent *frequent = calloc(1, sizeof *frequent);
    if (!frequent)
        return no_memory(err);
    frequent->width = READ_WIDTH;
    bool ok = docset_new(source->all->last, &frequent->listed, err);
    if (ok) {
        frequent->before = malloc(frequent->listed->word_count * sizeof frequent->before[0]);
        ok = frequent->before || no_memory(err);
    }
    ok = ok && list(frequent, source, term, err);
    if (ok) {
        count_before(frequent);
        frequent->set = docset_share(frequent->listed);
        ok = docset_holds(source->all, frequent->listed) ||
             docset_and(&frequent->set, source->all, err);
    }
    if (ok)
        *out = frequent;
    else
        frequent_free(frequent);
    return ok;
}

void frequent_free(struct frequent *frequent)
{
    if (!frequent)
        return;
    docset_free(frequent->set);
    docset_free(frequent->listed);
    free(frequent->before);
    free(frequent->owned_wdfs);
    free(frequent->owned_large);
    free(frequent);
}

size_t frequent_memory(const struct frequent *frequent)
{
    size_t sets = frequent->set == frequent->listed ? 1 : 2;
    size_t bytes = sizeof *frequent + sets * docset_memory(frequent->listed) +
                   frequent->listed->word_count * sizeof frequent->before[0];
    if (frequent->owned_wdfs)
        bytes += frequent_wdf_bytes(docset_count(frequent->listed), frequent->width) +
                 frequent->large_count * sizeof frequent->large[0];
    return bytes;
}

/* Without branches: whether a report has the term could not be foretold. The byte behind the last
 * wdf is there too. */
#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
static void
add_small(const struct frequent *frequent, const uint32_t *docids, size_t count, uint32_t *wdfs)
{
    const uint64_t *words = frequent->listed->words;
    uint32_t limit = frequent_wdf_limit(frequent->width);
    for (size_t i = 0; i < count; i++) {
        uint64_t word = words[docids[i] / 64], bit = UINT64_C(1) << docids[i] % 64;
        size_t place =
            frequent->before[docids[i] / 64] + (size_t)__builtin_popcountll(word & (bit - 1));
        size_t at = place * frequent->width;
        uint32_t wdf = (uint32_t)frequent->wdfs[at / 8] >> at % 8 & limit;
        wdfs[i] += word & bit ? wdf : 0;
    }
}

/* The first that is not of an earlier report. */
static size_t find_large(const struct frequent *frequent, uint32_t docid)
{
    size_t low = 0, high = frequent->large_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (frequent->large[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void frequent_add(const struct frequent *frequent, const uint32_t *docids, size_t count,
                  uint32_t *wdfs)
{
    uint32_t limit = frequent_wdf_limit(frequent->width);
    add_small(frequent, docids, count, wdfs);
    size_t at = count ? find_large(frequent, docids[0]) : 0;
    for (size_t i = 0; i < count && at < frequent->large_count;) {
        uint32_t wanted = docids[i], found = frequent->large[at].docid;
        if (wanted == found)
            wdfs[i] += frequent->large[at].wdf - limit;
        i += wanted <= found;
        at += found <= wanted;
    }
}
