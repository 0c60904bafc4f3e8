#include <stdlib.h>

#include "search/column_private.h"

bool column_tally(const struct column *column, struct tally **out, struct error *err)
{
    return tally_new(column->value_count, column->up ? column->level_count : 1, out, err);
}

/* The reports that are counted. */
struct counted {
    const struct docset *set, *without;
};

static uint64_t counted_word(const struct counted *counted, size_t i)
{
    return counted->set->words[i] & ~(counted->without ? counted->without->words[i] : 0);
}

/* ---- adding entries --------------------------------------------------------- */

static uint32_t set_of(const struct column *column, size_t docid)
{
    return column->narrow_sets ? column->narrow_sets[docid] : column->wide_sets[docid];
}

static void add_entry(struct tally *tally, uint32_t entry, uint32_t reports)
{
    static const uint64_t added[] = {
        [0] = TALLY_REPORT,
        [COLUMN_LESS] = 0 - TALLY_REPORT,
        [COLUMN_DIRECT] = TALLY_REPORT + TALLY_DIRECT,
    };
    tally_add(tally, entry >> COLUMN_ENTRY_BITS, added[entry & COLUMN_FLAGS] * reports);
}

static void add_set(const struct column *column, uint32_t set, uint32_t reports,
                    struct tally *tally)
{
    size_t at = set ? column->ends[set - 1] : 0, end = column->ends[set];
    if (column->narrow)
        for (; at < end; at++)
            add_entry(tally, column->narrow[at], reports);
    else
        for (; at < end; at++)
            add_entry(tally, column->wide[at], reports);
}

/* Reports that are counted one by one are taken so many at a time, so that what the memory brings
 * for one is on its way while it brings that for the others. */
#define BATCH 64

struct batch {
    size_t count;
    uint32_t sets[BATCH];
};

static void add_batch(const struct column *column, const struct batch *batch, struct tally *tally)
{
    for (size_t i = 0; i < batch->count; i++)
        __builtin_prefetch(&column->ends[batch->sets[i]]);
    for (size_t i = 0; i < batch->count; i++) {
        size_t begin = column->ends[batch->sets[i] - (batch->sets[i] > 0)];
        __builtin_prefetch(column->narrow ? (void *)&column->narrow[begin]
                                          : (void *)&column->wide[begin]);
    }
    for (size_t i = 0; i < batch->count; i++)
        add_set(column, batch->sets[i], 1, tally);
}

static void count_reports(const struct column *column, const struct counted *counted,
                          struct tally *tally)
{
    struct batch batch = {0};
    for (size_t i = 0; i < counted->set->word_count; i++)
        for (uint64_t word = counted_word(counted, i); word; word &= word - 1) {
            batch.sets[batch.count++] = set_of(column, i * 64 + (unsigned)__builtin_ctzll(word));
            if (batch.count == BATCH) {
                add_batch(column, &batch, tally);
                batch.count = 0;
            }
        }
    add_batch(column, &batch, tally);
}

static bool count_sets(const struct column *column, const struct counted *counted,
                       struct tally *tally, struct error *err)
{
    uint32_t *reports = calloc(column->set_count, sizeof reports[0]);
    if (!reports)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    for (size_t i = 0; i < counted->set->word_count; i++)
        for (uint64_t word = counted_word(counted, i); word; word &= word - 1)
            reports[set_of(column, i * 64 + (unsigned)__builtin_ctzll(word))]++;
    for (uint32_t number = 0; number < column->set_count; number++)
        if (reports[number])
            add_set(column, number, reports[number], tally);
    free(reports);
    return true;
}

/* ---- gathering what was counted ------------------------------------------------- */

/* The numbers of each level stand together, the deepest first, where they would if there were all
 * of the level. */
static size_t level_begin(const struct column *column, size_t level)
{
    return column->up ? column->levels[level] : 0;
}

static void list_number(const struct column *column, struct tally *tally, uint32_t number)
{
    tally->listed[number] = true;
    tally->numbers[tally->ends[column->up ? column->depths[number] : 0]++] = number;
}

static void list_counted(const struct column *column, struct tally *tally)
{
    for (size_t level = 0; level < tally->level_count; level++)
        tally->ends[level] = (uint32_t)level_begin(column, level);
    for (size_t block = 0; block <= column->value_count / TALLY_BLOCK; block++) {
        if (!tally->blocks[block])
            continue;
        tally->blocks[block] = false;
        for (size_t i = block * TALLY_BLOCK; i < (block + 1) * TALLY_BLOCK; i++)
            if (tally->cells[i])
                list_number(column, tally, (uint32_t)i);
    }
}

/* Adds to each value what is below it. */
static void add_up(const struct column *column, struct tally *tally)
{
    for (size_t level = tally->level_count - 1; level > 0; level--)
        for (size_t i = level_begin(column, level); i < tally->ends[level]; i++) {
            uint32_t up = column->up[tally->numbers[i]];
            tally->cells[up] += tally_of(tally, tally->numbers[i]).reports;
            if (!tally->listed[up])
                list_number(column, tally, up);
        }
}

/* Puts the numbers next to each other, but for those whose entries came to nothing. */
static void close_ranks(const struct column *column, struct tally *tally)
{
    tally->count = 0;
    for (size_t level = tally->level_count; level-- > 0;)
        for (size_t i = level_begin(column, level); i < tally->ends[level]; i++) {
            uint32_t number = tally->numbers[i];
            if (tally->cells[number])
                tally->numbers[tally->count++] = number;
            else
                tally->listed[number] = false;
        }
}

/* Counting by sets goes through all of them: measured, that wins up to this many a report. */
#define SETS_A_REPORT 1

bool column_count(const struct column *column, const struct docset *set,
                  const struct docset *without, uint32_t reports, struct tally *tally,
                  struct error *err)
{
    struct counted counted = {set, without};
    if (reports < column->set_count / SETS_A_REPORT)
        count_reports(column, &counted, tally);
    else if (!count_sets(column, &counted, tally, err))
        return false;
    list_counted(column, tally);
    add_up(column, tally);
    close_ranks(column, tally);
    return true;
}
