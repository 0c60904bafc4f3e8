#include "search/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "search/query_dates.h"
#include "search/question_parameters.h"

static const char *name_of(enum parameter_id id)
{
    return question_parameters[id].name;
}

/* ---- life ----------------------------------------------------------------- */

bool question_init(struct question *question, struct error *err)
{
    char *q = strdup("");
    if (!q)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *question = (struct question){
        .q = q,
        .from = DAY_NONE,
        .to = DAY_NONE,
        .size = QUESTION_SIZE,
        .facet_size = QUESTION_FACET_SIZE,
    };
    return true;
}

void question_clear(struct question *question)
{
    for (size_t i = 0; i < question->filter_count; i++)
        free(question->filters[i].value);
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        free(question->facets[id].q);
    free(question->filters);
    free(question->like);
    free(question->q);
    memset(question, 0, sizeof *question);
}

bool question_copy(const struct question *from, struct question *out, struct error *err)
{
    struct question copy = *from;
    copy.given = copy.repeated = 0;
    copy.filters = NULL;
    copy.filter_count = 0;
    copy.q = strdup(from->q);
    copy.like = from->like ? strdup(from->like) : NULL;
    bool done = copy.q && (copy.like || !from->like);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        copy.facets[id].q = from->facets[id].q ? strdup(from->facets[id].q) : NULL;
        done = done && (copy.facets[id].q || !from->facets[id].q);
    }
    done = done || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; done && i < from->filter_count; i++) {
        const struct filter *filter = &from->filters[i];
        done = question_add_filter(&copy, filter->field, filter->exclude, filter->value, err);
    }
    if (done)
        *out = copy;
    else
        question_clear(&copy);
    return done;
}

void question_rewind(struct question *question)
{
    question->first = 0;
    question->after.docid = 0;
}

/* ---- filters --------------------------------------------------------------- */

static size_t find_filter(const struct question *question, enum field_id field, bool exclude,
                          const char *value)
{
    size_t i = 0;
    for (; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        if (filter->field == field && filter->exclude == exclude &&
            strcmp(filter->value, value) == 0)
            break;
    }
    return i;
}

bool question_has_filter(const struct question *question, enum field_id field, bool exclude,
                         const char *value)
{
    return find_filter(question, field, exclude, value) < question->filter_count;
}

bool question_add_filter(struct question *question, enum field_id field, bool exclude,
                         const char *value, struct error *err)
{
    if (question_has_filter(question, field, exclude, value))
        return true;
    if (question->filter_count == LIMIT_FILTERS)
        return error_set(err, ERROR_LIMIT, fields[field].name, "too many filters: at most %u",
                         LIMIT_FILTERS);
    struct filter *filters =
        realloc(question->filters, (question->filter_count + 1) * sizeof *filters);
    if (filters)
        question->filters = filters;
    char *copy = filters ? strdup(value) : NULL;
    if (!copy)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    filters[question->filter_count++] = (struct filter){field, exclude, copy};
    return true;
}

void question_remove_filter(struct question *question, enum field_id field, bool exclude,
                            const char *value)
{
    size_t i = find_filter(question, field, exclude, value);
    if (i == question->filter_count)
        return;
    free(question->filters[i].value);
    question->filter_count--;
    memmove(question->filters + i, question->filters + i + 1,
            (question->filter_count - i) * sizeof *question->filters);
}

/* ---- one parameter ---------------------------------------------------------- */

/* A value as an error shows it: cut to a measure, at a character. */
struct shown {
    char text[64];
};

static struct shown shown(const char *value)
{
    struct shown out = {{0}};
    size_t size = strlen(value), room = sizeof out.text - sizeof "…";
    if (size >= room) {
        size = room;
        while (size > 0 && ((unsigned char)value[size] & 0xc0) == 0x80)
            size--;
    }
    memcpy(out.text, value, size);
    if (value[size] != '\0')
        memcpy(out.text + size, "…", sizeof "…");
    return out;
}

static bool set_filter(struct question *question, enum parameter_id id, const char *value,
                       struct error *err)
{
    size_t row = 0;
    while (filter_parameters[row].parameter != id)
        row++;
    value += strspn(value, " \t\r\n");
    size_t size = strlen(value);
    while (size > 0 && strchr(" \t\r\n", value[size - 1]))
        size--;
    if (size == 0)
        return error_set(err, ERROR_USAGE, name_of(id), "%s has no value", name_of(id));
    if (size > LIMIT_FIELD_BYTES)
        return error_set(err, ERROR_LIMIT, name_of(id), "the value is too long: at most %u bytes",
                         LIMIT_FIELD_BYTES);
    char *trimmed = strndup(value, size);
    if (!trimmed)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    bool done = question_add_filter(question, filter_parameters[row].field,
                                    filter_parameters[row].exclude, trimmed, err);
    free(trimmed);
    return done;
}

