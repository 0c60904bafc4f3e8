#include "search/match.h"

#include <stdlib.h>

#include "search/keeping.h"
#include "search/phrase.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

/* Every matcher gives the reports of 'within' (NULL: of all) that match its node, so that
 * the parts of an AND narrow each other: the rarest is read whole, and of a list that is
 * much longer than what is left only the places that matter. */
typedef bool matcher(const struct snapshot *snapshot, const struct query_node *node,
                     const struct docset *within, struct docset **out, struct error *err);

static matcher match_node;

/* Gives a set that was made; or ends it, where that failed. */
static bool give(bool ok, struct docset *set, struct docset **out)
{
    if (ok)
        *out = set;
    else
        docset_free(set);
    return ok;
}

/* Joins a part to what was found before, NULL for none yet. */
static bool join(struct docset **set, const struct docset *part, struct error *err)
{
    if (*set)
        return docset_or(set, part, err);
    *set = docset_share(part);
    return true;
}

/* What was found before, to have reports added. */
static bool open_set(const struct snapshot *snapshot, struct docset **set, struct error *err)
{
    return *set ? docset_own(set, err) : docset_new(snapshot->all->last, set, err);
}

static bool match_all(const struct snapshot *snapshot, const struct query_node *node,
                      const struct docset *within, struct docset **out, struct error *err)
{
    (void)node, (void)err;
    *out = docset_share(within ? within : snapshot->all);
    return true;
}

static bool match_nothing(const struct snapshot *snapshot, const struct query_node *node,
                          const struct docset *within, struct docset **out, struct error *err)
{
    (void)node, (void)within;
    return docset_new(snapshot->all->last, out, err);
}

/* Adds what a term indexes of 'within' by skipping from one of its reports to the next. */
static bool add_by_skipping(const struct snapshot *snapshot, const char *term,
                            const struct docset *within, struct docset *set, struct error *err)
{
    struct postings *postings;
    uint32_t docid = docset_next(within, 1), found = 0;
    size_t count = 0;
    if (!postings_open(&snapshot->source, term, &postings, err))
        return false;
    bool ok = true;
    while (docid) {
        ok = postings_skip_to(postings, docid, err) &&
             postings_read(postings, 1, &found, NULL, &count, err);
        if (!ok || count == 0)
            break;
        if (docset_has(within, found))
            docset_add(set, found);
        docid = docset_next(within, found + 1);
    }
    postings_close(postings);
    return ok;
}

/* Joins the reports that a term indexes to what was found before: '*whole' becomes true where some
 * may not be of 'within'. Joining what is kept takes 4 us, of a million reports, and reading it 90
 * us or more. */
static bool match_term(const struct snapshot *snapshot, const struct term *term,
                       const struct docset *within, struct docset **set, bool *whole,
                       struct error *err)
{
    const struct frequent *kept;
    uint64_t places = within ? docset_count(within) : snapshot->reports;
    if (!keeping_find(snapshot, term, places, &kept, err))
        return false;
    bool are_codes = !kept && within && postings_are_codes(&snapshot->source, term->text);
    bool skip =
        !kept && within && keeping_cost_of_skipping(places, term->freq, are_codes) < term->freq;
    *whole |= !skip;
    if (kept)
        return join(set, kept->set, err);
    return open_set(snapshot, set, err) &&
           (skip ? add_by_skipping(snapshot, term->text, within, *set, err)
                 : postings_add(&snapshot->source, term->text, *set, err));
}

static bool match_terms(const struct snapshot *snapshot, const struct query_node *node,
                        const struct docset *within, struct docset **out, struct error *err)
{
    struct terms terms = {0};
    struct docset *set = NULL;
    bool ok = terms_of(snapshot, node, node->field, &terms, err), whole = false;
    for (size_t i = 0; ok && i < terms.count; i++)
        ok = match_term(snapshot, &terms.items[i], within, &set, &whole, err);
    terms_clear(&terms);
    if (ok && !set)
        ok = match_nothing(snapshot, node, within, &set, err);
    if (ok && within && whole)
        ok = docset_and(&set, within, err);
    return give(ok, set, out);
}

/* Two words that are a pair are found by its term alone. Else the reports that have all parts are
 * looked into. */
static bool match_phrase(const struct snapshot *snapshot, const struct query_node *node,
                         const struct docset *within, struct docset **out, struct error *err)
{
    struct docset *candidates = NULL;
    struct phrase phrase;
    if (!phrase_make(snapshot, node, &phrase, err))
        return false;
    if (!match_node(snapshot, &phrase.parts, within, &candidates, err))
        return false;
    if (phrase.is_pair) {
        *out = candidates;
        return true;
    }
    bool ok = phrase_match(snapshot, node, candidates, out, err);
    docset_free(candidates);
    return ok;
}

/* Docids of a built generation rise with the days; what was added to it since is looked through.
 * Undated reports are outside every span. */
static bool match_dates(const struct snapshot *snapshot, const struct query_node *node,
                        const struct docset *within, struct docset **out, struct error *err)
{
    const struct day_column *days = &snapshot->days;
    struct docset *set;
    if (!docset_new(snapshot->all->last, &set, err))
        return false;
    day_t from = node->from == DAY_NONE ? DAY_MIN : node->from;
    day_t to = node->to == DAY_NONE ? DAY_MAX : node->to;
    docset_add_range(set, day_column_start(days, from), day_column_start(days, to + 1));
    for (size_t i = days->tail_dated; i < days->tail_count; i++) {
        uint32_t docid = days->tail[i];
        if (days->days[docid] >= from && days->days[docid] <= to)
            docset_add(set, docid);
    }
    bool ok = docset_and(&set, within ? within : snapshot->all, err);
    return give(ok, set, out);
}

