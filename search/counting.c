#include "search/counting.h"

#include <stdlib.h>
#include <string.h>

#include "search/snapshot_private.h"

#define ENTRIES 64
/* Sets of less than one in so many reports are counted in less time than their keeping takes. */
#define WORTH_KEEPING 512u
/* A set that lacks at most one in so many of another's reports is counted by these, not by rows. */
#define LACKS_LITTLE 8u
/* Where rows are more than so many times the reports of a set, too many would be passed over. */
#define ROWS_PASSED 4u

struct counted {
    struct value_counts counts; /* 'items' is NULL where it was not counted */
    struct column_rows *rows;   /* of a set of few reports; may be NULL */
};

/* What was counted of a set. */
struct entry {
    uint64_t wanted; /* when, by the clock of 'counting' */
    uint32_t reports;
    struct docset *set;
    struct counted fields[FIELD_COUNT];
    size_t bytes;
};

struct counting {
    size_t budget, bytes, count;
    uint64_t clock;
    struct entry entries[ENTRIES];
    struct value_counts passing;                 /* the last that were not kept */
    struct value_counts everything[FIELD_COUNT]; /* of all reports, once they were wanted */
    struct tally *tallies[FIELD_COUNT];
};

/* What a set can be counted from: a set that holds it. */
struct base {
    const struct docset *set; /* NULL: there is none */
    const struct value_counts *counts;
    uint32_t lacks;                 /* how many of its reports the set does not have */
    const struct column_rows *rows; /* it is read from them; NULL: it is counted by what it lacks */
};

bool counting_new(size_t budget, struct counting **out, struct error *err)
{
    struct counting *counting = calloc(1, sizeof *counting);
    if (!counting)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    counting->budget = budget;
    *out = counting;
    return true;
}

/* ---- what is kept --------------------------------------------------------------- */

static void drop(struct counting *counting, struct entry *entry)
{
    counting->bytes -= entry->bytes;
    docset_free(entry->set);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        free(entry->fields[id].counts.items);
        column_rows_free(entry->fields[id].rows);
    }
    *entry = counting->entries[--counting->count];
}

static void drop_oldest(struct counting *counting)
{
    struct entry *oldest = counting->entries;
    for (size_t i = 1; i < counting->count; i++)
        if (counting->entries[i].wanted < oldest->wanted)
            oldest = &counting->entries[i];
    drop(counting, oldest);
}

static struct entry *find_set(struct counting *counting, const struct docset *set, uint32_t reports)
{
    for (struct entry *entry = counting->entries; entry < counting->entries + counting->count;
         entry++)
        if (entry->reports == reports && docset_holds(entry->set, set))
            return entry;
    return NULL;
}

/* The entry of a set, a new one where there is none. */
static struct entry *entry_of(struct counting *counting, const struct docset *set, uint32_t reports)
{
    struct entry *entry = find_set(counting, set, reports);
    if (entry)
        return entry;
    struct entry added = {
        .reports = reports, .wanted = ++counting->clock, .set = docset_share(set)};
    if (counting->count == ENTRIES)
        drop_oldest(counting);
    added.bytes = set->word_count * sizeof set->words[0];
    counting->bytes += added.bytes;
    counting->entries[counting->count] = added;
    return &counting->entries[counting->count++];
}

/* Takes what was counted; or leaves it, where it is larger than the budget. */
static bool keep(struct counting *counting, enum field_id field, const struct docset *set,
                 uint32_t reports, const struct counted *counted)
{
    size_t bytes =
        counted->counts.count * sizeof counted->counts.items[0] + column_rows_memory(counted->rows);
    if (bytes + set->word_count * sizeof set->words[0] > counting->budget)
        return false;
    struct entry *entry = entry_of(counting, set, reports);
    entry->fields[field] = *counted;
    entry->bytes += bytes;
    entry->wanted = ++counting->clock;
    counting->bytes += bytes;
    while (counting->bytes > counting->budget && counting->count > 1)
        drop_oldest(counting);
    return true;
}

static bool is_worth_keeping(const struct snapshot *snapshot, uint32_t reports)
{
    return reports > 0 && reports >= snapshot->reports / WORTH_KEEPING;
}

/* The set that holds all of 'set' and of which it lacks least, if that is fewer than it has; or,
 * unless it lacks little, the smallest with rows. */
