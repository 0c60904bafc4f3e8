#include "schema/report.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"

/* The ids and rules of the mentions, each once: an open-addressing hash set. */
struct strings {
    char **slots;
    size_t room, count; /* 'room' is 0 or a power of two */
};

static void strings_free(struct strings *strings)
{
    if (!strings)
        return;
    for (size_t i = 0; i < strings->room; i++)
        free(strings->slots[i]);
    free(strings->slots);
    free(strings);
}

/* Where 'text' is or would stand: FNV-1a and linear probing. */
static char **strings_slot(const struct strings *strings, const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (const char *at = text; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    size_t slot = (size_t)hash & (strings->room - 1);
    while (strings->slots[slot] && strcmp(strings->slots[slot], text) != 0)
        slot = (slot + 1) & (strings->room - 1);
    return &strings->slots[slot];
}

static bool strings_grow(struct strings *strings)
{
    struct strings larger = {.room = strings->room ? strings->room * 2 : 16};
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < strings->room; i++)
        if (strings->slots[i])
            *strings_slot(&larger, strings->slots[i]) = strings->slots[i];
    free(strings->slots);
    strings->slots = larger.slots;
    strings->room = larger.room;
    return true;
}

const char *report_keep(struct report *report, const char *text)
{
    struct strings *strings = report->strings;
    if (!strings)
        report->strings = strings = calloc(1, sizeof *strings);
    if (!strings || (strings->count * 2 >= strings->room && !strings_grow(strings)))
        return NULL;
    char **slot = strings_slot(strings, text);
    if (!*slot) {
        *slot = strdup(text);
        strings->count += *slot != NULL;
    }
    return *slot;
}

/* Makes room for one more in an array whose room is its count's next power of two. */
static bool grow(void *array, size_t count, size_t item_size)
{
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0))
        return true;
    size_t room = count;
    return array_reserve(array, &room, count + 1, item_size);
}

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was read");
}

void report_clear_tags(struct report *report)
{
    for (size_t i = 0; i < report->actor_count; i++)
        free(report->actors[i]);
    for (size_t i = 0; i < report->region_count; i++)
        free(report->regions[i]);
    for (size_t i = 0; i < report->mentioned_count; i++)
        free(report->mentioned[i]);
    report->mention_count = 0;
    report->actor_count = report->region_count = report->mentioned_count = 0;
}

void report_clear(struct report *report)
{
    for (size_t i = 0; i < report->given_count; i++)
        free(report->given[i].text);
    report_clear_tags(report);
    free(report->given);
    free(report->mentions);
    free(report->actors);
    free(report->regions);
    free(report->mentioned);
    strings_free(report->strings);
    free(report->id);
    free(report->title);
    free(report->body);
    free(report->source);
    free(report->url);
    free(report->language);
    free(report->origin);
    free(report->same);
    memset(report, 0, sizeof *report);
}

bool report_add_given(struct report *report, enum mention_kind kind, const char *text,
                      struct error *err)
{
    char *copy = strdup(text);
    if (!copy || !grow(&report->given, report->given_count, sizeof *report->given)) {
        free(copy);
        return no_memory(err);
    }
    report->given[report->given_count++] = (struct given){kind, copy};
    return true;
}

bool report_add_mention(struct report *report, const struct mention *mention, struct error *err)
{
    if (report->mention_count >= LIMIT_MENTIONS)
        return true;
    struct mention kept = *mention;
    kept.id = report_keep(report, mention->id);
    kept.rule = report_keep(report, mention->rule);
    if (!kept.id || !kept.rule ||
        !grow(&report->mentions, report->mention_count, sizeof *report->mentions))
        return no_memory(err);
    report->mentions[report->mention_count++] = kept;
    return true;
}

bool report_add_tag(struct report *report, enum mention_kind kind, const char *id,
                    struct error *err)
{
    const struct {
        char ***tags;
        size_t *count;
    } lists[] = {[MENTION_ACTOR] = {&report->actors, &report->actor_count},
                 [MENTION_REGION] = {&report->regions, &report->region_count},
                 [MENTION_DATE] = {&report->mentioned, &report->mentioned_count}};
    char ***tags = lists[kind].tags;
    size_t *count = lists[kind].count;
    size_t first = 0, last = *count;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        int order = strcmp((*tags)[middle], id);
        if (order == 0)
            return true;
        if (order < 0)
            first = middle + 1;
        else
            last = middle;
    }
    char *copy = strdup(id);
    if (!copy || !grow(tags, *count, sizeof **tags)) {
        free(copy);
        return no_memory(err);
    }
    memmove(*tags + first + 1, *tags + first, (*count - first) * sizeof **tags);
    (*tags)[first] = copy;
    ++*count;
    return true;
}
