#include "fcgi/view_facets.h"

#include <stdlib.h>
#include <string.h>

#include "schema/limits.h"
#include "search/histogram.h"

#define FACET_MORE   100u /* values listed where "more" was asked for, at least */
#define DEPTH_MAX    4u   /* levels that regions are indented by */
#define BAR_UNITS    100u /* length of the longest bar, in the picture's units */
#define BUCKET_UNITS 10u  /* width of a bar with its gap */
#define FEW_BUCKETS  8u   /* so few are not stretched over the page */
#define TICKS        5u   /* labels under the histogram, at most */

json_t *facet_href(const struct question *question)
{
    char *address = view_question_address("/search", question);
    json_t *href = address ? text_json(address) : NULL;

    free(address);
    return href;
}

json_t *facet_toggle_href(const struct question *question, enum field_id field, bool exclude,
                          const char *value, bool add)
{
    struct question other = {0};
    struct error err = {0};
    json_t *href = NULL;

    if (!question_copy(question, &other, &err))
        return NULL;
    question_rewind(&other);
    question_remove_filter(&other, field, exclude, value);
    if (add) {
        question_remove_filter(&other, field, !exclude, value);
        if (!question_add_filter(&other, field, exclude, value, &err))
            goto done;
    }
    href = facet_href(&other);

done:
    question_clear(&other);
    /* Past the limit of filters the link leads to where it is. */
    return href || err.code == ERROR_MEMORY ? href : facet_href(question);
}

static json_t *facet_size_href(const struct question *question, uint32_t facet_size)
{
    struct question other = *question; /* shares what it points to; only read */
    other.facet_size = facet_size;
    return facet_href(&other);
}

/* The number of the value that 'value' lies in; value_count where it is not listed. */
static size_t find_parent(const struct facet *facet, const struct facet_value *value)
{
    size_t i = 0;

    while (i < facet->value_count &&
           (!value->parent || strcmp(facet->values[i].value, value->parent) != 0))
        i++;
    return i;
}

static json_t *facet_item(struct view *view, const struct answer *answer, const struct facet *facet,
                          const struct facet_value *value, uint32_t most, unsigned depth)
{
    const struct question *question = &answer->question;
    bool in_force = value->selected || value->excluded;
    json_t *item = json_object();

    view_set(view, item, "label", text_json(value->label ? value->label : value->value));
    view_set(view, item, "depth", json_integer((json_int_t)depth));
    view_set(view, item, "count", view_count(value->reports));
    view_set(view, item, "bar",
             json_integer(most ? (json_int_t)((uint64_t)value->reports * BAR_UNITS / most) : 0));
    view_set(view, item, "selected", json_boolean(value->selected));
    view_set(view, item, "excluded", json_boolean(value->excluded));
    view_set(view, item, "in_force", json_boolean(in_force));
    view_set(view, item, "href",
             facet_toggle_href(question, facet->field, value->excluded, value->value, !in_force));
    view_set(view, item, "exclude_href",
             in_force ? json_null()
                      : facet_toggle_href(question, facet->field, true, value->value, true));
    return item;
}

struct tree {
    const struct facet *facet;
    size_t *parents; /* by number; value_count where the parent is not listed */
    uint32_t most;   /* the highest count */
};

/* Appends the values that lie in number 'parent', each followed by those that lie in it; all else
 * stays in the order given. */
static void add_children(struct view *view, const struct answer *answer, const struct tree *tree,
                         size_t parent, unsigned depth, json_t *list)
{
    const struct facet *facet = tree->facet;

    for (size_t i = 0; i < facet->value_count; i++) {
        if (tree->parents[i] != parent)
            continue;
        view_add(view, list,
                 facet_item(view, answer, facet, &facet->values[i], tree->most,
                            depth < DEPTH_MAX ? depth : DEPTH_MAX));
        add_children(view, answer, tree, i, depth + 1, list);
    }
}

static json_t *facet_values(struct view *view, const struct answer *answer,
                            const struct facet *facet)
{
    struct tree tree = {.facet = facet};
    json_t *list = json_array();

    tree.parents = calloc(facet->value_count + 1, sizeof(*tree.parents));
    if (!tree.parents) {
        view->failed = true;
        return list;
    }
    for (size_t i = 0; i < facet->value_count; i++) {
        tree.parents[i] = find_parent(facet, &facet->values[i]);
        if (facet->values[i].reports > tree.most)
            tree.most = facet->values[i].reports;
    }
    add_children(view, answer, &tree, facet->value_count, 0, list);
    free(tree.parents);
    return list;
}

static const char *facet_title(enum field_id field)
{
    static const char *const titles[FIELD_COUNT] = {[FIELD_ACTOR] = "Actors",
                                                    [FIELD_REGION] = "Regions",
                                                    [FIELD_MENTIONED] = "Dates mentioned",
                                                    [FIELD_SOURCE] = "Sources",
                                                    [FIELD_LANGUAGE] = "Languages"};
    return titles[field] ? titles[field] : fields[field].name;
}

