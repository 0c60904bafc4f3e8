#include "search/plan.h"

#include <string.h>

#include "search/match.h"
#include "search/query_key.h"
#include "search/snapshot_private.h"

static bool make_key(const struct query_node *root, struct buffer *out, struct error *err)
{
    query_key(root, out);
    return !out->failed || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* What the words match: looked up, where the question was asked a moment ago with other filters,
 * dates or another page. */
static bool match_text(const struct snapshot *snapshot, const struct query_node *root,
                       struct docset **out, struct error *err)
{
    struct buffer key = {0};
    if (!make_key(root, &key, err))
        return false;
    const struct docset *kept = cache_find(snapshot->texts, key.bytes, key.size);
    bool ok = true;
    if (kept)
        *out = docset_share(kept);
    else if ((ok = match_tree(snapshot, root, out, err)))
        cache_take(snapshot->texts, key.bytes, key.size, docset_share(*out), docset_memory(*out));
    buffer_free(&key);
    return ok;
}

/* Points into the filter. */
static struct query_node filter_node(struct filter *filter)
{
    return (struct query_node){
        .kind = QUERY_VALUE, .field = filter->field, .words = &filter->value, .word_count = 1};
}

static bool apply_filter(const struct snapshot *snapshot, struct filter *filter, struct plan *plan,
                         struct error *err)
{
    struct query_node node = filter_node(filter);
    struct docset *set;
    if (!match_tree(snapshot, &node, &set, err))
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

static bool has_dates(const struct question *question)
{
    return question->from != DAY_NONE || question->to != DAY_NONE;
}

static struct query_node dates_node(const struct question *question)
{
    return (struct query_node){.kind = QUERY_DATES, .from = question->from, .to = question->to};
}

static bool apply_dates(const struct snapshot *snapshot, const struct question *question,
                        struct plan *plan, struct error *err)
{
    struct query_node node = dates_node(question);
    struct docset *set;
    if (!has_dates(question))
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

/* ---- beforehand ------------------------------------------------------------------ */

static bool is_kept(const struct snapshot *snapshot, const struct query_node *root, bool *out,
                    struct error *err)
{
    struct buffer key = {0};
    if (!make_key(root, &key, err))
        return false;
    *out = cache_find(snapshot->texts, key.bytes, key.size) != NULL;
    buffer_free(&key);
    return true;
}

/* Lowers '*least' to the reports that have any of the values chosen in a field. */
static bool narrow_by_field(const struct snapshot *snapshot, const struct question *question,
                            enum field_id field, uint64_t *least, struct error *err)
{
    uint64_t total = 0, part;
    bool chosen = false;
    for (size_t i = 0; i < question->filter_count; i++) {
        struct filter *filter = &question->filters[i];
        struct query_node node = filter_node(filter);
        if (filter->field != field || filter->exclude)
            continue;
        if (!match_estimate(snapshot, &node, &part, err))
            return false;
        total += part;
        chosen = true;
    }
    if (chosen && total < *least)
        *least = total;
    return true;
}

bool plan_estimate(const struct snapshot *snapshot, const struct query *query,
                   const struct question *question, uint64_t *out, struct error *err)
{
    struct query_node dates = dates_node(question);
    uint64_t least, part;
    bool kept;
    if (!is_kept(snapshot, query->root, &kept, err) ||
        !match_estimate(snapshot, query->root, &least, err) ||
        !match_estimate(snapshot, &dates, &part, err))
        return false;
    if (has_dates(question) && part < least)
        least = part;
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (!narrow_by_field(snapshot, question, id, &least, err))
            return false;
    /* What all reports count is there from the start. */
    if (query->root->kind == QUERY_ALL)
        kept = question->filter_count == 0 && !has_dates(question);
    *out = kept ? 0 : least;
    return true;
}
