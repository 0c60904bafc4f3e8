#include "indexer/touched.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

void touched_clear(struct touched_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].id);
    free(list->items);
    memset(list, 0, sizeof *list);
}

static bool add(struct touched_list *list, const struct change *change, struct error *err)
{
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        for (size_t i = 0; i < change->ids[kind].count; i++) {
            if (!array_reserve(&list->items, &list->room, list->count + 1, sizeof *list->items) ||
                !(list->items[list->count].id = strdup(change->ids[kind].ids[i])))
                return error_set(err, ERROR_MEMORY, NULL, "out of memory");
            list->items[list->count++].sequence = change->sequence;
        }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct touched *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    return order ? order : left->sequence < right->sequence ? -1 : 1;
}

bool touched_read(const struct generation *generation, struct touched_list *out, struct error *err)
{
    struct changes *changes;
    const struct change *change = NULL;
    if (!changes_open(generation, 1, &changes, err))
        return false;
    bool ok;
    while ((ok = changes_next(changes, &change, err)) && change)
        if (!add(out, change, err)) {
            ok = false;
            break;
        }
    changes_close(changes);
    if (!ok || out->count == 0)
        return ok;
    qsort(out->items, out->count, sizeof *out->items, by_id);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (i + 1 < out->count && strcmp(out->items[i].id, out->items[i + 1].id) == 0)
            free(out->items[i].id);
        else
            out->items[kept++] = out->items[i];
    }
    out->count = kept;
    return true;
}
