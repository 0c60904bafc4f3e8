/* sitrep-index: the command line of the indexer. */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/commands/command.h"
#include "indexer/follow.h"
#include "indexer/publication.h"
#include "indexer/reader.h"
#include "schema/buffer.h"

#define DEFAULT_INDEX "/var/lib/sitrep"
#define ANY_NUMBER    SIZE_MAX

/* A row of the table of commands. */
struct entry {
    const char *name;      /* one word or two */
    const char *arguments; /* as the help shows them */
    const char *options;   /* letters of those it takes */
    size_t least, most;    /* arguments */
    command_function *run;
    const char *help;
};

static const struct entry commands[] = {
    {"build", "PATH...", "ivdwkpmfCrq", 1, ANY_NUMBER, command_build,
     "build an index from all reports in files and directories (- is standard input)\n"
     "and publish it in place of the one before; a build that was stopped goes on where it\n"
     "stopped when the same command is given again"},
    {"add", "PATH...", "i", 1, ANY_NUMBER, command_add,
     "put reports into the current generation; one whose id is there replaces that one"},
    {"replace", "PATH...", "i", 1, ANY_NUMBER, command_replace,
     "like add, and reject reports whose id is not there"},
    {"remove", "ID...", "i", 1, ANY_NUMBER, command_remove,
     "take reports out of the current generation (- reads ids, one a line)"},
    {"changes", "", "isj", 0, 0, command_changes,
     "what was added, replaced and removed, by each commit and each generation published"},
    {"submit", "PATH...", "iFK", 1, ANY_NUMBER, command_submit,
     "hand files of reports over to a feed, and print each task's name once it is on disk\n"
     "(- is standard input)"},
    {"follow", "", "iFDx", 0, 0, command_follow,
     "bring what is handed over to a feed into the index, until told to stop"},
    {"status", "", "iF", 0, 0, command_status, "what is published, and who is writing"},
    {"list", "", "i", 0, 0, command_list, "all generations; * marks the current one"},
    {"check", "[GENERATION]", "i", 0, 1, command_check,
     "compare every file of a generation with its manifest and check its structure"},
    {"dump", "ID", "i", 1, 1, command_dump, "one report as it is stored, as JSON"},
    {"export", "", "i", 0, 0, command_export,
     "all reports as JSON Lines, which build reads back to the same index"},
    {"publish", "", "ikO", 0, 0, command_publish, "make the rehearsed generation current"},
    {"rollback", "[GENERATION]", "i", 0, 1, command_rollback,
     "make the generation before the current one, or the one named, current"},
    {"prune", "", "ik", 0, 0, command_prune, "remove all but the newest generations"},
    {"explain", "PATH...", "vdj", 1, ANY_NUMBER, command_explain,
     "the actors and regions found in reports, where, and by which rule"},
    {"vocabulary check", "", "v", 0, 0, command_vocabulary_check,
     "say all that is wrong with the vocabulary, or count it"},
    {"vocabulary diff", "", "ivj", 0, 0, command_vocabulary_diff,
     "the tags that the vocabulary would add to the reports of an index, and take from them"},
    {"vocabulary suggest", "[PATH]...", "ivj", 0, ANY_NUMBER, command_vocabulary_suggest,
     "names in reports, or in an index, that look like actors and are not in the vocabulary"},
    {"vocabulary import-geonames", "FILE", "vocn", 1, 1, command_vocabulary_import,
     "make a table of places of a GeoNames dump (- is standard input)"},
    {"score", "GOLD", "vdj", 1, 1, command_score,
     "how well extraction does on the gold reports of a JSON Lines file (- is standard input)"},
};

static const struct option_help {
    char letter;
    const char *help;
} option_helps[] = {
    {'i', "--index DIR        the index (else $SITREP_INDEX, else " DEFAULT_INDEX ")"},
    {'v', "--vocabulary DIR   actors and regions to tag with (else those installed)"},
    {'d', "--no-demonyms      Malian is no evidence for Mali"},
    {'w', "--workers N        processes that index (else one a core)"},
    {'m', "--memory SIZE      of all processes together: 800M, 4G (else 1536M)"},
    {'f', "--fresh            start anew, whatever an earlier run left"},
    {'C', "--no-carry         leave behind what was added to the generation before"},
    {'r', "--rehearse         build aside and show what would change; publish does the rest"},
    {'q', "--questions FILE   show it for these too, one a line (with --rehearse)"},
    {'O', "--force            whatever was published or committed since the rehearsal"},
    {'k', "--keep N           generations to keep (else 3)"},
    {'p', "--progress FORM    none, line or json (else line on a terminal)"},
    {'j', "--json             JSON, one object a line"},
    {'F', "--feed DIR         the feed (else INDEX/feed)"},
    {'K', "--key TEXT         tells the item from others: what was handed over is not taken twice"},
    {'D', "--keep-done DAYS   keep what is done for so long (else 7)"},
    {'x', "--drain            end when nothing waits any more"},
    {'s',
     "--since [GEN:]N    what came after commit N of a generation (else after the one before)"},
    {'o', "--output FILE      the table (else geonames.places in the vocabulary)"},
    {'c', "--countries CC,CC  these countries alone (else all)"},
    {'n', "--population N     places with at least so many people (else all)"},
};

static void print_formats(void)
{
    printf("\nformats, told by a file's name, else by how it begins:\n");
    for (size_t i = 0; reader_formats[i]; i++)
        printf("  %-8s %-16s %s\n", reader_formats[i]->name, reader_formats[i]->extensions,
               reader_formats[i]->help);
}

