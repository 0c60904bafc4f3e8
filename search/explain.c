#include "search/explain.h"

#include <stdlib.h>

#include "search/feedback.h"
#include "search/match.h"
#include "search/plan.h"
#include "search/ranking.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static void put_terms(const struct terms *terms, struct buffer *out)
{
    for (size_t i = 0; i < terms->count; i++)
        buffer_format(out, "%s%s %u", i ? ", " : "   [", terms->items[i].text,
                      terms->items[i].freq);
    if (terms->count)
        buffer_char(out, ']');
}

/* A line for a node: what it finds, the node, its terms; then its children, further in. */
static bool put_node(const struct snapshot *snapshot, const struct query_node *node, int depth,
                     struct buffer *out, struct error *err)
{
    struct docset *set = NULL;
    struct terms terms = {0};
    bool is_leaf =
        node->kind == QUERY_WORD || node->kind == QUERY_PREFIX || node->kind == QUERY_VALUE;
    char *text = query_describe(node);
    bool ok = (text || no_memory(err)) && match_tree(snapshot, node, &set, err) &&
              (!is_leaf || terms_of(snapshot, node, node->field, &terms, err));
    if (ok) {
        buffer_format(out, "%10u  %*s%s", docset_count(set), 2 * depth, "", text);
        put_terms(&terms, out);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; ok && i < node->child_count; i++)
        ok = put_node(snapshot, node->children[i], depth + 1, out, err);
    terms_clear(&terms);
    docset_free(set);
    free(text);
    return ok;
}

static void put_plan(const struct plan *plan, struct buffer *out)
{
    buffer_format(out, "%10u  by its words\n", plan->text_total);
    buffer_format(out, "%10u  and its dates and exclusions\n", docset_count(plan->kept));
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (plan->selected[id])
            buffer_format(out, "%10u  chosen by %s\n", docset_count(plan->selected[id]),
                          fields[id].name);
    buffer_format(out, "%10u  in all\n", plan->total);
}

static void put_weight(const struct weight *weight, struct buffer *out)
{
    if (weight->terms.count == 0)
        return;
    buffer_format(out, "%10.3f ", weight->bm25.most);
    for (size_t i = 0; i < weight->terms.count; i++)
        buffer_format(out, " %s", weight->terms.items[i].text);
    buffer_char(out, '\n');
}

static bool put_ranking(const struct snapshot *snapshot, const struct answer *answer,
                        struct buffer *out, struct error *err)
{
    struct ranking ranking = {0};
    if (answer->order != SORT_RELEVANCE) {
        buffer_text(out, "in the order of days\n");
        return true;
    }
    if (!ranking_make(snapshot, answer->query->root, &ranking, err))
        return false;
    buffer_text(out, "ranked by what each word adds at most\n");
    for (size_t i = 0; i < ranking.count; i++) {
        put_weight(&ranking.items[i].text, out);
        put_weight(&ranking.items[i].title, out);
    }
    if (feedback_is_wanted(&answer->question, &ranking))
        buffer_format(out, "the first %u by what the first %u have in common\n", FEEDBACK_DEPTH,
                      FEEDBACK_REPORTS);
    ranking_clear(&ranking);
    return true;
}

bool explain_answer(const struct snapshot *snapshot, const struct answer *answer,
                    struct buffer *out, struct error *err)
{
    struct plan plan = {0};
    buffer_format(out, "read as %s\n", answer->read_as);
    bool ok = put_node(snapshot, answer->query->root, 0, out, err) &&
              plan_make(snapshot, answer->query, &answer->question, &plan, err);
    if (ok)
        put_plan(&plan, out);
    ok = ok && put_ranking(snapshot, answer, out, err);
    plan_clear(&plan);
    return ok && (!out->failed || no_memory(err));
}