static bool set_q(struct question *question, enum parameter_id id, const char *value,
                  struct error *err)
{
    if (strlen(value) > LIMIT_ANY_BYTES) /* where all words must match, query_parse allows less */
        return error_set(err, ERROR_LIMIT, name_of(id),
                         "the question is too long: at most %u bytes", LIMIT_ANY_BYTES);
    char *copy = strdup(value);
    if (!copy)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(question->q);
    question->q = copy;
    return true;
}

/* The number of one of some names; 'count' where it is none of them. */
static size_t find_name(const char *const *names, size_t count, const char *value)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], value) != 0)
        i++;
    return i;
}

static bool set_match(struct question *question, enum parameter_id id, const char *value,
                      struct error *err)
{
    size_t found = find_name(match_names, ARRAY_LEN(match_names), value);
    if (found == ARRAY_LEN(match_names))
        return error_set(err, ERROR_USAGE, name_of(id), "match is all or any, not “%s”",
                         shown(value).text);
    question->match = (enum match)found;
    return true;
}

static bool set_like(struct question *question, enum parameter_id id, const char *value,
                     struct error *err)
{
    if (!value[0])
        return error_set(err, ERROR_USAGE, name_of(id), "like has no value");
    if (strlen(value) > LIMIT_ID_BYTES)
        return error_set(err, ERROR_LIMIT, name_of(id), "the id is too long: at most %u bytes",
                         LIMIT_ID_BYTES);
    char *copy = strdup(value);
    if (!copy)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(question->like);
    question->like = copy;
    return true;
}

static bool set_names(struct question *question, enum parameter_id id, const char *value,
                      struct error *err)
{
    size_t found = find_name(names_names, ARRAY_LEN(names_names), value);
    if (found == ARRAY_LEN(names_names))
        return error_set(err, ERROR_USAGE, name_of(id), "names is on or off, not “%s”",
                         shown(value).text);
    question->names_off = found == 1;
    return true;
}

static bool set_sort(struct question *question, enum parameter_id id, const char *value,
                     struct error *err)
{
    size_t found = find_name(sort_names, ARRAY_LEN(sort_names), value);
    if (found == ARRAY_LEN(sort_names))
        return error_set(err, ERROR_USAGE, name_of(id),
                         "sort is relevance, newest or oldest, not “%s”", shown(value).text);
    question->sort = (enum sort)found;
    question->sort_given = true;
    return true;
}

static bool set_day(struct question *question, enum parameter_id id, const char *value,
                    struct error *err)
{
    day_t from, to;
    if (!dates_read_period(value, strlen(value), &from, &to))
        return error_set(err, ERROR_USAGE, name_of(id),
                         "%s is a date like 2023-11-15, 2023-11 or 2023, not “%s”", name_of(id),
                         shown(value).text);
    if (id == PARAMETER_FROM)
        question->from = from;
    else
        question->to = to;
    return true;
}

/* A whole number from 1 to 'most' and nothing else. */
static bool read_count(enum parameter_id id, const char *value, uint32_t most, uint32_t *out,
                       struct error *err)
{
    uint64_t number = 0;
    bool is_number = *value != '\0';
    for (const char *c = value; *c && is_number; c++) {
        is_number = *c >= '0' && *c <= '9';
        if (is_number && number <= most)
            number = number * 10 + (uint64_t)(*c - '0');
    }
    if (!is_number || number == 0)
        return error_set(err, ERROR_USAGE, name_of(id), "%s is a whole number from 1 on, not “%s”",
                         name_of(id), shown(value).text);
    if (number > most)
        return error_set(err, ERROR_LIMIT, name_of(id), "%s is at most %u, not %s", name_of(id),
                         most, shown(value).text);
    *out = (uint32_t)number;
    return true;
}

static uint32_t page_of(const struct question *question)
{
    return question->first / question->size + 1;
}

static bool set_page(struct question *question, enum parameter_id id, const char *value,
                     struct error *err)
{
    uint32_t page;
    if (!read_count(id, value, LIMIT_WINDOW, &page, err))
        return false;
    question->first = (page - 1) * question->size;
    return true;
}

/* "000042.7.1234": a snapshot's name and a docid. */
static bool set_after(struct question *question, enum parameter_id id, const char *value,
                      struct error *err)
{
    const char *dot = strrchr(value, '.');
    size_t size = dot ? (size_t)(dot - value) : 0;
    if (size == 0 || size >= sizeof question->after.generation)
        return error_set(err, ERROR_USAGE, name_of(id), "after is what links.after gives, not “%s”",
                         shown(value).text);
    if (!read_count(id, dot + 1, UINT32_MAX, &question->after.docid, err))
        return false;
    memcpy(question->after.generation, value, size);
    question->after.generation[size] = '\0';
    return true;
}

