#include "search/counting.h"

#include <stdlib.h>
#include <string.h>

#include "search/snapshot_private.h"

#define ENTRIES 40 /* each question has one a field */
/* Sets of less than one in so many reports, or with less than one report for so many values, are
 * counted in less time than their keeping takes. */
#define WORTH_KEEPING        512u
#define WORTH_KEEPING_VALUES 4u

struct entry {
    uint64_t wanted; /* when, by the clock of 'counting' */
    enum field_id field;
    uint32_t reports; /* of the set */
    struct docset *set;
    uint32_t *counts; /* by value number; the direct ones behind them, where there are any */
    size_t bytes;
};

struct counting {
    size_t budget, bytes, count;
    uint64_t clock;
    struct entry entries[ENTRIES];
};

/* What a set can be counted from, by what it lacks of it. */
struct base {
    const struct docset *set;
    const uint32_t *counts; /* NULL: everything, counted by the column itself */
    uint32_t lacks;
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

static void drop(struct counting *counting, struct entry *entry)
{
    counting->bytes -= entry->bytes;
    docset_free(entry->set);
    free(entry->counts);
    *entry = counting->entries[--counting->count];
}

static struct entry *find_oldest(struct counting *counting)
{
    struct entry *oldest = counting->entries;
    for (size_t i = 1; i < counting->count; i++)
        if (counting->entries[i].wanted < oldest->wanted)
            oldest = &counting->entries[i];
    return oldest;
}

/* Keeps a copy; or does not, where it is larger than the budget or memory is short. */
static void keep(struct counting *counting, enum field_id field, const struct docset *set,
                 uint32_t reports, const uint32_t *counts, const uint32_t *direct, size_t values)
{
    size_t size = values * sizeof counts[0];
    struct entry added = {.field = field, .reports = reports};
    added.bytes = set->word_count * sizeof set->words[0] + (direct ? 2 * size : size);
    if (added.bytes > counting->budget || values == 0)
        return;
    added.counts = malloc(direct ? 2 * size : size);
    if (!added.counts || !docset_copy(set, &added.set, NULL)) {
        free(added.counts);
        return;
    }
    memcpy(added.counts, counts, size);
    if (direct)
        memcpy(added.counts + values, direct, size);
    while (counting->count == ENTRIES || counting->bytes + added.bytes > counting->budget)
        drop(counting, find_oldest(counting));
    added.wanted = ++counting->clock;
    counting->bytes += added.bytes;
    counting->entries[counting->count++] = added;
}

/* The set that holds all of 'set' and of which it lacks least, if that is fewer than it has. */
static struct base find_base(const struct snapshot *snapshot, enum field_id field,
                             const struct docset *set, uint32_t reports)
{
    struct counting *counting = snapshot->counting;
    struct base best = {.lacks = reports};
    struct entry *found = NULL;
    if (snapshot->reports - reports < best.lacks)
        best = (struct base){snapshot->all, NULL, snapshot->reports - reports};
    for (struct entry *entry = counting->entries; entry < counting->entries + counting->count;
         entry++) {
        if (entry->field != field || entry->reports < reports ||
            entry->reports - reports >= best.lacks || !docset_holds(entry->set, set))
            continue;
        best = (struct base){entry->set, entry->counts, entry->reports - reports};
        found = entry;
    }
    if (found)
        found->wanted = ++counting->clock;
    return best;
}

/* From what the base has and what the set lacks of it, which 'counts' and 'direct' hold. */
static void subtract(const struct base *base, const struct column *column, uint32_t *counts,
                     uint32_t *direct)
{
    size_t values = column_value_count(column);
    for (size_t i = 0; i < values; i++)
        counts[i] = (base->counts ? base->counts[i] : column_total(column, i)) - counts[i];
    for (size_t i = 0; direct && i < values; i++)
        direct[i] =
            (base->counts ? base->counts[values + i] : column_direct_total(column, i)) - direct[i];
}

static bool is_worth_keeping(const struct snapshot *snapshot, const struct column *column,
                             uint32_t reports)
{
    return reports > 0 && reports >= snapshot->reports / WORTH_KEEPING &&
           reports >= column_value_count(column) / WORTH_KEEPING_VALUES;
}

bool counting_count(const struct snapshot *snapshot, enum field_id field, const struct docset *set,
                    uint32_t *counts, uint32_t *direct, struct error *err)
{
    const struct column *column = snapshot->columns[field];
    uint32_t reports = docset_count(set);
    struct base base = find_base(snapshot, field, set, reports);
    if (!base.set) {
        if (!column_count(column, set, counts, direct, err))
            return false;
    } else {
        struct docset *lacks;
        if (!docset_copy(base.set, &lacks, err))
            return false;
        docset_andnot(lacks, set);
        bool ok = column_count(column, lacks, counts, direct, err);
        docset_free(lacks);
        if (!ok)
            return false;
        subtract(&base, column, counts, direct);
    }
    if (is_worth_keeping(snapshot, column, reports) && !(base.set && base.lacks == 0))
        keep(snapshot->counting, field, set, reports, counts, direct, column_value_count(column));
    return true;
}

void counting_forget(struct counting *counting)
{
    while (counting->count)
        drop(counting, &counting->entries[0]);
}

size_t counting_memory(const struct counting *counting)
{
    return sizeof *counting + counting->bytes;
}

void counting_free(struct counting *counting)
{
    if (!counting)
        return;
    counting_forget(counting);
    free(counting);
}