static struct base find_base(const struct snapshot *snapshot, enum field_id field,
                             const struct docset *set, uint32_t reports)
{
    struct counting *counting = snapshot->counting;
    struct base best = {.lacks = reports};
    struct entry *least = NULL, *rows = NULL;
    if (snapshot->reports - reports < best.lacks)
        best = (struct base){snapshot->all, &counting->everything[field],
                             snapshot->reports - reports, NULL};
    for (struct entry *entry = counting->entries; entry < counting->entries + counting->count;
         entry++) {
        const struct counted *counted = &entry->fields[field];
        bool is_least = counted->counts.items && entry->reports - reports < best.lacks;
        bool is_smallest = counted->rows && entry->reports / ROWS_PASSED <= reports &&
                           (!rows || entry->reports < rows->reports);
        if (entry->reports < reports || (!is_least && !is_smallest) ||
            !docset_holds(entry->set, set))
            continue;
        if (is_smallest)
            rows = entry;
        if (is_least) {
            best = (struct base){entry->set, &counted->counts, entry->reports - reports, NULL};
            least = entry;
        }
    }
    if (rows && best.lacks > reports / LACKS_LITTLE) {
        const struct counted *counted = &rows->fields[field];
        best = (struct base){rows->set, &counted->counts, rows->reports - reports, counted->rows};
        least = rows;
    }
    if (least)
        least->wanted = ++counting->clock;
    return best;
}

/* ---- counting ------------------------------------------------------------------- */

/* All reports were counted when the column was made. */
static bool count_everything(const struct snapshot *snapshot, enum field_id field,
                             struct error *err)
{
    const struct column *column = snapshot->columns[field];
    struct value_counts *out = &snapshot->counting->everything[field];
    size_t count = column_value_count(column);
    if (out->items)
        return true;
    out->items = malloc((count + 1) * sizeof out->items[0]);
    if (!out->items)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    for (uint32_t i = 0; i < count; i++) {
        out->items[out->count] =
            (struct value_count){i, column_total(column, i), column_direct_total(column, i)};
        out->count += column_total(column, i) > 0;
    }
    return true;
}

/* What the base has, less what the tally has. False out of memory. */
static bool subtract(const struct base *base, const struct tally *tally, struct value_counts *out)
{
    out->items = malloc((base->counts->count + 1) * sizeof out->items[0]);
    for (size_t i = 0; out->items && i < base->counts->count; i++) {
        struct value_count item = base->counts->items[i], less = tally_of(tally, item.number);
        item.reports -= less.reports;
        item.direct -= less.direct;
        out->items[out->count] = item;
        out->count += item.reports > 0;
    }
    return out->items;
}

/* What the tally has. False out of memory. */
static bool copy_tally(const struct tally *tally, struct value_counts *out)
{
    out->items = malloc((tally->count + 1) * sizeof out->items[0]);
    for (size_t i = 0; out->items && i < tally->count; i++)
        out->items[out->count++] = tally_of(tally, tally->numbers[i]);
    return out->items;
}

static bool count_anew(const struct snapshot *snapshot, enum field_id field,
                       const struct docset *set, uint32_t reports, const struct base *base,
                       struct counted *out, struct error *err)
{
    const struct column *column = snapshot->columns[field];
    struct tally **tally = &snapshot->counting->tallies[field];
    if (!*tally && !column_tally(column, tally, err))
        return false;
    bool subtracts = base->set && !base->rows;
    if (base->rows)
        column_count_part(column, base->rows, base->set, set, *tally);
    else if (subtracts)
        column_count(column, base->set, set, base->lacks, *tally);
    else if (is_worth_keeping(snapshot, reports))
        column_count_rows(column, set, reports, *tally, &out->rows);
    else
        column_count(column, set, NULL, reports, *tally);
    bool ok = subtracts ? subtract(base, *tally, &out->counts) : copy_tally(*tally, &out->counts);
    tally_clear(*tally);
    if (ok)
        return true;
    column_rows_free(out->rows);
    return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
}

bool counting_count(const struct snapshot *snapshot, enum field_id field, const struct docset *set,
                    struct value_counts *out, struct error *err)
{
    struct counting *counting = snapshot->counting;
    uint32_t reports = docset_count(set);
    struct base base = find_base(snapshot, field, set, reports);
    if (base.set == snapshot->all && !count_everything(snapshot, field, err))
        return false;
    if (base.set && base.lacks == 0) {
        *out = *base.counts;
        return true;
    }
    struct counted counted = {0};
    if (!count_anew(snapshot, field, set, reports, &base, &counted, err))
        return false;
    *out = counted.counts;
    if (is_worth_keeping(snapshot, reports) && keep(counting, field, set, reports, &counted))
        return true;
    column_rows_free(counted.rows);
    free(counting->passing.items);
    counting->passing = counted.counts;
    return true;
}

static void forget_passing(struct counting *counting)
{
    free(counting->passing.items);
    counting->passing = (struct value_counts){0};
}

void counting_forget(struct counting *counting)
{
    while (counting->count)
        drop(counting, &counting->entries[0]);
    forget_passing(counting);
}

size_t counting_memory(const struct counting *counting)
{
    size_t bytes =
        sizeof *counting + counting->bytes + counting->passing.count * sizeof(struct value_count);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        bytes += counting->tallies[id] ? tally_memory(counting->tallies[id]) : 0;
        bytes += counting->everything[id].count * sizeof(struct value_count);
    }
    return bytes;
}

void counting_free(struct counting *counting)
{
    if (!counting)
        return;
    counting_forget(counting);
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        tally_free(counting->tallies[id]);
        free(counting->everything[id].items);
    }
    free(counting);
}
