#include "indexer/tag_diff.h"

#include <inttypes.h>
#include <jansson.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/json_line.h"
#include "indexer/sentence.h"

enum change { TAG_ADDED, TAG_REMOVED, TAG_CHANGES };
static const char *const change_names[TAG_CHANGES] = {"added", "removed"};
static const char change_signs[TAG_CHANGES] = {'+', '-'};
static const char *const kind_names[] = {[MENTION_ACTOR] = "actor", [MENTION_REGION] = "region"};

struct example {
    char *id; /* of the report */
    day_t day;
    char *sentence; /* where the name stands; the title, where the tag has no name of its own */
};

/* One tag that changes somewhere. */
struct row {
    enum mention_kind kind;
    char *value;
    uint64_t counts[TAG_CHANGES]; /* reports */
    struct example examples[TAG_CHANGES][TAG_DIFF_EXAMPLES];
};

struct tag_diff {
    const struct vocabulary *vocabulary;
    struct extraction *extraction;
    void *rows; /* a tree of tsearch() */
    size_t row_count;
    uint64_t reports, changed, counts[TAG_CHANGES];
};

static int compare_values(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    return left->kind != right->kind ? (left->kind > right->kind) - (left->kind < right->kind)
                                     : strcmp(left->value, right->value);
}

static void free_row(void *pointer)
{
    struct row *row = pointer;
    for (int change = 0; change < TAG_CHANGES; change++)
        for (size_t i = 0; i < TAG_DIFF_EXAMPLES; i++) {
            free(row->examples[change][i].id);
            free(row->examples[change][i].sentence);
        }
    free(row->value);
    free(row);
}

bool tag_diff_open(const struct vocabulary *vocabulary, struct extraction *extraction,
                   struct tag_diff **out, struct error *err)
{
    struct tag_diff *diff = calloc(1, sizeof *diff);
    if (!diff)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    diff->vocabulary = vocabulary;
    diff->extraction = extraction;
    *out = diff;
    return true;
}

void tag_diff_close(struct tag_diff *diff)
{
    if (!diff)
        return;
    tdestroy(diff->rows, free_row);
    free(diff);
}

/* The row of a tag, made where it is the first change; NULL out of memory. */
static struct row *find_row(struct tag_diff *diff, enum mention_kind kind, char *value)
{
    struct row key = {.kind = kind, .value = value};
    struct row **found = tfind(&key, &diff->rows, compare_values);
    if (found)
        return *found;
    struct row *row = calloc(1, sizeof *row);
    if (!row)
        return NULL;
    row->kind = kind;
    row->value = strdup(value);
    if (!row->value || !tsearch(row, &diff->rows, compare_values)) {
        free_row(row);
        return NULL;
    }
    diff->row_count++;
    return row;
}

/* Where a report names the value, else its title: a region may be tagged for one within it. */
static char *evidence(const struct report *report, const struct row *row)
{
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        if (mention->kind != row->kind || mention->end == mention->begin ||
            strcmp(mention->id, row->value) != 0)
            continue;
        const char *text = mention->part == PART_TITLE ? report->title : report->body;
        size_t size = mention->part == PART_TITLE ? strlen(report->title) : report->body_size;
        return sentence_around(text, size, mention->begin, mention->end);
    }
    return strdup(report->title);
}

static bool add_change(struct tag_diff *diff, const struct report *report, enum mention_kind kind,
                       char *value, enum change change)
{
    struct row *row = find_row(diff, kind, value);
    if (!row)
        return false;
    diff->counts[change]++;
    if (row->counts[change]++ >= TAG_DIFF_EXAMPLES)
        return true;
    struct example *example = &row->examples[change][row->counts[change] - 1];
    *example = (struct example){strdup(report->id), report->day, evidence(report, row)};
    return example->id && example->sentence;
}

/* Both lists are in byte order, each tag once. */
static bool compare_tags(struct tag_diff *diff, enum mention_kind kind, const struct report *stored,
                         char *const *old, size_t old_count, const struct report *again,
                         char *const *new, size_t new_count)
{
    bool ok = true;
    size_t i = 0, j = 0;
    while (ok && (i < old_count || j < new_count)) {
        int order = i == old_count ? 1 : j == new_count ? -1 : strcmp(old[i], new[j]);
        if (order < 0)
            ok = add_change(diff, stored, kind, old[i++], TAG_REMOVED);
        else if (order > 0)
            ok = add_change(diff, again, kind, new[j++], TAG_ADDED);
        else
            i++, j++;
    }
    return ok;
}

bool tag_diff_add(struct tag_diff *diff, const struct report *stored, struct report *again,
                  struct error *err)
{
    uint64_t before = diff->counts[TAG_ADDED] + diff->counts[TAG_REMOVED];
    if (!extraction_run(diff->extraction, again, err))
        return false;
    if (!compare_tags(diff, MENTION_ACTOR, stored, stored->actors, stored->actor_count, again,
                      again->actors, again->actor_count) ||
        !compare_tags(diff, MENTION_REGION, stored, stored->regions, stored->region_count, again,
                      again->regions, again->region_count))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    diff->reports++;
    diff->changed += diff->counts[TAG_ADDED] + diff->counts[TAG_REMOVED] > before;
    return true;
}

