#include "search/labels.h"

#include <stdlib.h>
#include <string.h>

const struct concept *labels_concept(const struct vocabulary *vocabulary, enum field_id field,
                                     const char *value)
{
    if (field == FIELD_ACTOR)
        return vocabulary_find(vocabulary, MENTION_ACTOR, value);
    if (field == FIELD_REGION)
        return vocabulary_find(vocabulary, MENTION_REGION, value);
    return NULL;
}

/* The month of a day, the year of a month. */
static const char *date_parent(const struct column *column, const char *value)
{
    char parent[DAY_TEXT_ROOM];
    size_t size = strlen(value), number;
    if (size <= 4 || size >= sizeof parent)
        return NULL;
    memcpy(parent, value, size - 3);
    parent[size - 3] = '\0';
    return column_find(column, parent, &number) ? column_value(column, number) : NULL;
}

const char *labels_parent(const struct column *column, enum field_id field,
                          const struct concept *concept, const char *value)
{
    if (field == FIELD_MENTIONED)
        return date_parent(column, value);
    return field == FIELD_REGION && concept && concept->parent_count ? concept->parents[0]->id
                                                                     : NULL;
}

struct entry {
    const char *text;
    uint32_t number;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = strcmp(left->text, right->text);
    return order ? order : (left->number > right->number) - (left->number < right->number);
}

bool labels_load(const struct column *column, enum field_id field,
                 const struct vocabulary *vocabulary, struct labels *out, struct error *err)
{
    size_t count = column_value_count(column);
    struct labels labels = {
        .texts = calloc(count + 1, sizeof labels.texts[0]),
        .parents = calloc(count + 1, sizeof labels.parents[0]),
        .ranks = calloc(count + 1, sizeof labels.ranks[0]),
        .count = count,
    };
    struct entry *entries = calloc(count + 1, sizeof entries[0]);
    if (!labels.texts || !labels.parents || !labels.ranks || !entries) {
        free(entries);
        labels_clear(&labels);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading labels");
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *value = column_value(column, i);
        const struct concept *concept = labels_concept(vocabulary, field, value);
        labels.texts[i] = concept ? concept->label : value;
        labels.parents[i] = labels_parent(column, field, concept, value);
        entries[i] = (struct entry){labels.texts[i], i};
    }
    qsort(entries, count, sizeof entries[0], compare_entries);
    for (uint32_t i = 0; i < count; i++)
        labels.ranks[entries[i].number] = i;
    free(entries);
    *out = labels;
    return true;
}

size_t labels_memory(const struct labels *labels)
{
    return labels->count *
           (sizeof labels->texts[0] + sizeof labels->parents[0] + sizeof labels->ranks[0]);
}

void labels_clear(struct labels *labels)
{
    free(labels->texts);
    free(labels->parents);
    free(labels->ranks);
    *labels = (struct labels){0};
}
