#include "search/plan.h"

#include <string.h>

#include "search/match.h"
#include "search/query_key.h"
#include "search/snapshot_private.h"

/* What the words match: looked up, where the question was asked a moment ago with other filters,
 * dates or another page. */
static bool match_text(const struct snapshot *snapshot, const struct query_node *root,
                       struct docset **out, struct error *err)
{
    struct buffer key = {0};
    query_key(root, &key);
    if (key.failed)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    const struct docset *kept = cache_find(snapshot->texts, key.bytes, key.size);
    bool ok = true;
    if (kept)
        *out = docset_share(kept);
    else if ((ok = match_tree(snapshot, root, out, err)))
        cache_take(snapshot->texts, key.bytes, key.size, docset_share(*out), docset_memory(*out));
    buffer_free(&key);
    return ok;
}

static bool match_filter(const struct snapshot *snapshot, const struct filter *filter,
                         struct docset **out, struct error *err)
{
    char *value = filter->value;
    struct query_node node = {
        .kind = QUERY_VALUE, .field = filter->field, .words = &value, .word_count = 1};
    return match_tree(snapshot, &node, out, err);
}

static bool apply_filter(const struct snapshot *snapshot, const struct filter *filter,
                         struct plan *plan, struct error *err)
{
    struct docset *set;
    if (!match_filter(snapshot, filter, &set, err))
        return false;
    struct docset **selected = &plan->selected[filter->field];
    bool ok = true;
    if (filter->exclude)
        ok = docset_andnot(&plan->kept, set, err);
    else if (*selected)
        ok = docset_or(selected, set, err);
    else
        *selected = docset_share(set);
    docset_free(set);
    return ok;
}

static bool apply_dates(const struct snapshot *snapshot, const struct question *question,
                        struct plan *plan, struct error *err)
{
    struct query_node node = {.kind = QUERY_DATES, .from = question->from, .to = question->to};
    struct docset *set;
    if (question->from == DAY_NONE && question->to == DAY_NONE)
        return true;
    if (!match_tree(snapshot, &node, &set, err))
        return false;
    bool ok = docset_and(&plan->kept, set, err);
    docset_free(set);
    return ok;
}

bool plan_make(const struct snapshot *snapshot, const struct query *query,
               const struct question *question, struct plan *out, struct error *err)
{
    struct plan plan = {0};
    if (!match_text(snapshot, query->root, &plan.kept, err))
        return false;
    plan.text_total = docset_count(plan.kept);
    bool ok = apply_dates(snapshot, question, &plan, err);
    for (size_t i = 0; ok && i < question->filter_count; i++)
        ok = apply_filter(snapshot, &question->filters[i], &plan, err);
    ok = ok && plan_matches_without(&plan, FIELD_COUNT, &plan.matches, err);
    if (!ok) {
        plan_clear(&plan);
        return false;
    }
    plan.total = docset_count(plan.matches);
    *out = plan;
    return true;
}

void plan_clear(struct plan *plan)
{
    docset_free(plan->kept);
    docset_free(plan->matches);
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        docset_free(plan->selected[id]);
    *plan = (struct plan){0};
}

bool plan_matches_without(const struct plan *plan, enum field_id field, struct docset **out,
                          struct error *err)
{
    struct docset *set = docset_share(plan->kept);
    bool ok = true;
    for (enum field_id id = 0; ok && id < FIELD_COUNT; id++)
        if (plan->selected[id] && id != field)
            ok = docset_and(&set, plan->selected[id], err);
    if (ok)
        *out = set;
    else
        docset_free(set);
    return ok;
}
