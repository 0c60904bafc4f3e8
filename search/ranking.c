#include "search/ranking.h"

#include <stdlib.h>

#include "schema/buffer.h"
#include "search/function_words.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

/* A question whose words are weighed. */
struct weighing {
    const struct snapshot *snapshot;
    bool function_words; /* weigh too */
};

/* Every ranker leaves 'out' as it is, all zero, where its node weighs nothing. */
typedef bool ranker(const struct weighing *weighing, const struct query_node *node,
                    struct ranking *out, struct error *err);

static ranker rank_node;

/* '*into' becomes the join of itself and 'take'; either may be NULL. It is NULL on failure. */
static bool join(enum xap_op op, struct xap_query **into, struct xap_query *take, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_query *parts[] = {*into, take};
    if (!*into || !take) {
        *into = *into ? *into : take;
        return true;
    }
    *into = NULL;
    return xap_query_join_take(op, parts, 2, 0, into, &xapian) ||
           error_set_xapian(err, NULL, &xapian);
}

static bool query_of_terms(const struct terms *terms, struct xap_query **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_query **parts = calloc(terms->count + 1, sizeof parts[0]);
    if (!parts)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    bool ok = true;
    for (size_t i = 0; ok && i < terms->count; i++)
        ok = xap_query_term(terms->items[i].text, 1, 0, &parts[i], &xapian);
    if (terms->count == 0)
        ok = xap_query_nothing(out, &xapian);
    else if (terms->count == 1 && ok)
        *out = parts[0];
    else if (terms->count > 1)
        ok = xap_query_join_take(XAP_SYNONYM, parts, terms->count, 0, out, ok ? &xapian : NULL) &&
             ok;
    free(parts);
    return ok || error_set_xapian(err, NULL, &xapian);
}

/* A word of the text as a word of the title, with the title's weight; NULL where no title
 * has it. */
static bool title_query(const struct snapshot *snapshot, const struct query_node *node,
                        struct xap_query **out, struct error *err)
{
    struct xap_error xapian = {0};
    struct terms terms = {0};
    struct xap_query *title = NULL;
    bool ok = terms_of(snapshot, node, FIELD_TITLE, &terms, err);
    if (ok && terms.count)
        ok = query_of_terms(&terms, &title, err) &&
             (xap_query_scale_take(title, RANKING_TITLE_WEIGHT, out, &xapian) ||
              error_set_xapian(err, NULL, &xapian));
    terms_clear(&terms);
    return ok;
}

static bool rank_word(const struct weighing *weighing, const struct query_node *node,
                      struct ranking *out, struct error *err)
{
    const struct snapshot *snapshot = weighing->snapshot;
    struct terms terms = {0};
    struct xap_query *word = NULL, *title = NULL;
    if (node->kind == QUERY_WORD && !node->exact && !weighing->function_words &&
        function_words_have(node->words[0]))
        return true;
    bool ok =
        terms_of(snapshot, node, node->field, &terms, err) && query_of_terms(&terms, &word, err);
    if (ok && node->kind == QUERY_WORD && node->field == FIELD_TEXT)
        ok = title_query(snapshot, node, &title, err);
    terms_clear(&terms);
    if (!ok)
        xap_query_free(word);
    else
        ok = join(XAP_AND_MAYBE, &word, title, err);
    if (ok)
        *out = (struct ranking){.query = word, .covers = true, .exact = true, .words = 1};
    return ok;
}

/* The words of a phrase weigh as each does by itself. */
static bool rank_phrase(const struct weighing *weighing, const struct query_node *node,
                        struct ranking *out, struct error *err)
{
    struct xap_query *any = NULL;
    size_t words = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < node->word_count; i++) {
        struct query_node word = {
            .kind = QUERY_WORD, .field = node->field, .words = &node->words[i], .word_count = 1};
        struct ranking one = {0};
        ok = rank_word(weighing, &word, &one, err) && join(XAP_OR, &any, one.query, err);
        words += one.words;
    }
    if (ok)
        *out = (struct ranking){.query = any, .covers = any != NULL, .words = words};
    else
        xap_query_free(any);
    return ok;
}