static bool set_size(struct question *question, enum parameter_id id, const char *value,
                     struct error *err)
{
    uint32_t page = page_of(question);
    if (!read_count(id, value, LIMIT_PAGE_SIZE, &question->size, err))
        return false;
    question->first = (page - 1) * question->size;
    return true;
}

static bool set_facet_size(struct question *question, enum parameter_id id, const char *value,
                           struct error *err)
{
    return read_count(id, value, LIMIT_FACET_VALUES, &question->facet_size, err);
}

static size_t facet_row(enum parameter_id id)
{
    size_t row = 0;
    while (row + 1 < ARRAY_LEN(facet_parameters) && facet_parameters[row + 1].first <= id)
        row++;
    return row;
}

static bool set_facet(struct question *question, enum parameter_id id, const char *value,
                      struct error *err)
{
    size_t row = facet_row(id);
    struct facet_choice *choice = &question->facets[facet_parameters[row].field];
    unsigned what = (unsigned)(id - facet_parameters[row].first);
    if (what == 1)
        return read_count(id, value, LIMIT_FACET_VALUES, &choice->size, err);
    if (what == 2) {
        size_t found = find_name(facet_sort_names, ARRAY_LEN(facet_sort_names), value);
        choice->by_name = found == 1;
        return found < ARRAY_LEN(facet_sort_names) ||
               error_set(err, ERROR_USAGE, name_of(id), "%s is count or name, not “%s”",
                         name_of(id), shown(value).text);
    }
    if (strlen(value) > LIMIT_QUESTION_BYTES)
        return error_set(err, ERROR_LIMIT, name_of(id), "the words are too long: at most %u bytes",
                         LIMIT_QUESTION_BYTES);
    char *copy = strdup(value);
    if (!copy)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(choice->q);
    choice->q = copy;
    return true;
}

static bool set_interval(struct question *question, enum parameter_id id, const char *value,
                         struct error *err)
{
    const struct interval *interval = interval_find(value);
    if (!interval)
        return error_set(err, ERROR_USAGE, name_of(id),
                         "interval is day, week, month or year, not “%s”", shown(value).text);
    question->interval = interval;
    return true;
}

typedef bool setter(struct question *question, enum parameter_id id, const char *value,
                    struct error *err);

