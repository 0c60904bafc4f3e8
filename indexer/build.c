#include "indexer/build.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/compaction.h"
#include "indexer/crew.h"
#include "indexer/files.h"
#include "indexer/intake.h"
#include "indexer/publication.h"
#include "indexer/segment.h"
#include "indexer/spool.h"
#include "schema/vocabulary_compiled.h"

#define PROGRESS_SECONDS 0.2

const char *const build_phase_names[BUILD_PHASES] = {"reading", "indexing", "merging",
                                                     "publishing"};

/* One run. */
struct build {
    const struct build_options *options;
    const struct build_observer *observer;
    struct build_result *result;
    struct publication *publication;
    struct vocabulary *vocabulary;
    struct intake intake;
    struct spool *spool;
    struct dictionary dictionary;
    struct segment_plan plan;
    struct generation previous; /* all zero where there is none */
    FILE *rejects;
    char *database, *segments; /* paths */
    enum build_phase phase;
    double phase_began, last_progress;
};

/* ---- saying how it goes ------------------------------------------------- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void begin_phase(struct build *build, enum build_phase phase)
{
    build->phase = phase;
    build->phase_began = now();
    build->last_progress = 0;
}

static void tell_progress(struct build *build, uint64_t done, uint64_t total, bool always)
{
    double time = now();
    build->result->seconds[build->phase] = time - build->phase_began;
    if (!build->observer->progress || (!always && time - build->last_progress < PROGRESS_SECONDS))
        return;
    build->last_progress = time;
    struct build_progress progress = {.phase = build->phase,
                                      .done = done,
                                      .total = total,
                                      .bytes = build->result->counts.bytes,
                                      .seconds = time - build->phase_began};
    build->observer->progress(build->observer->context, &progress);
}

/* To the observer and into rejects.jsonl. */
static void reject(void *context, const struct error *why)
{
    struct build *build = context;
    build->result->counts.rejected++;
    json_t *line = json_pack("{s:s, s:s}", "where", why->where, "reason", why->text);
    if (line && build->rejects) {
        json_dumpf(line, build->rejects, JSON_COMPACT);
        fputc('\n', build->rejects);
    }
    json_decref(line);
    if (build->observer->rejected)
        build->observer->rejected(build->observer->context, why);
}

static void skip(void *context, const char *path, const char *why)
{
    struct build *build = context;
    build->result->counts.skipped++;
    if (build->observer->skipped)
        build->observer->skipped(build->observer->context, path, why);
}

/* ---- reading ------------------------------------------------------------ */

static bool take_report(void *context, struct report *report, const char *where, struct error *err)
{
    struct build *build = context;
    struct build_counts *counts = &build->result->counts;
    counts->seen = build->intake.seen;
    counts->bytes = build->intake.bytes;
    tell_progress(build, counts->seen, 0, false);
    return spool_append(build->spool, report, where, err);
}

static bool read_corpus(struct build *build, struct error *err)
{
    struct build_counts *counts = &build->result->counts;
    begin_phase(build, BUILD_READING);
    build->intake = (struct intake){.context = build,
                                    .take = take_report,
                                    .reject = reject,
                                    .skip = skip,
                                    .ignored = &build->result->ignored};
    char *path = files_join(publication_workspace(build->publication), "spool", err);
    bool ok = path && spool_open(path, &build->spool, err) &&
              intake_run(&build->intake, build->options->paths, build->options->path_count, err) &&
              spool_sort(build->spool, reject, build, err);
    free(path);
    counts->seen = build->intake.seen;
    counts->files = build->intake.files;
    counts->bytes = build->intake.bytes;
    tell_progress(build, counts->seen, counts->seen, true);
    return ok;
}

/* ---- indexing ----------------------------------------------------------- */

enum { COUNT_ACCEPTED, COUNT_UNCHANGED, COUNT_GIVEN, COUNT_GIVEN_UNKNOWN };
enum { TOLD_REJECT };

static bool start_worker(void *context, void **state, struct error *err)
{
    struct build *build = context;
    struct segment_writer *writer;
    if (!segment_writer_open(build->spool, build->vocabulary, &build->options->extraction,
                             &build->dictionary, build->previous.database_path, &writer, err))
        return false;
    *state = writer;
    return true;
}

static void count_written(void *crew, const struct segment_counts *counts)
{
    crew_count(crew, COUNT_ACCEPTED, counts->accepted);
    crew_count(crew, COUNT_UNCHANGED, counts->unchanged);
    crew_count(crew, COUNT_GIVEN, counts->given);
    crew_count(crew, COUNT_GIVEN_UNKNOWN, counts->given_unknown);
}

static void tell_rejected(void *crew, const struct error *why)
{
    crew_tell(crew, TOLD_REJECT, why);
}

static bool work_segment(void *context, void *state, struct crew *crew, size_t task,
                         struct error *err)
{
    struct build *build = context;
    struct segment_events events = {
        .context = crew, .written = count_written, .rejected = tell_rejected};
    size_t begin = task > 0 ? build->plan.ends[task - 1] : 0;
    char *path = compaction_segment_path(build->segments, task);
    bool ok = path ? segment_write(state, begin, build->plan.ends[task], path, &events, err)
                   : error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(path);
    return ok;
}

static void on_told(void *context, int kind, const struct error *note)
{
    if (kind == TOLD_REJECT)
        reject(context, note);
}