static void print_command_help(const struct entry *command)
{
    printf("usage: sitrep-index %s [OPTION]... %s\n\n%s\n\noptions:\n", command->name,
           command->arguments, command->help);
    for (size_t i = 0; i < ARRAY_LEN(option_helps); i++)
        if (strchr(command->options, option_helps[i].letter))
            printf("  %s\n", option_helps[i].help);
    if (command->run == command_build)
        print_formats();
}

static void print_help(void)
{
    printf("usage: sitrep-index COMMAND [OPTION]... [ARGUMENT]...\n\ncommands:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        printf("  %-26s %.*s\n", commands[i].name, (int)strcspn(commands[i].help, "\n"),
               commands[i].help);
    printf("\nsitrep-index COMMAND --help says more\n");
}

static bool read_number(const char *name, const char *text, unsigned long least, unsigned long most,
                        unsigned *out, struct error *err)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || number < least || number > most)
        return error_set(err, ERROR_USAGE, name, "'%.40s' is not a number from %lu to %lu", text,
                         least, most);
    *out = (unsigned)number;
    return true;
}

/* A number of bytes with K, M or G behind it. */
static bool read_size(const char *name, const char *text, uint64_t *out, struct error *err)
{
    static const char units[] = "KMG";
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    const char *unit = *end && !end[1] ? strchr(units, *end) : NULL;
    if (text[0] < '0' || text[0] > '9' || number < 1 || number > 1u << 20 || !unit)
        return error_set(err, ERROR_USAGE, name, "'%.40s' is not a size like 800M or 4G", text);
    *out = (uint64_t)number << (10 * (unit - units + 1));
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
                                .keep_done = FOLLOW_KEEP_DONE,
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
    case 'd':
        options->extraction.no_demonyms = true;
        return true;
    case 'j':
        options->json = true;
        return true;
    case 'F':
        options->feed = text;
        return true;
    case 'C':
        options->no_carry = true;
        return true;
    case 'K':
        options->key = text;
        return true;
    case 'D':
        return read_number("--keep-done", text, 0, 36500, &options->keep_done, err);
    case 'x':
        options->drain = true;
        return true;
    case 's':
        options->since = text;
        return true;
    case 'o':
        options->output = text;
        return true;
    case 'c':
        options->countries = text;
        return true;
    case 'n':
        return read_number("--population", text, 1, INT32_MAX, &options->population, err);
    case 'w':
        return read_number("--workers", text, 1, 1024, &options->workers, err);
    case 'm':
        return read_size("--memory", text, &options->memory, err);
    case 'f':
        options->fresh = true;
        return true;
    case 'r':
        options->rehearse = true;
        return true;
    case 'q':
        options->questions = text;
        return true;
    case 'O':
        options->force = true;
        return true;
    case 'k':
        return read_number("--keep", text, 1, 1024, &options->keep, err);
    default:
        return read_progress(text, &options->progress, err);
    }
}

/* '*help' says whether --help was asked for. */
static bool read_options(const struct entry *command, int argc, char **argv,
                         struct options *options, bool *help, struct error *err)
{
    static const struct option names[] = {
        {"index", required_argument, NULL, 'i'},
        {"vocabulary", required_argument, NULL, 'v'},
        {"workers", required_argument, NULL, 'w'},
        {"keep", required_argument, NULL, 'k'},
        {"memory", required_argument, NULL, 'm'},
        {"fresh", no_argument, NULL, 'f'},
        {"no-carry", no_argument, NULL, 'C'},
        {"rehearse", no_argument, NULL, 'r'},
        {"questions", required_argument, NULL, 'q'},
        {"force", no_argument, NULL, 'O'},
        {"progress", required_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},
        {"since", required_argument, NULL, 's'},
        {"feed", required_argument, NULL, 'F'},
        {"key", required_argument, NULL, 'K'},
        {"keep-done", required_argument, NULL, 'D'},
        {"drain", no_argument, NULL, 'x'},
        {"output", required_argument, NULL, 'o'},
        {"countries", required_argument, NULL, 'c'},
        {"population", required_argument, NULL, 'n'},
        {"no-demonyms", no_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
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
    if (!*help &&
        (options->argument_count < command->least || options->argument_count > command->most))
        return error_set(err, ERROR_USAGE, command->name, "usage: sitrep-index %s %s",
                         command->name, command->arguments);
    return true;
}

/* The command that the arguments begin with; '*words' is the number of them that name it. */
static const struct entry *find_command(int argc, char **argv, int *words)
{
    for (size_t i = 0; argc > 0 && i < ARRAY_LEN(commands); i++) {
        const char *name = commands[i].name, *second = strchr(name, ' ');
        size_t size = second ? (size_t)(second - name) : strlen(name);
        *words = second ? 2 : 1;
        if (strncmp(argv[0], name, size) == 0 && argv[0][size] == '\0' &&
            (!second || (argc > 1 && strcmp(argv[1], second + 1) == 0)))
            return &commands[i];
    }
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
    int words;
    const struct entry *command = find_command(argc - 1, argv + 1, &words);
    if (!command) {
        error_set(&err, ERROR_USAGE, argc > 1 ? argv[1] : NULL,
                  "no such command; see sitrep-index --help");
        return fail(&err);
    }
    struct options options;
    bool help = false;
    set_defaults(&options);
    if (!read_options(command, argc - words, argv + words, &options, &help, &err))
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
