#include "indexer/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/score_names.h"
#include "indexer/score_sheet.h"

struct score {
    struct extraction *extraction;
    struct score_names names;
    struct lexicon *lexicon;
    struct score_sheet *sheet;
    size_t reports;
    /* Of the field at hand: what each gold item can stand for. */
    struct bearers *gold;
    size_t gold_count, gold_room;
};

static bool out_of_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory for the score");
}

bool score_open(struct extraction *extraction, const struct vocabulary *vocabulary,
                struct score **out, struct error *err)
{
    struct score *score = calloc(1, sizeof *score);
    if (score) {
        score->extraction = extraction;
        score->lexicon = lexicon_new();
        score->names = (struct score_names){vocabulary, score->lexicon};
        score->sheet = score_sheet_new();
    }
    if (!score || !score->lexicon || !score->sheet) {
        score_close(score);
        return out_of_memory(err);
    }
    *out = score;
    return true;
}

void score_close(struct score *score)
{
    if (!score)
        return;
    lexicon_free(score->lexicon);
    score_sheet_free(score->sheet);
    free(score->gold);
    free(score);
}

/* ---- tags --------------------------------------------------------------- */

static bool is_among(char *const *tags, size_t count, const char *tag)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(tags[i], tag) == 0)
            return true;
    return false;
}

static bool is_tagged(char *const *tags, size_t count, const struct bearers *bearers)
{
    for (size_t i = 0; i < bearers->count; i++)
        if (is_among(tags, count, bearers->concepts[i]->id))
            return true;
    return false;
}

/* Whether a tag is one of the gold things, or, but of countries, one above or below
 * it: a town of the district that was asked for is no error. */
static bool is_right(const struct score *score, enum score_field field, const struct concept *tag)
{
    bool kin_count = field != SCORE_COUNTRY;
    const struct bearers self = {.concepts = {tag}, .count = 1};
    for (size_t i = 0; i < score->gold_count; i++)
        for (size_t j = 0; j < score->gold[i].count; j++) {
            const struct concept *gold = score->gold[i].concepts[j];
            const struct bearers other = {.concepts = {gold}, .count = 1};
            if (tag == gold ||
                (kin_count && (score_names_lie_in(tag, &other) || score_names_lie_in(gold, &self))))
                return true;
        }
    return false;
}

/* Tags of the field's kind that are no gold; 'last' is one of them. Of a place field only
 * places: the country and division above them are other fields. */
static size_t count_extra(struct score *score, enum score_field field, char *const *tags,
                          size_t count, const struct concept **last)
{
    enum mention_kind type = field == SCORE_ACTORS ? MENTION_ACTOR : MENTION_REGION;
    size_t extra = 0;
    for (size_t i = 0; i < count; i++) {
        const struct concept *tag = vocabulary_find(score->names.vocabulary, type, tags[i]);
        if (!tag || !score_names_fit(tag, field) ||
            (field == SCORE_PLACE && strcmp(tag->kind, "place") != 0) ||
            is_right(score, field, tag))
            continue;
        extra++;
        *last = tag;
        score_sheet_fault(score->sheet, field, FAULT_EXTRA, tag->id, strlen(tag->id));
    }
    return extra;
}

static const char *first_name(const json_t *item)
{
    return json_string_value(json_is_array(item) ? json_array_get(item, 0) : item);
}

