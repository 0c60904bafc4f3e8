#include "search/histogram.h"

#include <stdlib.h>

#include "schema/buffer.h"
#include "search/snapshot_private.h"

/* The days of the reports counted; DAY_NONE where none is dated. */
struct extent {
    day_t first, last;
    uint32_t undated;
};

static void widen(struct extent *extent, day_t day)
{
    if (extent->first == DAY_NONE || day < extent->first)
        extent->first = day;
    if (extent->last == DAY_NONE || day > extent->last)
        extent->last = day;
}

static struct extent find_extent(const struct day_column *days, const struct docset *matches)
{
    struct extent extent = {.first = DAY_NONE, .last = DAY_NONE};
    uint32_t start = day_column_start(days, DAY_NONE), docid = docset_next(matches, start);
    if (docid && docid <= days->ordered) {
        widen(&extent, days->days[docid]);
        widen(&extent, days->days[docset_previous(matches, days->ordered)]);
    }
    extent.undated = docset_count_range(matches, 1, start);
    for (size_t i = 0; i < days->tail_count; i++) {
        if (!docset_has(matches, days->tail[i]))
            continue;
        if (i < days->tail_dated)
            extent.undated++;
        else
            widen(&extent, days->days[days->tail[i]]);
    }
    return extent;
}

/* Buckets from 'first' to 'last', or one more than 'max' where there are more than that. */
static size_t count_buckets(const struct interval *interval, day_t first, day_t last, size_t max)
{
    size_t count = 0;
    for (day_t day = interval->trunc(first); day <= last && count <= max; count++)
        day = interval->next(day);
    return count;
}

/* With dates asked for: the finest interval whose span, in days, holds them. */
static const struct {
    enum interval_id id;
    day_t span;
} steps[] = {{INTERVAL_DAY, 31}, {INTERVAL_WEEK, 26 * 7}, {INTERVAL_MONTH, 3653}};
/* Without: months, up to so many. */
#define MONTHS_MAX 120u

static const struct interval *choose_interval(const struct question *question, day_t first,
                                              day_t last)
{
    if (question->interval)
        return question->interval;
    if (question->from == DAY_NONE && question->to == DAY_NONE) {
        const struct interval *month = &day_intervals[INTERVAL_MONTH];
        bool fits = count_buckets(month, first, last, MONTHS_MAX) <= MONTHS_MAX;
        return fits ? month : &day_intervals[INTERVAL_YEAR];
    }
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (last - first < steps[i].span)
            return &day_intervals[steps[i].id];
    return &day_intervals[INTERVAL_YEAR];
}

/* The reports of the bucket's days: a range of docids, and those of the tail from '*at' on, which
 * is moved past them. */
static uint32_t count_bucket(const struct day_column *days, const struct docset *matches,
                             const struct bucket *bucket, size_t *at)
{
    uint32_t count = docset_count_range(matches, day_column_start(days, bucket->from),
                                        day_column_start(days, bucket->to + 1));
    for (; *at < days->tail_count && days->days[days->tail[*at]] <= bucket->to; ++*at)
        count +=
            days->days[days->tail[*at]] >= bucket->from && docset_has(matches, days->tail[*at]);
    return count;
}

static bool fill_buckets(const struct question *question, const struct day_column *days,
                         const struct docset *matches, day_t first, day_t last,
                         struct histogram *histogram, struct error *err)
{
    const struct interval *interval = histogram->interval;
    size_t max = question->interval ? HISTOGRAM_BUCKETS_MAX : SIZE_MAX - 1;
    size_t count = count_buckets(interval, first, last, max), tail = days->tail_dated;
    if (count > max)
        return error_set(err, ERROR_LIMIT, "interval",
                         "more than %u intervals of one %s: choose a longer interval or a shorter "
                         "span of days",
                         HISTOGRAM_BUCKETS_MAX, interval->name);
    histogram->buckets = calloc(count + 1, sizeof histogram->buckets[0]);
    if (!histogram->buckets)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (day_t day = interval->trunc(first); day <= last;) {
        struct bucket *bucket = &histogram->buckets[histogram->bucket_count++];
        *bucket = (struct bucket){.from = day};
        day = interval->next(day);
        bucket->to = day - 1 < DAY_MAX ? day - 1 : DAY_MAX;
        if (question->from != DAY_NONE && bucket->from < question->from)
            bucket->from = question->from;
        if (question->to != DAY_NONE && bucket->to > question->to)
            bucket->to = question->to;
        bucket->reports = count_bucket(days, matches, bucket, &tail);
        bucket->of = day_column_count(days, bucket->from, bucket->to);
    }
    return true;
}

bool histogram_make(const struct snapshot *snapshot, const struct docset *matches,
                    const struct question *question, struct histogram *out, struct error *err)
{
    const struct day_column *days = &snapshot->days;
    struct histogram histogram = {0};
    struct extent extent = find_extent(days, matches);
    day_t first = extent.first, last = extent.last;
    if (question->from != DAY_NONE)
        first = question->from > days->first_day ? question->from : days->first_day;
    if (question->to != DAY_NONE)
        last = question->to < days->last_day ? question->to : days->last_day;
    bool ok = true, is_empty = days->first_day == DAY_NONE || first == DAY_NONE ||
                               last == DAY_NONE || first > last;
    histogram.undated = extent.undated;
    histogram.interval = question->interval ? question->interval : &day_intervals[INTERVAL_MONTH];
    if (!is_empty) {
        histogram.interval = choose_interval(question, first, last);
        ok = fill_buckets(question, days, matches, first, last, &histogram, err);
    }
    if (ok)
        *out = histogram;
    else
        histogram_clear(&histogram);
    return ok;
}

void histogram_clear(struct histogram *histogram)
{
    free(histogram->buckets);
    *histogram = (struct histogram){0};
}
