/* The command that builds an index, and how its run is shown. */
#include "indexer/build.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/commands/command.h"
#include "indexer/publication.h"

struct display {
    enum progress_form form;
    bool line_is_open; /* a progress line stands on the terminal, without a newline */
};

static void clear_line(struct display *display)
{
    if (display->line_is_open)
        fputs("\r\033[K", stderr);
    display->line_is_open = false;
}

static void show_left(double seconds)
{
    if (seconds < 90)
        fprintf(stderr, ", %.0f s left", seconds);
    else
        fprintf(stderr, ", %.0f min left", seconds / 60);
}

static void show_line(struct display *display, const struct build_progress *progress)
{
    clear_line(display);
    double rate = progress->seconds > 0 ? (double)progress->done / progress->seconds : 0;
    fprintf(stderr, "%s", build_phase_names[progress->phase]);
    if (progress->done > 0)
        fprintf(stderr, " %" PRIu64, progress->done);
    if (progress->total > 0)
        fprintf(stderr, " of %" PRIu64, progress->total);
    if (progress->done > 0)
        fprintf(stderr, " reports, %.0f/s", rate);
    if (progress->total > progress->done && rate > 0)
        show_left((double)(progress->total - progress->done) / rate);
    fflush(stderr);
    display->line_is_open = true;
}

void command_show_json(json_t *object_take)
{
    json_dumpf(object_take, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    fflush(stdout);
    json_decref(object_take);
}

static void on_progress(void *context, const struct build_progress *progress)
{
    struct display *display = context;
    if (display->form == PROGRESS_LINE)
        show_line(display, progress);
    if (display->form == PROGRESS_JSON)
        command_show_json(
            json_pack("{s:s, s:I, s:I, s:I, s:f}", "phase", build_phase_names[progress->phase],
                      "done", (json_int_t)progress->done, "total", (json_int_t)progress->total,
                      "bytes", (json_int_t)progress->bytes, "seconds", progress->seconds));
}

static void on_rejected(void *context, const struct error *why)
{
    clear_line(context);
    fprintf(stderr, "%s: %s\n", why->where, why->text);
}

static void on_skipped(void *context, const char *path, const char *why)
{
    clear_line(context);
    fprintf(stderr, "%s: passed over: %s\n", path, why);
}

static void on_resumed(void *context, uint64_t reports)
{
    clear_line(context);
    fprintf(stderr,
            "an earlier run of this build read %" PRIu64
            " reports and was stopped: going on from there (--fresh starts anew)\n",
            reports);
}

static void print_tally(const char *title, const struct tally *tally)
{
    if (tally->count == 0)
        return;
    printf("%s", title);
    for (size_t i = 0; i < tally->count; i++)
        printf("%s %s (%" PRIu64 ")", i > 0 ? "," : "", tally->rows[i].name, tally->rows[i].count);
    if (tally->others > 0)
        printf(", others (%" PRIu64 ")", tally->others);
    putchar('\n');
}

static void print_summary(const struct build_result *result)
{
    const struct build_counts *counts = &result->counts;
    double seconds = 0;
    for (size_t i = 0; i < BUILD_PHASES; i++)
        seconds += result->seconds[i];
    printf("%" PRIu64 " accepted + %" PRIu64 " unchanged + %" PRIu64 " rejected = %" PRIu64
           " seen\n",
           counts->accepted, counts->unchanged, counts->rejected, counts->seen);
    if (counts->skipped > 0)
        printf("%" PRIu64 " files passed over\n", counts->skipped);
    print_tally("ignored fields:", &result->ignored);
    if (result->given_unknown > 0)
        printf("%" PRIu64 " of %" PRIu64 " given tags are not in the vocabulary\n",
               result->given_unknown, result->given);
    if (result->carried > 0)
        printf("%" PRIu64 " reports go along that were added to the generation before\n",
               result->carried);
    if (result->same > 0)
        printf("%" PRIu64 " reports have nearly the same text as another; %" PRIu64 " such texts\n",
               result->same, result->same_texts);
    if (result->kept > 0)
        printf("%" PRIu64 " of the reports were indexed by the earlier run\n", result->kept);
    printf("generation %s: %" PRIu64 " reports, %.1f MB read in %.1f s (", result->generation,
           result->reports, (double)counts->bytes / 1e6, seconds);
    for (size_t i = 0; i < BUILD_PHASES; i++)
        printf("%s%s %.1f", i > 0 ? ", " : "", build_phase_names[i], result->seconds[i]);
    printf(")\n");
}

static void print_summary_json(const struct build_result *result, const char *done)
{
    const struct build_counts *counts = &result->counts;
    command_show_json(
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "phase", done, "generation",
                  result->generation, "reports", (json_int_t)result->reports, "seen",
                  (json_int_t)counts->seen, "accepted", (json_int_t)counts->accepted, "unchanged",
                  (json_int_t)counts->unchanged, "rejected", (json_int_t)counts->rejected,
                  "skipped", (json_int_t)counts->skipped, "resumed", (json_int_t)result->kept,
                  "carried", (json_int_t)result->carried));
}

