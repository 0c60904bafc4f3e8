/* sitrep-index: the command line of the indexer. Only this file prints. */
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/build.h"
#include "indexer/corpus.h"
#include "indexer/dump.h"
#include "indexer/explain.h"
#include "indexer/extraction.h"
#include "indexer/files.h"
#include "indexer/publication.h"
#include "indexer/reader.h"
#include "indexer/verification.h"
#include "schema/buffer.h"

#define DEFAULT_INDEX "/var/lib/sitrep"

/* How the run goes is shown to a person, to a program, or not at all. */
enum progress_form { PROGRESS_NONE, PROGRESS_LINE, PROGRESS_JSON };

struct options {
    const char *index, *vocabulary;
    unsigned workers, keep;
    enum progress_form progress;
    bool json;
    const char *const *arguments; /* what is left after the options */
    size_t argument_count;
};

struct command {
    const char *name;
    const char *arguments; /* as the help shows them */
    const char *options;   /* letters of those it takes */
    size_t least, most;    /* arguments; most 0 is any number */
    bool (*run)(const struct options *options, struct error *err);
    const char *help;
};

/* ---- build -------------------------------------------------------------- */

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

static void show_json(json_t *object_take)
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
        show_json(json_pack("{s:s, s:I, s:I, s:I, s:f}", "phase",
                            build_phase_names[progress->phase], "done", (json_int_t)progress->done,
                            "total", (json_int_t)progress->total, "bytes",
                            (json_int_t)progress->bytes, "seconds", progress->seconds));
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
    printf("generation %s: %" PRIu64 " reports, %.1f MB read in %.1f s (", result->generation,
           result->reports, (double)counts->bytes / 1e6, seconds);
    for (size_t i = 0; i < BUILD_PHASES; i++)
        printf("%s%s %.1f", i > 0 ? ", " : "", build_phase_names[i], result->seconds[i]);
    printf(")\n");
}

static void print_summary_json(const struct build_result *result)
{
    const struct build_counts *counts = &result->counts;
    show_json(json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "phase", "published",
                        "generation", result->generation, "reports", (json_int_t)result->reports,
                        "seen", (json_int_t)counts->seen, "accepted", (json_int_t)counts->accepted,
                        "unchanged", (json_int_t)counts->unchanged, "rejected",
                        (json_int_t)counts->rejected, "skipped", (json_int_t)counts->skipped));
}

static bool run_build(const struct options *options, struct error *err)
{
    struct display display = {.form = options->progress};
    const struct build_observer observer = {.context = &display,
                                            .progress = on_progress,
                                            .rejected = on_rejected,
                                            .skipped = on_skipped};
    const struct build_options build = {.index = options->index,
                                        .vocabulary = options->vocabulary,
                                        .paths = options->arguments,
                                        .path_count = options->argument_count,
                                        .workers = options->workers,
                                        .keep = options->keep};
    struct build_result result;
    bool ok = build_run(&build, &observer, &result, err);
    clear_line(&display);
    if (ok && options->progress == PROGRESS_JSON)
        print_summary_json(&result);
    else if (ok)
        print_summary(&result);
    return ok;
}

/* ---- what is there ------------------------------------------------------ */

static void print_generation(const struct generation *generation, const char *current)
{
    char created[32];
    struct tm parts;
    time_t time = (time_t)generation->created;
    strftime(created, sizeof created, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&time, &parts));
    printf("%s %s  %10" PRIu64 " reports  %8.1f MB  %s\n",
           strcmp(generation->name, current) == 0 ? "*" : " ", generation->name,
           generation->reports, (double)files_size(generation->path) / 1e6, created);
}

