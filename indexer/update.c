#include "indexer/update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/files.h"
#include "indexer/journal.h"
#include "schema/buffer.h"
#include "schema/field.h"

#define SAME_ID 8u /* documents with one id, read at once; there is one, or none */

/* ---- what to do --------------------------------------------------------- */

static struct update_step *add_step(struct update *update, enum update_kind kind, size_t source,
                                    struct error *err)
{
    if (!array_reserve(&update->steps, &update->room, update->count + 1, sizeof *update->steps)) {
        error_set(err, ERROR_MEMORY, NULL, "out of memory");
        return NULL;
    }
    struct update_step *step = &update->steps[update->count];
    memset(step, 0, sizeof *step);
    step->kind = kind;
    step->source = source;
    return step;
}

bool update_put(struct update *update, enum update_kind kind, struct report *report,
                const char *where, size_t source, struct error *err)
{
    struct update_step *step = add_step(update, kind, source, err);
    if (!step || !spool_hash(report, step->hash, err))
        return false;
    step->report = *report;
    memset(report, 0, sizeof *report);
    snprintf(step->why.where, sizeof step->why.where, "%s", where);
    update->bytes += step->report.body_size;
    update->count++;
    return true;
}

bool update_remove(struct update *update, const char *id, size_t source, struct error *err)
{
    struct update_step *step = add_step(update, UPDATE_REMOVE, source, err);
    if (!step)
        return false;
    step->report.id = strdup(id);
    if (!step->report.id)
        return error_set(err, ERROR_MEMORY, id, "out of memory");
    update->count++;
    return true;
}

bool update_is_full(const struct update *update)
{
    return update->count >= UPDATE_STEPS || update->bytes >= UPDATE_BYTES;
}

void update_reset(struct update *update)
{
    for (size_t i = 0; i < update->count; i++)
        report_clear(&update->steps[i].report);
    update->count = 0;
    update->bytes = 0;
}

void update_clear(struct update *update)
{
    update_reset(update);
    free(update->steps);
    memset(update, 0, sizeof *update);
}

/* ---- doing it ----------------------------------------------------------- */

/* One commit in the making. */
struct work {
    struct update *update;
    const struct update_target *target;
    char *database; /* path */
    struct xap_writer *writer;
    struct journal *journal;
};

enum progress { GO_ON, START_AGAIN, FAILED };

static enum progress fail(const struct work *work, const struct xap_error *fault, struct error *err)
{
    error_set_xapian(err, work->database, fault);
    return FAILED;
}

static void reject(struct update_step *step, const struct error *reason)
{
    char where[sizeof step->why.where];
    memcpy(where, step->why.where, sizeof where);
    error_clear(&step->why);
    error_set(&step->why, reason->code, where, "%s", reason->text);
    step->outcome = OUTCOME_REJECTED;
}

/* The documents with the step's id: their number and the first ones. */
static bool find(const struct work *work, const struct update_step *step, uint32_t docids[SAME_ID],
                 size_t *count, struct xap_error *fault)
{
    char term[FIELD_TERM_ROOM];
    struct xap_postings *postings;
    document_id_term(step->report.id, term);
    if (!xap_postings_open(xap_writer_db(work->writer), term, &postings, fault))
        return false;
    bool ok = xap_postings_read(postings, SAME_ID, docids, NULL, NULL, count, fault);
    xap_postings_close(postings);
    return ok;
}

static bool delete_all(const struct work *work, const uint32_t *docids, size_t count,
                       struct xap_error *fault)
{
    for (size_t i = 0; i < count; i++)
        if (!xap_writer_delete(work->writer, docids[i], fault))
            return false;
    return true;
}

static enum progress remove_report(struct work *work, struct update_step *step, struct error *err)
{
    struct xap_error fault = {0};
    uint32_t docids[SAME_ID];
    size_t count = 0;
    if (!find(work, step, docids, &count, &fault) || !delete_all(work, docids, count, &fault))
        return fail(work, &fault, err);
    step->was_there = count > 0;
    step->outcome = count > 0 ? OUTCOME_REMOVED : OUTCOME_ABSENT;
    return GO_ON;
}