static bool score_tags(struct score *score, const struct report *report, const json_t *items,
                       enum score_field field, const struct bearers *countries)
{
    char *const *tags = field == SCORE_ACTORS ? report->actors : report->regions;
    size_t tag_count = field == SCORE_ACTORS ? report->actor_count : report->region_count, i;
    struct score_counts counts = {.found = 0};
    const char *missed = NULL;
    json_t *item;
    score->gold_count = 0;
    if (!array_reserve(&score->gold, &score->gold_room, json_array_size(items) + 1,
                       sizeof *score->gold))
        return false;
    json_array_foreach(items, i, item)
    {
        const char *name = first_name(item);
        if (field == SCORE_ACTORS && score_names_describe(name))
            continue;
        struct bearers *gold = &score->gold[score->gold_count++];
        *gold = score_names_find(&score->names, item, field, countries);
        if (is_tagged(tags, tag_count, gold)) {
            counts.found++;
            continue;
        }
        counts.missed++;
        counts.uncovered += gold->count == 0;
        missed = name;
        score_sheet_fault(score->sheet, field, gold->count ? FAULT_MISSED : FAULT_UNCOVERED, name,
                          strlen(name));
    }
    if (score->gold_count == 0 && json_array_size(items) > 0)
        return true; /* only descriptions of actors */
    const struct concept *extra = NULL;
    counts.extra = count_extra(score, field, tags, tag_count, &extra);
    if (counts.missed == 1 && counts.extra == 1) {
        struct buffer pair = {.bytes = NULL};
        buffer_format(&pair, "%s as %s", missed, extra->id);
        if (!pair.failed)
            score_sheet_fault(score->sheet, field, FAULT_TAKEN, pair.bytes, pair.size);
        buffer_free(&pair);
    }
    score_sheet_add(score->sheet, field, &counts);
    return true;
}

/* ---- dates -------------------------------------------------------------- */

/* Whether 'wide' is 'date' or the month or year it is in. */
static bool is_in(const char *date, const char *wide)
{
    size_t size = strlen(wide);
    return strncmp(date, wide, size) == 0 && (date[size] == '\0' || date[size] == '-');
}

static bool lies_in_other(const struct report *report, size_t number)
{
    for (size_t i = 0; i < report->mentioned_count; i++)
        if (i != number && is_in(report->mentioned[i], report->mentioned[number]))
            return true;
    return false;
}

/* A month that is found is found with its year; only the finest can be extra. */
static void score_dates(struct score *score, const struct report *report, const json_t *items)
{
    struct score_counts counts = {.found = 0};
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        const char *date = json_string_value(item);
        bool found = is_among(report->mentioned, report->mentioned_count, date);
        counts.found += found;
        counts.missed += !found;
        if (!found)
            score_sheet_fault(score->sheet, SCORE_DATES, FAULT_MISSED, date, strlen(date));
    }
    for (size_t at = 0; at < report->mentioned_count; at++) {
        const char *date = report->mentioned[at];
        bool right = lies_in_other(report, at);
        json_array_foreach(items, i, item) right = right || is_in(json_string_value(item), date);
        counts.extra += !right;
        if (!right)
            score_sheet_fault(score->sheet, SCORE_DATES, FAULT_EXTRA, date, strlen(date));
    }
    score_sheet_add(score->sheet, SCORE_DATES, &counts);
}

/* ---- spans -------------------------------------------------------------- */

static double kilometres(double lat1, double lon1, double lat2, double lon2)
{
    const double degree = 3.14159265358979323846 / 180;
    double a = sin((lat2 - lat1) * degree / 2), b = sin((lon2 - lon1) * degree / 2);
    double h = a * a + cos(lat1 * degree) * cos(lat2 * degree) * b * b;
    return 2 * 6371 * asin(fmin(1, sqrt(h)));
}

static void measure(struct score *score, const json_t *gold, const struct mention *mention)
{
    const json_t *lat = json_object_get(gold, "lat"), *lon = json_object_get(gold, "lon");
    const struct concept *concept =
        vocabulary_find(score->names.vocabulary, MENTION_REGION, mention->id);
    if (json_is_number(lat) && json_is_number(lon) && concept && !isnan(concept->latitude))
        score_sheet_distance(score->sheet,
                             kilometres(json_number_value(lat), json_number_value(lon),
                                        concept->latitude, concept->longitude));
}

static bool counts_in(enum score_field field, const struct mention *mention)
{
    if (mention->part != PART_BODY || mention->begin == mention->end)
        return false;
    if (field == SCORE_ORGANISATIONS)
        return mention->kind == MENTION_ACTOR;
    return mention->kind == MENTION_REGION &&
           (field == SCORE_TOPONYMS_WIDE || strcmp(mention->rule, "demonym") != 0);
}

