#include "indexer/explain.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "indexer/dates.h"
#include "indexer/json_line.h"

/* Every rule that extraction writes. */
static const struct {
    const char *rule, *why;
} rules[] = {
    {"given", "the report came with this tag"},
    {"name", "a name of it stands here"},
    {"acronym", "its acronym stands here, in its own case"},
    {"defined", "the report itself says what these letters stand for"},
    {"split", "its name stands here, with a word for its members between"},
    {"role", "the report is about one country, and these are its forces"},
    {"demonym", "its people or what belongs to it are named"},
    {"within", "the names joined to this one lie in it or around it"},
    {"located", "a word such as in, near or from stands before it"},
    {"dateline", "it stands in a dateline"},
    {"topic",
     "the report tells of places elsewhere: it only speaks of this one, and is not tagged"},
    {"context", "of several it could be, the other names in the report fit this one best"},
};

const char *explain_rule(const char *rule)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (strcmp(rules[i].rule, rule) == 0)
            return rules[i].why;
    const char *why = dates_rule(rule);
    return why ? why : "";
}

static const char *text_of(const struct report *report, const struct mention *mention)
{
    return mention->part == PART_TITLE ? report->title : report->body;
}

static const char *label_of(const struct vocabulary *vocabulary, enum mention_kind kind,
                            const char *id)
{
    const struct concept *concept =
        kind == MENTION_DATE ? NULL : vocabulary_find(vocabulary, kind, id);
    return concept ? concept->label : id;
}

static const char *const kind_names[] = {
    [MENTION_ACTOR] = "actor", [MENTION_REGION] = "region", [MENTION_DATE] = "date"};

static const char *part_name(const struct mention *mention)
{
    return mention->part == PART_TITLE ? "title" : "body";
}

/* A surface on one line. */
static void append_surface(struct buffer *out, const char *text, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        buffer_char(out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
}

static void append_tags(struct buffer *out, const struct vocabulary *vocabulary,
                        enum mention_kind kind, char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s %s (%s)", i ? "," : "", ids[i], label_of(vocabulary, kind, ids[i]));
    buffer_char(out, '\n');
}

void explain_text(const struct report *report, const struct vocabulary *vocabulary,
                  struct buffer *out)
{
    char day[DAY_TEXT_ROOM];
    buffer_format(out, "report %s %s\n", report->id ? report->id : "-",
                  report->day == DAY_NONE ? "undated"
                                          : day_format_to(report->day, report->precision, day));
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        buffer_format(out, "%s %" PRIu32 "-%" PRIu32 " %u%% \"", part_name(mention), mention->begin,
                      mention->end, mention->confidence);
        if (mention->end > mention->begin)
            append_surface(out, text_of(report, mention), mention->begin, mention->end);
        buffer_format(out, "\" = %s (%s), rule %s: %s\n", mention->id,
                      label_of(vocabulary, mention->kind, mention->id), mention->rule,
                      explain_rule(mention->rule));
    }
    buffer_text(out, "actors:");
    append_tags(out, vocabulary, MENTION_ACTOR, report->actors, report->actor_count);
    buffer_text(out, "regions:");
    append_tags(out, vocabulary, MENTION_REGION, report->regions, report->region_count);
    buffer_text(out, "mentioned:");
    for (size_t i = 0; i < report->mentioned_count; i++)
        buffer_format(out, " %s", report->mentioned[i]);
    buffer_char(out, '\n');
}

static json_t *json_of_mention(const struct report *report, const struct mention *mention,
                               const struct vocabulary *vocabulary)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:s}", "kind", kind_names[mention->kind], "id", mention->id,
        "label", label_of(vocabulary, mention->kind, mention->id), "rule", mention->rule,
        "confidence", (int)mention->confidence, "why", explain_rule(mention->rule));
    if (!object || mention->end == mention->begin)
        return object;
    json_t *place = json_pack("{s:s, s:I, s:I, s:s%}", "part", part_name(mention), "begin",
                              (json_int_t)mention->begin, "end", (json_int_t)mention->end,
                              "surface", text_of(report, mention) + mention->begin,
                              (size_t)(mention->end - mention->begin));
    if (!place || json_object_update(object, place) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(place);
    return object;
}

static json_t *json_of_tags(char *const *ids, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        if (json_array_append_new(array, json_string(ids[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

bool explain_json(const struct report *report, const struct vocabulary *vocabulary,
                  struct buffer *out, struct error *err)
{
    char day[DAY_TEXT_ROOM];
    json_t *mentions = json_array();
    for (size_t i = 0; mentions && i < report->mention_count; i++) {
        json_t *mention = json_of_mention(report, &report->mentions[i], vocabulary);
        if (!mention || json_array_append_new(mentions, mention) != 0) {
            json_decref(mentions);
            mentions = NULL;
        }
    }
    json_t *object = json_pack(
        "{s:s?, s:s?, s:o, s:o, s:o, s:o}", "id", report->id, "date",
        report->day == DAY_NONE ? NULL : day_format_to(report->day, report->precision, day),
        "mentions", mentions, "actors", json_of_tags(report->actors, report->actor_count),
        "regions", json_of_tags(report->regions, report->region_count), "mentioned",
        json_of_tags(report->mentioned, report->mentioned_count));
    return json_line_append(out, object, err);
}
