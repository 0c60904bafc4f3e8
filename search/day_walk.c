#include "search/day_walk.h"

/* Where a docid stands in the walk: dated before undated, then by day, then by docid. Smaller
 * keys come first. */
static uint64_t key_of(const struct day_walk *walk, uint32_t docid)
{
    day_t day = walk->column->days[docid];
    if (day == DAY_NONE)
        return UINT64_MAX - (walk->newest ? docid : UINT32_MAX - docid);
    uint64_t place = (uint64_t)(day - DAY_MIN) << 32 | docid;
    return walk->newest ? (UINT64_C(1) << 62) - place : place;
}

/* The docid at a place of the tail, in the order of the walk. */
static uint32_t tail_at(const struct day_walk *walk, size_t place)
{
    const struct day_column *column = walk->column;
    size_t count = column->tail_count, dated = count - column->tail_dated;
    if (walk->newest)
        return column->tail[count - 1 - place];
    return column->tail[place < dated ? column->tail_dated + place : place - dated];
}

/* Oldest first: the first of the set among the ordered docids that are dated, from 'docid' on;
 * behind them the undated ones. */
static uint32_t seek_undated(const struct day_walk *walk, uint32_t docid)
{
    uint32_t found = docset_next(walk->set, docid);
    return found < day_column_start(walk->column, DAY_NONE) ? found : 0;
}

static uint32_t seek_dated(const struct day_walk *walk, uint32_t docid)
{
    uint32_t found = docset_next(walk->set, docid);
    return found && found <= walk->column->ordered ? found : seek_undated(walk, 1);
}

static uint32_t ordered_next(const struct day_walk *walk, uint32_t docid)
{
    if (walk->newest)
        return docset_previous(walk->set, docid - 1);
    return docid < day_column_start(walk->column, DAY_NONE) ? seek_undated(walk, docid + 1)
                                                            : seek_dated(walk, docid + 1);
}

/* The ordered docid that the walk meets first behind a docid of the tail. */
static uint32_t ordered_behind(const struct day_walk *walk, uint32_t docid)
{
    const struct day_column *column = walk->column;
    day_t day = column->days[docid];
    if (day == DAY_NONE) /* the undated ones of the ordered have lower docids */
        return walk->newest ? docset_previous(walk->set, day_column_start(column, DAY_NONE) - 1)
                            : 0;
    uint32_t next_day = day_column_start(column, day + 1);
    return walk->newest ? docset_previous(walk->set, next_day - 1) : seek_dated(walk, next_day);
}

/* Binary search for the first place of the tail whose key is above that of 'after'. */
static size_t tail_behind(const struct day_walk *walk, uint32_t after)
{
    size_t low = 0, high = walk->column->tail_count;
    uint64_t key = key_of(walk, after);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_of(walk, tail_at(walk, middle)) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void day_walk_start(struct day_walk *walk, const struct day_column *column,
                    const struct docset *set, bool newest, uint32_t after)
{
    *walk = (struct day_walk){.column = column, .set = set, .newest = newest};
    if (after == 0) {
        walk->ordered = newest ? docset_previous(set, column->ordered)
                               : seek_dated(walk, day_column_start(column, DAY_NONE));
        return;
    }
    walk->tail = tail_behind(walk, after);
    walk->ordered =
        after > column->ordered ? ordered_behind(walk, after) : ordered_next(walk, after);
}

uint32_t day_walk_next(struct day_walk *walk)
{
    const struct day_column *column = walk->column;
    while (walk->tail < column->tail_count && !docset_has(walk->set, tail_at(walk, walk->tail)))
        walk->tail++;
    uint32_t ordered = walk->ordered,
             tail = walk->tail < column->tail_count ? tail_at(walk, walk->tail) : 0;
    if (tail && (!ordered || key_of(walk, tail) < key_of(walk, ordered))) {
        walk->tail++;
        return tail;
    }
    if (ordered)
        walk->ordered = ordered_next(walk, ordered);
    return ordered;
}
