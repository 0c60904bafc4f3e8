#include "search/frequent.h"

#include <stdlib.h>

#include "schema/buffer.h"

#define READ_ROOM 4096 /* postings a read: 32 kB of stack */

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* A frequent term while it is read. */
struct reading {
    struct frequent *frequent;
    size_t count, room; /* of its wdfs */
};

static bool add_posting(struct reading *reading, uint32_t docid, uint32_t wdf)
{
    struct frequent *frequent = reading->frequent;
    if (docid > frequent->set->last)
        return true;
    docset_add(frequent->set, docid);
    frequent->wdfs[reading->count++] = wdf < FREQUENT_LARGE ? (uint8_t)wdf : FREQUENT_LARGE;
    if (wdf < FREQUENT_LARGE)
        return true;
    if (!array_reserve(&frequent->large, &frequent->large_room, frequent->large_count + 1,
                       sizeof frequent->large[0]))
        return false;
    frequent->large[frequent->large_count++] = (struct frequent_large){docid, wdf};
    return true;
}

static bool read_postings(struct reading *reading, struct xap_postings *postings, struct error *err)
{
    struct xap_error xapian = {0};
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM];
    size_t got;
    do {
        if (!xap_postings_read(postings, READ_ROOM, docids, wdfs, NULL, &got, &xapian))
            return error_set_xapian(err, NULL, &xapian);
        /* One more: that of a report behind the last is read before it is known to have none. */
        if (!array_reserve(&reading->frequent->wdfs, &reading->room, reading->count + got + 1,
                           sizeof reading->frequent->wdfs[0]))
            return no_memory(err);
        for (size_t i = 0; i < got; i++)
            if (!add_posting(reading, docids[i], wdfs[i]))
                return no_memory(err);
    } while (got == READ_ROOM);
    reading->frequent->wdfs[reading->count] = 0;
    return true;
}

static void count_before(struct frequent *frequent)
{
    uint32_t count = 0;
    for (size_t i = 0; i < frequent->set->word_count; i++) {
        frequent->before[i] = count;
        count += (uint32_t)__builtin_popcountll(frequent->set->words[i]);
    }
}

bool frequent_read(const struct xap_db *db, const char *term, uint32_t last, struct frequent **out,
                   struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings = NULL;
    struct reading reading = {.frequent = calloc(1, sizeof *reading.frequent)};
    struct frequent *frequent = reading.frequent;
    if (!frequent)
        return no_memory(err);
    bool ok = docset_new(last, &frequent->set, err);
    if (ok) {
        frequent->before = malloc(frequent->set->word_count * sizeof frequent->before[0]);
        ok = frequent->before || no_memory(err);
    }
    ok = ok &&
         (xap_postings_open(db, term, &postings, &xapian) || error_set_xapian(err, NULL, &xapian));
    ok = ok && read_postings(&reading, postings, err);
    xap_postings_close(postings);
    if (!ok) {
        frequent_free(frequent);
        return false;
    }
    count_before(frequent);
    uint8_t *wdfs = realloc(frequent->wdfs, reading.count + 1);
    frequent->wdfs = wdfs ? wdfs : frequent->wdfs;
    *out = frequent;
    return true;
}

void frequent_free(struct frequent *frequent)
{
    if (!frequent)
        return;
    docset_free(frequent->set);
    free(frequent->before);
    free(frequent->wdfs);
    free(frequent->large);
    free(frequent);
}

size_t frequent_memory(const struct frequent *frequent)
{
    return sizeof *frequent + docset_memory(frequent->set) +
           frequent->set->word_count * sizeof frequent->before[0] + docset_count(frequent->set) +
           frequent->large_room * sizeof frequent->large[0];
}

/* Without branches: whether a report has the term could not be foretold. */
#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
static void
add_small(const struct frequent *frequent, const uint32_t *docids, size_t count, uint32_t *wdfs)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t word = frequent->set->words[docids[i] / 64], bit = UINT64_C(1) << docids[i] % 64;
        size_t place =
            frequent->before[docids[i] / 64] + (size_t)__builtin_popcountll(word & (bit - 1));
        wdfs[i] += word & bit ? frequent->wdfs[place] : 0;
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
    add_small(frequent, docids, count, wdfs);
    size_t at = count ? find_large(frequent, docids[0]) : 0;
    for (size_t i = 0; i < count && at < frequent->large_count;) {
        uint32_t wanted = docids[i], found = frequent->large[at].docid;
        if (wanted == found)
            wdfs[i] += frequent->large[at].wdf - FREQUENT_LARGE;
        i += wanted <= found;
        at += found <= wanted;
    }
}