/* All other parameters are filters. */
static setter *const setters[PARAMETER_COUNT] = {
    [PARAMETER_Q] = set_q,
    [PARAMETER_MATCH] = set_match,
    [PARAMETER_NAMES] = set_names,
    [PARAMETER_LIKE] = set_like,
    [PARAMETER_FROM] = set_day,
    [PARAMETER_TO] = set_day,
    [PARAMETER_SORT] = set_sort,
    [PARAMETER_PAGE] = set_page,
    [PARAMETER_AFTER] = set_after,
    [PARAMETER_SIZE] = set_size,
    [PARAMETER_FACET_SIZE] = set_facet_size,
    [PARAMETER_INTERVAL] = set_interval,
#define FACET_SETTERS(facet)                                                                       \
    [PARAMETER_##facet##_Q] = set_facet, [PARAMETER_##facet##_SIZE] = set_facet,                   \
    [PARAMETER_##facet##_SORT] = set_facet
    FACET_SETTERS(FACET_ACTOR),
    FACET_SETTERS(FACET_REGION),
    FACET_SETTERS(FACET_MENTIONED),
    FACET_SETTERS(FACET_SOURCE),
    FACET_SETTERS(FACET_LANG),
};

/* ERROR_USAGE with the names that there are. */
static bool unknown_name(const char *name, struct error *err)
{
    struct buffer names = {0};
    for (size_t i = 0; i < question_parameter_count; i++)
        if (!strchr(question_parameters[i].name, '.'))
            buffer_format(&names, "%s, ", question_parameters[i].name);
    buffer_text(&names, "facet.actor.q, .size, .sort and so on");
    error_set(err, ERROR_USAGE, shown(name).text, "there is no parameter “%s”; there are %s",
              shown(name).text, names.failed ? "others" : names.bytes);
    buffer_free(&names);
    return false;
}

bool question_set(struct question *question, const char *name, const char *value, struct error *err)
{
    if (!text_is_utf8(name, strlen(name)))
        return error_set(err, ERROR_USAGE, NULL, "the name of a parameter is not UTF-8");
    const struct question_parameter *parameter = question_parameter_find(name);
    if (!parameter)
        return unknown_name(name, err);
    size_t i = (size_t)(parameter - question_parameters);
    if (!text_is_utf8(value, strlen(value)))
        return error_set(err, ERROR_USAGE, name, "the value of %s is not UTF-8", name);
    setter *set_value = setters[i] ? setters[i] : set_filter;
    if (!set_value(question, (enum parameter_id)i, value, err))
        return false;
    uint64_t bit = UINT64_C(1) << i;
    question->repeated |= question->given & bit;
    question->given |= bit;
    return true;
}

bool question_check(const struct question *question, struct error *err)
{
    for (size_t i = 0; i < question_parameter_count; i++)
        if (!question_parameters[i].repeats && (question->repeated >> i & 1))
            return error_set(err, ERROR_USAGE, question_parameters[i].name,
                             "%s may be given only once", question_parameters[i].name);
    if (question->from != DAY_NONE && question->to != DAY_NONE && question->from > question->to)
        return error_set(err, ERROR_USAGE, "from", "from is later than to");
    if (question->after.docid && question->first)
        return error_set(err, ERROR_USAGE, "after", "after and page are two ways to say one thing");
    if ((uint64_t)question->first + question->size > LIMIT_WINDOW)
        return error_set(err, ERROR_LIMIT, "page",
                         "only the first %u hits can be paged through (window)", LIMIT_WINDOW);
    return true;
}

/* ---- as a query string ------------------------------------------------------- */

/* Percent-encodes all but what RFC 3986 calls unreserved; a space is '+', as forms have it. */
static void write_pair(struct buffer *out, enum parameter_id id, const char *value)
{
    static const char unreserved[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    buffer_format(out, "%s%s=", out->size > 0 ? "&" : "", name_of(id));
    while (*value) {
        size_t plain = strspn(value, unreserved);
        buffer_append(out, value, plain);
        value += plain;
        if (*value == ' ')
            buffer_char(out, '+');
        else if (*value)
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*value);
        value += *value ? 1 : 0;
    }
}

static void write_number(struct buffer *out, enum parameter_id id, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    write_pair(out, id, text);
}

static void write_day(struct buffer *out, enum parameter_id id, day_t day)
{
    char text[DAY_TEXT_ROOM];
    if (day != DAY_NONE)
        write_pair(out, id, day_format(day, text));
}

static int compare_values(const void *a, const void *b)
{
    const struct filter *const *left = a, *const *right = b;
    return strcmp((*left)->value, (*right)->value);
}

/* All filters, by parameter and then by value. */
static void write_filters(struct buffer *out, const struct question *question)
{
    for (size_t row = 0; row < ARRAY_LEN(filter_parameters); row++) {
        const struct filter *chosen[LIMIT_FILTERS];
        size_t count = 0;
        for (size_t i = 0; i < question->filter_count; i++) {
            const struct filter *filter = &question->filters[i];
            if (filter->field == filter_parameters[row].field &&
                filter->exclude == filter_parameters[row].exclude)
                chosen[count++] = filter;
        }
        qsort(chosen, count, sizeof *chosen, compare_values);
        for (size_t i = 0; i < count; i++)
            write_pair(out, filter_parameters[row].parameter, chosen[i]->value);
    }
}

static void write_facets(struct buffer *out, const struct question *question)
{
    for (size_t row = 0; row < ARRAY_LEN(facet_parameters); row++) {
        const struct facet_choice *choice = &question->facets[facet_parameters[row].field];
        enum parameter_id first = facet_parameters[row].first;
        if (choice->q)
            write_pair(out, first, choice->q);
        if (choice->size)
            write_number(out, first + 1, choice->size);
        if (choice->by_name)
            write_pair(out, first + 2, facet_sort_names[1]);
    }
}

char *question_url(const struct question *question)
{
    struct buffer out = {0};
    if (question->q[0] != '\0')
        write_pair(&out, PARAMETER_Q, question->q);
    if (question->match != MATCH_ALL)
        write_pair(&out, PARAMETER_MATCH, match_names[question->match]);
    if (question->names_off)
        write_pair(&out, PARAMETER_NAMES, names_names[1]);
    if (question->like)
        write_pair(&out, PARAMETER_LIKE, question->like);
    write_filters(&out, question);
    write_day(&out, PARAMETER_FROM, question->from);
    write_day(&out, PARAMETER_TO, question->to);
    if (question->sort_given)
        write_pair(&out, PARAMETER_SORT, sort_names[question->sort]);
    if (page_of(question) != 1)
        write_number(&out, PARAMETER_PAGE, page_of(question));
    if (question->after.docid) {
        char after[sizeof question->after.generation + 16];
        snprintf(after, sizeof after, "%s.%u", question->after.generation, question->after.docid);
        write_pair(&out, PARAMETER_AFTER, after);
    }
    if (question->size != QUESTION_SIZE)
        write_number(&out, PARAMETER_SIZE, question->size);
    if (question->facet_size != QUESTION_FACET_SIZE)
        write_number(&out, PARAMETER_FACET_SIZE, question->facet_size);
    write_facets(&out, question);
    if (question->interval)
        write_pair(&out, PARAMETER_INTERVAL, question->interval->name);
    return buffer_take(&out, NULL);
}
