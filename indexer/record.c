#include "indexer/record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

struct record_name {
    const char *name;
    bool (*set)(struct report *report, const char *name, char *value_take, struct error *err);
    bool is_list;
};

/* Puts a string where none was. Takes the value. */
static bool put(char **member, const char *name, char *value, struct error *err)
{
    if (*member) {
        free(value);
        return error_set(err, ERROR_DATA, NULL, "%s: given twice", name);
    }
    *member = value;
    return true;
}

static bool set_id(struct report *report, const char *name, char *value, struct error *err)
{
    return put(&report->id, name, value, err);
}

/* 2023-11 and 2023: the first day, and that no more is known. */
static day_t read_period(const char *value, enum precision *precision)
{
    char day[DAY_TEXT_ROOM] = "0000-01-01";
    size_t size = strlen(value);
    if (size != 7 && size != 4)
        return DAY_NONE;
    memcpy(day, value, size);
    *precision = size == 7 ? PRECISION_MONTH : PRECISION_YEAR;
    return day_parse(day, DAY_TEXT_ROOM - 1);
}

static bool set_date(struct report *report, const char *name, char *value, struct error *err)
{
    enum precision precision = PRECISION_DAY;
    day_t day = day_parse_loose(value, strlen(value));
    if (day == DAY_NONE)
        day = read_period(value, &precision);
    bool ok = day != DAY_NONE;
    if (ok) {
        report->day = day;
        report->precision = precision;
    } else {
        error_set(err, ERROR_DATA, NULL, "%s: '%.40s' is not a day; write YYYY-MM-DD", name, value);
    }
    free(value);
    return ok;
}

static bool set_title(struct report *report, const char *name, char *value, struct error *err)
{
    char *to = value;
    for (const char *from = value; *from; from++)
        if (!isspace((unsigned char)*from))
            *to++ = *from;
        else if (to > value && to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
    return put(&report->title, name, value, err);
}

static bool set_body(struct report *report, const char *name, char *value, struct error *err)
{
    if (!put(&report->body, name, value, err))
        return false;
    report->body_size = strlen(value);
    return true;
}

static bool set_url(struct report *report, const char *name, char *value, struct error *err)
{
    return put(&report->url, name, value, err);
}

static bool set_source(struct report *report, const char *name, char *value, struct error *err)
{
    return put(&report->source, name, value, err);
}

/* The language part of a tag like "en-GB"; anything else leaves the language unknown. */
static bool set_language(struct report *report, const char *name, char *value, struct error *err)
{
    size_t size = strcspn(value, "-_");
    bool ok = size == 2;
    for (size_t i = 0; i < size && ok; i++) {
        value[i] = (char)tolower((unsigned char)value[i]);
        ok = value[i] >= 'a' && value[i] <= 'z';
    }
    if (!ok) {
        free(value);
        return true;
    }
    value[size] = '\0';
    return put(&report->language, name, value, err);
}

static bool set_origin(struct report *report, const char *name, char *value, struct error *err)
{
    return put(&report->origin, name, value, err);
}

static bool add_actor(struct report *report, const char *name, char *value, struct error *err)
{
    (void)name;
    bool ok = report_add_given(report, MENTION_ACTOR, value, err);
    free(value);
    return ok;
}

static bool add_region(struct report *report, const char *name, char *value, struct error *err)
{
    (void)name;
    bool ok = report_add_given(report, MENTION_REGION, value, err);
    free(value);
    return ok;
}

static const struct record_name names[] = {
    {"id", set_id, false},         {"date", set_date, false},         {"title", set_title, false},
    {"text", set_body, false},     {"body", set_body, false},         {"url", set_url, false},
    {"source", set_source, false}, {"language", set_language, false}, {"lang", set_language, false},
    {"origin", set_origin, false}, {"actors", add_actor, true},       {"regions", add_region, true},
    {"places", add_region, true},
};
_Static_assert(ARRAY_LEN(names) == RECORD_NAMES, "record.h says how many there are");

const struct record_name *record_find(const char *name, size_t size)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i].name) == size && memcmp(names[i].name, name, size) == 0)
            return &names[i];
    return NULL;
}

const char *record_name_text(const struct record_name *name)
{
    return name->name;
}

bool record_is_list(const struct record_name *name)
{
    return name->is_list;
}

bool record_is_text(const struct record_name *name)
{
    return name->set == set_body;
}

/* Takes white space off both ends, in place. */
static void trim(char *text)
{
    size_t begin = 0, size = strlen(text);
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    while (begin < size && isspace((unsigned char)text[begin]))
        begin++;
    memmove(text, text + begin, size - begin);
    text[size - begin] = '\0';
}

bool record_set(struct report *report, const struct record_name *name, const char *value,
                size_t size, struct error *err)
{
    size_t clean_size;
    char *clean = text_clean(value, size, &clean_size, NULL);
    if (!clean)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    trim(clean);
    if (*clean)
        return name->set(report, name->name, clean, err);
    free(clean);
    return true;
}

bool record_put(struct report *report, const char *name, const char *value, size_t size,
                struct error *err)
{
    return record_set(report, record_find(name, strlen(name)), value, size, err);
}

bool record_identify(struct report *report, const char *origin, struct error *err)
{
    if (report->id || report->url)
        return true;
    char day[DAY_TEXT_ROOM];
    struct buffer text = {0};
    buffer_format(&text, "%s\n%s\n", origin, day_format(report->day, day));
    buffer_text(&text, report->title ? report->title : "");
    buffer_char(&text, '\n');
    buffer_text(&text, report->body ? report->body : "");
    char id[17];
    if (!text.failed && report_hash_id(text.bytes, id))
        report->id = strdup(id);
    buffer_free(&text);
    return report->id || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}