static bool run_list(const struct options *options, struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    char **names = NULL;
    size_t count = 0;
    generation_current_name(options->index, current);
    if (!generation_list(options->index, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct generation generation = {0};
        struct error fault = {0};
        if (generation_open(options->index, names[i], &generation, &fault))
            print_generation(&generation, current);
        else
            printf("  %s  %s\n", names[i], fault.text);
        generation_clear(&generation);
        free(names[i]);
    }
    free(names);
    return true;
}

static bool run_status(const struct options *options, struct error *err)
{
    struct generation generation = {0};
    if (!generation_current(options->index, &generation, err))
        return false;
    bool ok = verification_open(generation.database_path, generation.reports, err);
    if (ok) {
        long writer = publication_writer(options->index);
        printf("index       %s\n", options->index);
        printf("schema      %s\n", generation.schema_version);
        printf("vocabulary  %.16s\n", generation.vocabulary_hash);
        if (writer)
            printf("writer      process %ld\n", writer);
        printf("generations\n");
        ok = run_list(options, err);
    }
    generation_clear(&generation);
    return ok;
}

static bool run_check(const struct options *options, struct error *err)
{
    struct generation generation = {0};
    bool ok = options->argument_count > 0
                  ? generation_open(options->index, options->arguments[0], &generation, err)
                  : generation_current(options->index, &generation, err);
    ok = ok && verification_run(generation.path, err);
    if (ok)
        printf("generation %s: %" PRIu64 " reports, every file as it was published, structure "
               "sound\n",
               generation.name, generation.reports);
    generation_clear(&generation);
    return ok;
}

static bool run_dump(const struct options *options, struct error *err)
{
    char *text = NULL;
    if (!dump_report(options->index, options->arguments[0], &text, err))
        return false;
    puts(text);
    free(text);
    return true;
}

/* ---- what is kept ------------------------------------------------------- */

static bool run_rollback(const struct options *options, struct error *err)
{
    struct publication *publication = NULL;
    char name[GENERATION_NAME_ROOM];
    bool ok =
        publication_open(options->index, &publication, err) &&
        publication_rollback(publication,
                             options->argument_count > 0 ? options->arguments[0] : NULL, name, err);
    publication_close(publication);
    if (ok)
        printf("generation %s is the current one\n", name);
    return ok;
}

static bool run_prune(const struct options *options, struct error *err)
{
    struct publication *publication = NULL;
    size_t removed = 0;
    bool ok = publication_open(options->index, &publication, err) &&
              publication_prune(publication, options->keep, &removed, err);
    publication_close(publication);
    if (ok)
        printf("%zu generations removed\n", removed);
    return ok;
}

/* ---- tags --------------------------------------------------------------- */

/* Prints why the reports of one file are tagged as they are. */
static bool explain_file(const struct options *options, const struct corpus_item *item,
                         const struct vocabulary *vocabulary, struct extraction *extraction,
                         struct error *err)
{
    struct tally ignored = {0};
    struct reader *reader = NULL;
    struct report report = {0};
    struct buffer text = {0};
    bool known = false;
    if (!reader_open(item->path, item->origin, &ignored, &reader, &known, err))
        return false;
    if (!known)
        return error_set(err, ERROR_DATA, item->path, "of no format that is known");
    enum read_result result;
    bool ok = true;
    while (ok && (result = reader_next(reader, &report, err)) != READ_END) {
        ok = result == READ_REPORT && extraction_run(extraction, &report, err);
        if (ok && options->json)
            ok = explain_json(&report, vocabulary, &text, err);
        else if (ok)
            explain_text(&report, vocabulary, &text);
        if (ok)
            fwrite(text.bytes, 1, text.size, stdout);
        buffer_reset(&text);
        report_clear(&report);
    }
    buffer_free(&text);
    reader_close(reader);
    return ok;
}

static bool run_explain(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct corpus *corpus = NULL;
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, NULL, &extraction, err) &&
              corpus_open(options->arguments, options->argument_count, &corpus, err);
    const struct corpus_item *item;
    while (ok && (item = corpus_next(corpus)) != NULL) {
        if (item->failure.code != ERROR_NONE)
            ok = error_set(err, item->failure.code, item->path, "%s", item->failure.text);
        else if (item->skipped)
            ok = error_set(err, ERROR_DATA, item->path, "%s", item->skipped);
        else
            ok = explain_file(options, item, vocabulary, extraction, err);
    }
    corpus_close(corpus);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}

