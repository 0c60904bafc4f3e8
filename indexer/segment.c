#include "indexer/segment.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/extraction.h"
#include "indexer/files.h"
#include "indexer/frequent_lists.h"
#include "indexer/report_writer.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/generation.h"
#include "schema/packing.h"
#include "schema/word_list.h"

#define SEGMENTS_AHEAD 2u /* each worker has at least so many before it, but for the smallest */

struct segment_writer {
    const struct spool *spool;
    struct extraction *extraction;
    struct document_kit *kit;
    const struct choices *choices;
    struct frequent_lists *frequent; /* of the segment in the making */
    struct xap_db *previous;         /* NULL where there is none */
};

/* Of the next segment, where so many bytes are left: the last ones get smaller and smaller, so that
 * all workers end at about the same time. */
static uint64_t choose_bytes(uint64_t left, unsigned workers)
{
    uint64_t share = left / workers / SEGMENTS_AHEAD;
    if (share > SEGMENT_BYTES)
        return SEGMENT_BYTES;
    return share > SEGMENT_LEAST ? share : SEGMENT_LEAST;
}

bool segment_plan_make(const struct spool *spool, unsigned workers, struct segment_plan *out,
                       struct error *err)
{
    struct segment_plan plan = {0};
    size_t room = 0, reports = 0, count = spool_count(spool);
    uint64_t left = 0, bytes = 0;
    for (size_t i = 0; i < count; i++)
        left += spool_size(spool, i);
    uint64_t most = choose_bytes(left, workers);
    for (size_t i = 0; i < count; i++) {
        bytes += spool_size(spool, i);
        if (++reports < SEGMENT_REPORTS && bytes < most && i + 1 < count)
            continue;
        if (!array_reserve(&plan.ends, &room, plan.count + 1, sizeof *plan.ends)) {
            segment_plan_clear(&plan);
            return error_set(err, ERROR_MEMORY, NULL, "out of memory");
        }
        plan.ends[plan.count++] = i + 1;
        left -= bytes;
        most = choose_bytes(left, workers);
        reports = bytes = 0;
    }
    *out = plan;
    return true;
}

void segment_plan_clear(struct segment_plan *plan)
{
    free(plan->ends);
    memset(plan, 0, sizeof *plan);
}

bool segment_writer_open(const struct spool *spool, const struct vocabulary *vocabulary,
                         const struct extraction_options *extraction, const struct choices *choices,
                         const char *previous, struct segment_writer **out, struct error *err)
{
    const struct dictionary *dictionary = &choices->dictionary;
    struct segment_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    writer->spool = spool;
    writer->choices = choices;
    struct xap_error fault = {0};
    if (previous && !xap_db_open(previous, &writer->previous, &fault)) {
        segment_writer_close(writer);
        return error_set_xapian(err, previous, &fault);
    }
    if (!extraction_open(vocabulary, extraction, &writer->extraction, err) ||
        !document_kit_new(dictionary->bytes, dictionary->size, &writer->kit, err) ||
        !frequent_lists_new(choices->frequent, &writer->frequent, err) ||
        !document_kit_set_words(writer->kit, choices->words, writer->frequent, err)) {
        segment_writer_close(writer);
        return false;
    }
    *out = writer;
    return true;
}

void segment_writer_close(struct segment_writer *writer)
{
    if (!writer)
        return;
    document_kit_free(writer->kit);
    frequent_lists_free(writer->frequent);
    extraction_close(writer->extraction);
    xap_db_close(writer->previous);
    free(writer);
}

/* '*same' says whether the index as it is now has this report, saying the same. */
static bool compare(struct segment_writer *writer, const char *term, const unsigned char *hash,
                    bool *same, struct xap_error *fault)
{
    struct xap_postings *postings = NULL;
    uint32_t docid;
    size_t count = 0;
    bool ok = xap_postings_open(writer->previous, term, &postings, fault) &&
              xap_postings_read(postings, 1, &docid, NULL, NULL, &count, fault);
    *same = false;
    if (ok && count == 1)
        ok = document_has_hash(writer->previous, docid, hash, same, fault);
    xap_postings_close(postings);
    return ok;
}

/* A feed may write to that index meanwhile: then what is there now is compared. Where it cannot
 * be read, the report counts as changed. */
static bool is_unchanged(struct segment_writer *writer, const struct report *report,
                         const struct spool_note *note)
{
    char term[FIELD_TERM_ROOM];
    struct xap_error fault = {0};
    bool same = false, moved;
    if (!writer->previous)
        return false;
    document_id_term(report->id, term);
    while (!compare(writer, term, note->hash, &same, &fault) && fault.code == XAP_MODIFIED &&
           xap_db_reopen(writer->previous, &moved, NULL) && moved)
        continue;
    return same;
}

/* One attempt at a segment. */
struct attempt {
    struct segment_writer *writer;
    struct xap_writer *database;
    struct report_writer *files;
    const struct segment_events *events;
    size_t begin, end;
    size_t uncommitted; /* bytes of reports */
    bool *bad;          /* of report begin + i: it was rejected */
    struct segment_counts counts;
};

static void reject(struct attempt *attempt, size_t i, const struct spool_note *note,
                   const struct error *reason)
{
    struct error why = {0};
    error_set(&why, reason->code, note->where, "%s", reason->text);
    attempt->bad[i - attempt->begin] = true;
    attempt->events->rejected(attempt->events->context, &why);
}

enum step { STEP_ON, STEP_AGAIN, STEP_FAILED };

