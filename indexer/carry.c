#include "indexer/carry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/files.h"
#include "indexer/stored.h"
#include "indexer/touched.h"

#define MARK_NAME "carry"
#define WHERE     "carried over"

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

static int by_sequence(const void *a, const void *b)
{
    const struct touched *left = a, *right = b;
    if (left->sequence != right->sequence)
        return left->sequence < right->sequence ? -1 : 1;
    return strcmp(left->id, right->id);
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
    bool ok = touched_read(before, &list, err) && stored_open(before, &from, err);
    if (list.count > 0) /* in the order in which they were touched last */
        qsort(list.items, list.count, sizeof *list.items, by_sequence);
    for (size_t i = 0; ok && i < list.count; i++)
        ok = plan(&list.items[i], list.items[i].sequence > since, from, &update, err) &&
             (!update_is_full(&update) || flush(&update, to, out, err));
    ok = ok && flush(&update, to, out, err);
    update_clear(&update);
    stored_close(from);
    touched_clear(&list);
    return ok;
}
