#include "indexer/score.h"

#include <jansson.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "schema/gazetteer.h"

enum field {
    SCORE_COUNTRY,
    SCORE_COUNTRY_NAMED, /* the same, demonyms left out */
    SCORE_ADMIN1,
    SCORE_PLACE,
    SCORE_ACTOR,
    SCORE_TOPONYM,
    SCORE_TOPONYM_WIDE, /* demonyms count as toponyms */
    SCORE_ORGANISATION,
    SCORE_FIELDS
};

static const char *const field_names[SCORE_FIELDS] = {
    "country", "country, no demonyms",  "admin1",       "place", "actor",
    "toponym", "toponym, demonyms too", "organisation",
};

struct figures {
    size_t found, extra, missed;
    size_t touching; /* gold spans that a found span overlaps */
    size_t reports;
    double f1_sum; /* over the reports */
};

/* How often a thing went wrong. */
struct fault {
    char *what;
    size_t count;
};

struct score {
    struct extraction *extraction;
    const struct vocabulary *vocabulary;
    struct figures figures[SCORE_FIELDS];
    double *kilometres;
    size_t distance_count, distance_room;
    struct fault *faults; /* sorted copies of the tree's */
    size_t fault_count, fault_room;
    void *fault_tree; /* of tsearch, each node a struct fault */
    bool failed;
};

bool score_open(struct extraction *extraction, const struct vocabulary *vocabulary,
                struct score **out, struct error *err)
{
    struct score *score = calloc(1, sizeof *score);
    if (!score)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory for the score");
    score->extraction = extraction;
    score->vocabulary = vocabulary;
    *out = score;
    return true;
}

static void free_fault(void *node)
{
    struct fault *fault = node;
    free(fault->what);
    free(fault);
}

void score_close(struct score *score)
{
    if (!score)
        return;
    tdestroy(score->fault_tree, free_fault);
    free(score->faults);
    free(score->kilometres);
    free(score);
}

static int compare_faults(const void *left, const void *right)
{
    return strcmp(((const struct fault *)left)->what, ((const struct fault *)right)->what);
}

/* Counts one fault: "place missed: Ansongo". */
static void count_fault(struct score *score, enum field field, const char *how, const char *what,
                        size_t size)
{
    struct buffer text = {.bytes = NULL};
    buffer_format(&text, "%s %s: %.*s", field_names[field], how, (int)size, what);
    struct fault *fault = calloc(1, sizeof *fault);
    char *key = buffer_take(&text, NULL);
    if (!fault || !key) {
        free(fault);
        free(key);
        score->failed = true;
        return;
    }
    fault->what = key;
    struct fault **known = tsearch(fault, &score->fault_tree, compare_faults);
    if (!known)
        score->failed = true;
    else
        (*known)->count++;
    if (!known || *known != fault)
        free_fault(fault);
}

/* ---- tags --------------------------------------------------------------- */

/* What a gold name can stand for: all the concepts that bear it. */
struct bearers {
    const struct concept *concepts[64];
    size_t count;
};

static bool is_kind(const struct concept *concept, enum field field)
{
    static const char *const kinds[] = {[SCORE_COUNTRY] = "country", [SCORE_ADMIN1] = "division"};
    if (field == SCORE_ACTOR || concept->type == MENTION_ACTOR)
    return field == SCORE_ACTOR && concept->type == MENTION_ACTOR;
    return field == SCORE_PLACE || strcmp(concept->kind, kinds[field]) == 0;
}

/* Whether a region lies in one of the countries; all do where there are none. */
static bool lies_in(const struct concept *concept, const struct bearers *countries)
{
    const struct concept *above[16];
    size_t count = vocabulary_ancestors(concept, above, ARRAY_LEN(above));
    count = count < ARRAY_LEN(above) ? count : ARRAY_LEN(above);
    for (size_t i = 0; i < countries->count; i++) {
        if (countries->concepts[i] == concept)
            return true;
        for (size_t j = 0; j < count; j++)
            if (above[j] == countries->concepts[i])
                return true;
    }
    return countries->count == 0;
}

