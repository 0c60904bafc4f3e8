#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/evidence.h"
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
    {"same", offsetof(struct report, same)},
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

/* "rule=actor body 90 acronym", one line for all mentions that share it. */
static void write_evidence(struct buffer *out, const struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->rule_count; i++) {
        const struct evidence_rule *rule = &evidence->rules[i];
        buffer_format(out, "rule=%s %s %u ", kind_names[rule->kind], part_names[rule->part],
                      rule->confidence);
        write_escaped(out, rule->rule);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; i < evidence->name_count; i++)
        write_line(out, "name", evidence->names[i]);
    if (evidence->numbers.size > 0)
        buffer_format(out, "evidence=%zu\n", evidence->numbers.size);
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
    struct evidence evidence = {0};
    bool is_written = evidence_write(&evidence, report);
    write_evidence(&out, &evidence);
    buffer_char(&out, '\n');
    if (evidence.numbers.size > 0)
        buffer_append(&out, evidence.numbers.bytes, evidence.numbers.size);
    if (report->body_size > 0)
        buffer_append(&out, report->body, report->body_size);
    evidence_clear(&evidence);
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

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory while a report was read");
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

/* What is read: the report, and what its evidence refers to. */
struct stored {
    struct report report;
    struct evidence evidence;
    uint32_t evidence_size; /* bytes of it in front of the body */
};

/* Takes 'value' apart in place. */
static bool read_rule(struct stored *stored, char *value, struct error *err)
{
    char *words[3], *rest = value;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        words[i] = rest;
        rest = strchr(rest, ' ');
        if (!rest)
            return damaged(err, "rule");
        *rest++ = '\0';
    }
    unsigned kind, part;
    uint32_t confidence;
    if (!find_name(kind_names, ARRAY_LEN(kind_names), words[0], &kind) ||
        !find_name(part_names, ARRAY_LEN(part_names), words[1], &part) ||
        !read_number(words[2], &confidence) || confidence > 100)
        return damaged(err, "rule");
    const struct evidence_rule rule = {(enum mention_kind)kind, (enum report_part)part,
                                       (uint8_t)confidence, report_keep(&stored->report, rest)};
    return (rule.rule && evidence_add_rule(&stored->evidence, &rule)) || no_memory(err);
}

static bool read_name(struct stored *stored, char *value, struct error *err)
{
    const char *name = report_keep(&stored->report, value);
    return (name && evidence_add_name(&stored->evidence, name)) || no_memory(err);
}

static bool read_evidence(struct stored *stored, char *value, struct error *err)
{
    return read_number(value, &stored->evidence_size) || damaged(err, "evidence");
}

static bool read_date(struct stored *stored, char *value, struct error *err)
{
    stored->report.day = day_parse(value, strlen(value));
    return stored->report.day != DAY_NONE || damaged(err, "date");
}

static bool read_precision(struct stored *stored, char *value, struct error *err)
{
    unsigned precision;
    if (!find_name(precision_names, PRECISION_COUNT, value, &precision))
        return damaged(err, "date_precision");
    stored->report.precision = (enum precision)precision;
    return true;
}

static bool read_title_derived(struct stored *stored, char *value, struct error *err)
{
    (void)err;
    stored->report.title_derived = strcmp(value, "1") == 0;
    return true;
}

static bool read_faq(struct stored *stored, char *value, struct error *err)
{
    uint32_t number;
    if (!read_number(value, &number))
        return damaged(err, "faq");
    stored->report.faq_begin = number;
    return true;
}

static bool read_sources(struct stored *stored, char *value, struct error *err)
{
    uint32_t number;
    if (!read_number(value, &number))
        return damaged(err, "sources");
    stored->report.sources_begin = number;
    return true;
}

static bool read_actor(struct stored *stored, char *value, struct error *err)
{
    return report_add_tag(&stored->report, MENTION_ACTOR, value, err);
}

static bool read_region(struct stored *stored, char *value, struct error *err)
{
    return report_add_tag(&stored->report, MENTION_REGION, value, err);
}

static bool read_mentioned(struct stored *stored, char *value, struct error *err)
{
    return report_add_tag(&stored->report, MENTION_DATE, value, err);
}

static bool read_given_actor(struct stored *stored, char *value, struct error *err)
{
    return report_add_given(&stored->report, MENTION_ACTOR, value, err);
}

static bool read_given_region(struct stored *stored, char *value, struct error *err)
{
    return report_add_given(&stored->report, MENTION_REGION, value, err);
}

/* What each other line means. A function may write into the value. */
static const struct {
    const char *name;
    bool (*read)(struct stored *stored, char *value, struct error *err);
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
    {"rule", read_rule},
    {"name", read_name},
    {"evidence", read_evidence},
};

static bool is_name(const char *name, const char *bytes, size_t size)
{
    return strlen(name) == size && memcmp(name, bytes, size) == 0;
}

/* Lines of a name that is not known are left out. */
static bool read_line(struct stored *stored, const char *line, size_t size, struct error *err)
{
    const char *equals = memchr(line, '=', size);
    if (!equals)
        return damaged(err, "head");
    size_t name_size = (size_t)(equals - line);
    char *value = read_escaped(equals + 1, size - name_size - 1);
    if (!value)
        return no_memory(err);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (!is_name(members[i].name, line, name_size))
            continue;
        free((char *)(uintptr_t)member_of(&stored->report, &members[i]));
        set_member(&stored->report, &members[i], value);
        return true;
    }
    bool done = true;
    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (is_name(readers[i].name, line, name_size))
            done = readers[i].read(stored, value, err);
    free(value);
    return done;
}

/* Reads the lines; '*at' is past the empty one. */
static bool read_head(struct stored *stored, const char *bytes, size_t size, size_t *at,
                      struct error *err)
{
    for (size_t line_size = 1; line_size > 0; *at += line_size + 1) {
        const char *newline = *at < size ? memchr(bytes + *at, '\n', size - *at) : NULL;
        if (!newline)
            return damaged(err, "head");
        line_size = (size_t)(newline - bytes) - *at;
        if (line_size > 0 && !read_line(stored, bytes + *at, line_size, err))
            return false;
    }
    return true;
}

/* Reads what follows the head. */
static bool read_rest(struct stored *stored, const char *bytes, size_t size, struct error *err)
{
    struct report *report = &stored->report;
    if (stored->evidence_size > size ||
        !evidence_read(&stored->evidence, bytes, stored->evidence_size, report, err))
        return damaged(err, "evidence");
    report->body_size = size - stored->evidence_size;
    report->body = malloc(report->body_size + 1);
    if (!report->body)
        return no_memory(err);
    memcpy(report->body, bytes + stored->evidence_size, report->body_size);
    report->body[report->body_size] = '\0';
    if (report->faq_begin > report->body_size)
        report->faq_begin = report->body_size;
    if (report->sources_begin > report->body_size)
        report->sources_begin = report->body_size;
    return true;
}

bool report_decode(const char *bytes, size_t size, struct report *out, struct error *err)
{
    struct stored stored = {
        .report = {.day = DAY_NONE, .faq_begin = SIZE_MAX, .sources_begin = SIZE_MAX}};
    size_t at = 0;
    bool ok =
        read_head(&stored, bytes, size, &at, err) && read_rest(&stored, bytes + at, size - at, err);
    evidence_clear(&stored.evidence);
    if (ok)
        *out = stored.report;
    else
        report_clear(&stored.report);
    return ok;
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
