#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/report.h"
#include "schema/tokenizer.h"

/* Ill-formed text, of an index that is damaged, is repaired: JSON must be UTF-8. */
static json_t *to_json(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    size_t size;
    char *clean = text_clean(text, strlen(text), &size, NULL);
    value = clean ? json_stringn(clean, size) : NULL;
    free(clean);
    return value;
}

static bool put(json_t *line, const char *name, const char *text)
{
    return !text || json_object_set_new(line, name, to_json(text)) == 0;
}

/* As much of the date as is known. */
static bool put_date(json_t *line, const struct report *report)
{
    static const size_t sizes[PRECISION_COUNT] = {
        [PRECISION_DAY] = 10, [PRECISION_MONTH] = 7, [PRECISION_YEAR] = 4};
    char day[DAY_TEXT_ROOM];
    if (report->day == DAY_NONE)
        return true;
    day_format(report->day, day);
    day[sizes[report->precision]] = '\0';
    return put(line, "date", day);
}

static bool put_given(json_t *line, const char *name, const struct report *report,
                      enum mention_kind kind)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < report->given_count; i++)
        if (report->given[i].kind == kind)
            ok = json_array_append_new(list, to_json(report->given[i].text)) == 0;
    if (ok && json_array_size(list) > 0)
        ok = json_object_set(line, name, list) == 0;
    json_decref(list);
    return ok;
}

bool report_line(const struct report *report, char **out, struct error *err)
{
    json_t *line = json_object();
    char *text = NULL;
    if (line && put(line, "id", report->id) && put_date(line, report) &&
        (report->title_derived || put(line, "title", report->title)) &&
        put(line, "url", report->url) && put(line, "source", report->source) &&
        put(line, "language", report->language) && put(line, "origin", report->origin) &&
        put_given(line, "actors", report, MENTION_ACTOR) &&
        put_given(line, "regions", report, MENTION_REGION) && put(line, "text", report->body))
        text = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    if (!text)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was written");
    *out = text;
    return true;
}
