#include "search/day_column.h"

#include <stdlib.h>

#include "schema/field.h"

#define READ_ROOM 4096

static bool read_days(struct xap_values *values, struct day_column *column, struct error *err)
{
    struct xap_error xapian = {0};
    uint32_t docids[READ_ROOM], ends[READ_ROOM];
    char bytes[READ_ROOM * 8];
    for (size_t count = 1; count > 0;) {
        if (!xap_values_read(values, READ_ROOM, docids, ends, sizeof bytes, bytes, &count, &xapian))
            return error_set_xapian(err, NULL, &xapian);
        for (size_t i = 0; i < count; i++) {
            uint32_t begin = i ? ends[i - 1] : 0;
            day_t day = day_from_value(bytes + begin, ends[i] - begin);
            if (docids[i] <= column->last && day != DAY_NONE)
                column->days[docids[i]] = day;
        }
    }
    return true;
}

/* The first and last day, and where the order ends. Docids that have no report are no break of
 * it: they count as the one before. */
static void note_order(struct day_column *column, const struct docset *all)
{
    day_t before = DAY_NONE;
    column->ordered = all->last;
    for (uint32_t docid = docset_next(all, 1); docid; docid = docset_next(all, docid + 1)) {
        day_t day = column->days[docid];
        if (day != DAY_NONE && (column->first_day == DAY_NONE || day < column->first_day))
            column->first_day = day;
        if (day > column->last_day)
            column->last_day = day;
        if (day < before && column->ordered == all->last)
            column->ordered = docid - 1;
        before = day;
    }
}

static size_t span_of(const struct day_column *column)
{
    return column->first_day == DAY_NONE ? 0 : (size_t)(column->last_day - column->first_day) + 1;
}

static bool note_days(struct day_column *column, const struct docset *all)
{
    size_t span = span_of(column);
    column->before = calloc(span + 1, sizeof column->before[0]);
    column->starts = calloc(span + 1, sizeof column->starts[0]);
    column->tail = malloc((all->last - column->ordered + 1) * sizeof column->tail[0]);
    if (!column->before || !column->starts || !column->tail)
        return false;
    size_t started = 0;
    for (uint32_t docid = docset_next(all, 1); docid; docid = docset_next(all, docid + 1)) {
        bool dated = column->days[docid] != DAY_NONE;
        size_t number = dated ? (size_t)(column->days[docid] - column->first_day) : 0;
        if (dated)
            column->before[number + 1]++;
        if (docid > column->ordered)
            column->tail[column->tail_count++] = docid;
        for (; dated && docid <= column->ordered && started <= number; started++)
            column->starts[started] = docid;
    }
    for (; started <= span; started++)
        column->starts[started] = column->ordered + 1;
    for (size_t i = 1; i <= span; i++)
        column->before[i] += column->before[i - 1];
    return true;
}

static int compare_days(const void *a, const void *b, void *context)
{
    const day_t *days = context;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (days[left] != days[right])
        return days[left] < days[right] ? -1 : 1;
    return (left > right) - (left < right);
}

static void sort_tail(struct day_column *column)
{
    if (column->tail_count > 0)
        qsort_r(column->tail, column->tail_count, sizeof column->tail[0], compare_days,
                column->days);
    while (column->tail_dated < column->tail_count &&
           column->days[column->tail[column->tail_dated]] == DAY_NONE)
        column->tail_dated++;
}

/* The days as far as they are known from before, of reports that are still there. */
static bool take_days(struct day_column *column, const struct day_column *before,
                      const struct docset *all)
{
    size_t known = before ? (size_t)before->last + 1 : 0, count = (size_t)column->last + 1;
    known = known < count ? known : count;
    column->days = malloc(count * sizeof column->days[0]);
    if (!column->days)
        return false;
    for (uint32_t docid = 0; docid < count; docid++)
        column->days[docid] =
            docid < known && docset_has(all, docid) ? before->days[docid] : DAY_NONE;
    return true;
}

static bool read_from(const struct xap_db *db, uint32_t docid, struct day_column *column,
                      struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_values *values = NULL;
    bool ok = (xap_values_open(db, SLOT_DATE, &values, &xapian) &&
               (docid == 0 || xap_values_skip_to(values, docid, &xapian))) ||
              error_set_xapian(err, NULL, &xapian);
    ok = ok && read_days(values, column, err);
    xap_values_close(values);
    return ok;
}

bool day_column_load(const struct xap_db *db, const struct docset *all,
                     const struct day_column *before, struct day_column *out, struct error *err)
{
    struct day_column column = {.last = all->last, .first_day = DAY_NONE, .last_day = DAY_NONE};
    bool ok = take_days(&column, before, all);
    if (ok && !read_from(db, before ? before->last + 1 : 0, &column, err)) {
        day_column_clear(&column);
        return false;
    }
    if (ok) {
        note_order(&column, all);
        ok = note_days(&column, all);
    }
    if (!ok) {
        day_column_clear(&column);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading the days");
    }
    sort_tail(&column);
    *out = column;
    return true;
}

uint32_t day_column_count(const struct day_column *column, day_t from, day_t to)
{
    if (column->first_day == DAY_NONE || to < column->first_day || from > column->last_day)
        return 0;
    day_t first = from > column->first_day ? from : column->first_day;
    day_t last = to < column->last_day ? to : column->last_day;
    return column->before[last - column->first_day + 1] - column->before[first - column->first_day];
}

uint32_t day_column_start(const struct day_column *column, day_t day)
{
    if (column->first_day == DAY_NONE || day > column->last_day)
        return column->ordered + 1;
    return column->starts[day > column->first_day ? day - column->first_day : 0];
}

size_t day_column_memory(const struct day_column *column)
{
    return ((size_t)column->last + 1) * sizeof column->days[0] +
           (span_of(column) + 1) * (sizeof column->before[0] + sizeof column->starts[0]) +
           column->tail_count * sizeof column->tail[0];
}

void day_column_clear(struct day_column *column)
{
    free(column->days);
    free(column->before);
    free(column->starts);
    free(column->tail);
    *column = (struct day_column){0};
}