static void find_bearers(const struct score *score, const char *name, enum field field,
                         const struct bearers *countries, struct bearers *out)
{
    const struct gazetteer *gazetteer = vocabulary_gazetteer(score->vocabulary);
    const uint32_t *values;
    uint32_t node = gazetteer_find(gazetteer, name, strlen(name));
    size_t count = node == GAZETTEER_NONE ? 0 : gazetteer_values(gazetteer, node, &values);
    for (size_t i = 0; i < count && out->count < ARRAY_LEN(out->concepts); i++) {
        const struct concept_name *bearer = vocabulary_name(score->vocabulary, values[i]);
        const struct concept *concept = vocabulary_owner(score->vocabulary, bearer);
        if (concept && !(bearer->flags & NAME_DEMONYM) && is_kind(concept, field) &&
            (field == SCORE_ACTOR || field == SCORE_COUNTRY || lies_in(concept, countries)))
        out->concepts[out->count++] = concept;
    }
}

/* A gold item: one name or an array of names for one thing. */
static struct bearers bearers_of(const struct score *score, const json_t *item, enum field field,
                                 const struct bearers *countries)
{
    struct bearers bearers = {.count = 0};
    size_t i;
    json_t *name;
    if (json_is_string(item))
        find_bearers(score, json_string_value(item), field, countries, &bearers);
    json_array_foreach(item, i, name)
    {
        if (bearers.count == 0 && json_is_string(name))
            find_bearers(score, json_string_value(name), field, countries, &bearers);
    }
    return bearers;
}

static bool is_tagged(char *const *tags, size_t count, const struct bearers *bearers)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < bearers->count; j++)
            if (strcmp(tags[i], bearers->concepts[j]->id) == 0)
                return true;
    return false;
}

static void add_report(struct figures *figures, size_t found, size_t extra, size_t missed)
{
    figures->found += found;
    figures->extra += extra;
    figures->missed += missed;
    figures->reports++;
    size_t sum = 2 * found + extra + missed;
    figures->f1_sum += sum ? 2.0 * (double)found / (double)sum : 1;
}

/* Whether a tag is one of the gold things, or one above or below it: a county of the
 * region that was asked for is no error. */
static bool is_right(const struct score *score, enum field field, const char *tag,
                     const struct bearers *gold, size_t gold_count)
{
    const struct concept *concept = vocabulary_find(
        score->vocabulary, field == SCORE_ACTOR ? MENTION_ACTOR : MENTION_REGION, tag);
    for (size_t i = 0; i < gold_count; i++) {
        for (size_t j = 0; j < gold[i].count; j++) {
            struct bearers self = {.concepts = {concept}, .count = 1};
            struct bearers other = {.concepts = {gold[i].concepts[j]}, .count = 1};
            if (concept == gold[i].concepts[j] ||
                (field == SCORE_ADMIN1 &&
                 (lies_in(concept, &other) || lies_in(gold[i].concepts[j], &self))))
                return true;
        }
    }
    return false;
}

#define GOLD_MAX 64

/* Whether only a demonym speaks for a country tag. */
static bool by_demonym_only(const struct score *score, const struct report *report, const char *tag)
{
    const struct concept *country = vocabulary_find(score->vocabulary, MENTION_REGION, tag);
    const struct bearers countries = {.concepts = {country}, .count = 1};
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        if (mention->kind == MENTION_REGION && strcmp(mention->rule, "demonym") != 0 &&
            lies_in(vocabulary_find(score->vocabulary, MENTION_REGION, mention->id), &countries))
            return false;
    }
    return true;
}