/* The program of that name beside this one, else any there is. */
static char *find_sibling(const char *name)
{
    char self[4096];
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    self[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(self, '/'), *path = NULL;
    if (slash && asprintf(&path, "%.*s/%s", (int)(slash - self), self, name) < 0)
        path = NULL;
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    return strdup(name);
}

/* What the rehearsed generation would change. Only search knows what a question finds, so its
 * program says it; the two halves meet on a command line and nowhere else. */
static bool compare_rehearsed(const struct options *options, struct error *err)
{
    char *program = find_sibling("sitrep-search"), *rehearsed = NULL;
    if (!program || asprintf(&rehearsed, "%s/" PUBLICATION_REHEARSED, options->index) < 0) {
        free(program);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    char *arguments[8] = {program, (char *)(size_t) "--index", (char *)(size_t)options->index,
                          (char *)(size_t) "--compare", rehearsed};
    if (options->questions) {
        arguments[5] = (char *)(size_t) "--questions";
        arguments[6] = (char *)(size_t)options->questions;
    }
    fflush(stdout);
    pid_t pid;
    int status = 0, number = posix_spawnp(&pid, program, NULL, NULL, arguments, environ);
    while (number == 0 && waitpid(pid, &status, 0) < 0)
        number = errno == EINTR ? 0 : errno;
    errno = number;
    bool ok = number == 0 ? (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                                error_set(err, ERROR_SYSTEM, program,
                                          "the comparison failed; the rehearsed generation stands")
                          : error_set_errno(err, ERROR_SYSTEM, program, "cannot be run");
    free(rehearsed);
    free(program);
    return ok;
}

static bool finish_rehearsal(const struct options *options, struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(options->index, current);
    if (*current && options->progress != PROGRESS_JSON && !compare_rehearsed(options, err))
        return false;
    if (options->progress != PROGRESS_JSON)
        printf("nothing is published yet; to do it: sitrep-index publish --index %s\n",
               options->index);
    return true;
}

bool command_build(const struct options *options, struct error *err)
{
    struct display display = {.form = options->progress};
    const struct build_observer observer = {.context = &display,
                                            .progress = on_progress,
                                            .rejected = on_rejected,
                                            .skipped = on_skipped,
                                            .resumed = on_resumed};
    const struct build_options build = {.index = options->index,
                                        .vocabulary = options->vocabulary,
                                        .extraction = options->extraction,
                                        .paths = options->arguments,
                                        .path_count = options->argument_count,
                                        .workers = options->workers,
                                        .memory = options->memory,
                                        .fresh = options->fresh,
                                        .no_carry = options->no_carry,
                                        .rehearse = options->rehearse,
                                        .keep = options->keep};
    struct build_result result;
    bool ok = build_run(&build, &observer, &result, err);
    clear_line(&display);
    if (ok && options->progress == PROGRESS_JSON)
        print_summary_json(&result, options->rehearse ? "rehearsed" : "published");
    else if (ok)
        print_summary(&result);
    else if (result.resumable)
        fputs("what was done is kept: the same command goes on from there\n", stderr);
    return ok && (!options->rehearse || finish_rehearsal(options, err));
}
