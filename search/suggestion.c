#include "search/suggestion.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"
#include "search/snapshot_private.h"

struct name_start {
    const char *at; /* in a name */
    uint32_t number;
};

/* ---- names -------------------------------------------------------------------- */

static int compare_starts(const void *a, const void *b)
{
    const struct name_start *left = a, *right = b;
    int order = strcmp(left->at, right->at);
    return order ? order : (left->number > right->number) - (left->number < right->number);
}

struct naming {
    struct name_list list;
    size_t name_room, start_room;
};

static bool add_name(struct naming *naming, const char *name, uint32_t number)
{
    struct name_list *list = &naming->list;
    char *folded = text_fold(name, strlen(name));
    if (!folded || !array_reserve(&list->names, &naming->name_room, list->name_count + 1,
                                  sizeof list->names[0])) {
        free(folded);
        return false;
    }
    list->names[list->name_count++] = folded;
    for (const char *at = folded; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL) {
        if (!array_reserve(&list->starts, &naming->start_room, list->start_count + 1,
                           sizeof list->starts[0]))
            return false;
        list->starts[list->start_count++] = (struct name_start){at, number};
    }
    return true;
}

bool name_list_load(const struct column *column, enum field_id field,
                    const struct vocabulary *vocabulary, struct name_list *out, struct error *err)
{
    struct naming naming = {0};
    bool ok = true;
    for (uint32_t i = 0; ok && i < column_value_count(column); i++) {
        const struct concept *concept = labels_concept(vocabulary, field, column_value(column, i));
        ok = add_name(&naming, concept ? concept->label : column_value(column, i), i);
        for (size_t name = 0; ok && concept && name < concept->name_count; name++)
            if (!(concept->names[name].flags & NAME_DEMONYM))
                ok = add_name(&naming, concept->names[name].text, i);
    }
    if (!ok) {
        name_list_clear(&naming.list);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading names");
    }
    if (naming.list.start_count)
        qsort(naming.list.starts, naming.list.start_count, sizeof naming.list.starts[0],
              compare_starts);
    *out = naming.list;
    return true;
}

size_t name_list_memory(const struct name_list *list)
{
    size_t bytes = list->start_count * sizeof list->starts[0];
    for (size_t i = 0; i < list->name_count; i++)
        bytes += sizeof list->names[0] + strlen(list->names[i]) + 1;
    return bytes;
}

void name_list_clear(struct name_list *list)
{
    for (size_t i = 0; i < list->name_count; i++)
        free(list->names[i]);
    free(list->names);
    free(list->starts);
    *list = (struct name_list){0};
}

static size_t find_start(const struct name_list *list, const char *prefix, size_t size, bool after)
{
    size_t low = 0, high = list->start_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(list->starts[middle].at, prefix, size);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- the few with most reports ------------------------------------------------- */

/* Puts a suggestion in its place, unless it is there or there are enough better ones. */
static void offer(struct suggestion *best, size_t *count, const struct suggestion *item)
{
    size_t at = *count;
    for (size_t i = 0; i < *count; i++)
        if (best[i].value == item->value)
            return;
    while (at > 0 && best[at - 1].reports < item->reports)
        at--;
    if (at == SUGGESTIONS_MAX)
        return;
    size_t after = *count - at - (*count == SUGGESTIONS_MAX);
    memmove(best + at + 1, best + at, after * sizeof best[0]);
    best[at] = *item;
    *count += *count < SUGGESTIONS_MAX;
}

static void suggest_words(const struct words *words, const char *last, struct suggestions *out)
{
    size_t begin, end;
    words_range(words, last, strlen(last), &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const char *word = words_at(words, i);
        struct suggestion item = {word, word, words->reports[i]};
        offer(out->words, &out->word_count, &item);
    }
}

/* The longest end of the folded text that a name goes on from. */
static void suggest_values(const struct snapshot *snapshot, enum field_id field, const char *folded,
                           struct suggestion *best, size_t *count)
{
    const struct name_list *list = &snapshot->names[field];
    const struct column *column = snapshot->columns[field];
    for (const char *at = folded; at && *count == 0; at = strchr(at, ' ')) {
        at += *at == ' ';
        size_t size = strlen(at), end = find_start(list, at, size, true);
        for (size_t i = find_start(list, at, size, false); i < end; i++) {
            uint32_t number = list->starts[i].number;
            struct suggestion item = {column_value(column, number),
                                      snapshot->labels[field].texts[number],
                                      column_total(column, number)};
            offer(best, count, &item);
        }
    }
}

/* Where the last word of a text begins: after its last blank. */
static size_t last_word(const char *text)
{
    size_t at = strlen(text);
    while (at > 0 && !strchr(" \t\r\n", text[at - 1]))
        at--;
    return at;
}

bool suggestions_make(const struct snapshot *snapshot, const char *text, struct suggestions *out,
                      struct error *err)
{
    *out = (struct suggestions){.prefix = last_word(text)};
    char *folded = text_fold(text, strlen(text));
    if (!folded)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    const char *last = strrchr(folded, ' ');
    if (text[out->prefix] && *folded) {
        suggest_words(&snapshot->words, last ? last + 1 : folded, out);
        suggest_values(snapshot, FIELD_ACTOR, folded, out->actors, &out->actor_count);
        suggest_values(snapshot, FIELD_REGION, folded, out->regions, &out->region_count);
    }
    free(folded);
    return true;
}
