#include "search/feedback.h"

#include <stdlib.h>

#include "search/docset.h"
#include "search/keywords.h"
#include "search/snapshot_private.h"

bool feedback_is_wanted(const struct question *question, const struct ranking *ranking)
{
    return question->match == MATCH_ANY && ranking->words >= FEEDBACK_WORDS;
}

/* What the first hits have in common, as a ranking; nothing where that is nothing. */
static bool rank_common(const struct snapshot *snapshot, const struct place *places, size_t count,
                        struct ranking *out, struct error *err)
{
    uint32_t docids[FEEDBACK_REPORTS];
    struct keyword stems[FEEDBACK_TERMS];
    size_t stem_count = 0;
    for (size_t i = 0; i < count; i++)
        docids[i] = places[i].docid;
    bool ok = keywords_find(snapshot, docids, count, KEYWORD_STEMS, NULL, stems, FEEDBACK_TERMS,
                            &stem_count, err);
    for (size_t i = 0; ok && i < stem_count; i++) {
        struct terms terms = {0}, no_titles = {0};
        ok = terms_of_term(snapshot, stems[i].term, &terms, err) &&
             ranking_add_take(snapshot, out, &terms, &no_titles,
                              FEEDBACK_WEIGHT * stems[i].weight / stems[0].weight, err);
    }
    return ok;
}

static int by_docid(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return (left->docid > right->docid) - (left->docid < right->docid);
}

/* Both hold the same reports. */
static void add_scores(struct place *places, struct place *common, size_t count)
{
    qsort(places, count, sizeof places[0], by_docid);
    qsort(common, count, sizeof common[0], by_docid);
    for (size_t i = 0; i < count; i++)
        places[i].score += common[i].score;
    scoring_sort(places, count);
}

bool feedback_apply(const struct snapshot *snapshot, struct place *places, size_t count,
                    struct error *err)
{
    struct place common[FEEDBACK_DEPTH];
    struct ranking ranking = {0};
    struct docset *set = NULL;
    size_t first = count < FEEDBACK_REPORTS ? count : FEEDBACK_REPORTS, found;
    if (count == 0)
        return true;
    bool ok = docset_new(snapshot->all->last, &set, err) &&
              rank_common(snapshot, places, first, &ranking, err);
    for (size_t i = 0; ok && i < count; i++)
        docset_add(set, places[i].docid);
    ok = ok && scoring_best(snapshot, &ranking, set, common, count, &found, err);
    if (ok)
        add_scores(places, common, count);
    ranking_clear(&ranking);
    docset_free(set);
    return ok;
}