static bool show_fault(void *context, const struct error *fault)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", fault->where, fault->text);
    return true;
}

static bool run_vocabulary(const struct options *options, struct error *err)
{
    if (strcmp(options->arguments[0], "check") != 0)
        return error_set(err, ERROR_USAGE, options->arguments[0],
                         "usage: sitrep-index vocabulary check");
    struct vocabulary *vocabulary = NULL;
    size_t faults;
    if (!vocabulary_check(options->vocabulary, show_fault, NULL, &faults, err))
        return false;
    if (faults > 0)
        return error_set(err, ERROR_DATA, options->vocabulary, "%zu fault%s", faults,
                         faults == 1 ? "" : "s");
    if (!vocabulary_open(options->vocabulary, &vocabulary, err))
        return false;
    printf("%s: %zu actors, %zu regions, no fault; hash %.16s\n", options->vocabulary,
           vocabulary_count(vocabulary, MENTION_ACTOR),
           vocabulary_count(vocabulary, MENTION_REGION), vocabulary_hash(vocabulary));
    vocabulary_close(vocabulary);
    return true;
}

/* ---- the command line --------------------------------------------------- */

static const struct command commands[] = {
    {"build", "PATH...", "ivwkp", 1, 0, run_build,
     "build an index from all reports in files and directories (- is standard input)\n"
     "and publish it in place of the one before"},
    {"status", "", "i", 0, 0, run_status, "what is published, and who is writing"},
    {"list", "", "i", 0, 0, run_list, "all generations; * marks the current one"},
    {"check", "[GENERATION]", "i", 0, 1, run_check,
     "compare every file of a generation with its manifest and check its structure"},
    {"dump", "ID", "i", 1, 1, run_dump, "one report as it is stored, as JSON"},
    {"rollback", "[GENERATION]", "i", 0, 1, run_rollback,
     "make the generation before the current one, or the one named, current"},
    {"prune", "", "ik", 0, 0, run_prune, "remove all but the newest generations"},
    {"explain", "PATH...", "vj", 1, 0, run_explain,
     "the actors and regions found in reports, where, and by which rule"},
    {"vocabulary", "check", "v", 1, 1, run_vocabulary,
     "say all that is wrong with the vocabulary, or count it"},
};

static const struct option_help {
    char letter;
    const char *help;
} option_helps[] = {
    {'i', "--index DIR        the index (else $SITREP_INDEX, else " DEFAULT_INDEX ")"},
    {'v', "--vocabulary DIR   actors and regions to tag with (else those installed)"},
    {'w', "--workers N        processes that index (else one a core)"},
    {'k', "--keep N           generations to keep (else 3)"},
    {'p', "--progress FORM    none, line or json (else line on a terminal)"},
    {'j', "--json             one JSON object a report"},
};

static void print_formats(void)
{
    printf("\nformats, told by a file's name, else by how it begins:\n");
    for (size_t i = 0; reader_formats[i]; i++)
        printf("  %-8s %-16s %s\n", reader_formats[i]->name, reader_formats[i]->extensions,
               reader_formats[i]->help);
}

static void print_command_help(const struct command *command)
{
    printf("usage: sitrep-index %s [OPTION]... %s\n\n%s\n\noptions:\n", command->name,
           command->arguments, command->help);
    for (size_t i = 0; i < ARRAY_LEN(option_helps); i++)
        if (strchr(command->options, option_helps[i].letter))
            printf("  %s\n", option_helps[i].help);
    if (command->run == run_build)
        print_formats();
}

static void print_help(void)
{
    printf("usage: sitrep-index COMMAND [OPTION]... [ARGUMENT]...\n\ncommands:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        printf("  %-10s %.*s\n", commands[i].name, (int)strcspn(commands[i].help, "\n"),
               commands[i].help);
    printf("\nsitrep-index COMMAND --help says more\n");
}