static enum step add_report(struct attempt *attempt, size_t i, struct error *err)
{
    struct segment_writer *writer = attempt->writer;
    struct report report = {0};
    struct spool_note note;
    struct xap_document *doc = NULL;
    struct error reason = {0};
    struct xap_error fault = {0};
    enum step step = STEP_ON;
    uint32_t docid;
    if (!spool_read(writer->spool, i, &report, &note, err))
        return STEP_FAILED;
    if (!extraction_run(writer->extraction, &report, &reason) ||
        !document_make(writer->kit, &report, note.hash, &doc, &reason)) {
        step = document_is_to_blame(reason.code) ? STEP_ON : STEP_FAILED;
    } else if (!xap_writer_add(attempt->database, doc, &docid, &fault)) {
        /* Xapian has thrown away all that came before it as well. */
        error_set_xapian(&reason, report.id, &fault);
        step = document_is_to_blame(reason.code) ? STEP_AGAIN : STEP_FAILED;
    } else if (!report_writer_add(attempt->files, document_words(writer->kit),
                                  document_text(writer->kit), &reason) ||
               !frequent_lists_keep(writer->frequent, docid, &reason)) {
        step = STEP_FAILED;
    } else if (is_unchanged(writer, &report, &note)) {
        attempt->counts.unchanged++;
    } else {
        attempt->counts.accepted++;
    }
    if (step == STEP_FAILED)
        error_set(err, reason.code, reason.where, "%s", reason.text);
    else if (reason.code != ERROR_NONE)
        reject(attempt, i, &note, &reason);
    xap_document_free(doc);
    report_clear(&report);
    return step;
}

/* The same with a commit, where enough has come together. */
static enum step add_and_commit(struct attempt *attempt, size_t i, const char *path,
                                struct error *err)
{
    struct xap_error fault = {0};
    enum step step = add_report(attempt, i, err);
    attempt->uncommitted += spool_size(attempt->writer->spool, i);
    if (step != STEP_ON || attempt->uncommitted < SEGMENT_COMMIT_BYTES)
        return step;
    attempt->uncommitted = 0;
    if (xap_writer_commit(attempt->database, &fault))
        return STEP_ON;
    error_set_xapian(err, path, &fault);
    return STEP_FAILED;
}

/* The larger ones stand in the first segment: compaction keeps one of equal keys. */
static bool set_metadata(struct attempt *attempt, struct xap_error *fault)
{
    const struct dictionary *dictionary = &attempt->writer->choices->dictionary;
    const char *words = attempt->writer->choices->words;
    return xap_writer_set_metadata(attempt->database, SCHEMA_VERSION_KEY, SCHEMA_VERSION,
                                   strlen(SCHEMA_VERSION), fault) &&
           (attempt->begin > 0 || xap_writer_set_metadata(attempt->database, WORD_LIST_KEY, words,
                                                          strlen(words), fault)) &&
           (attempt->begin > 0 || dictionary->size == 0 ||
            xap_writer_set_metadata(attempt->database, PACKING_KEY, dictionary->bytes,
                                    dictionary->size, fault));
}

static bool write_frequent(const struct attempt *attempt, const char *path, struct error *err)
{
    const struct segment_counts *counts = &attempt->counts;
    char *file = files_join(path, GENERATION_FREQUENT, err);
    bool ok = file && frequent_lists_write(attempt->writer->frequent, file,
                                           (uint32_t)(counts->accepted + counts->unchanged), err);
    free(file);
    return ok;
}

static enum step try_segment(struct attempt *attempt, const char *path, struct error *err)
{
    struct xap_error fault = {0};
    const struct extraction_stats before = *extraction_stats(attempt->writer->extraction);
    attempt->counts = (struct segment_counts){0};
    attempt->uncommitted = 0;
    frequent_lists_reset(attempt->writer->frequent);
    if (!xap_writer_open(path, XAP_CREATE_OR_OVERWRITE, XAP_NO_SYNC | XAP_DANGEROUS, 0,
                         &attempt->database, &fault)) {
        error_set_xapian(err, path, &fault);
        return STEP_FAILED;
    }
    enum step step = report_writer_open(path, &attempt->files, err) ? STEP_ON : STEP_FAILED;
    for (size_t i = attempt->begin; i < attempt->end && step == STEP_ON; i++)
        if (!attempt->bad[i - attempt->begin])
            step = add_and_commit(attempt, i, path, err);
    if (step == STEP_ON &&
        (!set_metadata(attempt, &fault) || !xap_writer_commit(attempt->database, &fault))) {
        error_set_xapian(err, path, &fault);
        step = STEP_FAILED;
    }
    if (step == STEP_ON &&
        (!report_writer_finish(attempt->files, err) || !write_frequent(attempt, path, err)))
        step = STEP_FAILED;
    report_writer_close(attempt->files);
    attempt->files = NULL;
    xap_writer_close(attempt->database);
    const struct extraction_stats *after = extraction_stats(attempt->writer->extraction);
    attempt->counts.given = after->given - before.given;
    attempt->counts.given_unknown = after->given_unknown - before.given_unknown;
    return step;
}

bool segment_write(struct segment_writer *writer, size_t begin, size_t end, const char *path,
                   const struct segment_events *events, struct error *err)
{
    struct attempt attempt = {.writer = writer, .events = events, .begin = begin, .end = end};
    attempt.bad = calloc(end - begin, sizeof *attempt.bad);
    if (!attempt.bad)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    enum step step;
    do
        step = try_segment(&attempt, path, err);
    while (step == STEP_AGAIN);
    free(attempt.bad);
    if (step == STEP_FAILED)
        return false;
    events->written(events->context, &attempt.counts);
    return true;
}