static void score_tags(struct score *score, const struct report *report, const json_t *items,
                       enum field field, const struct bearers *countries)
{
    struct bearers gold[GOLD_MAX];
    size_t gold_count = 0, found = 0, missed = 0, extra = 0, i;
    bool actors = field == SCORE_ACTOR, named = field == SCORE_COUNTRY_NAMED;
    enum field kind = named ? SCORE_COUNTRY : field;
    char *const *tags = actors ? report->actors : report->regions;
    size_t tag_count = actors ? report->actor_count : report->region_count;
    json_t *item;
    if (!json_is_array(items))
        return;
    json_array_foreach(items, i, item)
    {
        if (gold_count == GOLD_MAX)
            break;
        gold[gold_count] = bearers_of(score, item, kind, countries);
        const char *name = json_string_value(json_is_array(item) ? json_array_get(item, 0) : item);
        if (is_tagged(tags, tag_count, &gold[gold_count])) {
            found++;
        } else {
            missed++;
            count_fault(score, field, gold[gold_count].count ? "missed" : "not covered",
                        name ? name : "?", name ? strlen(name) : 1);
        }
        gold_count++;
    }
    for (i = 0; field != SCORE_PLACE && i < tag_count; i++) {
        const struct concept *concept =
            vocabulary_find(score->vocabulary, actors ? MENTION_ACTOR : MENTION_REGION, tags[i]);
        if (!concept || !is_kind(concept, kind) ||
            is_right(score, kind, tags[i], gold, gold_count) ||
            (named && by_demonym_only(score, report, tags[i])))
            continue;
        extra++;
        count_fault(score, field, "extra", tags[i], strlen(tags[i]));
    }
    add_report(&score->figures[field], found, extra, missed);
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
    const struct concept *concept = vocabulary_find(score->vocabulary, MENTION_REGION, mention->id);
    if (!json_is_number(lat) || !json_is_number(lon) || !concept || isnan(concept->latitude))
        return;
    if (!array_reserve(&score->kilometres, &score->distance_room, score->distance_count + 1,
                       sizeof *score->kilometres)) {
        score->failed = true;
        return;
    }
    score->kilometres[score->distance_count++] = kilometres(
        json_number_value(lat), json_number_value(lon), concept->latitude, concept->longitude);
}

static bool counts_in(enum field field, const struct mention *mention)
{
    if (mention->part != PART_BODY)
        return false;
    if (field == SCORE_ORGANISATION)
        return mention->kind == MENTION_ACTOR;
    return mention->kind == MENTION_REGION &&
           (field == SCORE_TOPONYM_WIDE || strcmp(mention->rule, "demonym") != 0);
}

static void score_spans(struct score *score, const struct report *report, const json_t *spans,
                        enum field field)
{
    size_t found = 0, counted = 0, missed = 0, touching = 0, i;
    json_t *span;
    if (!json_is_array(spans))
        return;
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
        found += exact != NULL;
        missed += exact == NULL;
        touching += touched;
        if (exact && field == SCORE_TOPONYM)
            measure(score, span, exact);
        if (!exact && start >= 0 && end > start && end <= (json_int_t)report->body_size)
            count_fault(score, field, touched ? "cut otherwise" : "missed", report->body + start,
                        (size_t)(end - start));
    }
    for (i = 0; i < report->mention_count; i++)
        counted += counts_in(field, &report->mentions[i]);
    add_report(&score->figures[field], found, counted > found ? counted - found : 0, missed);
    score->figures[field].touching += touching;
}

/* ---- reports ------------------------------------------------------------ */