static bool read_number(const char *name, const char *text, unsigned *out, struct error *err)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || number < 1 || number > 1024)
        return error_set(err, ERROR_USAGE, name, "'%.40s' is not a number from 1 to 1024", text);
    *out = (unsigned)number;
    return true;
}

static bool read_progress(const char *text, enum progress_form *out, struct error *err)
{
    static const char *const forms[] = {
        [PROGRESS_NONE] = "none", [PROGRESS_LINE] = "line", [PROGRESS_JSON] = "json"};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (strcmp(text, forms[i]) == 0) {
            *out = (enum progress_form)i;
            return true;
        }
    return error_set(err, ERROR_USAGE, "--progress", "'%.40s' is none of none, line, json", text);
}

static void set_defaults(struct options *options)
{
    const char *index = getenv("SITREP_INDEX");
    *options = (struct options){.index = index && *index ? index : DEFAULT_INDEX,
                                .vocabulary = SITREP_VOCABULARY,
                                .keep = PUBLICATION_KEEP,
                                .progress = isatty(STDERR_FILENO) ? PROGRESS_LINE : PROGRESS_NONE};
    if (access(options->vocabulary, R_OK) != 0)
        options->vocabulary = SITREP_SOURCE_VOCABULARY;
}

static bool read_option(char letter, const char *text, struct options *options, struct error *err)
{
    switch (letter) {
    case 'i':
        options->index = text;
        return true;
    case 'v':
        options->vocabulary = text;
        return true;
    case 'j':
        options->json = true;
        return true;
    case 'w':
        return read_number("--workers", text, &options->workers, err);
    case 'k':
        return read_number("--keep", text, &options->keep, err);
    default:
        return read_progress(text, &options->progress, err);
    }
}

/* '*help' says whether --help was asked for. */
static bool read_options(const struct command *command, int argc, char **argv,
                         struct options *options, bool *help, struct error *err)
{
    static const struct option names[] = {
        {"index", required_argument, NULL, 'i'},    {"vocabulary", required_argument, NULL, 'v'},
        {"workers", required_argument, NULL, 'w'},  {"keep", required_argument, NULL, 'k'},
        {"progress", required_argument, NULL, 'p'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
    };
    opterr = 0;
    int letter;
    while ((letter = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        *help = *help || letter == 'h';
        if (letter == 'h')
            continue;
        if (letter == '?' || !strchr(command->options, letter))
            return error_set(err, ERROR_USAGE, argv[optind - 1],
                             "not an option of this command, or its value is missing; see "
                             "sitrep-index %s --help",
                             command->name);
        if (!read_option((char)letter, optarg, options, err))
            return false;
    }
    options->arguments = (const char *const *)(argv + optind);
    options->argument_count = (size_t)(argc - optind);
    bool any = command->most == 0 && command->least > 0;
    if (!*help && (options->argument_count < command->least ||
                   (!any && options->argument_count > command->most)))
        return error_set(err, ERROR_USAGE, command->name, "usage: sitrep-index %s %s",
                         command->name, command->arguments);
    return true;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int fail(const struct error *err)
{
    fflush(stdout);
    fprintf(stderr, "sitrep-index: %s%s%s\n", err->where, *err->where ? ": " : "", err->text);
    return error_exit_status(err->code);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
        print_help();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("sitrep-index " SITREP_VERSION);
        return 0;
    }
    struct error err = {0};
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (!command) {
        error_set(&err, ERROR_USAGE, argc > 1 ? argv[1] : NULL,
                  "no such command; see sitrep-index --help");
        return fail(&err);
    }
    struct options options;
    bool help = false;
    set_defaults(&options);
    if (!read_options(command, argc - 1, argv + 1, &options, &help, &err))
        return fail(&err);
    if (help) {
        print_command_help(command);
        return 0;
    }
    if (!command->run(&options, &err))
        return fail(&err);
    if (fflush(stdout) != 0) {
        error_set_errno(&err, ERROR_IO, "standard output", "cannot be written");
        return fail(&err);
    }
    return 0;
}
