#include "search/diagnosis.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/labels.h"
#include "search/plan.h"
#include "search/reading.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* The total of a question; 0 where it is past a limit, as one that is written out can be. */
static bool count_reports(const struct snapshot *snapshot, const struct question *question,
                          uint32_t *out, struct error *err)
{
    struct error failure = {0};
    struct reading reading = {0};
    struct plan plan = {0};
    bool ok = reading_make(snapshot, question, &reading, &failure) &&
              plan_make(snapshot, reading.query, question, &plan, &failure);
    *out = plan.total;
    plan_clear(&plan);
    reading_clear(&reading);
    return ok || failure.code == ERROR_LIMIT ||
           error_set(err, failure.code, failure.where, "%s", failure.text);
}

/* ---- the parts of a question ---------------------------------------------------- */

struct finder {
    const struct snapshot *snapshot;
    const struct question *question;
    struct remedy *found;
    size_t count, tried;
    struct error *err;
};

/* Keeps the question without a part if it finds something. Takes both. */
static bool try_take(struct finder *finder, struct question *question, char *part)
{
    uint32_t reports = 0;
    question_rewind(question);
    bool ok = (part || no_memory(finder->err)) &&
              count_reports(finder->snapshot, question, &reports, finder->err);
    finder->tried++;
    if (ok && reports) {
        finder->found[finder->count++] = (struct remedy){part, *question, reports};
    } else {
        free(part);
        question_clear(question);
    }
    return ok;
}

/* The question without one child of the tree's AND. */
static bool try_without_child(struct finder *finder, const struct query_node *root, size_t number)
{
    struct query_node rest = *root;
    struct question question;
    rest.children = calloc(root->child_count, sizeof rest.children[0]);
    if (!rest.children || !question_copy(finder->question, &question, finder->err)) {
        free(rest.children);
        return no_memory(finder->err);
    }
    rest.child_count = 0;
    for (size_t i = 0; i < root->child_count; i++)
        if (i != number)
            rest.children[rest.child_count++] = root->children[i];
    free(question.q);
    question.q = query_describe(rest.child_count == 1 ? rest.children[0] : &rest);
    free(rest.children);
    if (!question.q) {
        question_clear(&question);
        return no_memory(finder->err);
    }
    return try_take(finder, &question, query_describe(root->children[number]));
}

static bool try_without_words(struct finder *finder, const struct query_node *root)
{
    struct question question;
    if (root->kind == QUERY_AND) {
        for (size_t i = 0; i < root->child_count && finder->tried < DIAGNOSIS_PARTS; i++)
            if (root->children[i]->kind != QUERY_ALL && !root->children[i]->added &&
                !try_without_child(finder, root, i))
                return false;
        return true;
    }
    if (root->kind == QUERY_ALL || finder->question->filter_count == 0)
        return true;
    if (!question_copy(finder->question, &question, finder->err))
        return false;
    question.q[0] = '\0';
    return try_take(finder, &question, query_describe(root));
}

static bool try_without_dates(struct finder *finder)
{
    struct question question;
    struct buffer part = {0};
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    if (finder->question->from == DAY_NONE && finder->question->to == DAY_NONE)
        return true;
    if (!question_copy(finder->question, &question, finder->err))
        return false;
    day_format(question.from, from);
    day_format(question.to, to);
    buffer_format(&part, "date %s..%s", from, to);
    question.from = question.to = DAY_NONE;
    return try_take(finder, &question, buffer_take(&part, NULL));
}

/* The question without all the values chosen in a field, or without one that is excluded. */
static bool try_without_filter(struct finder *finder, const struct filter *filter)
{
    const struct question *asked = finder->question;
    struct question question;
    struct buffer part = {0};
    if (!question_copy(asked, &question, finder->err))
        return false;
    buffer_format(&part, "%s%s", filter->exclude ? "not " : "", fields[filter->field].name);
    for (size_t i = 0, named = 0; i < asked->filter_count; i++) {
        const struct filter *other = &asked->filters[i];
        if (other->field != filter->field || other->exclude != filter->exclude ||
            (filter->exclude && other != filter))
            continue;
        const struct concept *concept =
            labels_concept(snapshot_vocabulary(finder->snapshot), other->field, other->value);
        buffer_format(&part, "%s%s", named++ ? " or " : " ",
                      concept ? concept->label : other->value);
        question_remove_filter(&question, other->field, other->exclude, other->value);
    }
    return try_take(finder, &question, buffer_take(&part, NULL));
}

static bool try_without_filters(struct finder *finder)
{
    bool seen[FIELD_COUNT] = {0}, ok = true;
    for (size_t i = 0; ok && i < finder->question->filter_count; i++) {
        const struct filter *filter = &finder->question->filters[i];
        if (finder->tried == DIAGNOSIS_PARTS || (!filter->exclude && seen[filter->field]))
            continue;
        seen[filter->field] |= !filter->exclude;
        ok = try_without_filter(finder, filter);
    }
    return ok;
}

static int compare_remedies(const void *a, const void *b)
{
    const struct remedy *left = a, *right = b;
    if (left->reports != right->reports)
        return left->reports > right->reports ? -1 : 1;
    return strcmp(left->part, right->part);
}

/* ---- any of the words ------------------------------------------------------------ */

