#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/report.h"
#include "schema/tokenizer.h"

static const char *const kind_names[] = {
    [MENTION_ACTOR] = "actor", [MENTION_REGION] = "region", [MENTION_DATE] = "date"};
static const char *const part_names[] = {[PART_TITLE] = "title", [PART_BODY] = "body"};

/* The members that are one string each, in the order they are stored in. */
static const struct member {
    const char *name;
    size_t offset;
} members[] = {
    {"id", offsetof(struct report, id)},
    {"title", offsetof(struct report, title)},
    {"source", offsetof(struct report, source)},
    {"url", offsetof(struct report, url)},
    {"language", offsetof(struct report, language)},
    {"origin", offsetof(struct report, origin)},
};

static const char *member_of(const struct report *report, const struct member *member)
{
    const char *text;
    memcpy(&text, (const char *)report + member->offset, sizeof text);
    return text;
}

static void set_member(struct report *report, const struct member *member, char *text)
{
    memcpy((char *)report + member->offset, &text, sizeof text);
}

/* By kind, part, begin, end, id: the order that mentions are stored in. */
static int compare_mentions(const void *a, const void *b)
{
    const struct mention *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->part != right->part)
        return left->part < right->part ? -1 : 1;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return strcmp(left->id, right->id);
}

/* ---- writing ------------------------------------------------------------------------ */

static void write_escaped(struct buffer *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "\n\\");
        buffer_append(out, text, plain);
        if (!text[plain])
            return;
        buffer_text(out, text[plain] == '\n' ? "\\n" : "\\\\");
        text += plain + 1;
    }
}

static void write_line(struct buffer *out, const char *name, const char *value)
{
    buffer_text(out, name);
    buffer_char(out, '=');
    write_escaped(out, value);
    buffer_char(out, '\n');
}

static void write_tags(struct buffer *out, const struct report *report)
{
    for (size_t i = 0; i < report->actor_count; i++)
        write_line(out, "actor", report->actors[i]);
    for (size_t i = 0; i < report->region_count; i++)
        write_line(out, "region", report->regions[i]);
    for (size_t i = 0; i < report->mentioned_count; i++)
        write_line(out, "mentioned", report->mentioned[i]);
    for (size_t i = 0; i < report->given_count; i++)
        write_line(out, report->given[i].kind == MENTION_ACTOR ? "given_actor" : "given_region",
                   report->given[i].text);
}

/* "mention=actor body 120 124 90 acronym jnim"; the rule is one word. */
static bool write_mentions(struct buffer *out, const struct report *report)
{
    if (report->mention_count == 0)
        return true;
    struct mention *sorted = malloc(report->mention_count * sizeof *sorted);
    if (!sorted)
        return false;
    memcpy(sorted, report->mentions, report->mention_count * sizeof *sorted);
    qsort(sorted, report->mention_count, sizeof *sorted, compare_mentions);
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &sorted[i];
        buffer_format(out, "mention=%s %s %u %u %u ", kind_names[mention->kind],
                      part_names[mention->part], mention->begin, mention->end, mention->confidence);
        write_escaped(out, mention->rule);
        buffer_char(out, ' ');
        write_escaped(out, mention->id);
        buffer_char(out, '\n');
    }
    free(sorted);
    return true;
}

bool report_encode(const struct report *report, char **bytes, size_t *size, struct error *err)
{
    struct buffer out = {0};
    char day[DAY_TEXT_ROOM];
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (member_of(report, &members[i]))
            write_line(&out, members[i].name, member_of(report, &members[i]));
    if (report->day != DAY_NONE)
        write_line(&out, "date", day_format(report->day, day));
    if (report->precision != PRECISION_DAY)
        write_line(&out, "date_precision", precision_names[report->precision]);
    if (report->title_derived)
        write_line(&out, "title_derived", "1");
    if (report->faq_begin < report->body_size)
        buffer_format(&out, "faq=%zu\n", report->faq_begin);
    if (report->sources_begin < report->body_size)
        buffer_format(&out, "sources=%zu\n", report->sources_begin);
    write_tags(&out, report);
    bool is_written = write_mentions(&out, report);
    buffer_char(&out, '\n');
    if (report->body_size > 0)
        buffer_append(&out, report->body, report->body_size);
    size_t used = 0;
    char *made = buffer_take(&out, &used);
    if (!made || !is_written) {
        free(made);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was stored");
    }
    *bytes = made;
    *size = used;
    return true;
}

/* ---- reading ------------------------------------------------------------------------ */

