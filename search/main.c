/* sitrep-search: the questions of the web, asked from a terminal. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "search/answer.h"
#include "search/answer_text.h"
#include "search/comparison.h"
#include "search/explain.h"
#include "search/export.h"

#define DEFAULT_INDEX "/var/lib/sitrep"
#define OPTIONS_MAX   64

/* A snapshot that is overwritten under a question is opened anew so many times. */
#define ASK_TRIES 5

enum {
    OPTION_INDEX = 256,
    OPTION_JSON,
    OPTION_EXPORT,
    OPTION_COMPARE,
    OPTION_QUESTIONS,
    OPTION_EXPLAIN,
    OPTION_HELP,
    OPTION_PARAMETER
};

struct command {
    const char *index;
    const char *compare;   /* another index, or NULL */
    const char *questions; /* a file of them, or NULL */
    bool json, export, explain, help;
    struct question question;
};

/* "--not-actor" for "-actor", "--facet-size" for "facet_size". The caller frees. */
static char *option_name(const struct question_parameter *parameter)
{
    const char *name = parameter->name;
    struct buffer option = {0};
    if (name[0] == '-')
        buffer_text(&option, "not");
    for (; *name; name++)
        buffer_char(&option, *name == '_' ? '-' : *name);
    return buffer_take(&option, NULL);
}

static void print_help(void)
{
    fputs(
        "usage: sitrep-search [OPTION]... [QUESTION]...\n"
        "\n"
        "Searches an index of reports. Without a question: all of them, newest first.\n"
        "\n"
        "  --index DIR          the index (else $SITREP_INDEX, else " DEFAULT_INDEX ")\n"
        "  --json               the answer as JSON, as /search.json gives it\n"
        "  --export             every report that is found, as JSON Lines for sitrep-index build\n"
        "  --compare DIR        what would change if that index took this one's place, by facet\n"
        "  --questions FILE     and in the first hits of these questions, one a line: as typed, "
        "or\n"
        "                       as a query string behind a question mark\n"
        "  --explain            how the question was read and carried out\n"
        "  --help               this text\n"
        "\n"
        "The parameters of /search; repeat a filter for OR:\n"
        "\n",
        stdout);
    for (size_t i = 0; i < question_parameter_count; i++) {
        char *name = option_name(&question_parameters[i]);
        if (name && strcmp(name, "q") != 0)
            printf("  --%-18s %s (%s)\n", name, question_parameters[i].help,
                   question_parameters[i].example);
        free(name);
    }
}

static void free_options(struct option options[OPTIONS_MAX])
{
    for (size_t i = 0; options[i].name; i++)
        if (options[i].val >= OPTION_PARAMETER)
            free((char *)options[i].name);
}

/* The options above, and one for each parameter. */
static bool make_options(struct option options[OPTIONS_MAX], struct error *err)
{
    static const struct option own[] = {
        {"index", required_argument, NULL, OPTION_INDEX},
        {"json", no_argument, NULL, OPTION_JSON},
        {"export", no_argument, NULL, OPTION_EXPORT},
        {"compare", required_argument, NULL, OPTION_COMPARE},
        {"questions", required_argument, NULL, OPTION_QUESTIONS},
        {"explain", no_argument, NULL, OPTION_EXPLAIN},
        {"help", no_argument, NULL, OPTION_HELP},
    };
    size_t count = ARRAY_LEN(own);
    memcpy(options, own, sizeof own);
    for (size_t i = 0; i < question_parameter_count && count < OPTIONS_MAX - 1; i++) {
        char *name = option_name(&question_parameters[i]);
        if (!name)
            return error_set(err, ERROR_MEMORY, NULL, "out of memory");
        options[count++] =
            (struct option){name, required_argument, NULL, OPTION_PARAMETER + (int)i};
    }
    return true;
}

static bool read_words(int argc, char **argv, struct question *question, struct error *err)
{
    struct buffer words = {0};
    for (int i = optind; i < argc; i++) {
        buffer_text(&words, i > optind ? " " : "");
        buffer_text(&words, argv[i]);
    }
    char *q = buffer_take(&words, NULL);
    bool ok = q ? !q[0] || question_set(question, "q", q, err)
                : error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(q);
    return ok;
}

static bool read_options(int argc, char **argv, const struct option *options,
                         struct command *command, struct error *err)
{
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == OPTION_INDEX)
            command->index = optarg;
        else if (option == OPTION_JSON)
            command->json = true;
        else if (option == OPTION_EXPORT)
            command->export = true;
        else if (option == OPTION_COMPARE)
            command->compare = optarg;
        else if (option == OPTION_QUESTIONS)
            command->questions = optarg;
        else if (option == OPTION_EXPLAIN)
            command->explain = true;
        else if (option == OPTION_HELP)
            command->help = true;
        else if (option < OPTION_PARAMETER)
            return error_set(err, ERROR_USAGE, NULL, "see sitrep-search --help");
        else if (!question_set(&command->question,
                               question_parameters[option - OPTION_PARAMETER].name, optarg, err))
            return false;
    }
    return true;
}

