#include "indexer/build.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/budget.h"
#include "indexer/carry.h"
#include "indexer/checkpoint.h"
#include "indexer/choices.h"
#include "indexer/compaction.h"
#include "indexer/crew.h"
#include "indexer/difference.h"
#include "indexer/files.h"
#include "indexer/intake.h"
#include "indexer/merging.h"
#include "indexer/publication.h"
#include "indexer/segment.h"
#include "indexer/spool.h"
#include "schema/buffer.h"
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
    struct choices choices;
    struct segment_plan plan;
    char **segment_paths;       /* as many as the plan has */
    struct generation previous; /* all zero where there is none */
    uint64_t carry_mark;        /* its last commit before this build read */
    struct difference difference;
    bool compared; /* 'difference' is known */
    FILE *rejects;
    char *database, *segments, *spool_path, *dictionary_path, *rejects_path;
    char identity[HASH_ROOM]; /* of this build, "" where it cannot be repeated */
    uint64_t budget_memory;
    unsigned workers; /* as many as the memory is enough for */
    bool resumed;     /* it goes on from an earlier run */
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

/* Into rejects.jsonl. */
static void note_reject(struct build *build, const struct error *why)
{
    build->result->counts.rejected++;
    json_t *line = json_pack("{s:s, s:s}", "where", why->where, "reason", why->text);
    if (line && build->rejects) {
        json_dumpf(line, build->rejects, JSON_COMPACT);
        fputc('\n', build->rejects);
    }
    json_decref(line);
}

