#include "search/tally.h"

#include <stdlib.h>

static size_t block_count(size_t value_count)
{
    return value_count / TALLY_BLOCK + 1;
}

bool tally_new(size_t value_count, size_t level_count, size_t set_count, struct tally **out,
               struct error *err)
{
    struct tally *tally = calloc(1, sizeof *tally);
    if (!tally)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    size_t room = block_count(value_count) * TALLY_BLOCK;
    *tally = (struct tally){
        .cells = calloc(room, sizeof tally->cells[0]),
        .blocks = calloc(block_count(value_count), sizeof tally->blocks[0]),
        .listed = calloc(room, sizeof tally->listed[0]),
        .numbers = malloc((room + level_count) * sizeof tally->numbers[0]),
        .ends = calloc(level_count, sizeof tally->ends[0]),
        .set_reports = calloc(set_count, sizeof tally->set_reports[0]),
        .sets = malloc((set_count + 1) * sizeof tally->sets[0]), /* one is written past the last */
        .value_count = value_count,
        .level_count = level_count,
        .set_count = set_count,
    };
    if (!tally->cells || !tally->blocks || !tally->listed || !tally->numbers || !tally->ends ||
        !tally->set_reports || !tally->sets) {
        tally_free(tally);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    }
    *out = tally;
    return true;
}

void tally_free(struct tally *tally)
{
    if (!tally)
        return;
    free(tally->cells);
    free(tally->blocks);
    free(tally->listed);
    free(tally->numbers);
    free(tally->ends);
    free(tally->set_reports);
    free(tally->sets);
    free(tally);
}

void tally_clear(struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        tally->cells[tally->numbers[i]] = 0;
        tally->listed[tally->numbers[i]] = false;
    }
    tally->count = 0;
}

size_t tally_memory(const struct tally *tally)
{
    size_t blocks = block_count(tally->value_count);
    return sizeof *tally + blocks * sizeof tally->blocks[0] +
           blocks * TALLY_BLOCK *
               (sizeof tally->cells[0] + sizeof tally->listed[0] + sizeof tally->numbers[0]) +
           tally->level_count * (sizeof tally->ends[0] + sizeof tally->numbers[0]) +
           tally->set_count * (sizeof tally->set_reports[0] + sizeof tally->sets[0]);
}
