#include "indexer/carry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/files.h"
#include "indexer/stored.h"
#include "schema/buffer.h"

#define MARK_NAME "carry"
#define WHERE     "carried over"

/* An id that the log names, with the last commit that did. */
struct touched {
    char *id;
    uint64_t sequence;
};

struct touched_list {
    struct touched *items;
    size_t count, room;
};

/* ---- when the build begins ---------------------------------------------- */

static bool read_sequence(const struct generation *generation, uint64_t *out, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_db *db;
    struct changes_mark mark;
    if (!xap_db_open(generation->database_path, &db, &fault))
        return error_set_xapian(err, generation->database_path, &fault);
    bool ok = changes_mark_read(db, &mark, err);
    xap_db_close(db);
    if (ok)
        *out = mark.sequence;
    return ok;
}

bool carry_mark(const struct generation *before, const char *workspace, bool resumed,
                uint64_t *sequence, struct error *err)
{
    char *path = files_join(workspace, MARK_NAME, err);
    FILE *file = path && resumed ? fopen(path, "re") : NULL;
    uint64_t found = 0;
    bool known = file && fscanf(file, "%" SCNu64, &found) == 1;
    bool ok = path != NULL;
    if (file)
        fclose(file);
    if (ok && !known) {
        char text[32];
        ok = read_sequence(before, &found, err);
        int size = snprintf(text, sizeof text, "%" PRIu64 "\n", found);
        ok = ok && files_write(path, text, (size_t)size, err);
    }
    free(path);
    if (ok)
        *sequence = found;
    return ok;
}

/* ---- when it ends ------------------------------------------------------- */

static void free_touched(struct touched_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].id);
    free(list->items);
}

static bool add_touched(struct touched_list *list, const struct change *change, struct error *err)
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

static int by_sequence(const void *a, const void *b)
{
    const struct touched *left = a, *right = b;
    if (left->sequence != right->sequence)
        return left->sequence < right->sequence ? -1 : 1;
    return strcmp(left->id, right->id);
}

/* All that commits touched, each id once, in the order in which they were touched last. */
static bool list_touched(const struct generation *before, struct touched_list *out,
                         struct error *err)
{
    struct changes *changes;
    const struct change *change = NULL;
    if (!changes_open(before, 1, &changes, err))
        return false;
    bool ok;
    while ((ok = changes_next(changes, &change, err)) && change)
        if (!add_touched(out, change, err)) {
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
    qsort(out->items, out->count, sizeof *out->items, by_sequence);
    return true;
}

/* One id: puts into the update what is to be done about it, if anything. */
static bool plan(const struct touched *touched, bool is_late, const struct stored *from,
                 struct update *update, struct error *err)
{
    struct report report = {0};
    bool found = false;
    if (!stored_read(from, touched->id, &found, &report, err))
        return false;
    if (!found)
        return !is_late || update_remove(update, touched->id, 0, err);
    bool ok = update_put(update, is_late ? UPDATE_PUT : UPDATE_ADD, &report, WHERE, 0, err);
    report_clear(&report);
    return ok;
}

static bool flush(struct update *update, const struct update_target *to, struct carry_counts *out,
                  struct error *err)
{
    struct update_commit done = {0};
    if (update->count == 0)
        return true;
    if (!update_apply(update, to, &done, err))
        return false;
    for (size_t i = 0; i < update->count; i++)
        if (update->steps[i].outcome == OUTCOME_REJECTED)
            return error_set(err, update->steps[i].why.code, update->steps[i].report.id, "%s",
                             update->steps[i].why.text);
    out->carried += done.outcomes[OUTCOME_ADDED] + done.outcomes[OUTCOME_REPLACED];
    out->removed += done.outcomes[OUTCOME_REMOVED];
    out->reports = done.reports;
    update_reset(update);
    return true;
}

bool carry_over(const struct generation *before, uint64_t since, const struct update_target *to,
                struct carry_counts *out, struct error *err)
{
    struct touched_list list = {0};
    struct stored *from = NULL;
    struct update update = {0};
    bool ok = list_touched(before, &list, err) && stored_open(before->database_path, &from, err);
    for (size_t i = 0; ok && i < list.count; i++)
        ok = plan(&list.items[i], list.items[i].sequence > since, from, &update, err) &&
             (!update_is_full(&update) || flush(&update, to, out, err));
    ok = ok && flush(&update, to, out, err);
    update_clear(&update);
    stored_close(from);
    free_touched(&list);
    return ok;
}