static bool match_not(const struct snapshot *snapshot, const struct query_node *node,
                      const struct docset *within, struct docset **out, struct error *err)
{
    struct docset *gone;
    if (!match_node(snapshot, node->children[0], within, &gone, err))
        return false;
    struct docset *set = docset_share(within ? within : snapshot->all);
    bool ok = docset_andnot(&set, gone, err);
    docset_free(gone);
    return give(ok, set, out);
}

static bool match_or(const struct snapshot *snapshot, const struct query_node *node,
                     const struct docset *within, struct docset **out, struct error *err)
{
    struct docset *set = NULL, *part;
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count; i++) {
        if (terms_times_said(node, i) == 0)
            continue;
        ok = match_node(snapshot, node->children[i], within, &part, err);
        if (ok) {
            ok = join(&set, part, err);
            docset_free(part);
        }
    }
    if (ok && !set)
        ok = match_nothing(snapshot, node, within, &set, err);
    return give(ok, set, out);
}

/* The least of the parts of an AND; those of an OR together. */
static bool estimate_join(const struct snapshot *snapshot, const struct query_node *node,
                          uint64_t *out, struct error *err)
{
    bool any = node->kind == QUERY_OR;
    uint64_t total = any ? 0 : snapshot->reports, part;
    for (size_t i = 0; i < node->child_count; i++) {
        if (!match_estimate(snapshot, node->children[i], &part, err))
            return false;
        if (any && terms_times_said(node, i) > 0)
            total += part;
        else if (!any && part < total)
            total = part;
    }
    *out = total < snapshot->reports ? total : snapshot->reports;
    return true;
}

static bool estimate_phrase(const struct snapshot *snapshot, const struct query_node *node,
                            uint64_t *out, struct error *err)
{
    struct phrase phrase;
    return phrase_make(snapshot, node, &phrase, err) &&
           estimate_join(snapshot, &phrase.parts, out, err);
}

bool match_estimate(const struct snapshot *snapshot, const struct query_node *node, uint64_t *out,
                    struct error *err)
{
    struct terms terms = {0};
    *out = snapshot->reports;
    switch (node->kind) {
    case QUERY_WORD:
    case QUERY_PREFIX:
    case QUERY_VALUE:
        if (!terms_of(snapshot, node, node->field, &terms, err))
            return false;
        *out = terms.freq;
        terms_clear(&terms);
        return true;
    case QUERY_PHRASE:
    case QUERY_NEAR:
        return estimate_phrase(snapshot, node, out, err);
    case QUERY_DATES:
        *out = day_column_count(&snapshot->days, node->from == DAY_NONE ? DAY_MIN : node->from,
                                node->to == DAY_NONE ? DAY_MAX : node->to);
        return true;
    case QUERY_AND:
    case QUERY_OR:
        return estimate_join(snapshot, node, out, err);
    default:
        return true;
    }
}

struct part {
    const struct query_node *node;
    unsigned step; /* what is found in lists, then what looks into reports, then NOT */
    uint64_t count;
};

static int compare_parts(const void *a, const void *b)
{
    const struct part *left = a, *right = b;
    if (left->step != right->step)
        return left->step < right->step ? -1 : 1;
    return (left->count > right->count) - (left->count < right->count);
}

static unsigned step_of(enum query_kind kind)
{
    return kind == QUERY_NOT ? 2 : kind == QUERY_PHRASE || kind == QUERY_NEAR;
}

/* The children of an AND in the order in which they narrow best. */
static bool order_parts(const struct snapshot *snapshot, const struct query_node *node,
                        struct part **out, struct error *err)
{
    struct part *parts = calloc(node->child_count + 1, sizeof parts[0]);
    if (!parts)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < node->child_count; i++) {
        const struct query_node *child = node->children[i];
        parts[i] = (struct part){.node = child, .step = step_of(child->kind)};
        if (!match_estimate(snapshot, child, &parts[i].count, err)) {
            free(parts);
            return false;
        }
    }
    qsort(parts, node->child_count, sizeof parts[0], compare_parts);
    *out = parts;
    return true;
}

static bool match_and(const struct snapshot *snapshot, const struct query_node *node,
                      const struct docset *within, struct docset **out, struct error *err)
{
    struct docset *set = NULL;
    struct part *parts = NULL;
    if (!order_parts(snapshot, node, &parts, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < node->child_count && (!set || docset_next(set, 1)); i++) {
        struct docset *narrowed;
        ok = match_node(snapshot, parts[i].node, set ? set : within, &narrowed, err);
        if (ok) {
            docset_free(set);
            set = narrowed;
        }
    }
    free(parts);
    if (ok && !set)
        ok = match_all(snapshot, node, within, &set, err);
    return give(ok, set, out);
}

static bool match_node(const struct snapshot *snapshot, const struct query_node *node,
                       const struct docset *within, struct docset **out, struct error *err)
{
    static matcher *const matchers[] = {
        [QUERY_ALL] = match_all,     [QUERY_NOTHING] = match_nothing,
        [QUERY_WORD] = match_terms,  [QUERY_PHRASE] = match_phrase,
        [QUERY_NEAR] = match_phrase, [QUERY_PREFIX] = match_terms,
        [QUERY_VALUE] = match_terms, [QUERY_DATES] = match_dates,
        [QUERY_AND] = match_and,     [QUERY_OR] = match_or,
        [QUERY_NOT] = match_not,
    };
    return matchers[node->kind](snapshot, node, within, out, err);
}

bool match_tree(const struct snapshot *snapshot, const struct query_node *node, struct docset **out,
                struct error *err)
{
    return match_node(snapshot, node, NULL, out, err);
}
