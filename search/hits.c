#include "search/hits.h"

#include <stdlib.h>
#include <string.h>

#include "search/ranking.h"
#include "search/snapshot_private.h"
#include "search/snippet.h"
#include "search/top.h"

static bool weighs(const struct query_node *node)
{
    switch (node->kind) {
    case QUERY_WORD:
    case QUERY_PHRASE:
    case QUERY_NEAR:
    case QUERY_PREFIX:
        return true;
    case QUERY_AND:
    case QUERY_OR:
        for (size_t i = 0; i < node->child_count; i++)
            if (weighs(node->children[i]))
                return true;
        return false;
    default:
        return false;
    }
}

enum sort hits_order(const struct query *query, const struct question *question)
{
    if (question->sort != SORT_RELEVANCE)
        return question->sort;
    return weighs(query->root) ? SORT_RELEVANCE : SORT_NEWEST;
}

/* The page out of the first 'end' hits, in the order that feedback gives them where it is
 * wanted. */
static bool by_relevance(const struct snapshot *snapshot, const struct plan *plan,
                         const struct query *query, const struct question *question,
                         struct place *places, size_t *count, struct error *err)
{
    struct ranking ranking = {0};
    uint32_t first = question->first, end = first + question->size, depth = end;
    size_t found = 0;
    if (!ranking_make(snapshot, query->root, &ranking, err))
        return false;
    bool feedback = first < FEEDBACK_DEPTH && feedback_is_wanted(question, &ranking);
    if (feedback && depth < FEEDBACK_DEPTH)
        depth = FEEDBACK_DEPTH;
    struct place *all = calloc(depth, sizeof all[0]);
    bool ok = (all || error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
              scoring_best(snapshot, &ranking, plan->matches, all, depth, &found, err);
    if (ok && feedback)
        ok = feedback_apply(snapshot, all, found < FEEDBACK_DEPTH ? found : FEEDBACK_DEPTH, err);
    *count = !ok || found <= first ? 0 : found < end ? found - first : question->size;
    if (*count)
        memcpy(places, all + first, *count * sizeof places[0]);
    free(all);
    ranking_clear(&ranking);
    return ok;
}

/* The match after 'docid' (0: the first one), oldest first, where docids rise with days: the
 * undated ones have the lowest docids, and come last. 0 past the end. */
static uint32_t next_oldest(const struct day_column *days, const struct docset *set, uint32_t docid)
{
    if (docid == 0 || docid >= days->dated_from) {
        uint32_t next = docset_next(set, docid ? docid + 1 : days->dated_from);
        if (next)
            return next;
        docid = 0;
    }
    uint32_t next = docset_next(set, docid + 1);
    return next < days->dated_from ? next : 0;
}

static uint32_t next_newest(const struct docset *set, uint32_t docid)
{
    return docset_previous(set, docid ? docid - 1 : set->last);
}

/* The page is found by walking from one end. */
static void walk_days(const struct snapshot *snapshot, const struct plan *plan,
                      const struct question *question, bool newest, struct place *places,
                      size_t *count)
{
    uint32_t docid = question->after.docid;
    for (uint32_t i = 0; *count < question->size; i++) {
        docid = newest ? next_newest(plan->matches, docid)
                       : next_oldest(&snapshot->days, plan->matches, docid);
        if (!docid)
            break;
        if (i >= question->first)
            places[(*count)++].docid = docid;
    }
}

static uint64_t day_key(day_t day, uint32_t docid, bool newest)
{
    if (day == DAY_NONE)
        return newest ? docid : UINT32_MAX - docid;
    return newest ? (uint64_t)(day - DAY_MIN + 1) << 32 | docid
                  : (uint64_t)(DAY_MAX - day + 1) << 32 | (UINT32_MAX - docid);
}

static bool select_days(const struct snapshot *snapshot, const struct plan *plan,
                        const struct question *question, bool newest, struct place *places,
                        size_t *count, struct error *err)
{
    struct top top;
    if (!top_init(&top, (size_t)question->first + question->size, err))
        return false;
    const struct docset *set = plan->matches;
    uint32_t after = question->after.docid;
    uint64_t before = after ? day_key(snapshot->days.days[after], after, newest) : UINT64_MAX;
    for (uint32_t docid = docset_next(set, 1); docid; docid = docset_next(set, docid + 1)) {
        uint64_t key = day_key(snapshot->days.days[docid], docid, newest);
        if (key < before)
            top_offer(&top, key);
    }
    top_sort(&top);
    for (size_t i = question->first; i < top.count; i++) {
        uint32_t low = (uint32_t)top.keys[i];
        places[(*count)++].docid = newest ? low : UINT32_MAX - low;
    }
    top_clear(&top);
    return true;
}

/* The passage and the title with the question's words marked; taken from the snippets. */
static bool mark_text(const struct snapshot *snapshot, const struct marker *marker,
                      const struct report *report, struct hit *hit, struct error *err)
{
    struct xap_stemmer *stemmer = stems_for(&snapshot->stems, report->language);
    struct snippet_source source = {report->body, report->body_size, report->faq_begin,
                                    report->sources_begin};
    struct snippet passage = {0}, title = {0};
    bool ok =
        snippet_make(marker, &source, stemmer, &passage, err) &&
        snippet_make_title(marker, report->title, strlen(report->title), stemmer, &title, err);
    if (!ok) {
        snippet_clear(&passage);
        return false;
    }
    hit->snippet = passage.text;
    hit->snippet_marks = passage.marks;
    hit->snippet_mark_count = passage.mark_count;
    hit->title = title.text;
    hit->title_marks = title.marks;
    hit->title_mark_count = title.mark_count;
    return true;
}

static char *take(char **string)
{
    char *taken = *string;
    *string = NULL;
    return taken;
}

static bool make_hit(const struct snapshot *snapshot, const struct marker *marker,
                     const struct place *place, struct hit *hit, struct error *err)
{
    struct report report = {0};
    *hit = (struct hit){.docid = place->docid, .score = place->score, .day = DAY_NONE};
    bool ok = snapshot_read(snapshot, place->docid, &report, err) &&
              mark_text(snapshot, marker, &report, hit, err);
    if (ok) {
        hit->day = report.day;
        hit->id = take(&report.id);
        hit->source = take(&report.source);
        hit->url = take(&report.url);
        hit->language = take(&report.language);
        hit->actors = report.actors, report.actors = NULL;
        hit->actor_count = report.actor_count, report.actor_count = 0;
        hit->regions = report.regions, report.regions = NULL;
        hit->region_count = report.region_count, report.region_count = 0;
    }
    report_clear(&report);
    return ok;
}

/* Docids mean the same only in one state of the index. */
static bool check_cursor(const struct snapshot *snapshot, const struct cursor *after,
                         enum sort order, struct error *err)
{
    if (!after->docid)
        return true;
    if (order == SORT_RELEVANCE)
        return error_set(err, ERROR_USAGE, "after",
                         "after goes with the orders of days: add sort=newest or sort=oldest");
    if (strcmp(after->generation, snapshot->name) != 0)
        return error_set(err, ERROR_USAGE, "after",
                         "the index is another one than when the page before was made: begin anew");
    return after->docid <= snapshot->all->last ||
           error_set(err, ERROR_USAGE, "after", "after is what links.after gives");
}

bool hits_find(const struct snapshot *snapshot, const struct plan *plan, const struct query *query,
               const struct question *question, struct place *places, size_t *count,
               struct error *err)
{
    enum sort order = hits_order(query, question);
    bool newest = order == SORT_NEWEST;
    *count = 0;
    if (!check_cursor(snapshot, &question->after, order, err))
        return false;
    if (question->first >= plan->total || question->size == 0)
        return true;
    if (order == SORT_RELEVANCE)
        return by_relevance(snapshot, plan, query, question, places, count, err);
    if (!snapshot->days.ascending)
        return select_days(snapshot, plan, question, newest, places, count, err);
    walk_days(snapshot, plan, question, newest, places, count);
    return true;
}

bool hits_make(const struct snapshot *snapshot, const struct plan *plan, const struct query *query,
               const struct question *question, struct hit **out, size_t *count, struct error *err)
{
    struct place *places = calloc((size_t)question->size + 1, sizeof places[0]);
    struct hit *hits = calloc((size_t)question->size + 1, sizeof hits[0]);
    struct marker *marker = NULL;
    size_t found = 0, made = 0;
    bool ok = (places && hits) || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && hits_find(snapshot, plan, query, question, places, &found, err) &&
         marker_new(query->root, snapshot->stems.stemmers, snapshot->stems.count, &marker, err);
    for (; ok && made < found; made++)
        ok = make_hit(snapshot, marker, &places[made], &hits[made], err);
    marker_free(marker);
    free(places);
    if (ok) {
        *out = hits;
        *count = found;
    } else {
        hits_free(hits, made);
    }
    return ok;
}

static void free_ids(char **ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
    free(ids);
}

void hits_free(struct hit *hits, size_t count)
{
    for (size_t i = 0; hits && i < count; i++) {
        struct hit *hit = &hits[i];
        free(hit->id);
        free(hit->title);
        free(hit->snippet);
        free(hit->title_marks);
        free(hit->snippet_marks);
        free(hit->source);
        free(hit->url);
        free(hit->language);
        free_ids(hit->actors, hit->actor_count);
        free_ids(hit->regions, hit->region_count);
    }
    free(hits);
}