static void score_spans(struct score *score, const struct report *report, const json_t *spans,
                        enum score_field field)
{
    struct score_counts counts = {.found = 0};
    size_t counted = 0, i;
    json_t *span;
    json_array_foreach(spans, i, span)
    {
        json_int_t start = json_integer_value(json_object_get(span, "start"));
        json_int_t end = json_integer_value(json_object_get(span, "end"));
        const struct mention *exact = NULL;
        bool touched = false;
        for (size_t j = 0; j < report->mention_count; j++) {
            const struct mention *mention = &report->mentions[j];
            if (!counts_in(field, mention))
                continue;
            if (mention->begin == start && mention->end == end)
                exact = mention;
            touched = touched || (mention->begin < end && start < mention->end);
        }
        counts.found += exact != NULL;
        counts.missed += exact == NULL;
        counts.touching += touched;
        if (exact && field == SCORE_TOPONYMS)
            measure(score, span, exact);
        if (!exact)
            score_sheet_fault(score->sheet, field, touched ? FAULT_CUT : FAULT_MISSED,
                              report->body + start, (size_t)(end - start));
    }
    for (i = 0; i < report->mention_count; i++)
        counted += counts_in(field, &report->mentions[i]);
    counts.extra = counted > counts.found ? counted - counts.found : 0;
    score_sheet_add(score->sheet, field, &counts);
}

/* ---- reports ------------------------------------------------------------ */

static bool is_name(const json_t *item, size_t text_size)
{
    size_t i;
    json_t *name;
    (void)text_size;
    json_array_foreach(item, i, name)
    {
        if (!json_is_string(name))
            return false;
    }
    return json_is_string(item) || json_array_size(item) > 0;
}

static bool is_date(const json_t *item, size_t text_size)
{
    const char *text = json_string_value(item);
    (void)text_size;
    return text && strspn(text, "0123456789-") == strlen(text) &&
           (strlen(text) == 4 || strlen(text) == 7 || strlen(text) == 10);
}

static bool is_span(const json_t *item, size_t text_size)
{
    const json_t *start = json_object_get(item, "start"), *end = json_object_get(item, "end");
    return json_is_integer(start) && json_is_integer(end) && json_integer_value(start) >= 0 &&
           json_integer_value(start) < json_integer_value(end) &&
           json_integer_value(end) <= (json_int_t)text_size;
}

/* The keys that hold arrays, and what is in them. */
static const struct {
    const char *key;
    bool (*fits)(const json_t *item, size_t text_size);
    const char *what;
} keys[] = {
    {"country", is_name, "a name or an array of names"},
    {"admin1", is_name, "a name or an array of names"},
    {"place", is_name, "a name or an array of names"},
    {"actors", is_name, "a name or an array of names"},
    {"dates", is_date, "YYYY-MM-DD, YYYY-MM or YYYY"},
    {"toponyms", is_span, "an object with a start and end within the text"},
    {"organisations", is_span, "an object with a start and end within the text"},
};

/* What stands under a key; NULL where it is missing or null. */
static const json_t *items_of(const json_t *gold, const char *key)
{
    const json_t *items = json_object_get(gold, key);
    return json_is_null(items) ? NULL : items;
}

static bool check(const json_t *gold, struct error *err)
{
    const json_t *text = json_object_get(gold, "text");
    if (!json_is_string(text))
        return error_set(err, ERROR_DATA, NULL, "a gold report has no \"text\"");
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const json_t *items = items_of(gold, keys[i].key);
        size_t at;
        json_t *item;
        if (items && !json_is_array(items))
            return error_set(err, ERROR_DATA, NULL, "\"%s\" is not an array", keys[i].key);
        json_array_foreach(items, at, item)
        {
            if (!keys[i].fits(item, json_string_length(text)))
                return error_set(err, ERROR_DATA, NULL, "item %zu of \"%s\" is not %s", at + 1,
                                 keys[i].key, keys[i].what);
        }
    }
    const json_t *date = items_of(gold, "date");
    if (date && (!json_is_string(date) ||
                 day_parse(json_string_value(date), json_string_length(date)) == DAY_NONE))
        return error_set(err, ERROR_DATA, NULL, "\"date\" is not YYYY-MM-DD");
    return true;
}