static void on_tick(void *context, const uint64_t counters[CREW_COUNTERS])
{
    struct build *build = context;
    build->result->counts.accepted = counters[COUNT_ACCEPTED];
    build->result->counts.unchanged = counters[COUNT_UNCHANGED];
    build->result->given = counters[COUNT_GIVEN];
    build->result->given_unknown = counters[COUNT_GIVEN_UNKNOWN];
    tell_progress(build, counters[COUNT_ACCEPTED] + counters[COUNT_UNCHANGED],
                  spool_count(build->spool), true);
}

static bool index_reports(struct build *build, struct error *err)
{
    begin_phase(build, BUILD_INDEXING);
    struct crew_job job = {.workers = build->options->workers,
                           .context = build,
                           .start = start_worker,
                           .work = work_segment,
                           .told = on_told,
                           .tick = on_tick};
    if (!segment_plan_make(build->spool, &build->plan, err) ||
        !dictionary_train(build->spool, build->vocabulary, &build->dictionary, err) ||
        !files_make_directory(build->segments, err))
        return false;
    job.tasks = build->plan.count;
    if (!crew_run(&job, err))
        return false;
    const struct build_counts *counts = &build->result->counts;
    build->result->reports = counts->accepted + counts->unchanged;
    if (build->result->reports == 0)
        return error_set(err, ERROR_DATA, NULL,
                         "no report was accepted, so nothing is published; what was published "
                         "before stays");
    if (build->result->reports + counts->rejected != counts->seen)
        return error_set(err, ERROR_INTERNAL, NULL, "the counts of the run do not add up");
    return true;
}

/* ---- publishing --------------------------------------------------------- */

static bool merge_segments(struct build *build, struct error *err)
{
    begin_phase(build, BUILD_MERGING);
    tell_progress(build, 0, 0, true);
    if (!compaction_run(build->segments, build->plan.count, build->database,
                        build->options->workers, err))
        return false;
    tell_progress(build, build->result->reports, build->result->reports, true);
    return true;
}

static bool close_rejects(struct build *build, struct error *err)
{
    FILE *file = build->rejects;
    build->rejects = NULL;
    bool ok = !ferror(file);
    return (fclose(file) == 0 && ok) ||
           error_set_errno(err, ERROR_IO, "rejects.jsonl", "cannot be written");
}

static bool publish(struct build *build, struct error *err)
{
    begin_phase(build, BUILD_PUBLISHING);
    tell_progress(build, 0, 0, true);
    const struct build_counts *counts = &build->result->counts;
    struct manifest_facts facts = {.vocabulary_hash = vocabulary_hash(build->vocabulary),
                                   .reports = build->result->reports,
                                   .seen = counts->seen,
                                   .accepted = counts->accepted,
                                   .unchanged = counts->unchanged,
                                   .rejected = counts->rejected,
                                   .no_demonyms = build->options->extraction.no_demonyms};
    if (!close_rejects(build, err) ||
        !publication_publish(build->publication, &facts, build->options->keep,
                             build->result->generation, err))
        return false;
    tell_progress(build, build->result->reports, build->result->reports, true);
    return true;
}

/* Opens the vocabulary, and puts its text and its compiled form into the generation. */
static bool take_vocabulary(struct build *build, const char *directory, struct error *err)
{
    struct buffer bytes = {0};
    char *text = files_join(directory, "vocabulary", err);
    char *compiled = files_join(directory, GENERATION_COMPILED, err);
    bool ok = text && compiled &&
              vocabulary_open(build->options->vocabulary, &build->vocabulary, err) &&
              files_copy_directory(build->options->vocabulary, text, err) &&
              vocabulary_compile(build->vocabulary, &bytes, err) &&
              files_write(compiled, bytes.bytes, bytes.size, err);
    buffer_free(&bytes);
    free(text);
    free(compiled);
    return ok;
}

/* Locks the index, and makes ready what the steps share. */
static bool prepare(struct build *build, struct error *err)
{
    if (!publication_open(build->options->index, &build->publication, err) ||
        !publication_begin(build->publication, err))
        return false;
    /* An index that cannot be read is no reason not to build a better one. */
    if (!generation_current(build->options->index, &build->previous, NULL))
        memset(&build->previous, 0, sizeof build->previous);
    const char *directory = publication_directory(build->publication);
    char *rejects = files_join(directory, "rejects.jsonl", err);
    build->database = files_join(directory, "database", err);
    build->segments = files_join(publication_workspace(build->publication), "segments", err);
    bool ok =
        rejects && build->database && build->segments && take_vocabulary(build, directory, err);
    if (ok) {
        build->rejects = fopen(rejects, "we");
        ok = build->rejects || error_set_errno(err, ERROR_CREATE, rejects, "cannot be created");
    }
    free(rejects);
    return ok;
}

static void finish(struct build *build)
{
    if (build->rejects)
        fclose(build->rejects);
    segment_plan_clear(&build->plan);
    dictionary_clear(&build->dictionary);
    spool_close(build->spool);
    vocabulary_close(build->vocabulary);
    generation_clear(&build->previous);
    free(build->database);
    free(build->segments);
    publication_close(build->publication);
}

bool build_run(const struct build_options *options, const struct build_observer *observer,
               struct build_result *out, struct error *err)
{
    memset(out, 0, sizeof *out);
    struct build build = {.options = options, .observer = observer, .result = out};
    bool ok = prepare(&build, err) && read_corpus(&build, err) && index_reports(&build, err) &&
              merge_segments(&build, err) && publish(&build, err);
    finish(&build);
    return ok;
}
