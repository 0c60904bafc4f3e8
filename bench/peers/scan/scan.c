/* scan: the slowest peer of all, which is right by its plainness: for each question it walks
 * through all reports, word by word. It answers the task 'check' only; see bench/compare.c.
 *
 *   scan REPORTS.jsonl
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peer.h"
#include "bench/report_lines.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

struct kept {
    json_t *actors, *regions;
    char *text;    /* title and text folded, blanks around every word */
    char month[8]; /* 2023-11, or "" */
    uint32_t day;  /* 20231115 */
};

struct scan {
    struct kept *reports;
    size_t count, room;
};

static bool keep(void *context, const struct report_line *report, struct error *err)
{
    struct scan *scan = context;
    struct buffer text = {0};
    char *title = text_fold(report->title, strlen(report->title));
    char *body = text_fold(report->text, strlen(report->text));
    if (title && body) /* the bar keeps phrases out of the gap */
        buffer_format(&text, " %s | %s ", title, body);
    free(title);
    free(body);
    struct kept kept = {.actors = json_deep_copy(report->actors),
                        .regions = json_deep_copy(report->regions),
                        .text = buffer_take(&text, NULL),
                        .day = report_line_day(report)};
    snprintf(kept.month, sizeof kept.month, "%.7s", report->date);
    if (!kept.text || !array_reserve(&scan->reports, &scan->room, scan->count + 1, sizeof kept))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    scan->reports[scan->count++] = kept;
    return true;
}

static bool has_run(const char *text, const char *words)
{
    char padded[1024];
    snprintf(padded, sizeof padded, " %s ", words);
    return strstr(text, padded) != NULL;
}

static bool has_words(const char *text, const struct asked *asked)
{
    char words[1024], *rest = words;
    bool any = strcmp(asked->match, "any") == 0;
    if (!*asked->words || strcmp(asked->match, "phrase") == 0)
        return !*asked->words || has_run(text, asked->words);
    snprintf(words, sizeof words, "%s", asked->words);
    for (const char *word; (word = strsep(&rest, " "));)
        if (has_run(text, word) == any)
            return any;
    return !any;
}

static bool has_value(const json_t *values, const char *wanted)
{
    size_t i;
    json_t *value;
    json_array_foreach(values, i,
                       value) if (strcmp(json_string_value(value), wanted) == 0) return true;
    return false;
}

static bool matches(const struct kept *report, const struct asked *asked)
{
    uint32_t from = peer_day(asked->from, 1), to = peer_day(asked->to, UINT32_MAX);
    bool dated = asked->from != DAY_NONE || asked->to != DAY_NONE;
    return has_words(report->text, asked) &&
           (!*asked->actor || has_value(report->actors, asked->actor)) &&
           (!dated || (report->day >= from && report->day <= to));
}

static bool count(struct value_list *values, uint64_t **counts, size_t *room, const char *value)
{
    uint32_t number = value_list_number(values, value);
    size_t had = *room;
    if (number == 0 || !array_reserve(counts, room, number + 1u, sizeof **counts))
        return false;
    for (; had < *room; had++)
        (*counts)[had] = 0;
    (*counts)[number]++;
    return true;
}

/* The values of one facet over the reports that match. */
static bool add_facet(const struct scan *scan, const struct asked *asked, const char *facet,
                      struct peer_reply *reply)
{
    struct value_list values = {0};
    uint64_t *counts = NULL;
    size_t room = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < scan->count; i++) {
        const struct kept *report = &scan->reports[i];
        const json_t *ids = *facet == 'a' ? report->actors : report->regions;
        if (!matches(report, asked))
            continue;
        if (*facet == 'd' && *report->month)
            ok = count(&values, &counts, &room, report->month);
        for (size_t j = 0; ok && *facet != 'd' && j < json_array_size(ids); j++)
            ok = count(&values, &counts, &room, json_string_value(json_array_get(ids, j)));
    }
    for (uint32_t i = 1; ok && i <= values.count; i++)
        ok = peer_reply_add(reply, facet, value_list_at(&values, i), counts[i]);
    value_list_clear(&values);
    free(counts);
    return ok;
}

static bool ask(void *context, enum peer_task task, const struct asked *asked,
                struct peer_reply *reply, struct error *err)
{
    const struct scan *scan = context;
    reply->unasked = task != PEER_CHECK;
    if (reply->unasked)
        return true;
    for (size_t i = 0; i < scan->count; i++)
        reply->total += matches(&scan->reports[i], asked);
    return (add_facet(scan, asked, "actor", reply) && add_facet(scan, asked, "region", reply) &&
            add_facet(scan, asked, "date", reply)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct scan scan = {0};
    if (argc != 2)
        error_set(&err, ERROR_USAGE, NULL, "usage: scan REPORTS.jsonl");
    else if (report_lines_read(argv[1], keep, &scan, &err))
        peer_serve(ask, &scan, &err);
    for (size_t i = 0; i < scan.count; i++) {
        json_decref(scan.reports[i].actors);
        json_decref(scan.reports[i].regions);
        free(scan.reports[i].text);
    }
    free(scan.reports);
    return peer_end("scan", &err);
}
