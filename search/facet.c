#include "search/facet.h"

#include <stdlib.h>
#include <string.h>

#include "search/snapshot_private.h"
#include "search/top.h"

/* A facet while it is made. The key of a value is its count, then its label's place from
 * the end: larger keys are listed first, and a key says which value it is of. */
struct making {
    const struct column *column;
    const struct labels *labels;
    uint32_t *counts;  /* by value number */
    uint32_t *numbers; /* by label rank */
    struct top top;
};

static uint64_t key_of(const struct making *making, size_t number)
{
    return (uint64_t)making->counts[number] << 32 | (UINT32_MAX - making->labels->ranks[number]);
}

static bool count_values(const struct snapshot *snapshot, const struct plan *plan,
                         enum field_id field, struct making *making, struct error *err)
{
    size_t value_count = column_value_count(making->column);
    making->counts = calloc(value_count + 1, sizeof making->counts[0]);
    if (!making->counts)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    struct docset *own = NULL;
    const struct docset *set = plan->matches;
    if (plan->selected[field]) {
        if (!plan_matches_without(plan, field, &own, err))
            return false;
        set = own;
    }
    bool ok = true;
    if (docset_count(set) == snapshot->reports)
        for (size_t i = 0; i < value_count; i++)
            making->counts[i] = column_total(making->column, i);
    else
        ok = column_count(making->column, set, making->counts, err);
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
                      const char *label, const char *parent, uint32_t reports, struct error *err)
{
    struct facet_value *added = &facet->values[facet->value_count++];
    *added = (struct facet_value){
        .value = strdup(value),
        .label = strdup(label),
        .parent = parent ? strdup(parent) : NULL,
        .reports = reports,
        .selected = question_has_filter(question, facet->field, false, value),
        .excluded = question_has_filter(question, facet->field, true, value),
    };
    return (added->value && added->label && (added->parent || !parent)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool add_top(struct facet *facet, const struct making *making,
                    const struct question *question, struct error *err)
{
    for (size_t i = 0; i < making->top.count; i++) {
        size_t rank = UINT32_MAX - (uint32_t)making->top.keys[i];
        uint32_t number = making->numbers[rank];
        if (!add_value(facet, question, column_value(making->column, number),
                       making->labels->texts[number], making->labels->parents[number],
                       making->counts[number], err))
            return false;
    }
    return true;
}

/* Values that the question names are listed, whatever their count. */
static bool add_named(struct facet *facet, const struct snapshot *snapshot,
                      const struct making *making, const struct question *question,
                      struct error *err)
{
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        size_t number;
        if (filter->field != facet->field || is_value_listed(facet, filter->value))
            continue;
        const struct concept *concept =
            labels_concept(snapshot->vocabulary, filter->field, filter->value);
        const char *label = concept ? concept->label : filter->value;
        const char *parent = labels_parent(making->column, filter->field, concept, filter->value);
        uint32_t reports =
            column_find(making->column, filter->value, &number) ? making->counts[number] : 0;
        if (!add_value(facet, question, filter->value, label, parent, reports, err))
            return false;
    }
    return true;
}

static int compare_values(const void *a, const void *b)
{
    const struct facet_value *left = a, *right = b;
    if (left->reports != right->reports)
        return left->reports > right->reports ? -1 : 1;
    int order = strcmp(left->label, right->label);
    return order ? order : strcmp(left->value, right->value);
}

static bool list_values(const struct snapshot *snapshot, const struct question *question,
                        struct making *making, struct facet *facet, struct error *err)
{
    size_t value_count = column_value_count(making->column), named = question->filter_count;
    size_t room = question->facet_size < value_count ? question->facet_size : value_count;
    uint64_t sum = 0;
    making->numbers = calloc(value_count + 1, sizeof making->numbers[0]);
    facet->values = calloc(room + named + 1, sizeof facet->values[0]);
    if (!making->numbers || !facet->values)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!top_init(&making->top, room, err))
        return false;
    for (size_t i = 0; i < value_count; i++) {
        making->numbers[making->labels->ranks[i]] = (uint32_t)i;
        sum += making->counts[i];
        facet->total_values += making->counts[i] > 0;
        if (making->counts[i])
            top_offer(&making->top, key_of(making, i));
    }
    top_sort(&making->top);
    if (!add_top(facet, making, question, err) ||
        !add_named(facet, snapshot, making, question, err))
        return false;
    qsort(facet->values, facet->value_count, sizeof facet->values[0], compare_values);
    size_t listed = 0;
    for (size_t i = 0; i < facet->value_count; i++) {
        sum -= facet->values[i].reports;
        listed += facet->values[i].reports > 0;
    }
    facet->other = sum;
    facet->truncated = listed < facet->total_values;
    return true;
}

bool facet_make(const struct snapshot *snapshot, const struct plan *plan,
                const struct question *question, enum field_id field, struct facet *out,
                struct error *err)
{
    struct making making = {.column = snapshot->columns[field], .labels = &snapshot->labels[field]};
    struct facet facet = {.field = field};
    bool ok = count_values(snapshot, plan, field, &making, err) &&
              list_values(snapshot, question, &making, &facet, err);
    free(making.counts);
    free(making.numbers);
    top_clear(&making.top);
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
