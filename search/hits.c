#include "search/hits.h"

#include <stdlib.h>
#include <string.h>

#include "search/day_walk.h"
#include "search/ranking.h"
#include "search/snapshot_private.h"
#include "search/snippet.h"

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

/* The page is found by walking from one end. */
static void walk_days(const struct snapshot *snapshot, const struct plan *plan,
                      const struct question *question, bool newest, struct place *places,
                      size_t *count)
{
    struct day_walk walk;
    uint32_t docid;
    day_walk_start(&walk, &snapshot->days, plan->matches, newest, question->after.docid);
    for (uint32_t i = 0; *count < question->size && (docid = day_walk_next(&walk)) != 0; i++)
        if (i >= question->first)
            places[(*count)++].docid = docid;
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
         marker_new(query->root, &snapshot->stems, &marker, err);
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