static size_t count_words(const struct query_node *node)
{
    size_t count = node->kind == QUERY_WORD || node->kind == QUERY_PHRASE;
    if (node->added)
        return 0;
    for (size_t i = 0; i < node->child_count; i++)
        count += count_words(node->children[i]);
    return count;
}

/* Keeps the question, made of 'asked', if it finds more than 'total'. Takes 'q'. */
static bool try_question(const struct snapshot *snapshot, const struct question *asked, char *q,
                         enum match match, uint32_t total, struct remedy **out, struct error *err)
{
    struct remedy *remedy = calloc(1, sizeof *remedy);
    if (!q || !remedy || !question_copy(asked, &remedy->question, err)) {
        free(remedy);
        free(q);
        return no_memory(err);
    }
    free(remedy->question.q);
    remedy->question.q = q;
    remedy->question.match = match;
    question_rewind(&remedy->question);
    bool ok = count_reports(snapshot, &remedy->question, &remedy->reports, err);
    if (ok && remedy->reports > total) {
        *out = remedy;
    } else {
        question_clear(&remedy->question);
        free(remedy);
    }
    return ok;
}

/* ---- misspelt words --------------------------------------------------------------- */

/* The question's text with the words corrected so far, which end at 'done' of it. */
struct correcting {
    const struct snapshot *snapshot;
    const char *text;
    size_t done;
    struct buffer out;
};

/* Misspelt is a word that is in no report, or in few beside one like it that is in many. */
static bool correct_word(struct correcting *correcting, const struct query_node *node,
                         struct error *err)
{
    struct terms terms = {0};
    if (node->exact || node->field != FIELD_TEXT || node->begin < correcting->done)
        return true;
    if (!terms_of(correcting->snapshot, node, node->field, &terms, err))
        return false;
    uint64_t least = terms.freq * DIAGNOSIS_MISSPELT;
    terms_clear(&terms);
    const char *better =
        least < correcting->snapshot->reports
            ? words_correct(&correcting->snapshot->words, node->words[0], (uint32_t)least)
            : NULL;
    if (!better)
        return true;
    buffer_append(&correcting->out, correcting->text + correcting->done,
                  node->begin - correcting->done);
    buffer_text(&correcting->out, better);
    correcting->done = node->end;
    return true;
}

/* Names are known, and what is taken away need not be there. */
static bool correct_tree(struct correcting *correcting, const struct query_node *node,
                         struct error *err)
{
    bool ok = true,
         is_name = node->kind == QUERY_OR && node->child_count == 2 && node->children[1]->added;
    if (node->added)
        return true;
    if (node->kind == QUERY_WORD)
        return correct_word(correcting, node, err);
    for (size_t i = 0; ok && node->kind != QUERY_NOT && !is_name && i < node->child_count; i++)
        ok = correct_tree(correcting, node->children[i], err);
    return ok;
}

static bool try_spelling(const struct snapshot *snapshot, const struct question *question,
                         const struct query *query, uint32_t total, struct remedy **out,
                         struct error *err)
{
    struct correcting correcting = {.snapshot = snapshot, .text = question->q};
    bool ok = correct_tree(&correcting, query->root, err);
    if (ok && correcting.done) {
        buffer_text(&correcting.out, question->q + correcting.done);
        ok = try_question(snapshot, question, buffer_take(&correcting.out, NULL), question->match,
                          total, out, err);
    }
    buffer_free(&correcting.out);
    return ok;
}

/* ---- the door -------------------------------------------------------------------- */

bool diagnosis_make(const struct snapshot *snapshot, const struct question *question,
                    const struct query *query, uint32_t total, struct diagnosis *out,
                    struct error *err)
{
    struct diagnosis diagnosis = {0};
    struct finder finder = {.snapshot = snapshot, .question = question, .err = err};
    size_t words = query->root->kind == QUERY_AND ? count_words(query->root) : 0;
    bool ok = true;
    if (total == 0) {
        finder.found = calloc(DIAGNOSIS_PARTS + 1, sizeof finder.found[0]);
        ok = (finder.found || no_memory(err)) && try_without_dates(&finder) &&
             try_without_filters(&finder) && try_without_words(&finder, query->root);
        diagnosis.without = finder.found;
        diagnosis.without_count = finder.count;
    }
    if (finder.count > 1)
        qsort(finder.found, finder.count, sizeof finder.found[0], compare_remedies);
    if (ok && question->match == MATCH_ALL && words > 1 &&
        (total == 0 || words >= DIAGNOSIS_SENTENCE))
        ok = try_question(snapshot, question, strdup(question->q), MATCH_ANY, total, &diagnosis.any,
                          err);
    ok = ok && try_spelling(snapshot, question, query, total, &diagnosis.spelt, err);
    if (ok)
        *out = diagnosis;
    else
        diagnosis_clear(&diagnosis);
    return ok;
}

static void free_remedy(struct remedy *remedy)
{
    if (remedy)
        question_clear(&remedy->question);
    free(remedy);
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->without_count; i++) {
        free(diagnosis->without[i].part);
        question_clear(&diagnosis->without[i].question);
    }
    free(diagnosis->without);
    free_remedy(diagnosis->any);
    free_remedy(diagnosis->spelt);
    *diagnosis = (struct diagnosis){0};
}
