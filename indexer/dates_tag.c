#include "indexer/dates.h"

#include <string.h>

#include "schema/buffer.h"

const char *dates_rule(const char *rule)
{
    static const struct {
        const char *rule, *why;
    } rules[] = {
        {"full", "a day with its year stands here"},
        {"month-year", "a month with its year stands here"},
        {"range", "its year stands behind the next date"},
        {"day-month", "the last such day, seen from the report's day, or the next one"},
        {"month", "the last such month, seen from the report's day, or the next one"},
        {"told", "the first such date after the past one that the paragraph told of"},
        {"weekday", "the last such weekday, seen from the report's day, or the next one"},
        {"relative", "counted from the report's day"},
        {"ago", "counted back from the report's day"},
        {"year", "the word before it says that it is a year"},
        {"year-list", "a year stands beside it"},
        {"year-brackets", "it stands in brackets of its own"},
        {"year-noun", "what it belongs to says that it is a year"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (strcmp(rules[i].rule, rule) == 0)
            return rules[i].why;
    return NULL;
}

struct tagging {
    struct report *report;
    enum report_part part;
    size_t mention; /* of an actor: those before end before the date */
    size_t mentions;
    struct error *err;
};

/* Actors' mentions stand in the order of the text, and dates come in it. */
static bool is_in_name(struct tagging *tagging, const struct date *date)
{
    const struct mention *mentions = tagging->report->mentions;
    for (; tagging->mention < tagging->mentions; tagging->mention++) {
        const struct mention *mention = &mentions[tagging->mention];
        if (mention->kind == MENTION_ACTOR && mention->part == tagging->part &&
            mention->end > date->begin)
            return mention->begin < date->end;
    }
    return false;
}

static bool tag(void *context, const struct date *date)
{
    struct tagging *tagging = context;
    struct report *report = tagging->report;
    char id[DAY_TEXT_ROOM], wider[DAY_TEXT_ROOM];
    if (is_in_name(tagging, date) ||
        (tagging->part == PART_BODY && date->begin >= report->sources_begin))
        return true;
    const struct mention mention = {.kind = MENTION_DATE,
                                    .part = tagging->part,
                                    .begin = date->begin,
                                    .end = date->end,
                                    .id = day_format_to(date->day, date->precision, id),
                                    .rule = date->rule,
                                    .confidence = date->confidence};
    bool ok = report_add_mention(report, &mention, tagging->err);
    for (unsigned i = date->precision; ok && i < PRECISION_COUNT; i++)
        ok = report_add_tag(report, MENTION_DATE, day_format_to(date->day, i, wider), tagging->err);
    return ok;
}

bool dates_tag(struct report *report, enum report_part part, const char *text, size_t size,
               const struct word *words, size_t word_count, struct error *err)
{
    struct tagging tagging = {
        .report = report, .part = part, .mentions = report->mention_count, .err = err};
    const struct date_anchor anchor = {report->day, report->precision};
    return dates_find(text, size, words, word_count, anchor, tag, &tagging);
}