/* What must be there joins by AND; what need not be there adds its weight. */
static bool rank_and(const struct weighing *weighing, const struct query_node *node,
                     struct ranking *out, struct error *err)
{
    struct ranking all = {.exact = true};
    struct xap_query *maybe = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++) {
        struct ranking part = {0};
        ok = rank_node(weighing, node->children[i], &part, err) &&
             (part.covers ? join(XAP_AND, &all.query, part.query, err)
                          : join(XAP_OR, &maybe, part.query, err));
        all.covers |= part.covers;
        all.exact &= part.exact;
        all.words += part.words;
    }
    if (!ok)
        xap_query_free(maybe);
    else
        ok = join(XAP_AND_MAYBE, &all.query, maybe, err);
    if (ok)
        *out = all;
    else
        ranking_clear(&all);
    return ok;
}

/* A word that is said twice weighs twice. */
static bool rank_repeated(const struct weighing *weighing, const struct query_node *join,
                          size_t number, size_t times, struct ranking *out, struct error *err)
{
    struct xap_error xapian = {0};
    struct ranking part = {0};
    if (!rank_node(weighing, join->children[number], &part, err))
        return false;
    if (times > 1 && part.query &&
        !xap_query_scale_take(part.query, (double)times, &part.query, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *out = part;
    return true;
}

/* Of many parts the RANKING_PARTS that can weigh most. Takes the parts. */
static bool join_best(struct xap_query *const *parts, size_t count, struct ranking *out,
                      struct error *err)
{
    struct xap_error xapian = {0};
    bool all = count <= RANKING_PARTS;
    out->covers &= all;
    out->exact &= all;
    return count == 0 ||
           xap_query_join_take(all ? XAP_OR : XAP_ELITE_SET, parts, count, all ? 0 : RANKING_PARTS,
                               &out->query, &xapian) ||
           error_set_xapian(err, NULL, &xapian);
}

static bool rank_or(const struct weighing *weighing, const struct query_node *node,
                    struct ranking *out, struct error *err)
{
    struct ranking any = {.covers = true, .exact = true};
    struct xap_query **parts = calloc(node->child_count + 1, sizeof parts[0]);
    size_t count = 0, times;
    bool ok = parts || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; ok && i < node->child_count; i++) {
        struct ranking part = {0};
        if (!(times = terms_times_said(node, i)))
            continue;
        ok = rank_repeated(weighing, node, i, times, &part, err);
        if (part.query)
            parts[count++] = part.query;
        any.covers &= part.covers;
        any.exact &= part.exact;
        any.words += part.words;
    }
    if (ok)
        ok = join_best(parts, count, &any, err);
    else
        for (size_t i = 0; i < count; i++)
            xap_query_free(parts[i]);
    free(parts);
    if (ok)
        *out = any;
    return ok;
}

static bool rank_nothing(const struct weighing *weighing, const struct query_node *node,
                         struct ranking *out, struct error *err)
{
    (void)weighing, (void)node, (void)out, (void)err;
    return true;
}

static bool rank_node(const struct weighing *weighing, const struct query_node *node,
                      struct ranking *out, struct error *err)
{
    static ranker *const rankers[] = {
        [QUERY_ALL] = rank_nothing,   [QUERY_NOTHING] = rank_nothing, [QUERY_WORD] = rank_word,
        [QUERY_PHRASE] = rank_phrase, [QUERY_NEAR] = rank_phrase,     [QUERY_PREFIX] = rank_word,
        [QUERY_VALUE] = rank_nothing, [QUERY_DATES] = rank_nothing,   [QUERY_AND] = rank_and,
        [QUERY_OR] = rank_or,         [QUERY_NOT] = rank_nothing,
    };
    struct ranking ranking = {0};
    if (!rankers[node->kind](weighing, node, &ranking, err))
        return false;
    *out = ranking;
    return true;
}

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err)
{
    struct weighing weighing = {.snapshot = snapshot};
    struct ranking ranking = {0};
    if (!rank_node(&weighing, node, &ranking, err))
        return false;
    weighing.function_words = true; /* where there is nothing else */
    if (!ranking.query && !rank_node(&weighing, node, &ranking, err))
        return false;
    *out = ranking;
    return true;
}

bool ranking_set_weights(struct xap_enquire *enquire, struct error *err)
{
    static const double k1 = 1.2, k2 = 0, k3 = 1, b = 0.6, shortest = 0.2;
    const double parameters[] = {k1, k2, k3, b, shortest};
    struct xap_error xapian = {0};
    return xap_enquire_set_weighting(enquire, XAP_BM25, parameters, ARRAY_LEN(parameters),
                                     &xapian) ||
           error_set_xapian(err, NULL, &xapian);
}

void ranking_clear(struct ranking *ranking)
{
    xap_query_free(ranking->query);
    *ranking = (struct ranking){0};
}