/* To the observer too. */
static void reject(void *context, const struct error *why)
{
    struct build *build = context;
    note_reject(build, why);
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

/* In a thread of its own, which the spool is left to. */
static bool take_report(void *context, struct report *report, const char *where, struct error *err)
{
    const struct build *build = context;
    return spool_append(build->spool, report, where, err);
}

static void on_read(void *context)
{
    struct build *build = context;
    struct build_counts *counts = &build->result->counts;
    counts->seen = build->intake.seen;
    counts->bytes = build->intake.bytes;
    tell_progress(build, counts->seen, 0, false);
}

/* What was read stands on disk from here on, for a run that is started again. */
static bool save_reading(struct build *build, struct error *err)
{
    const struct build_counts *counts = &build->result->counts;
    if (fflush(build->rejects) != 0 || fsync(fileno(build->rejects)) != 0)
        return error_set_errno(err, ERROR_IO, build->rejects_path, "cannot be written");
    struct checkpoint_reading reading = {.seen = counts->seen,
                                         .rejected = counts->rejected,
                                         .skipped = counts->skipped,
                                         .files = counts->files,
                                         .bytes = counts->bytes,
                                         .rejects_bytes = (uint64_t)ftell(build->rejects),
                                         .ignored = build->result->ignored};
    return !*build->identity ||
           (spool_save(build->spool, err) &&
            dictionary_save(&build->choices.dictionary, build->dictionary_path, err) &&
            checkpoint_write(publication_workspace(build->publication), build->identity, &reading,
                             err));
}

static bool read_corpus(struct build *build, struct error *err)
{
    struct build_counts *counts = &build->result->counts;
    begin_phase(build, BUILD_READING);
    build->intake = (struct intake){.context = build,
                                    .take = take_report,
                                    .apart = true,
                                    .tick = on_read,
                                    .reject = reject,
                                    .skip = skip,
                                    .ignored = &build->result->ignored};
    bool ok = spool_open(build->spool_path, &build->spool, err) &&
              intake_run(&build->intake, build->options->paths, build->options->path_count, err) &&
              spool_sort(build->spool, reject, build, err) &&
              choices_make(build->spool, build->vocabulary, &build->choices, err);
    counts->seen = build->intake.seen;
    counts->files = build->intake.files;
    counts->bytes = build->intake.bytes;
    tell_progress(build, counts->seen, counts->seen, true);
    return ok && save_reading(build, err);
}

/* Takes over what an earlier run of this build read; false where it cannot be. */
static bool take_reading(struct build *build)
{
    struct checkpoint_reading reading;
    if (!checkpoint_read(publication_workspace(build->publication), build->identity, &reading) ||
        truncate(build->rejects_path, (off_t)reading.rejects_bytes) != 0 ||
        !spool_load(build->spool_path, &build->spool, NULL))
        return false;
    if (!dictionary_load(build->dictionary_path, &build->choices.dictionary, NULL)) {
        spool_close(build->spool);
        build->spool = NULL;
        return false;
    }
    build->result->ignored = reading.ignored;
    build->result->counts = (struct build_counts){.seen = reading.seen,
                                                  .rejected = reading.rejected,
                                                  .skipped = reading.skipped,
                                                  .files = reading.files,
                                                  .bytes = reading.bytes};
    return true;
}

/* ---- indexing ----------------------------------------------------------- */

enum { COUNT_ACCEPTED, COUNT_UNCHANGED, COUNT_GIVEN, COUNT_GIVEN_UNKNOWN, COUNT_KEPT };
enum { TOLD_REJECT, TOLD_REJECTED_BEFORE };

static bool start_worker(void *context, void **state, struct error *err)
{
    struct build *build = context;
    struct segment_writer *writer;
    if (!segment_writer_open(build->spool, build->vocabulary, &build->options->extraction,
                             &build->choices, build->previous.database_path, &writer, err))
        return false;
    *state = writer;
    return true;
}

/* A segment in the making, and who is told of it. */
struct segment_task {
    struct crew *crew;
    struct checkpoint_segment outcome;
    bool forgot; /* something of it, for want of memory: there will be no record */
};

static void count_segment(struct crew *crew, const struct segment_counts *counts)
{
    crew_count(crew, COUNT_ACCEPTED, counts->accepted);
    crew_count(crew, COUNT_UNCHANGED, counts->unchanged);
    crew_count(crew, COUNT_GIVEN, counts->given);
    crew_count(crew, COUNT_GIVEN_UNKNOWN, counts->given_unknown);
}

static void count_written(void *context, const struct segment_counts *counts)
{
    struct segment_task *task = context;
    task->outcome.counts = *counts;
    count_segment(task->crew, counts);
}

static void tell_rejected(void *context, const struct error *why)
{
    struct segment_task *task = context;
    crew_tell(task->crew, TOLD_REJECT, why);
    task->forgot |= !checkpoint_segment_reject(&task->outcome, why);
}

/* Leaves a segment that an earlier run wrote as it is. */
static bool keep_segment(const struct build *build, const char *path, struct segment_task *task)
{
    if (!build->resumed || !checkpoint_segment_read(path, &task->outcome))
        return false;
    const struct segment_counts *counts = &task->outcome.counts;
    count_segment(task->crew, counts);
    crew_count(task->crew, COUNT_KEPT, counts->accepted + counts->unchanged);
    for (size_t i = 0; i < task->outcome.reject_count; i++)
        crew_tell(task->crew, TOLD_REJECTED_BEFORE, &task->outcome.rejects[i]);
    return true;
}

static bool write_segment(const struct build *build, struct segment_writer *writer, size_t number,
                          const char *path, struct segment_task *task, struct error *err)
{
    const struct segment_events events = {
        .context = task, .written = count_written, .rejected = tell_rejected};
    size_t begin = number > 0 ? build->plan.ends[number - 1] : 0;
    return segment_write(writer, begin, build->plan.ends[number], path, &events, err) &&
           (task->forgot || checkpoint_segment_write(path, &task->outcome, err));
}

static bool work_segment(void *context, void *state, struct crew *crew, size_t number,
                         struct error *err)
{
    const struct build *build = context;
    struct segment_task task = {.crew = crew};
    const char *path = build->segment_paths[number];
    bool ok =
        keep_segment(build, path, &task) || write_segment(build, state, number, path, &task, err);
    checkpoint_segment_clear(&task.outcome);
    return ok;
}

static void on_told(void *context, int kind, const struct error *note)
{
    if (kind == TOLD_REJECT)
        reject(context, note);
    if (kind == TOLD_REJECTED_BEFORE)
        note_reject(context, note);
}

static void on_tick(void *context, const uint64_t counters[CREW_COUNTERS])
{
    struct build *build = context;
    build->result->counts.accepted = counters[COUNT_ACCEPTED];
    build->result->counts.unchanged = counters[COUNT_UNCHANGED];
    build->result->given = counters[COUNT_GIVEN];
    build->result->given_unknown = counters[COUNT_GIVEN_UNKNOWN];
    build->result->kept = counters[COUNT_KEPT];
    tell_progress(build, counters[COUNT_ACCEPTED] + counters[COUNT_UNCHANGED],
                  spool_count(build->spool), true);
}

static bool plan_segments(struct build *build, struct error *err)
{
    if (!segment_plan_make(build->spool, build->workers, &build->plan, err))
        return false;
    build->segment_paths = calloc(build->plan.count + 1, sizeof build->segment_paths[0]);
    bool ok = build->segment_paths != NULL;
    for (size_t i = 0; ok && i < build->plan.count; i++) {
        build->segment_paths[i] = compaction_segment_path(build->segments, i);
        ok = build->segment_paths[i] != NULL;
    }
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool index_reports(struct build *build, struct error *err)
{
    begin_phase(build, BUILD_INDEXING);
    struct spool_same same = spool_count_same(build->spool);
    build->result->same = same.reports;
    build->result->same_texts = same.texts;
    if (!budget_share(build->budget_memory, spool_count(build->spool), &build->workers, err))
        return false;
    struct crew_job job = {.workers = build->workers,
                           .context = build,
                           .start = start_worker,
                           .work = work_segment,
                           .told = on_told,
                           .tick = on_tick};
    if (!plan_segments(build, err) ||
        (build->resumed && !choices_make(build->spool, NULL, &build->choices, err)) ||
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
    struct merging merging = {.publication = build->publication,
                              .folder = build->segments,
                              .segments = build->segment_paths,
                              .count = build->plan.count,
                              .database = build->database,
                              .workers = build->workers};
    begin_phase(build, BUILD_MERGING);
    tell_progress(build, 0, 0, true);
    bool ok = merging_run(&merging, err);
    tell_progress(build, build->result->reports, build->result->reports, true);
    return ok;
}

/* Ends rejects.jsonl and puts it into the generation. */
static bool close_rejects(struct build *build, struct error *err)
{
    FILE *file = build->rejects;
    build->rejects = NULL;
    bool ok = !ferror(file);
    if (fclose(file) != 0 || !ok)
        return error_set_errno(err, ERROR_IO, build->rejects_path, "cannot be written");
    char *to = files_join(publication_directory(build->publication), "rejects.jsonl", err);
    ok = to && (rename(build->rejects_path, to) == 0 ||
                error_set_errno(err, ERROR_IO, to, "cannot be put in place"));
    free(to);
    return ok;
}

/* What was added to the generation before goes along. */
static bool carry(struct build *build, const char *directory, struct error *err)
{
    struct update_target to = {.directory = directory};
    struct carry_counts counts = {.reports = build->result->reports};
    struct error why = {0};
    char *database = files_join(directory, "database", &why);
    bool ok =
        database &&
        extraction_open(build->vocabulary, &build->options->extraction, &to.extraction, &why) &&
        document_kit_of(database, &to.kit, &why) &&
        carry_over(&build->previous, build->carry_mark, &to, &counts, &why);
    document_kit_free(to.kit);
    extraction_close(to.extraction);
    free(database);
    if (!ok)
        error_set(err, why.code, why.where,
                  "%s; where what was added to the generation before cannot go along, --no-carry "
                  "leaves it behind",
                  why.text);
    build->result->carried = counts.carried;
    build->result->reports = counts.reports;
    return ok;
}

/* The rest, when nobody adds to the generation before any more. */
static bool follow_before(void *context, const char *directory, struct error *err)
{
    struct build *build = context;
    return (build->options->no_carry || carry(build, directory, err)) &&
           (!build->compared ||
            difference_write(&build->difference, &build->previous, directory, err));
}

/* Finds out what is new, to be told in the generation. One before it that cannot be read is no
 * reason not to publish a better one. */
static void compare_with_before(struct build *build)
{
    if (!build->previous.path)
        return;
    publication_before_swap(build->publication, follow_before, build);
    build->compared =
        difference_find(build->previous.database_path, build->database, &build->difference, NULL);
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
    char *name = build->result->generation;
    compare_with_before(build);
    if (!close_rejects(build, err) ||
        !(build->options->rehearse
              ? publication_rehearse(build->publication, &facts, name, err)
              : publication_publish(build->publication, &facts, build->options->keep, name, err)))
        return false;
    tell_progress(build, build->result->reports, build->result->reports, true);
    return true;
}

static bool work_removal(void *context, void *state, struct crew *crew, size_t task,
                         struct error *err)
{
    (void)state;
    (void)crew;
    const struct build *build = context;
    return files_remove_tree(task == 0 ? build->spool_path : build->segments, err);
}

/* What goes are gigabytes, side by side; what stays is left to the end of the publication. */
static void remove_scratch(struct build *build)
{
    const struct crew_job job = {
        .tasks = 2, .workers = build->workers, .context = build, .work = work_removal};
    crew_run(&job, NULL);
}

/* The paths that the steps share. */
static bool name_paths(struct build *build, struct error *err)
{
    const struct {
        char **path;
        const char *folder, *name;
    } rows[] = {
        {&build->database, publication_directory(build->publication), "database"},
        {&build->segments, publication_workspace(build->publication), "segments"},
        {&build->spool_path, publication_workspace(build->publication), "spool"},
        {&build->dictionary_path, publication_workspace(build->publication), "dictionary"},
        {&build->rejects_path, publication_workspace(build->publication), "rejects.jsonl"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!(*rows[i].path = files_join(rows[i].folder, rows[i].name, err)))
            return false;
    return true;
}

/* Finds out which build this is, and whether an earlier run of it was stopped. */
static bool recognise(struct build *build, struct error *err)
{
    const struct build_options *options = build->options;
    build->budget_memory = options->memory ? options->memory : BUDGET_MEMORY;
    build->workers = options->workers ? options->workers : crew_cores();
    if (!budget_share(build->budget_memory, 0, &build->workers, err))
        return false; /* not after hours of reading */
    const struct checkpoint_build same = {.paths = options->paths,
                                          .path_count = options->path_count,
                                          .vocabulary_hash = vocabulary_hash(build->vocabulary),
                                          .extraction = options->extraction,
                                          .previous = build->previous.name,
                                          .memory = build->budget_memory,
                                          .workers = build->workers};
    if (!checkpoint_identify(&same, build->identity, err))
        return false;
    build->resumed = !options->fresh && take_reading(build);
    if (build->resumed && build->observer->resumed)
        build->observer->resumed(build->observer->context, build->result->counts.seen);
    const char *workspace = publication_workspace(build->publication);
    return (build->resumed ? publication_resume(build->publication, err)
                           : publication_begin(build->publication, err)) &&
           (!build->previous.path || build->options->no_carry ||
            carry_mark(&build->previous, workspace, build->resumed, &build->carry_mark, err));
}

/* Puts the text and the compiled form of the vocabulary into the generation. */
static bool copy_vocabulary(struct build *build, struct error *err)
{
    const char *directory = publication_directory(build->publication);
    struct buffer bytes = {0};
    char *text = files_join(directory, "vocabulary", err);
    char *compiled = files_join(directory, GENERATION_COMPILED, err);
    bool ok = text && compiled && files_copy_directory(build->options->vocabulary, text, err) &&
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
    if (!publication_open(build->options->index, &build->publication, err))
        return false;
    /* An index that cannot be read is no reason not to build a better one. */
    if (!generation_current(build->options->index, &build->previous, NULL))
        memset(&build->previous, 0, sizeof build->previous);
    if (!vocabulary_open(build->options->vocabulary, &build->vocabulary, err) ||
        !name_paths(build, err) || !recognise(build, err) || !copy_vocabulary(build, err))
        return false;
    build->rejects = fopen(build->rejects_path, "ae");
    return build->rejects ||
           error_set_errno(err, ERROR_CREATE, build->rejects_path, "cannot be created");
}

/* Whether a failure lies outside the reports and the program. */
static bool may_pass(enum error_code code)
{
    return code == ERROR_IO || code == ERROR_MEMORY || code == ERROR_SYSTEM || code == ERROR_CREATE;
}

static void finish(struct build *build)
{
    if (build->rejects)
        fclose(build->rejects);
    for (size_t i = 0; build->segment_paths && i < build->plan.count; i++)
        free(build->segment_paths[i]);
    free(build->segment_paths);
    segment_plan_clear(&build->plan);
    choices_clear(&build->choices);
    difference_clear(&build->difference);
    spool_close(build->spool);
    vocabulary_close(build->vocabulary);
    generation_clear(&build->previous);
    free(build->database);
    free(build->segments);
    free(build->spool_path);
    free(build->dictionary_path);
    free(build->rejects_path);
    publication_close(build->publication);
}

bool build_run(const struct build_options *options, const struct build_observer *observer,
               struct build_result *out, struct error *err)
{
    memset(out, 0, sizeof *out);
    struct build build = {.options = options, .observer = observer, .result = out};
    struct error fault = {0};
    bool ok = prepare(&build, &fault) && (build.resumed || read_corpus(&build, &fault)) &&
              index_reports(&build, &fault) && merge_segments(&build, &fault) &&
              publish(&build, &fault);
    if (ok) {
        remove_scratch(&build);
    } else {
        out->resumable = build.spool && *build.identity && may_pass(fault.code);
        error_set(err, fault.code, fault.where, "%s", fault.text);
    }
    if (out->resumable)
        publication_keep_work(build.publication);
    finish(&build);
    return ok;
}
