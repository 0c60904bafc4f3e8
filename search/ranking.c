#include "search/ranking.h"

#include <stdlib.h>

#include "search/snapshot_private.h"
#include "search/terms.h"

/* Every ranker leaves 'out' as it is, all zero, where its node weighs nothing. */
typedef bool ranker(const struct snapshot *snapshot, const struct query_node *node,
                    struct ranking *out, struct error *err);

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

static bool rank_word(const struct snapshot *snapshot, const struct query_node *node,
                      struct ranking *out, struct error *err)
{
    struct terms terms = {0};
    struct xap_query *word = NULL, *title = NULL;
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
        *out = (struct ranking){.query = word, .covers = true, .exact = true};
    return ok;
}

/* The words of a phrase weigh as each does by itself. */
static bool rank_phrase(const struct snapshot *snapshot, const struct query_node *node,
                        struct ranking *out, struct error *err)
{
    struct xap_query *all = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < node->word_count; i++) {
        struct query_node word = {.kind = QUERY_WORD,
                                  .field = node->field,
                                  .exact = true,
                                  .words = &node->words[i],
                                  .word_count = 1};
        struct ranking one = {0};
        ok = rank_word(snapshot, &word, &one, err) && join(XAP_AND, &all, one.query, err);
    }
    if (ok)
        *out = (struct ranking){.query = all, .covers = true};
    else
        xap_query_free(all);
    return ok;
}

/* What must be there joins by AND; what need not be there adds its weight. */
static bool rank_and(const struct snapshot *snapshot, const struct query_node *node,
                     struct ranking *out, struct error *err)
{
    struct ranking all = {.exact = true};
    struct xap_query *maybe = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++) {
        struct ranking part = {0};
        ok = ranking_make(snapshot, node->children[i], &part, err) &&
             (part.covers ? join(XAP_AND, &all.query, part.query, err)
                          : join(XAP_OR, &maybe, part.query, err));
        all.covers |= part.covers;
        all.exact &= part.exact;
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

static bool rank_or(const struct snapshot *snapshot, const struct query_node *node,
                    struct ranking *out, struct error *err)
{
    struct ranking any = {.covers = true, .exact = true};
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++) {
        struct ranking part = {0};
        ok = ranking_make(snapshot, node->children[i], &part, err) &&
             join(XAP_OR, &any.query, part.query, err);
        any.covers &= part.covers;
        any.exact &= part.exact;
    }
    if (ok)
        *out = any;
    else
        ranking_clear(&any);
    return ok;
}

static bool rank_nothing(const struct snapshot *snapshot, const struct query_node *node,
                         struct ranking *out, struct error *err)
{
    (void)snapshot, (void)node, (void)out, (void)err;
    return true;
}

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err)
{
    static ranker *const rankers[] = {
        [QUERY_ALL] = rank_nothing,   [QUERY_NOTHING] = rank_nothing, [QUERY_WORD] = rank_word,
        [QUERY_PHRASE] = rank_phrase, [QUERY_NEAR] = rank_phrase,     [QUERY_PREFIX] = rank_word,
        [QUERY_VALUE] = rank_nothing, [QUERY_DATES] = rank_nothing,   [QUERY_AND] = rank_and,
        [QUERY_OR] = rank_or,         [QUERY_NOT] = rank_nothing,
    };
    struct ranking ranking = {0};
    if (!rankers[node->kind](snapshot, node, &ranking, err))
        return false;
    *out = ranking;
    return true;
}

void ranking_clear(struct ranking *ranking)
{
    xap_query_free(ranking->query);
    *ranking = (struct ranking){0};
}