json_t *facet_lists(struct view *view, const struct answer *answer)
{
    const struct question *question = &answer->question;
    uint32_t more = question->facet_size < FACET_MORE ? FACET_MORE : LIMIT_FACET_VALUES;
    json_t *list = json_array();

    for (size_t i = 0; i < answer->facet_count; i++) {
        const struct facet *facet = &answer->facets[i];
        bool can_grow = facet->truncated && question->facet_size < LIMIT_FACET_VALUES;
        json_t *item = json_object();

        view_set(view, item, "name", json_string(fields[facet->field].name));
        view_set(view, item, "title", json_string(facet_title(facet->field)));
        view_set(view, item, "values", facet_values(view, answer, facet));
        view_set(view, item, "empty", json_boolean(facet->value_count == 0));
        view_set(view, item, "total_values", view_count(facet->total_values));
        view_set(view, item, "truncated", json_boolean(facet->truncated));
        view_set(view, item, "more_href", can_grow ? facet_size_href(question, more) : json_null());
        view_add(view, list, item);
    }
    return list;
}

/* Dates. */

static json_t *bar(struct view *view, const struct answer *answer, size_t number, uint32_t most)
{
    const struct bucket *bucket = &answer->dates.buckets[number];
    struct question other = answer->question; /* shares what it points to; only read */
    uint64_t height = most ? (uint64_t)bucket->reports * BAR_UNITS / most : 0;
    char label[32];
    json_t *item = json_object();

    if (bucket->reports > 0 && height == 0)
        height = 1;
    question_rewind(&other);
    other.from = bucket->from;
    other.to = bucket->to;
    answer->dates.interval->label(bucket->from, label);
    view_set(view, item, "label", text_json(label));
    view_set(view, item, "count", view_count(bucket->reports));
    view_set(view, item, "href", bucket->reports ? facet_href(&other) : json_null());
    view_set(view, item, "x", json_integer((json_int_t)(number * BUCKET_UNITS)));
    view_set(view, item, "y", json_integer((json_int_t)(BAR_UNITS - height)));
    view_set(view, item, "height", json_integer((json_int_t)height));
    return item;
}

/* Labels for the axis, evenly spread, the first and the last always. */
static json_t *ticks(struct view *view, const struct histogram *dates)
{
    size_t count = dates->bucket_count < TICKS ? dates->bucket_count : TICKS;
    json_t *list = json_array();
    char label[32];

    for (size_t i = 0; i < count; i++) {
        size_t number = count > 1 ? i * (dates->bucket_count - 1) / (count - 1) : 0;
        dates->interval->label(dates->buckets[number].from, label);
        view_add(view, list, json_pack("{s:o}", "label", text_json(label)));
    }
    return list;
}

/* The intervals that the span can be counted in, with the one in force marked. */
static json_t *intervals(struct view *view, const struct answer *answer)
{
    static const unsigned days[INTERVAL_COUNT] = {
        [INTERVAL_DAY] = 1, [INTERVAL_WEEK] = 7, [INTERVAL_MONTH] = 28, [INTERVAL_YEAR] = 365};
    const struct histogram *dates = &answer->dates;
    long span = (long)dates->buckets[dates->bucket_count - 1].to - dates->buckets[0].from + 1;
    json_t *list = json_array();

    for (size_t i = 0; i < INTERVAL_COUNT; i++) {
        bool now = dates->interval == &day_intervals[i];
        struct question other = answer->question;
        other.interval = &day_intervals[i];
        /* Two more than fit: the ends may be cut. */
        if (!now && span / (long)days[i] + 2 > (long)HISTOGRAM_BUCKETS_MAX)
            continue;
        view_add(view, list,
                 json_pack("{s:s, s:b, s:o}", "name", day_intervals[i].name, "now", now, "href",
                           facet_href(&other)));
    }
    return list;
}

json_t *facet_histogram(struct view *view, const struct answer *answer)
{
    const struct histogram *dates = &answer->dates;
    json_t *bars = json_array();
    uint32_t most = 0;

    if (!dates->interval || dates->bucket_count == 0) {
        json_decref(bars);
        return json_false();
    }
    for (size_t i = 0; i < dates->bucket_count; i++)
        if (dates->buckets[i].reports > most)
            most = dates->buckets[i].reports;
    for (size_t i = 0; i < dates->bucket_count; i++)
        view_add(view, bars, bar(view, answer, i, most));

    json_t *histogram = json_object();
    view_set(view, histogram, "bars", bars);
    view_set(view, histogram, "width",
             json_integer((json_int_t)(dates->bucket_count * BUCKET_UNITS)));
    view_set(view, histogram, "one", json_boolean(dates->bucket_count == 1));
    view_set(view, histogram, "few", json_boolean(dates->bucket_count <= FEW_BUCKETS));
    view_set(view, histogram, "interval", json_string(dates->interval->name));
    view_set(view, histogram, "intervals", intervals(view, answer));
    view_set(view, histogram, "most", view_count(most));
    view_set(view, histogram, "ticks", ticks(view, dates));
    view_set(view, histogram, "undated", dates->undated ? view_count(dates->undated) : json_null());
    return histogram;
}
