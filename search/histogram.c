#include "search/histogram.h"

#include <stdlib.h>

#include "schema/buffer.h"
#include "search/snapshot_private.h"

/* Reports by day, from the index's first day to its last. */
struct daily {
    day_t base;
    uint32_t *counts;
    uint32_t undated;
    day_t first, last; /* days of the reports counted; DAY_NONE where none is dated */
};

static void count_days(const struct day_column *days, const struct docset *matches,
                       struct daily *daily)
{
    for (size_t i = 0; i < matches->word_count; i++)
        for (uint64_t word = matches->words[i]; word; word &= word - 1) {
            day_t day = days->days[i * 64 + (unsigned)__builtin_ctzll(word)];
            if (day == DAY_NONE)
                daily->undated++;
            else
                daily->counts[day - daily->base]++;
        }
}

static bool make_daily(const struct day_column *days, const struct docset *matches,
                       struct daily *out, struct error *err)
{
    struct daily daily = {.base = days->first_day, .first = DAY_NONE, .last = DAY_NONE};
    size_t span = days->first_day == DAY_NONE ? 0 : (size_t)(days->last_day - days->first_day) + 1;
    daily.counts = calloc(span + 1, sizeof daily.counts[0]);
    if (!daily.counts)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    count_days(days, matches, &daily);
    for (size_t i = 0; i < span; i++)
        if (daily.counts[i]) {
            daily.last = daily.base + (day_t)i;
            if (daily.first == DAY_NONE)
                daily.first = daily.last;
        }
    *out = daily;
    return true;
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

static bool fill_buckets(const struct question *question, const struct day_column *days,
                         const struct daily *daily, day_t first, day_t last,
                         struct histogram *histogram, struct error *err)
{
    const struct interval *interval = histogram->interval;
    size_t max = question->interval ? HISTOGRAM_BUCKETS_MAX : SIZE_MAX - 1;
    size_t count = count_buckets(interval, first, last, max);
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
        for (day_t at = bucket->from > first ? bucket->from : first; at <= bucket->to && at <= last;
             at++)
            bucket->reports += daily->counts[at - daily->base];
        bucket->of = day_column_count(days, bucket->from, bucket->to);
    }
    return true;
}

bool histogram_make(const struct snapshot *snapshot, const struct docset *matches,
                    const struct question *question, struct histogram *out, struct error *err)
{
    const struct day_column *days = &snapshot->days;
    struct histogram histogram = {0};
    struct daily daily = {0};
    if (!make_daily(days, matches, &daily, err))
        return false;
    day_t first = daily.first, last = daily.last;
    if (question->from != DAY_NONE)
        first = question->from > days->first_day ? question->from : days->first_day;
    if (question->to != DAY_NONE)
        last = question->to < days->last_day ? question->to : days->last_day;
    bool ok = true, is_empty = days->first_day == DAY_NONE || first == DAY_NONE ||
                               last == DAY_NONE || first > last;
    histogram.undated = daily.undated;
    histogram.interval = question->interval ? question->interval : &day_intervals[INTERVAL_MONTH];
    if (!is_empty) {
        histogram.interval = choose_interval(question, first, last);
        ok = fill_buckets(question, days, &daily, first, last, &histogram, err);
    }
    free(daily.counts);
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
