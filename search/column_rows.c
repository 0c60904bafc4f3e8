#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/column_private.h"

struct column_rows *column_rows_new(uint32_t reports, size_t entries)
{
    struct column_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return NULL;
    rows->room = entries;
    rows->ends = malloc((reports + (size_t)1) * sizeof rows->ends[0]);
    rows->entries = malloc((rows->room + 1) * sizeof rows->entries[0]);
    if (rows->ends && rows->entries)
        return rows;
    column_rows_free(rows);
    return NULL;
}

bool column_rows_append(struct column_rows *rows, const uint32_t *entries, size_t count)
{
    if (!array_reserve(&rows->entries, &rows->room, rows->entry_count + count,
                       sizeof rows->entries[0]))
        return false;
    memcpy(rows->entries + rows->entry_count, entries, count * sizeof entries[0]);
    rows->entry_count += count;
    return true;
}

size_t column_rows_memory(const struct column_rows *rows)
{
    if (!rows)
        return 0;
    return sizeof *rows + rows->report_count * sizeof rows->ends[0] +
           rows->room * sizeof rows->entries[0];
}

void column_rows_free(struct column_rows *rows)
{
    if (!rows)
        return;
    free(rows->ends);
    free(rows->entries);
    free(rows);
}