static bool read_report(const json_t *gold, struct report *report, struct error *err)
{
    const char *date = json_string_value(json_object_get(gold, "date"));
    const char *title = json_string_value(json_object_get(gold, "title"));
    const char *text = json_string_value(json_object_get(gold, "text"));
    *report = (struct report){.day = date ? day_parse(date, strlen(date)) : DAY_NONE};
    report->title = title ? strdup(title) : NULL;
    report->body = strdup(text);
    report->body_size = report->faq_begin = report->sources_begin = strlen(text);
    return (report->body && (report->title || !title)) || out_of_memory(err);
}

/* The gold countries, which narrow down what divisions and places can be meant. */
static struct bearers countries_of(const struct score *score, const json_t *names)
{
    struct bearers countries = {.count = 0};
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        struct bearers one = score_names_find(&score->names, name, SCORE_COUNTRY, &countries);
        if (one.count && countries.count < ARRAY_LEN(countries.concepts))
            countries.concepts[countries.count++] = one.concepts[0];
    }
    return countries;
}

static bool compare(struct score *score, const json_t *gold, const struct report *report)
{
    static const struct {
        const char *key;
        enum score_field field;
    } tags[] = {{"country", SCORE_COUNTRY},
                {"admin1", SCORE_ADMIN1},
                {"place", SCORE_PLACE},
                {"actors", SCORE_ACTORS}},
      spans[] = {{"toponyms", SCORE_TOPONYMS},
                 {"toponyms", SCORE_TOPONYMS_WIDE},
                 {"organisations", SCORE_ORGANISATIONS}};
    struct bearers countries = countries_of(score, items_of(gold, "country"));
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        const json_t *items = items_of(gold, tags[i].key);
        if (items && !score_tags(score, report, items, tags[i].field, &countries))
            return false;
    }
    const json_t *dates = items_of(gold, "dates");
    if (dates)
        score_dates(score, report, dates);
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        const json_t *items = items_of(gold, spans[i].key);
        if (items)
            score_spans(score, report, items, spans[i].field);
    }
    return true;
}

bool score_add(struct score *score, const char *line, size_t size, struct error *err)
{
    json_error_t problem;
    struct report report = {.day = DAY_NONE};
    json_t *gold = json_loadb(line, size, 0, &problem);
    if (!json_is_object(gold)) {
        json_decref(gold);
        return error_set(err, ERROR_DATA, NULL, "a gold report is not a JSON object: %s",
                         gold ? "it is of another type" : problem.text);
    }
    bool ok = check(gold, err) && read_report(gold, &report, err) &&
              extraction_run(score->extraction, &report, err);
    if (ok && !compare(score, gold, &report))
        ok = out_of_memory(err);
    score->reports += ok;
    report_clear(&report);
    json_decref(gold);
    return ok;
}

bool score_text(struct score *score, struct buffer *out, struct error *err)
{
    buffer_format(out, "%zu reports\n", score->reports);
    return score_sheet_text(score->sheet, out) || out_of_memory(err);
}

bool score_json(struct score *score, json_t **out, struct error *err)
{
    json_t *sheet = score_sheet_json(score->sheet);
    json_t *whole = json_pack("{s:I}", "reports", (json_int_t)score->reports);
    if (!sheet || !whole || json_object_update(whole, sheet) != 0) {
        json_decref(sheet);
        json_decref(whole);
        return out_of_memory(err);
    }
    json_decref(sheet);
    *out = whole;
    return true;
}