static bool read_command(int argc, char **argv, struct command *command, struct error *err)
{
    struct option options[OPTIONS_MAX] = {0};
    const char *index = getenv("SITREP_INDEX");
    command->index = index && *index ? index : DEFAULT_INDEX;
    bool ok = make_options(options, err) && read_options(argc, argv, options, command, err) &&
              read_words(argc, argv, &command->question, err) &&
              question_check(&command->question, err);
    free_options(options);
    return ok;
}

static bool print_json(const struct answer *answer, const struct snapshot *snapshot,
                       struct error *err)
{
    char *text = answer_json(answer, snapshot, NULL);
    json_t *json = text ? json_loads(text, 0, NULL) : NULL; /* to be written over many lines */
    free(text);
    if (!json)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    bool ok = json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 &&
              putchar('\n') != EOF;
    json_decref(json);
    return ok || error_set_errno(err, ERROR_IO, NULL, "cannot write the answer");
}

static bool print_answer(const struct command *command, const struct answer *answer,
                         const struct snapshot *snapshot, struct error *err)
{
    struct buffer text = {0};
    const char *no_color = getenv("NO_COLOR");
    bool bold = isatty(STDOUT_FILENO) && !(no_color && *no_color), ok = true;
    if (command->json)
        return print_json(answer, snapshot, err);
    if (command->explain)
        ok = explain_answer(snapshot, answer, &text, err);
    else
        answer_text(answer, snapshot, bold, &text);
    if (ok && text.failed)
        ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && fwrite(text.bytes, 1, text.size, stdout) != text.size)
        ok = error_set_errno(err, ERROR_IO, NULL, "cannot write the answer");
    buffer_free(&text);
    return ok;
}

static bool print_line(void *context, const struct report *report, struct error *err)
{
    bool *any = context;
    char *line;
    if (!report_line(report, &line, err))
        return false;
    bool ok = puts(line) != EOF;
    free(line);
    *any = true;
    return ok || error_set_errno(err, ERROR_IO, NULL, "cannot write the reports");
}

/* What was written cannot be taken back: a snapshot that is overwritten meanwhile ends it. */
static bool export_reports(const struct command *command, const struct snapshot *snapshot,
                           struct error *err)
{
    bool any = false;
    struct error fault = {0};
    if (export_run(snapshot, &command->question, print_line, &any, &fault))
        return true;
    return error_set(err, any && fault.code == ERROR_STALE ? ERROR_IO : fault.code, fault.where,
                     "%s%s", fault.text, any ? "; what was written is not all" : "");
}

/* Empty lines and those that begin with # are none. */
static bool compare_questions(FILE *file, const struct snapshot *before,
                              const struct snapshot *after, struct buffer *out, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    for (ssize_t size; ok && (size = getline(&line, &room, file)) >= 0;) {
        while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
            line[--size] = '\0';
        if (size > 0 && line[0] != '#')
            ok = comparison_question(before, after, line, out, err);
    }
    free(line);
    return ok;
}

static bool compare(const struct command *command, const struct snapshot *before, struct error *err)
{
    struct snapshot *after = NULL;
    struct buffer text = {0};
    FILE *questions = command->questions ? fopen(command->questions, "re") : NULL;
    bool ok = (!command->questions || questions ||
               error_set_errno(err, ERROR_NO_INPUT, command->questions, "cannot be read")) &&
              snapshot_open(command->compare, &after, err) &&
              comparison_facets(before, after, &text, err);
    if (ok && questions)
        ok = compare_questions(questions, before, after, &text, err);
    if (ok && text.failed)
        ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && fwrite(text.bytes, 1, text.size, stdout) != text.size)
        ok = error_set_errno(err, ERROR_IO, NULL, "cannot write the comparison");
    if (questions)
        fclose(questions);
    buffer_free(&text);
    snapshot_close(after);
    return ok;
}

static bool ask_once(const struct command *command, struct error *err)
{
    struct snapshot *snapshot = NULL;
    struct answer *answer = NULL;
    bool ok = snapshot_open(command->index, &snapshot, err);
    if (ok && command->compare)
        ok = compare(command, snapshot, err);
    else if (ok && command->export)
        ok = export_reports(command, snapshot, err);
    else if (ok)
        ok = answer_make(snapshot, &command->question, &answer, err) &&
             print_answer(command, answer, snapshot, err);
    answer_free(answer);
    snapshot_close(snapshot);
    return ok;
}

static bool ask(const struct command *command, struct error *err)
{
    bool ok = ask_once(command, err);
    for (int tries = 1; !ok && err->code == ERROR_STALE && tries < ASK_TRIES; tries++) {
        error_clear(err);
        ok = ask_once(command, err);
    }
    return ok;
}

int main(int argc, char **argv)
{
    struct error error = {0};
    struct command command = {0};
    bool ok =
        question_init(&command.question, &error) && read_command(argc, argv, &command, &error);
    if (ok && command.help)
        print_help();
    else if (ok)
        ok = ask(&command, &error);
    if (ok && fflush(stdout) != 0)
        ok = error_set_errno(&error, ERROR_IO, NULL, "cannot write the answer");
    if (!ok)
        fprintf(stderr, "sitrep-search: %s%s%s\n", error.where, error.where[0] ? ": " : "",
                error.text);
    question_clear(&command.question);
    return ok ? EX_OK : error_exit_status(error.code);
}
