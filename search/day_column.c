#include "search/day_column.h"

#include <stdlib.h>

#include "schema/field.h"

#define READ_ROOM 4096

static void note_day(struct day_column *column, uint32_t docid, day_t day)
{
    column->days[docid] = day;
    if (column->first_day == DAY_NONE || day < column->first_day)
        column->first_day = day;
    if (column->last_day == DAY_NONE || day > column->last_day)
        column->last_day = day;
}

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
                note_day(column, docids[i], day);
        }
    }
    return true;
}

/* Whether walking the docids of 'all' walks the days, DAY_NONE being less than all. */
static void note_order(struct day_column *column, const struct docset *all)
{
    day_t before = DAY_NONE;
    column->ascending = true;
    column->dated_from = all->last + 1;
    for (uint32_t docid = docset_next(all, 1); docid; docid = docset_next(all, docid + 1)) {
        column->ascending &= column->days[docid] >= before;
        before = column->days[docid];
        if (before != DAY_NONE && docid < column->dated_from)
            column->dated_from = docid;
    }
}

static bool note_counts(struct day_column *column, const struct docset *all)
{
    size_t span =
        column->first_day == DAY_NONE ? 0 : (size_t)(column->last_day - column->first_day) + 1;
    column->before = calloc(span + 1, sizeof column->before[0]);
    if (!column->before)
        return false;
    for (uint32_t docid = docset_next(all, 1); docid; docid = docset_next(all, docid + 1))
        if (column->days[docid] != DAY_NONE)
            column->before[column->days[docid] - column->first_day + 1]++;
    for (size_t i = 1; i <= span; i++)
        column->before[i] += column->before[i - 1];
    return true;
}

bool day_column_load(const struct xap_db *db, const struct docset *all, struct day_column *out,
                     struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_values *values = NULL;
    struct day_column column = {.last = all->last, .first_day = DAY_NONE, .last_day = DAY_NONE};
    column.days = malloc(((size_t)all->last + 1) * sizeof column.days[0]);
    if (!column.days)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading the days");
    for (uint32_t docid = 0; docid <= all->last; docid++)
        column.days[docid] = DAY_NONE;
    bool ok =
        xap_values_open(db, SLOT_DATE, &values, &xapian) || error_set_xapian(err, NULL, &xapian);
    ok = ok && read_days(values, &column, err) &&
         (note_counts(&column, all) ||
          error_set(err, ERROR_MEMORY, NULL, "out of memory loading the days"));
    xap_values_close(values);
    if (!ok) {
        free(column.days);
        return false;
    }
    note_order(&column, all);
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

void day_column_clear(struct day_column *column)
{
    free(column->days);
    free(column->before);
    *column = (struct day_column){0};
}
