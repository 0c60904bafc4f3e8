#include <stdlib.h>

#include "schema/buffer.h"
#include "search/column_private.h"

#define PARENTS_MAX 32

bool column_holders_find(const struct column *column, const bool *wanted, column_parents *parents,
                         const void *context, struct column_holders *out)
{
    out->ends = calloc(column->value_count + 1, sizeof out->ends[0]);
    if (!out->ends)
        return false;
    for (uint32_t number = 0; number < column->value_count; number++) {
        const char *names[PARENTS_MAX];
        size_t count = 0, holder;
        if (!wanted || wanted[number])
            count = parents(context, column->values[number], names, PARENTS_MAX);
        if (!array_reserve(&out->numbers, &out->room, out->count + count, sizeof out->numbers[0]))
            return false;
        for (size_t i = 0; i < count; i++)
            if (column_find(column, names[i], &holder) && holder != number)
                out->numbers[out->count++] = (uint32_t)holder;
        out->ends[number] = (uint32_t)out->count;
    }
    return true;
}

static bool is_above(const struct column *column, uint32_t number, uint32_t above)
{
    while (number != COLUMN_TOP && number != above)
        number = column->up[number];
    return number == above;
}

static size_t holders_begin(const struct column_holders *holders, uint32_t number)
{
    return number ? holders->ends[number - 1] : 0;
}

/* What a value that is new has above it: the first that makes no circle. */
static void find_up(struct column *column, const struct column_holders *holders, uint32_t number)
{
    for (size_t at = holders_begin(holders, number);
         at < holders->ends[number] && column->up[number] == COLUMN_TOP; at++)
        if (!is_above(column, holders->numbers[at], number))
            column->up[number] = holders->numbers[at];
}

/* How deep each value is, and how many are deeper than each depth. False out of memory. */
static bool find_depths(struct column *column)
{
    uint32_t deepest = 0;
    for (uint32_t number = 0; number < column->value_count; number++) {
        for (uint32_t up = column->up[number]; up != COLUMN_TOP; up = column->up[up])
            column->depths[number]++;
        deepest = column->depths[number] > deepest ? column->depths[number] : deepest;
    }
    column->level_count = deepest + 1;
    column->levels = calloc(column->level_count, sizeof column->levels[0]);
    if (!column->levels)
        return false;
    for (uint32_t number = 0; number < column->value_count; number++)
        for (uint32_t depth = 0; depth < column->depths[number]; depth++)
            column->levels[depth]++;
    return true;
}

/* Marks the values that the earlier column had, and gives them what they had. */
static void keep_old(struct column *column, const struct column *before, const uint32_t *numbers,
                     bool *old)
{
    for (uint32_t i = 0; i < before->value_count; i++) {
        uint32_t up = before->up[i];
        old[numbers[i]] = true;
        column->up[numbers[i]] = up == COLUMN_TOP ? COLUMN_TOP : numbers[up];
        column->direct[numbers[i]] = before->direct[i];
    }
}

bool column_tree_make(struct column *column, const struct column *before, const uint32_t *numbers,
                      const struct column_holders *holders, struct error *err)
{
    size_t count = column->value_count;
    bool *old = calloc(count + 1, sizeof old[0]);
    column->up = calloc(count + 1, sizeof column->up[0]);
    column->depths = calloc(count + 1, sizeof column->depths[0]);
    column->direct = calloc(count + 1, sizeof column->direct[0]);
    bool ok = old && column->up && column->depths && column->direct;
    for (uint32_t number = 0; ok && number < count; number++)
        column->up[number] = COLUMN_TOP;
    if (ok && before)
        keep_old(column, before, numbers, old);
    for (uint32_t number = 0; ok && number < count; number++)
        if (!old[number])
            find_up(column, holders, number);
    ok = ok && find_depths(column);
    free(old);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory loading a column");
}

void column_holders_clear(struct column_holders *holders)
{
    free(holders->ends);
    free(holders->numbers);
    *holders = (struct column_holders){0};
}

/* ---- entries ------------------------------------------------------------- */

bool column_encoder_init(struct column_encoder *encoder, const struct column *column,
                         const struct column_holders *holders)
{
    *encoder = (struct column_encoder){.column = column, .holders = holders};
    if (!column->up)
        return true;
    encoder->differences = calloc(column->value_count + 1, sizeof encoder->differences[0]);
    encoder->held = calloc(column->value_count + 1, sizeof encoder->held[0]);
    encoder->unordered = malloc((2 * column->value_count + 1) * sizeof encoder->unordered[0]);
    return encoder->differences && encoder->held && encoder->unordered;
}

void column_encoder_clear(struct column_encoder *encoder)
{
    free(encoder->differences);
    free(encoder->held);
    free(encoder->unordered);
    *encoder = (struct column_encoder){0};
}

static void note_set(struct column_encoder *encoder, const uint32_t *numbers, size_t count,
                     bool begins)
{
    const uint32_t *up = encoder->column->up;
    const struct column_holders *holders = encoder->holders;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = numbers[i];
        for (size_t at = holders_begin(holders, number); at < holders->ends[number]; at++)
            encoder->held[holders->numbers[at]] = begins;
        if (begins) {
            encoder->differences[number]++;
            if (up[number] != COLUMN_TOP)
                encoder->differences[up[number]]--;
        }
    }
}

/* Writes the difference of a value, and leaves it zero. */
static size_t put_difference(struct column_encoder *encoder, uint32_t number, uint32_t flags,
                             uint32_t *entries)
{
    int32_t difference = encoder->differences[number];
    size_t count = 0;
    for (; difference > 0; difference--)
        entries[count++] = number << COLUMN_ENTRY_BITS | flags;
    for (; difference < 0; difference++)
        entries[count++] = number << COLUMN_ENTRY_BITS | COLUMN_LESS;
    encoder->differences[number] = 0;
    return count;
}

/* Puts entries into the order of kinds. */
static void order_kinds(const uint32_t *unordered, size_t count, uint32_t *entries)
{
    static const uint32_t kinds[] = {COLUMN_DIRECT, 0, COLUMN_LESS};
    for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++)
        for (size_t i = 0; i < count; i++)
            if ((unordered[i] & COLUMN_FLAGS) == kinds[kind])
                *entries++ = unordered[i];
}

struct column_set column_set_of(const uint32_t *entries, size_t count, uint32_t end)
{
    struct column_set set = {.end = end};
    for (size_t i = 0; i < count; i++) {
        set.direct = (uint16_t)(set.direct + ((entries[i] & COLUMN_DIRECT) != 0));
        set.adding = (uint16_t)(set.adding + ((entries[i] & COLUMN_LESS) == 0));
    }
    return set;
}

size_t column_encode(struct column_encoder *encoder, const uint32_t *numbers, size_t count,
                     uint32_t *entries)
{
    const uint32_t *up = encoder->column->up;
    uint32_t *unordered = encoder->unordered;
    size_t written = 0;
    if (!up) {
        for (size_t i = 0; i < count; i++)
            entries[i] = numbers[i] << COLUMN_ENTRY_BITS;
        return count;
    }
    note_set(encoder, numbers, count, true);
    for (size_t i = 0; i < count; i++)
        written +=
            put_difference(encoder, numbers[i], encoder->held[numbers[i]] ? 0 : COLUMN_DIRECT,
                           unordered + written);
    for (size_t i = 0; i < count; i++) /* those above that the set lacks */
        if (up[numbers[i]] != COLUMN_TOP)
            written += put_difference(encoder, up[numbers[i]], 0, unordered + written);
    note_set(encoder, numbers, count, false);
    order_kinds(unordered, written, entries);
    return written;
}