static bool damaged(struct error *err, const char *what)
{
    return error_set(err, ERROR_CORRUPT, NULL,
                     "a stored report's '%s' is damaged; check the index with: sitrep-index check",
                     what);
}

/* A copy of a value with its escapes undone; NULL out of memory. */
static char *read_escaped(const char *bytes, size_t size)
{
    char *text = malloc(size + 1), *out = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\\' && i + 1 < size) {
            i++;
            *out++ = bytes[i] == 'n' ? '\n' : bytes[i];
        } else {
            *out++ = bytes[i];
        }
    }
    *out = '\0';
    return text;
}

/* Digits only; false for more than 32 bits. */
static bool read_number(const char *text, uint32_t *out)
{
    uint64_t number = 0;
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > 10 || text[size])
        return false;
    for (size_t i = 0; i < size; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    *out = (uint32_t)number;
    return number <= UINT32_MAX;
}

static bool find_name(const char *const *names, size_t count, const char *name, unsigned *out)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *out = i;
        return true;
    }
    return false;
}

/* Takes 'value' apart in place. */
static bool read_mention(struct report *report, char *value, struct error *err)
{
    char *words[6], *rest = value;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        words[i] = rest;
        rest = strchr(rest, ' ');
        if (!rest)
            return damaged(err, "mention");
        *rest++ = '\0';
    }
    unsigned kind, part;
    uint32_t confidence;
    struct mention mention = {.rule = words[5], .id = rest};
    if (!find_name(kind_names, ARRAY_LEN(kind_names), words[0], &kind) ||
        !find_name(part_names, ARRAY_LEN(part_names), words[1], &part) ||
        !read_number(words[2], &mention.begin) || !read_number(words[3], &mention.end) ||
        !read_number(words[4], &confidence) || confidence > 100 || mention.begin > mention.end)
        return damaged(err, "mention");
    mention.kind = (enum mention_kind)kind;
    mention.part = (enum report_part)part;
    mention.confidence = (uint8_t)confidence;
    return report_add_mention(report, &mention, err);
}

static bool read_date(struct report *report, char *value, struct error *err)
{
    report->day = day_parse(value, strlen(value));
    return report->day != DAY_NONE || damaged(err, "date");
}

static bool read_precision(struct report *report, char *value, struct error *err)
{
    unsigned precision;
    if (!find_name(precision_names, PRECISION_COUNT, value, &precision))
        return damaged(err, "date_precision");
    report->precision = (enum precision)precision;
    return true;
}

static bool read_title_derived(struct report *report, char *value, struct error *err)
{
    (void)err;
    report->title_derived = strcmp(value, "1") == 0;
    return true;
}

static bool read_faq(struct report *report, char *value, struct error *err)
{
    uint32_t number;
    if (!read_number(value, &number))
        return damaged(err, "faq");
    report->faq_begin = number;
    return true;
}

static bool read_sources(struct report *report, char *value, struct error *err)
{
    uint32_t number;
    if (!read_number(value, &number))
        return damaged(err, "sources");
    report->sources_begin = number;
    return true;
}

static bool read_actor(struct report *report, char *value, struct error *err)
{
    return report_add_tag(report, MENTION_ACTOR, value, err);
}

static bool read_region(struct report *report, char *value, struct error *err)
{
    return report_add_tag(report, MENTION_REGION, value, err);
}

static bool read_mentioned(struct report *report, char *value, struct error *err)
{
    return report_add_tag(report, MENTION_DATE, value, err);
}

static bool read_given_actor(struct report *report, char *value, struct error *err)
{
    return report_add_given(report, MENTION_ACTOR, value, err);
}

static bool read_given_region(struct report *report, char *value, struct error *err)
{
    return report_add_given(report, MENTION_REGION, value, err);
}

/* What each other line means. A function may write into the value. */
static const struct {
    const char *name;
    bool (*read)(struct report *report, char *value, struct error *err);
} readers[] = {
    {"date", read_date},
    {"date_precision", read_precision},
    {"title_derived", read_title_derived},
    {"faq", read_faq},
    {"sources", read_sources},
    {"actor", read_actor},
    {"region", read_region},
    {"mentioned", read_mentioned},
    {"given_actor", read_given_actor},
    {"given_region", read_given_region},
    {"mention", read_mention},
};

static bool is_name(const char *name, const char *bytes, size_t size)
{
    return strlen(name) == size && memcmp(name, bytes, size) == 0;
}