static bool read_report(const json_t *gold, struct report *report, struct error *err)
{
    const json_t *text = json_object_get(gold, "text");
    const char *date = json_string_value(json_object_get(gold, "date"));
    if (!json_is_string(text))
        return error_set(err, ERROR_DATA, NULL, "a gold report has no \"text\"");
    *report = (struct report){.day = date ? day_parse(date, strlen(date)) : DAY_NONE};
    const char *title = json_string_value(json_object_get(gold, "title"));
    report->title = title ? strdup(title) : NULL;
    report->body = strdup(json_string_value(text));
    report->body_size = json_string_length(text);
    return (report->body && (report->title || !title)) ||
           error_set(err, ERROR_MEMORY, NULL, "out of memory for the score");
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
    bool ok = read_report(gold, &report, err) && extraction_run(score->extraction, &report, err);
    if (ok) {
        struct bearers countries = {.count = 0};
        const json_t *names = json_object_get(gold, "country");
        size_t i;
        json_t *name;
        json_array_foreach(names, i, name)
        {
            struct bearers one = bearers_of(score, name, SCORE_COUNTRY, &countries);
            if (one.count && countries.count < ARRAY_LEN(countries.concepts))
                countries.concepts[countries.count++] = one.concepts[0];
        }
        score_tags(score, &report, names, SCORE_COUNTRY, &countries);
        score_tags(score, &report, names, SCORE_COUNTRY_NAMED, &countries);
        score_tags(score, &report, json_object_get(gold, "admin1"), SCORE_ADMIN1, &countries);
        score_tags(score, &report, json_object_get(gold, "place"), SCORE_PLACE, &countries);
        score_tags(score, &report, json_object_get(gold, "actors"), SCORE_ACTOR, &countries);
        const json_t *toponyms = json_object_get(gold, "toponyms");
        score_spans(score, &report, toponyms, SCORE_TOPONYM);
        score_spans(score, &report, toponyms, SCORE_TOPONYM_WIDE);
        score_spans(score, &report, json_object_get(gold, "organisations"), SCORE_ORGANISATION);
        ok = !score->failed || error_set(err, ERROR_MEMORY, NULL, "out of memory for the score");
    }
    report_clear(&report);
    json_decref(gold);
    return ok;
}

/* ---- figures ------------------------------------------------------------ */

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void print_figures(const struct figures *figures, enum field field, struct buffer *out)
{
    double recall = share(figures->found, figures->found + figures->missed);
    buffer_format(out, "%-22s %6zu reports", field_names[field], figures->reports);
    if (field == SCORE_PLACE) {
        buffer_format(out, "  recall %.3f of %zu\n", recall, figures->found + figures->missed);
        return;
    }
    buffer_format(out, "  precision %.3f  recall %.3f  F1 %.3f  macro F1 %.3f",
                  share(figures->found, figures->found + figures->extra), recall,
                  share(2 * figures->found, 2 * figures->found + figures->extra + figures->missed),
                  figures->f1_sum / (double)figures->reports);
    if (figures->touching)
        buffer_format(out, "  overlapping recall %.3f",
                      share(figures->touching, figures->found + figures->missed));
    buffer_char(out, '\n');
}

/* twalk_r hands the nodes over one by one. */
static void collect_fault(const void *node, VISIT visit, void *context)
{
    struct score *score = context;
    if (visit != postorder && visit != leaf)
        return;
    if (array_reserve(&score->faults, &score->fault_room, score->fault_count + 1,
                      sizeof *score->faults))
        score->faults[score->fault_count++] = **(struct fault *const *)node;
}

static int compare_counts(const void *left, const void *right)
{
    const struct fault *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->what, b->what);
}

void score_text(struct score *score, struct buffer *out)
{
    enum { WORST = 30 };
    for (int field = 0; field < SCORE_FIELDS; field++)
        if (score->figures[field].reports)
            print_figures(&score->figures[field], (enum field)field, out);
    size_t count = score->distance_count;
    if (count) {
        size_t near = 0;
        qsort(score->kilometres, count, sizeof *score->kilometres, compare_doubles);
        while (near < count && score->kilometres[near] <= 161)
            near++;
        buffer_format(out, "%-22s %6zu toponyms  within 161 km %.3f  median error %.1f km\n",
                      "position", count, share(near, count), score->kilometres[count / 2]);
    }
    score->fault_count = 0;
    twalk_r(score->fault_tree, collect_fault, score);
    if (score->fault_count)
        qsort(score->faults, score->fault_count, sizeof *score->faults, compare_counts);
    for (size_t i = 0; i < score->fault_count && i < WORST; i++)
        buffer_format(out, "%7zu  %s\n", score->faults[i].count, score->faults[i].what);
}
