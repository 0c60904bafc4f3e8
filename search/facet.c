#include "search/facet.h"

#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"
#include "search/snapshot_private.h"
#include "search/top.h"

/* A facet while it is made. The key of a value is its count, unless names are the order, then its
 * label's place from the end: larger keys are listed first, and a key says which value it is of. */
struct making {
    const struct column *column;
    const struct labels *labels;
    struct value_counts counts; /* borrowed */
    const struct facet_choice *choice;
    bool *hidden; /* by place in 'counts': not searched for; NULL where all are */
    uint64_t sum; /* of the values searched for that are not listed */
    size_t left;  /* their number */
};

static bool is_hidden(const struct making *making, size_t i)
{
    return making->hidden && making->hidden[i];
}

static uint64_t key_of(const struct making *making, const struct value_count *count)
{
    uint64_t reports = making->choice->by_name ? 0 : count->reports;
    return reports << 32 | (UINT32_MAX - making->labels->ranks[count->number]);
}

static bool count_values(const struct snapshot *snapshot, const struct plan *plan,
                         enum field_id field, struct making *making, struct error *err)
{
    struct docset *own = NULL;
    if (plan->selected[field] && !plan_matches_without(plan, field, &own, err))
        return false;
    bool ok = counting_count(snapshot, field, own ? own : plan->matches, &making->counts, err);
    docset_free(own);
    return ok;
}

static bool is_value_listed(const struct facet *facet, const char *value)
{
    for (size_t i = 0; i < facet->value_count; i++)
        if (strcmp(facet->values[i].value, value) == 0)
            return true;
    return false;
}