/* ---- the result --------------------------------------------------------- */

static void collect(const void *node, VISIT visit, void *context)
{
    const struct row ***next = context;
    if (visit == postorder || visit == leaf)
        *(*next)++ = *(const struct row *const *)node;
}

static int compare_changes(const void *a, const void *b)
{
    const struct row *left = *(const struct row *const *)a, *right = *(const struct row *const *)b;
    uint64_t many = left->counts[TAG_ADDED] + left->counts[TAG_REMOVED];
    uint64_t other = right->counts[TAG_ADDED] + right->counts[TAG_REMOVED];
    if (left->kind == right->kind && many != other)
        return many > other ? -1 : 1;
    return compare_values(left, right);
}

/* Actors, then regions, most changes first; the caller frees the array. NULL out of memory. */
static const struct row **sorted_rows(const struct tag_diff *diff)
{
    const struct row **rows = calloc(diff->row_count + 1, sizeof *rows), **next = rows;
    if (!rows)
        return NULL;
    twalk_r(diff->rows, collect, &next);
    qsort(rows, diff->row_count, sizeof *rows, compare_changes);
    return rows;
}

static const char *label_of(const struct tag_diff *diff, const struct row *row)
{
    const struct concept *concept = vocabulary_find(diff->vocabulary, row->kind, row->value);
    return concept ? concept->label : row->value;
}

static const char *day_of(const struct example *example, char room[DAY_TEXT_ROOM])
{
    return example->day == DAY_NONE ? "undated" : day_format(example->day, room);
}

static size_t example_count(const struct row *row, int change)
{
    return row->counts[change] < TAG_DIFF_EXAMPLES ? (size_t)row->counts[change]
                                                   : TAG_DIFF_EXAMPLES;
}

void tag_diff_text(const struct tag_diff *diff, struct buffer *out)
{
    const struct row **rows = sorted_rows(diff);
    out->failed = out->failed || !rows;
    buffer_format(out,
                  "%" PRIu64 " of %" PRIu64 " reports change: %" PRIu64 " tags added, %" PRIu64
                  " removed\n",
                  diff->changed, diff->reports, diff->counts[TAG_ADDED], diff->counts[TAG_REMOVED]);
    for (size_t i = 0; rows && i < diff->row_count; i++) {
        const struct row *row = rows[i];
        buffer_format(out, "\n%s %s (%s): +%" PRIu64 " -%" PRIu64 "\n", kind_names[row->kind],
                      row->value, label_of(diff, row), row->counts[TAG_ADDED],
                      row->counts[TAG_REMOVED]);
        for (int change = 0; change < TAG_CHANGES; change++)
            for (size_t j = 0; j < example_count(row, change); j++) {
                const struct example *example = &row->examples[change][j];
                char day[DAY_TEXT_ROOM];
                buffer_format(out, "  %c %s %s: %s\n", change_signs[change], example->id,
                              day_of(example, day), example->sentence);
            }
    }
    free(rows);
}

static json_t *json_of_examples(const struct row *row)
{
    json_t *array = json_array();
    for (int change = 0; change < TAG_CHANGES; change++)
        for (size_t i = 0; array && i < example_count(row, change); i++) {
            const struct example *example = &row->examples[change][i];
            char day[DAY_TEXT_ROOM];
            json_t *object = json_pack(
                "{s:s, s:s, s:s?, s:s}", "change", change_names[change], "id", example->id, "date",
                example->day == DAY_NONE ? NULL : day_format(example->day, day), "sentence",
                example->sentence);
            if (json_array_append_new(array, object) != 0) {
                json_decref(array);
                array = NULL;
            }
        }
    return array;
}

bool tag_diff_json(const struct tag_diff *diff, struct buffer *out, struct error *err)
{
    const struct row **rows = sorted_rows(diff);
    json_t *values = rows ? json_array() : NULL;
    for (size_t i = 0; values && i < diff->row_count; i++) {
        const struct row *row = rows[i];
        json_t *value = json_pack(
            "{s:s, s:s, s:s, s:I, s:I, s:o}", "field", kind_names[row->kind], "value", row->value,
            "label", label_of(diff, row), "added", (json_int_t)row->counts[TAG_ADDED], "removed",
            (json_int_t)row->counts[TAG_REMOVED], "examples", json_of_examples(row));
        if (json_array_append_new(values, value) != 0) {
            json_decref(values);
            values = NULL;
        }
    }
    free(rows);
    json_t *object =
        json_pack("{s:I, s:I, s:I, s:I, s:o}", "reports", (json_int_t)diff->reports, "changed",
                  (json_int_t)diff->changed, "added", (json_int_t)diff->counts[TAG_ADDED],
                  "removed", (json_int_t)diff->counts[TAG_REMOVED], "values", values);
    return json_line_append(out, object, err);
}