static enum progress write_report(struct work *work, struct update_step *step,
                                  const uint32_t *docids, size_t count, struct error *err)
{
    struct xap_document *doc = NULL;
    struct xap_error fault = {0};
    struct error reason = {0};
    enum progress progress = GO_ON;
    if (!extraction_run(work->target->extraction, &step->report, &reason) ||
        !document_make(work->target->kit, &step->report, step->hash, &doc, &reason)) {
        progress = document_is_to_blame(reason.code) ? GO_ON : FAILED;
    } else if (!document_embed(work->target->kit, doc, &fault) ||
               !delete_all(work, docids, count, &fault)) {
        progress = fail(work, &fault, err);
    } else if (!xap_writer_add(work->writer, doc, NULL, &fault)) {
        /* Xapian has thrown away all that came before it as well. */
        error_set_xapian(&reason, step->report.id, &fault);
        progress = document_is_to_blame(reason.code) ? START_AGAIN : FAILED;
    } else {
        step->outcome = count > 0 ? OUTCOME_REPLACED : OUTCOME_ADDED;
    }
    xap_document_free(doc);
    if (progress == FAILED)
        error_set(err, reason.code, reason.where, "%s", reason.text);
    else if (reason.code != ERROR_NONE)
        reject(step, &reason);
    return progress;
}

static enum progress put_report(struct work *work, struct update_step *step, struct error *err)
{
    struct xap_error fault = {0};
    uint32_t docids[SAME_ID];
    size_t count = 0;
    bool same = false;
    if (!find(work, step, docids, &count, &fault) ||
        (count == 1 &&
         !document_has_hash(xap_writer_db(work->writer), docids[0], step->hash, &same, &fault)))
        return fail(work, &fault, err);
    step->was_there = count > 0;
    if (same || (count > 0 && step->kind == UPDATE_ADD)) {
        step->outcome = OUTCOME_UNCHANGED;
        return GO_ON;
    }
    if (count == 0 && step->kind == UPDATE_REPLACE) {
        struct error reason = {0};
        error_set(&reason, ERROR_NO_INPUT, NULL, "no report '%.80s' is there to be replaced",
                  step->report.id);
        reject(step, &reason);
        return GO_ON;
    }
    return write_report(work, step, docids, count, err);
}

static bool do_steps(struct work *work, struct error *err)
{
    struct update *update = work->update;
    enum progress progress;
    do {
        progress = GO_ON;
        for (size_t i = 0; i < update->count && progress == GO_ON; i++) {
            struct update_step *step = &update->steps[i];
            if (step->outcome == OUTCOME_REJECTED)
                continue;
            progress = step->kind == UPDATE_REMOVE ? remove_report(work, step, err)
                                                   : put_report(work, step, err);
        }
    } while (progress == START_AGAIN);
    return progress == GO_ON;
}

/* ---- the commit --------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    const struct update_step *left = *(struct update_step *const *)a;
    const struct update_step *right = *(struct update_step *const *)b;
    int order = strcmp(left->report.id, right->report.id);
    return order ? order : left < right ? -1 : left > right;
}

static bool is_there(const struct update_step *step)
{
    return step->outcome != OUTCOME_REMOVED && step->outcome != OUTCOME_ABSENT;
}

static bool changes_something(const struct update_step *step)
{
    return step->outcome == OUTCOME_ADDED || step->outcome == OUTCOME_REPLACED ||
           step->outcome == OUTCOME_REMOVED;
}

/* What the steps [first, last], all of one id, come to; CHANGE_KINDS for nothing. */
static enum change_kind sum_up(struct update_step *const *first, struct update_step *const *last)
{
    bool changed = false;
    for (struct update_step *const *at = first; at <= last; at++)
        changed = changed || changes_something(*at);
    bool before = (*first)->was_there, after = is_there(*last);
    if (!changed || (!before && !after))
        return CHANGE_KINDS;
    return !before ? CHANGE_ADDED : after ? CHANGE_REPLACED : CHANGE_REMOVED;
}

