#include "search/answer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/buffer.h"
#include "search/facet.h"
#include "search/histogram.h"
#include "search/hits.h"
#include "search/match.h"
#include "search/names.h"
#include "search/plan.h"
#include "search/reading.h"
#include "search/snapshot_private.h"

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool add_note(struct query *query, size_t begin, size_t end, enum field_id field,
                     const char *value, struct error *err)
{
    struct buffer text = {0};
    buffer_format(&text, "No report has the %s “%s”.", fields[field].name, value);
    char *sentence = buffer_take(&text, NULL);
    struct query_note *notes =
        sentence ? realloc(query->notes, (query->note_count + 1) * sizeof notes[0]) : NULL;
    if (!notes) {
        free(sentence);
        return no_memory(err);
    }
    query->notes = notes;
    notes[query->note_count++] = (struct query_note){sentence, begin, end};
    return true;
}

/* The question with every filter's value as reports are tagged with it. */
static bool resolve_filters(const struct snapshot *snapshot, const struct question *asked,
                            struct question *out, struct error *err)
{
    bool ok = question_copy(asked, out, err);
    for (size_t i = 0; ok && i < asked->filter_count; i++)
        question_remove_filter(out, asked->filters[i].field, asked->filters[i].exclude,
                               asked->filters[i].value);
    for (size_t i = 0; ok && i < asked->filter_count; i++) {
        const struct filter *filter = &asked->filters[i];
        char *value;
        ok = names_resolve(snapshot, filter->field, filter->value, &value, err);
        if (ok) {
            ok = question_add_filter(out, filter->field, filter->exclude, value, err);
            free(value);
        }
    }
    return ok;
}

/* Notes the values that no report has, in the filters and in the words. */
static bool note_filters(const struct snapshot *snapshot, const struct question *question,
                         struct query *query, struct error *err)
{
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        bool used;
        if (!names_is_used(snapshot, filter->field, filter->value, &used, err))
            return false;
        if (!used && !filter->exclude && !add_note(query, 0, 0, filter->field, filter->value, err))
            return false;
    }
    return true;
}

static bool note_like(const struct snapshot *snapshot, const char *id, struct query *query,
                      struct error *err)
{
    bool used;
    return names_is_used(snapshot, FIELD_ID, id, &used, err) &&
           (used || add_note(query, 0, 0, FIELD_ID, id, err));
}

static bool note_values(const struct snapshot *snapshot, const struct query_node *node,
                        struct query *query, struct error *err)
{
    bool ok = true;
    if (node->kind == QUERY_VALUE && !node->added) {
        bool used = true;
        char *value = NULL;
        ok = names_resolve(snapshot, node->field, node->words[0], &value, err) &&
             names_is_used(snapshot, node->field, value, &used, err);
        free(value);
        if (ok && !used)
            ok = add_note(query, node->begin, node->end, node->field, node->words[0], err);
    }
    for (size_t i = 0; ok && i < node->child_count; i++)
        ok = note_values(snapshot, node->children[i], query, err);
    return ok;
}

static bool read_question(const struct snapshot *snapshot, const struct question *asked,
                          struct answer *answer, struct error *err)
{
    struct reading reading;
    if (!resolve_filters(snapshot, asked, &answer->question, err) ||
        !reading_make(snapshot, asked, &reading, err))
        return false;
    answer->query = reading.query;
    answer->names = reading.names;
    answer->name_count = reading.name_count;
    if (asked->like && !note_like(snapshot, asked->like, answer->query, err))
        return false;
    if (!note_filters(snapshot, &answer->question, answer->query, err) ||
        !note_values(snapshot, answer->query->root, answer->query, err))
        return false;
    answer->read_as = query_describe(answer->query->root);
    answer->generation = strdup(snapshot_name(snapshot));
    return (answer->read_as && answer->generation) || no_memory(err);
}

/* Counts the matches that are tagged with what a name stands for. */
static bool count_names(const struct snapshot *snapshot, const struct plan *plan,
                        struct answer *answer, struct error *err)
{
    for (size_t i = 0; i < answer->name_count; i++) {
        struct expansion *name = &answer->names[i];
        struct query_node value = {
            .kind = QUERY_VALUE, .field = name->field, .words = &name->value, .word_count = 1};
        struct docset *set;
        if (!match_tree(snapshot, &value, &set, err))
            return false;
        bool ok = docset_and(&set, plan->matches, err);
        name->reports = docset_count(set);
        docset_free(set);
        if (!ok)
            return false;
    }
    return true;
}

static bool count_facets(const struct snapshot *snapshot, const struct plan *plan,
                         struct answer *answer, struct error *err)
{
    answer->facets = calloc(FIELD_COUNT, sizeof answer->facets[0]);
    if (!answer->facets)
        return no_memory(err);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        if (!snapshot->columns[id])
            continue;
        if (!facet_make(snapshot, plan, &answer->question, id, &answer->facets[answer->facet_count],
                        err))
            return false;
        answer->facet_count++;
    }
    return true;
}

bool answer_make(const struct snapshot *snapshot, const struct question *question,
                 struct answer **out, struct error *err)
{
    double start = now_ms();
    struct plan plan = {0};
    struct answer *answer = calloc(1, sizeof *answer);
    if (!answer)
        return no_memory(err);
    bool ok = read_question(snapshot, question, answer, err) &&
              plan_make(snapshot, answer->query, &answer->question, &plan, err) &&
              count_names(snapshot, &plan, answer, err) &&
              count_facets(snapshot, &plan, answer, err) &&
              histogram_make(snapshot, plan.matches, &answer->question, &answer->dates, err) &&
              hits_make(snapshot, &plan, answer->query, &answer->question, &answer->hits,
                        &answer->hit_count, err) &&
              diagnosis_make(snapshot, &answer->question, answer->query, plan.total,
                             &answer->diagnosis, err);
    answer->total = plan.total;
    plan_clear(&plan);
    if (!ok) {
        answer_free(answer);
        return false;
    }
    answer->order = hits_order(answer->query, &answer->question);
    answer->took_ms = now_ms() - start;
    *out = answer;
    return true;
}

bool answer_estimate(const struct snapshot *snapshot, const struct question *question,
                     uint64_t *reports, struct error *err)
{
    struct reading reading;
    *reports = 0;
    if (question->like)
        return true;
    if (!reading_make(snapshot, question, &reading, err))
        return false;
    bool ok = plan_estimate(snapshot, reading.query, question, reports, err);
    reading_clear(&reading);
    return ok;
}

void answer_free(struct answer *answer)
{
    if (!answer)
        return;
    question_clear(&answer->question);
    query_free(answer->query);
    free(answer->read_as);
    expansions_free(answer->names, answer->name_count);
    free(answer->generation);
    for (size_t i = 0; i < answer->facet_count; i++)
        facet_clear(&answer->facets[i]);
    free(answer->facets);
    histogram_clear(&answer->dates);
    hits_free(answer->hits, answer->hit_count);
    diagnosis_clear(&answer->diagnosis);
    free(answer);
}
