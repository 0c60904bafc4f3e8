#include "search/column.h"

#include <stdlib.h>
#include <string.h>

#include "search/column_private.h"

void column_free(struct column *column)
{
    if (!column)
        return;
    if (!column->borrows) {
        free(column->text);
        free(column->terms);
        free(column->values);
    }
    free(column->totals);
    free(column->up);
    free(column->rising);
    free(column->direct);
    free(column->narrow_sets);
    free(column->wide_sets);
    free(column->ends);
    free(column->narrow);
    free(column->wide);
    free(column);
}

size_t column_value_count(const struct column *column)
{
    return column->value_count;
}

const char *column_value(const struct column *column, size_t number)
{
    return column->values[number];
}

uint32_t column_total(const struct column *column, size_t number)
{
    return column->totals[number];
}

uint32_t column_direct_total(const struct column *column, size_t number)
{
    return column->direct ? column->direct[number] : column->totals[number];
}

static int compare_terms(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

bool column_find(const struct column *column, const char *value, size_t *number)
{
    char term[FIELD_TERM_ROOM];
    field_term(column->field, value, strlen(value), term);
    const char **found =
        bsearch(term, column->terms, column->value_count, sizeof column->terms[0], compare_terms);
    if (found)
        *number = (size_t)(found - column->terms);
    return found;
}

static uint32_t set_of(const struct column *column, size_t docid)
{
    return column->narrow_sets ? column->narrow_sets[docid] : column->wide_sets[docid];
}

static void add_entry(uint32_t entry, uint32_t reports, uint32_t *counts, uint32_t *direct)
{
    uint32_t number = entry >> COLUMN_ENTRY_BITS;
    counts[number] += entry & COLUMN_LESS ? 0 - reports : reports;
    if (direct)
        direct[number] += entry & COLUMN_DIRECT ? reports : 0;
}

static void add_set(const struct column *column, uint32_t set, uint32_t reports, uint32_t *counts,
                    uint32_t *direct)
{
    size_t at = set ? column->ends[set - 1] : 0, end = column->ends[set];
    if (column->narrow)
        for (; at < end; at++)
            add_entry(column->narrow[at], reports, counts, direct);
    else
        for (; at < end; at++)
            add_entry(column->wide[at], reports, counts, direct);
}

/* Adds to each value what is below it. */
static void add_up(const struct column *column, uint32_t *counts)
{
    for (size_t i = 0; i < column->rising_count; i++)
        counts[column->up[column->rising[i]]] += counts[column->rising[i]];
}

/* Reports that are counted one by one are taken so many at a time, so that what the memory brings
 * for one is on its way while it brings that for the others. */
#define BATCH 64

struct batch {
    size_t count;
    uint32_t sets[BATCH];
};

static void add_batch(const struct column *column, const struct batch *batch, uint32_t *counts,
                      uint32_t *direct)
{
    for (size_t i = 0; i < batch->count; i++)
        __builtin_prefetch(&column->ends[batch->sets[i]]);
    for (size_t i = 0; i < batch->count; i++) {
        size_t begin = column->ends[batch->sets[i] - (batch->sets[i] > 0)];
        __builtin_prefetch(column->narrow ? (void *)&column->narrow[begin]
                                          : (void *)&column->wide[begin]);
    }
    for (size_t i = 0; i < batch->count; i++)
        add_set(column, batch->sets[i], 1, counts, direct);
}

static void count_reports(const struct column *column, const struct docset *set, uint32_t *counts,
                          uint32_t *direct)
{
    struct batch batch = {0};
    for (size_t i = 0; i < set->word_count; i++)
        for (uint64_t word = set->words[i]; word; word &= word - 1) {
            batch.sets[batch.count++] = set_of(column, i * 64 + (unsigned)__builtin_ctzll(word));
            if (batch.count == BATCH) {
                add_batch(column, &batch, counts, direct);
                batch.count = 0;
            }
        }
    add_batch(column, &batch, counts, direct);
}

static bool count_sets(const struct column *column, const struct docset *set, uint32_t *counts,
                       uint32_t *direct, struct error *err)
{
    uint32_t *reports = calloc(column->set_count, sizeof reports[0]);
    if (!reports)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    for (size_t i = 0; i < set->word_count; i++)
        for (uint64_t word = set->words[i]; word; word &= word - 1)
            reports[set_of(column, i * 64 + (unsigned)__builtin_ctzll(word))]++;
    for (uint32_t number = 0; number < column->set_count; number++)
        if (reports[number])
            add_set(column, number, reports[number], counts, direct);
    free(reports);
    return true;
}

/* Counting by sets goes through all of them: measured, that wins up to this many a report. */
#define SETS_A_REPORT 1

bool column_count(const struct column *column, const struct docset *set, uint32_t *counts,
                  uint32_t *direct, struct error *err)
{
    if (column->value_count)
        memset(counts, 0, column->value_count * sizeof counts[0]);
    if (column->value_count && direct)
        memset(direct, 0, column->value_count * sizeof direct[0]);
    if (docset_count(set) < column->set_count / SETS_A_REPORT)
        count_reports(column, set, counts, direct);
    else if (!count_sets(column, set, counts, direct, err))
        return false;
    add_up(column, counts);
    return true;
}

size_t column_memory(const struct column *column)
{
    size_t count = column->value_count, entries = column->ends[column->set_count - 1];
    size_t tree =
        column->up ? sizeof column->up[0] + sizeof column->rising[0] + sizeof column->direct[0] : 0;
    const char *end = count ? column->terms[count - 1] : column->text;
    size_t set_size =
        column->narrow_sets ? sizeof column->narrow_sets[0] : sizeof column->wide_sets[0];
    return sizeof *column + ((size_t)column->last + 1) * set_size +
           column->set_count * sizeof column->ends[0] +
           entries * (column->narrow ? sizeof column->narrow[0] : sizeof column->wide[0]) +
           count * (2 * sizeof(char *) + sizeof column->totals[0] + tree) +
           (size_t)(end - column->text) + strlen(end) + 1;
}