/* Lines of a name that is not known are left out. */
static bool read_line(struct report *report, const char *line, size_t size, struct error *err)
{
    const char *equals = memchr(line, '=', size);
    if (!equals)
        return damaged(err, "head");
    size_t name_size = (size_t)(equals - line);
    char *value = read_escaped(equals + 1, size - name_size - 1);
    if (!value)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was read");
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (!is_name(members[i].name, line, name_size))
            continue;
        free((char *)(uintptr_t)member_of(report, &members[i]));
        set_member(report, &members[i], value);
        return true;
    }
    bool done = true;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (is_name(readers[i].name, line, name_size))
            done = readers[i].read(report, value, err);
    free(value);
    return done;
}

bool report_decode(const char *bytes, size_t size, struct report *out, struct error *err)
{
    struct report report = {.day = DAY_NONE, .faq_begin = SIZE_MAX, .sources_begin = SIZE_MAX};
    bool done = false;
    size_t at = 0;
    for (;;) {
        const char *newline = at < size ? memchr(bytes + at, '\n', size - at) : NULL;
        if (!newline) {
            damaged(err, "head");
            goto done;
        }
        size_t line_size = (size_t)(newline - bytes) - at;
        if (line_size > 0 && !read_line(&report, bytes + at, line_size, err))
            goto done;
        at += line_size + 1;
        if (line_size == 0)
            break;
    }
    report.body_size = size - at;
    report.body = malloc(report.body_size + 1);
    if (!report.body) {
        error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was read");
        goto done;
    }
    memcpy(report.body, bytes + at, report.body_size);
    report.body[report.body_size] = '\0';
    if (report.faq_begin > report.body_size)
        report.faq_begin = report.body_size;
    if (report.sources_begin > report.body_size)
        report.sources_begin = report.body_size;
    *out = report;
    memset(&report, 0, sizeof report);
    done = true;
done:
    report_clear(&report);
    return done;
}

/* ---- printing ----------------------------------------------------------------------- */

/* NULL for an absent text; ill-formed text is repaired, as JSON must be UTF-8. */
static json_t *to_json(const char *text, size_t size)
{
    if (!text)
        return json_null();
    json_t *value = json_stringn(text, size);
    if (!value) {
        size_t clean_size;
        char *clean = text_clean(text, size, &clean_size, NULL);
        value = clean ? json_stringn(clean, clean_size) : NULL;
        free(clean);
    }
    return value;
}

static json_t *describe_tags(char *const *tags, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, to_json(tags[i], strlen(tags[i])));
    return list;
}

static json_t *describe_given(const struct report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->given_count; i++) {
        const struct given *given = &report->given[i];
        json_array_append_new(list, json_pack("{s:s, s:o}", "kind", kind_names[given->kind], "text",
                                              to_json(given->text, strlen(given->text))));
    }
    return list;
}

static json_t *describe_mentions(const struct report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:I, s:I, s:i, s:o, s:o}", "kind", kind_names[mention->kind],
                      "part", part_names[mention->part], "begin", (json_int_t)mention->begin, "end",
                      (json_int_t)mention->end, "confidence", (int)mention->confidence, "rule",
                      to_json(mention->rule, strlen(mention->rule)), "id",
                      to_json(mention->id, strlen(mention->id))));
    }
    return list;
}

bool report_describe(const struct report *report, char **out, struct error *err)
{
    char day[DAY_TEXT_ROOM];
    json_t *root = json_object();
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const char *text = member_of(report, &members[i]);
        json_object_set_new(root, members[i].name, to_json(text, text ? strlen(text) : 0));
    }
    json_object_set_new(root, "date",
                        report->day == DAY_NONE ? json_null()
                                                : json_string(day_format(report->day, day)));
    json_object_set_new(root, "date_precision", json_string(precision_names[report->precision]));
    json_object_set_new(root, "title_derived", json_boolean(report->title_derived));
    json_object_set_new(root, "body", to_json(report->body, report->body_size));
    json_object_set_new(root, "faq_begin", json_integer((json_int_t)report->faq_begin));
    json_object_set_new(root, "sources_begin", json_integer((json_int_t)report->sources_begin));
    json_object_set_new(root, "actors", describe_tags(report->actors, report->actor_count));
    json_object_set_new(root, "regions", describe_tags(report->regions, report->region_count));
    json_object_set_new(root, "mentioned",
                        describe_tags(report->mentioned, report->mentioned_count));
    json_object_set_new(root, "given", describe_given(report));
    json_object_set_new(root, "mentions", describe_mentions(report));
    char *text = json_dumps(root, JSON_SORT_KEYS | JSON_INDENT(2));
    json_decref(root);
    if (!text)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was printed");
    *out = text;
    return true;
}
