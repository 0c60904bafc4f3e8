#include "search/feedback.h"

#include <stdlib.h>
#include <string.h>

#include "schema/field.h"
#include "search/docset.h"
#include "search/snapshot_private.h"

bool feedback_is_wanted(const struct question *question, const struct ranking *ranking)
{
    return question->match == MATCH_ANY && ranking->words >= FEEDBACK_WORDS;
}

/* Stems of the text: not of titles, no words, no tags. */
static bool is_text_stem(void *context, const char *term)
{
    size_t title = strlen(fields[FIELD_TITLE].prefix);
    (void)context;
    return term[0] == 'Z' && strncmp(term + 1, fields[FIELD_TITLE].prefix, title) != 0;
}

/* What the first hits have in common, as a query; NULL where that is nothing. */
static bool common_query(struct xap_enquire *enquire, const struct place *places, size_t count,
                         struct xap_query **out, struct xap_error *err)
{
    uint32_t docids[FEEDBACK_REPORTS];
    struct xap_query *parts[FEEDBACK_TERMS] = {0};
    struct xap_expansion *terms = NULL;
    size_t term_count = 0;
    for (size_t i = 0; i < count; i++)
        docids[i] = places[i].docid;
    bool ok = xap_enquire_expand(enquire, docids, count, FEEDBACK_TERMS, is_text_stem, NULL, &terms,
                                 &term_count, err);
    for (size_t i = 0; ok && i < term_count; i++)
        ok = xap_query_term(terms[i].term, 1, 0, &parts[i], err) &&
             xap_query_scale_take(parts[i], FEEDBACK_WEIGHT * terms[i].weight / terms[0].weight,
                                  &parts[i], err);
    if (term_count)
        ok = xap_query_join_take(XAP_OR, parts, term_count, 0, out, ok ? err : NULL) && ok;
    xap_expansions_free(terms, term_count);
    return ok;
}

static uint32_t next_place(void *context, uint32_t from)
{
    return docset_next(context, from);
}

/* Makes the query ask for the reports of 'set' only. */
static bool restrict_query(struct docset *set, uint32_t count, struct xap_query **query,
                           struct xap_error *err)
{
    struct xap_docid_source source = {next_place, set, count};
    struct xap_query *parts[] = {*query, NULL};
    bool ok = xap_query_docids(&source, &parts[1], err);
    *query = NULL;
    return xap_query_join_take(XAP_FILTER, parts, 2, 0, query, ok ? err : NULL) && ok;
}

static int by_docid(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return (left->docid > right->docid) - (left->docid < right->docid);
}

static int by_score(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->score != right->score)
        return left->score < right->score ? 1 : -1;
    return by_docid(a, b);
}

static void add_scores(const struct xap_matches *matches, struct place *places, size_t count)
{
    qsort(places, count, sizeof places[0], by_docid);
    for (size_t i = 0; i < matches->count; i++) {
        struct place key = {.docid = matches->items[i].docid};
        struct place *place = bsearch(&key, places, count, sizeof places[0], by_docid);
        if (place)
            place->score += matches->items[i].weight;
    }
    qsort(places, count, sizeof places[0], by_score);
}

bool feedback_apply(const struct snapshot *snapshot, struct place *places, size_t count,
                    struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_enquire *enquire = NULL;
    struct xap_query *query = NULL;
    struct xap_matches matches = {0};
    struct docset *set = NULL;
    size_t first = count < FEEDBACK_REPORTS ? count : FEEDBACK_REPORTS;
    bool ok = docset_new(snapshot->all->last, &set, err) &&
              xap_enquire_new(snapshot->db, &enquire, &xapian) &&
              common_query(enquire, places, first, &query, &xapian);
    for (size_t i = 0; ok && i < count; i++)
        docset_add(set, places[i].docid);
    if (ok && query) {
        ok = restrict_query(set, (uint32_t)count, &query, &xapian) &&
             xap_enquire_set_query(enquire, query, 0, &xapian) &&
             ranking_set_weights(enquire, err) &&
             xap_enquire_run(enquire, 0, (uint32_t)count, 0, &matches, &xapian);
        if (ok)
            add_scores(&matches, places, count);
    }
    xap_matches_clear(&matches);
    xap_enquire_free(enquire);
    xap_query_free(query);
    docset_free(set);
    return ok || error_set_xapian(err, NULL, &xapian);
}
