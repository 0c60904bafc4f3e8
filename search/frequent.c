#include "search/frequent.h"

#include <stdlib.h>

#define READ_ROOM 4096 /* postings a read: 32 kB of stack */

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* Their docids and wdfs; '*fit' says whether all wdfs do, and there are no more than was said. */
static bool read_postings(struct frequent *frequent, struct xap_postings *postings, uint32_t most,
                          bool *fit, struct error *err)
{
    struct xap_error xapian = {0};
    uint32_t docids[READ_ROOM], wdfs[READ_ROOM];
    size_t got, count = 0;
    do {
        if (!xap_postings_read(postings, READ_ROOM, docids, wdfs, NULL, &got, &xapian))
            return error_set_xapian(err, NULL, &xapian);
        docset_add_many(frequent->set, docids, got);
        for (size_t i = 0; i < got && docids[i] <= frequent->set->last; i++) {
            *fit = *fit && wdfs[i] <= UINT16_MAX && count < most;
            if (*fit)
                frequent->wdfs[count++] = (uint16_t)wdfs[i];
        }
    } while (got == READ_ROOM);
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

bool frequent_read(const struct xap_db *db, const char *term, uint32_t last, uint32_t most,
                   struct frequent **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings = NULL;
    bool fit = true;
    struct frequent *frequent = calloc(1, sizeof *frequent);
    if (!frequent)
        return no_memory(err);
    bool ok = docset_new(last, &frequent->set, err);
    if (ok) {
        frequent->before = malloc(frequent->set->word_count * sizeof frequent->before[0]);
        /* One more: that of a report behind the last is read before it is known to have none. */
        frequent->wdfs = calloc((size_t)most + 1, sizeof frequent->wdfs[0]);
        ok = (frequent->before && frequent->wdfs) || no_memory(err);
    }
    ok = ok &&
         (xap_postings_open(db, term, &postings, &xapian) || error_set_xapian(err, NULL, &xapian));
    ok = ok && read_postings(frequent, postings, most, &fit, err);
    xap_postings_close(postings);
    if (!ok) {
        frequent_free(frequent);
        return false;
    }
    count_before(frequent);
    if (!fit) {
        free(frequent->wdfs);
        frequent->wdfs = NULL;
    }
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
    free(frequent);
}

size_t frequent_memory(const struct frequent *frequent)
{
    size_t count = frequent->wdfs ? docset_count(frequent->set) + (size_t)1 : 0;
    return sizeof *frequent + docset_memory(frequent->set) +
           frequent->set->word_count * sizeof frequent->before[0] +
           count * sizeof frequent->wdfs[0];
}

/* Without branches: whether a report has the term could not be foretold. */
#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
void
frequent_add(const struct frequent *frequent, const uint32_t *docids, size_t count, uint32_t *wdfs)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t word = frequent->set->words[docids[i] / 64], bit = UINT64_C(1) << docids[i] % 64;
        size_t place =
            frequent->before[docids[i] / 64] + (size_t)__builtin_popcountll(word & (bit - 1));
        wdfs[i] += word & bit ? frequent->wdfs[place] : 0;
    }
}