static bool add_value(struct facet *facet, const struct question *question, const char *value,
                      const char *label, const char *parent, const struct value_count *count,
                      uint32_t of, struct error *err)
{
    struct facet_value *added = &facet->values[facet->value_count++];
    *added = (struct facet_value){
        .value = strdup(value),
        .label = strdup(label),
        .parent = parent ? strdup(parent) : NULL,
        .reports = count->reports,
        .direct = count->direct,
        .of = of,
        .selected = question_has_filter(question, facet->field, false, value),
        .excluded = question_has_filter(question, facet->field, true, value),
    };
    return (added->value && added->label && (added->parent || !parent)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool add_counted(struct facet *facet, struct making *making, const struct question *question,
                        size_t i, struct error *err)
{
    const struct value_count *count = &making->counts.items[i];
    uint32_t number = count->number;
    if (!is_hidden(making, i)) {
        making->sum -= count->reports;
        making->left--;
    }
    return add_value(facet, question, column_value(making->column, number),
                     making->labels->texts[number], making->labels->parents[number], count,
                     column_total(making->column, number), err);
}

/* Values that the question names are listed, whatever their count. */
static bool add_named(struct facet *facet, const struct snapshot *snapshot, struct making *making,
                      const struct question *question, struct error *err)
{
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        size_t number, at = making->counts.count;
        if (filter->field != facet->field || is_value_listed(facet, filter->value))
            continue;
        bool known = column_find(making->column, filter->value, &number);
        for (size_t j = 0; known && j < making->counts.count && at == making->counts.count; j++)
            at = making->counts.items[j].number == number ? j : at;
        if (at < making->counts.count) {
            if (!add_counted(facet, making, question, at, err))
                return false;
            continue;
        }
        const struct concept *concept =
            labels_concept(snapshot->vocabulary, filter->field, filter->value);
        const char *label = concept ? concept->label : filter->value;
        const char *parent = labels_parent(making->column, filter->field, concept, filter->value);
        if (!add_value(facet, question, filter->value, label, parent, &(struct value_count){0},
                       known ? column_total(making->column, number) : 0, err))
            return false;
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const struct facet_value *left = a, *right = b;
    int order = strcmp(left->label, right->label);
    return order ? order : strcmp(left->value, right->value);
}

static int compare_values(const void *a, const void *b)
{
    const struct facet_value *left = a, *right = b;
    if (left->reports != right->reports)
        return left->reports > right->reports ? -1 : 1;
    return compare_names(a, b);
}

/* Whether the words stand in a text that is folded too, from the beginning of a word on. */
static bool has_words(const char *folded, const char *words)
{
    for (const char *at = strstr(folded, words); at; at = strstr(at + 1, words))
        if (at == folded || at[-1] == ' ')
            return true;
    return false;
}

static bool text_has_words(const char *text, const char *words, bool *out, struct error *err)
{
    char *folded = text_fold(text, strlen(text));
    if (!folded)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *out = has_words(folded, words);
    free(folded);
    return true;
}

/* By its label, its value or any of its names. */
static bool value_has_words(const struct snapshot *snapshot, enum field_id field,
                            const struct making *making, size_t number, const char *words,
                            bool *out, struct error *err)
{
    const char *value = column_value(making->column, number);
    const struct concept *concept = labels_concept(snapshot->vocabulary, field, value);
    bool ok = text_has_words(making->labels->texts[number], words, out, err) &&
              (*out || text_has_words(value, words, out, err));
    for (size_t i = 0; ok && !*out && concept && i < concept->name_count; i++)
        ok = text_has_words(concept->names[i].text, words, out, err);
    return ok;
}

/* Hides the values without the words that are searched for within the facet. */
static bool hide_values(const struct snapshot *snapshot, enum field_id field, struct making *making,
                        struct error *err)
{
    if (!making->choice->q)
        return true;
    making->hidden = calloc(making->counts.count + 1, sizeof making->hidden[0]);
    char *words = text_fold(making->choice->q, strlen(making->choice->q));
    bool ok = (making->hidden && words) || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; ok && i < making->counts.count; i++) {
        bool has = true;
        ok = value_has_words(snapshot, field, making, making->counts.items[i].number, words, &has,
                             err);
        making->hidden[i] = !has;
    }
    free(words);
    return ok;
}

/* Whether a value's key is at least so much. Most are told by their counts alone. */
static bool reaches(const struct making *making, const struct value_count *count, uint64_t least)
{
    return (making->choice->by_name || count->reports >= least >> 32) &&
           key_of(making, count) >= least;
}

/* The least key of the 'size' largest. */
static bool find_least(struct making *making, size_t size, uint64_t *out, struct error *err)
{
    struct top top;
    if (!top_init(&top, size, err))
        return false;
    for (size_t i = 0; i < making->counts.count; i++) {
        const struct value_count *count = &making->counts.items[i];
        if (is_hidden(making, i))
            continue;
        making->sum += count->reports;
        making->left++;
        if (reaches(making, count, top_least(&top)))
            top_offer(&top, key_of(making, count));
    }
    *out = top_least(&top);
    top_clear(&top);
    return true;
}

static bool list_values(const struct snapshot *snapshot, const struct question *question,
                        struct making *making, struct facet *facet, struct error *err)
{
    size_t named = question->filter_count, size = making->choice->size;
    size = size ? size : question->facet_size;
    size = size < making->counts.count ? size : making->counts.count;
    uint64_t least;
    facet->values = calloc(size + named + 1, sizeof facet->values[0]);
    if (!facet->values)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!find_least(making, size, &least, err))
        return false;
    facet->total_values = making->left;
    for (size_t i = 0; size > 0 && i < making->counts.count; i++)
        if (!is_hidden(making, i) && reaches(making, &making->counts.items[i], least) &&
            !add_counted(facet, making, question, i, err))
            return false;
    if (!add_named(facet, snapshot, making, question, err))
        return false;
    qsort(facet->values, facet->value_count, sizeof facet->values[0],
          making->choice->by_name ? compare_names : compare_values);
    facet->other = making->sum;
    facet->truncated = making->left > 0;
    return true;
}

bool facet_make(const struct snapshot *snapshot, const struct plan *plan,
                const struct question *question, enum field_id field, struct facet *out,
                struct error *err)
{
    struct making making = {.column = snapshot->columns[field],
                            .labels = &snapshot->labels[field],
                            .choice = &question->facets[field]};
    struct facet facet = {.field = field};
    bool ok = count_values(snapshot, plan, field, &making, err) &&
              hide_values(snapshot, field, &making, err) &&
              list_values(snapshot, question, &making, &facet, err);
    free(making.hidden);
    if (ok)
        *out = facet;
    else
        facet_clear(&facet);
    return ok;
}

void facet_clear(struct facet *facet)
{
    for (size_t i = 0; i < facet->value_count; i++) {
        free(facet->values[i].value);
        free(facet->values[i].label);
        free(facet->values[i].parent);
    }
    free(facet->values);
    *facet = (struct facet){0};
}