/* Fills the ids of the change, borrowed from the steps; the caller frees the lists. */
static bool list_changes(const struct update *update, struct change *change, struct error *err)
{
    size_t room = update->count + 1, count = 0;
    struct update_step **sorted = calloc(room, sizeof *sorted);
    bool ok = sorted != NULL;
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++) {
        change->ids[kind].ids = calloc(room, sizeof *change->ids[kind].ids);
        ok = ok && change->ids[kind].ids;
    }
    if (!ok) {
        free(sorted);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    for (size_t i = 0; i < update->count; i++)
        if (update->steps[i].outcome != OUTCOME_REJECTED)
            sorted[count++] = &update->steps[i];
    qsort(sorted, count, sizeof(struct update_step *), by_id);
    for (size_t begin = 0, end; begin < count; begin = end) {
        const char *id = sorted[begin]->report.id;
        for (end = begin + 1; end < count && strcmp(sorted[end]->report.id, id) == 0;)
            end++;
        enum change_kind kind = sum_up(&sorted[begin], &sorted[end - 1]);
        if (kind != CHANGE_KINDS)
            change->ids[kind].ids[change->ids[kind].count++] = id;
    }
    free(sorted);
    return true;
}

static bool commit(struct work *work, struct change *change, struct error *err)
{
    const struct xap_db *db = xap_writer_db(work->writer);
    struct xap_error fault = {0};
    uint32_t reports;
    if (!xap_db_document_count(db, &reports, &fault) ||
        !xap_db_revision(db, &change->revision, &fault))
        return error_set_xapian(err, work->database, &fault);
    change->revision++;
    change->reports = reports;
    return journal_append(work->journal, change, err) &&
           journal_mark(work->journal, work->writer, err) &&
           (xap_writer_commit(work->writer, &fault) ||
            error_set_xapian(err, work->database, &fault)) &&
           files_sync(work->database, err);
}

/* Commits what the steps came to, if anything. */
static bool conclude(struct work *work, struct update_commit *out, struct error *err)
{
    struct change change = {0};
    size_t changed = 0;
    bool ok = list_changes(work->update, &change, err);
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        changed += change.ids[kind].count;
    ok = ok && (changed == 0 || commit(work, &change, err));
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        free(change.ids[kind].ids);
    if (ok && changed > 0) {
        out->sequence = change.sequence;
        out->reports = change.reports;
    }
    for (size_t i = 0; ok && i < work->update->count; i++)
        out->outcomes[work->update->steps[i].outcome]++;
    return ok;
}

static bool open_work(struct work *work, struct update_commit *out, struct error *err)
{
    struct xap_error fault = {0};
    struct changes_mark mark = {0};
    uint32_t reports = 0;
    /* Xapian commits by itself after so many changes, and in a batch that would be too soon. */
    setenv("XAPIAN_FLUSH_THRESHOLD", "1000000000", 1);
    work->database = files_join(work->target->directory, "database", err);
    if (!work->database)
        return false;
    if (!xap_writer_open(work->database, XAP_OPEN, 0, 0, &work->writer, &fault) ||
        !xap_db_document_count(xap_writer_db(work->writer), &reports, &fault))
        return error_set_xapian(err, work->database, &fault);
    if (!changes_mark_read(xap_writer_db(work->writer), &mark, err))
        return false;
    out->reports = reports;
    out->sequence = mark.sequence;
    return journal_open(work->target->directory, xap_writer_db(work->writer), &work->journal, err);
}

bool update_apply(struct update *update, const struct update_target *target,
                  struct update_commit *out, struct error *err)
{
    struct work work = {.update = update, .target = target};
    struct update_commit made = {0};
    bool ok = open_work(&work, &made, err) && do_steps(&work, err) && conclude(&work, &made, err);
    journal_close(work.journal);
    xap_writer_close(work.writer);
    free(work.database);
    if (ok)
        *out = made;
    return ok;
}
