/* compare: the same questions asked of several engines, turn by turn.
 *
 *   compare --questions FILE [--task NAME]... [--rounds N] [--warm N] [--save FILE] NAME=COMMAND...
 *
 * Each COMMAND is a program that reads a line "TASK<tab>QUESTION" (question_file.h) and answers
 * with a line "NANOSECONDS<tab>TOTAL<tab>FACETS": it measures itself, without the pipe. "-" is
 * the answer to what an engine cannot be asked. bench/ask_sitrep.c names the tasks.
 *
 * First every engine is asked the task 'check', and what it says is compared with what the first
 * one says: totals, and facets where it gives any. Then in each of N rounds (7, after 3 that do
 * not count) every question goes to every engine, beginning with another one each time. Printed
 * are p50 and p99 in milliseconds by class, and the first engine's p50 as ratio to each peer's.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/question_file.h"
#include "bench/samples.h"
#include "schema/buffer.h"

#define ENGINES 12
#define CLASSES 32
#define TASKS   16
#define SHOWN   5 /* differences told of each engine */

struct engine {
    const char *name;
    pid_t pid;
    FILE *to, *from;
    char *line; /* its last answer; the members below are parts of it */
    size_t room;
    double nanoseconds;
    const char *total, *facets;
    size_t differences, compared, facets_compared;
    struct samples samples[CLASSES]; /* of the task at hand, ms */
};

struct bench {
    struct engine engines[ENGINES];
    size_t engine_count;
    const char *tasks[TASKS];
    size_t task_count;
    struct question_file questions;
    char **lines;    /* of the questions, as they are sent */
    size_t *classes; /* of the questions, by number */
    double *totals;  /* of the questions, as the first engine says */
    const char *names[CLASSES];
    size_t class_count;
    unsigned long rounds, warm;
    const char *path;
    FILE *save;
};

/* ---- engines ------------------------------------------------------------------- */

static bool start(struct engine *engine, char *argument, struct error *err)
{
    int to[2], from[2];
    char *equals = strchr(argument, '=');
    if (!equals)
        return error_set(err, ERROR_USAGE, argument, "an engine is NAME=COMMAND");
    *equals = '\0';
    engine->name = argument;
    if (pipe(to) != 0 || pipe(from) != 0 || (engine->pid = fork()) < 0)
        return error_set_errno(err, ERROR_SYSTEM, argument, "cannot start");
    if (engine->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        closefrom(STDERR_FILENO + 1);
        execl("/bin/sh", "sh", "-c", equals + 1, NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    engine->to = fdopen(to[1], "w");
    engine->from = fdopen(from[0], "r");
    return (engine->to && engine->from) || error_set_errno(err, ERROR_SYSTEM, argument, "pipe");
}

static void stop(struct engine *engine)
{
    if (engine->to)
        fclose(engine->to); /* the end of its input ends it */
    if (engine->from)
        fclose(engine->from);
    if (engine->pid > 0)
        waitpid(engine->pid, NULL, 0);
    free(engine->line);
    for (size_t i = 0; i < CLASSES; i++)
        samples_clear(&engine->samples[i]);
}

/* '*answered' is false where the engine has not that task. */
static bool ask(struct engine *engine, const char *task, const char *question, bool *answered,
                struct error *err)
{
    fprintf(engine->to, "%s\t%s\n", task, question);
    if (fflush(engine->to) != 0 || getline(&engine->line, &engine->room, engine->from) < 0)
        return error_set(err, ERROR_SYSTEM, engine->name, "ended at %s of: %s", task, question);
    char *rest = engine->line;
    rest[strcspn(rest, "\n")] = '\0';
    *answered = strcmp(rest, "-") != 0;
    if (!*answered)
        return true;
    const char *nanoseconds = strsep(&rest, "\t");
    engine->total = rest ? strsep(&rest, "\t") : NULL;
    engine->facets = rest ? rest : "";
    engine->nanoseconds = strtod(nanoseconds, NULL);
    return engine->total || error_set(err, ERROR_DATA, engine->name, "answers: %s", engine->line);
}

/* ---- agreement ------------------------------------------------------------------ */

static void tell_difference(const struct engine *engine, const struct engine *first,
                            const char *question)
{
    size_t at = 0;
    while (first->facets[at] && first->facets[at] == engine->facets[at])
        at++;
    while (at > 0 && first->facets[at - 1] != ' ')
        at--;
    fprintf(stderr, "compare: %s: %s finds %s (%.40s), %s %s (%.40s)\n", question, first->name,
            first->total, first->facets + at, engine->name, engine->total,
            *engine->facets ? engine->facets + at : "");
}

static bool check_question(struct bench *bench, size_t number, struct error *err)
{
    const struct engine *first = &bench->engines[0];
    for (size_t i = 0; i < bench->engine_count; i++) {
        struct engine *engine = &bench->engines[i];
        bool answered;
        if (!ask(engine, "check", bench->lines[number], &answered, err))
            return false;
        if (i == 0)
            bench->totals[number] = answered ? strtod(engine->total, NULL) : 0;
        if (!answered)
            continue;
        engine->compared++;
        bool facets = *engine->facets != '\0';
        engine->facets_compared += facets;
        if (strcmp(engine->total, first->total) == 0 &&
            (!facets || strcmp(engine->facets, first->facets) == 0))
            continue;
        if (engine->differences++ < SHOWN)
            tell_difference(engine, first, bench->lines[number]);
    }
    return true;
}

static bool check(struct bench *bench, struct error *err)
{
    for (size_t i = 0; i < bench->questions.count; i++)
        if (!check_question(bench, i, err))
            return false;
    for (size_t i = 1; i < bench->engine_count; i++) {
        const struct engine *engine = &bench->engines[i];
        printf("%s: %zu of %zu questions asked, %zu with facets; %zu differ from %s\n",
               engine->name, engine->compared, bench->questions.count, engine->facets_compared,
               engine->differences, bench->engines[0].name);
    }
    fflush(stdout);
    return true;
}

/* ---- time ------------------------------------------------------------------------ */

static bool measure_question(struct bench *bench, const char *task, size_t number, size_t round,
                             struct error *err)
{
    for (size_t i = 0; i < bench->engine_count; i++) {
        struct engine *engine = &bench->engines[(i + number + round) % bench->engine_count];
        bool answered;
        if (!ask(engine, task, bench->lines[number], &answered, err))
            return false;
        if (!answered || round < bench->warm)
            continue;
        if (!samples_add(&engine->samples[bench->classes[number]], engine->nanoseconds / 1e6))
            return error_set(err, ERROR_MEMORY, NULL, "out of memory");
        if (bench->save)
            fprintf(bench->save, "%s\t%s\t%s\t%zu\t%.0f\t%.0f\n", task, engine->name,
                    bench->names[bench->classes[number]], number, bench->totals[number],
                    engine->nanoseconds);
    }
    return true;
}

static double matches_of(const struct bench *bench, size_t class)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < bench->questions.count; i++)
        if (bench->classes[i] == class) {
            sum += bench->totals[i];
            count++;
        }
    return sum / (double)count;
}

static void print_names(const struct bench *bench, const char *title, size_t from)
{
    printf("\n%-12s %9s", title, "matches");
    for (size_t i = from; i < bench->engine_count; i++)
        if (bench->engines[i].samples[0].count > 0)
            printf(" %19s", bench->engines[i].name);
    putchar('\n');
}

static void print_times(struct bench *bench, const char *task)
{
    print_names(bench, task, 0);
    for (size_t class = 0; class < bench->class_count; class ++) {
        printf("%-12s %9.0f", bench->names[class], matches_of(bench, class));
        for (size_t i = 0; i < bench->engine_count; i++) {
            struct samples *samples = &bench->engines[i].samples[class];
            if (bench->engines[i].samples[0].count > 0)
                printf(" %9.3f / %7.3f", samples_at(samples, .5), samples_at(samples, .99));
        }
        putchar('\n');
    }
}

static void print_ratios(struct bench *bench)
{
    struct samples ratios[ENGINES] = {0};
    struct engine *first = &bench->engines[0];
    size_t peers = 0;
    for (size_t i = 1; i < bench->engine_count; i++)
        peers += bench->engines[i].samples[0].count > 0;
    if (peers == 0 || first->samples[0].count == 0)
        return;
    print_names(bench, "ratio to", 1);
    for (size_t class = 0; class < bench->class_count; class ++) {
        printf("%-12s %9.0f", bench->names[class], matches_of(bench, class));
        for (size_t i = 1; i < bench->engine_count; i++) {
            double peer = samples_at(&bench->engines[i].samples[class], .5);
            double ratio = samples_at(&first->samples[class], .5) / peer;
            if (bench->engines[i].samples[0].count == 0)
                continue;
            if (peer > 0 && samples_add(&ratios[i], ratio))
                printf(" %19.3f", ratio);
            else
                printf(" %19s", "-");
        }
        putchar('\n');
    }
    printf("%-22s", "geometric mean");
    for (size_t i = 1; i < bench->engine_count; i++) {
        if (bench->engines[i].samples[0].count > 0)
            printf(" %19.3f", samples_geometric_mean(&ratios[i]));
        samples_clear(&ratios[i]);
    }
    putchar('\n');
}

static bool measure(struct bench *bench, const char *task, struct error *err)
{
    for (size_t round = 0; round < bench->warm + bench->rounds; round++)
        for (size_t i = 0; i < bench->questions.count; i++)
            if (!measure_question(bench, task, i, round, err))
                return false;
    print_times(bench, task);
    print_ratios(bench);
    fflush(stdout);
    for (size_t i = 0; i < bench->engine_count; i++)
        for (size_t class = 0; class < bench->class_count; class ++)
            samples_clear(&bench->engines[i].samples[class]);
    return true;
}

/* ---- questions ------------------------------------------------------------------- */

/* The line as it was before it was read. */
static char *line_of(const struct asked *asked)
{
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    struct buffer line = {0};
    buffer_format(&line, "%s\t%s\t%s\t%s\t%s\t%s", asked->class, asked->match,
                  *asked->words ? asked->words : "-", *asked->actor ? asked->actor : "-",
                  asked->from == DAY_NONE ? "-" : day_format(asked->from, from),
                  asked->to == DAY_NONE ? "-" : day_format(asked->to, to));
    return buffer_take(&line, NULL);
}

static bool read_questions(struct bench *bench, const char *path, struct error *err)
{
    if (!question_file_read(path, &bench->questions, err))
        return false;
    size_t count = bench->questions.count;
    bench->lines = calloc(count, sizeof bench->lines[0]);
    bench->classes = calloc(count, sizeof bench->classes[0]);
    bench->totals = calloc(count, sizeof bench->totals[0]);
    bool ok = bench->lines && bench->classes && bench->totals;
    for (size_t i = 0; ok && i < count; i++) {
        const char *name = bench->questions.items[i].class;
        size_t class = 0;
        while (class < bench->class_count && strcmp(bench->names[class], name) != 0)
            class ++;
        if (class == CLASSES)
            return error_set(err, ERROR_DATA, path, "too many classes: at most %d", CLASSES);
        bench->names[class] = name;
        if (class == bench->class_count)
            bench->class_count++;
        bench->classes[i] = class;
        bench->lines[i] = line_of(&bench->questions.items[i]);
        ok = bench->lines[i] != NULL;
    }
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static void clear(struct bench *bench)
{
    for (size_t i = 0; i < bench->engine_count; i++)
        stop(&bench->engines[i]);
    for (size_t i = 0; bench->lines && i < bench->questions.count; i++)
        free(bench->lines[i]);
    free(bench->lines);
    free(bench->classes);
    free(bench->totals);
    question_file_clear(&bench->questions);
    if (bench->save)
        fclose(bench->save);
}

static bool run(struct bench *bench, char **engines, size_t count, struct error *err)
{
    bool ok = true;
    for (; ok && bench->engine_count < count; bench->engine_count++)
        ok = start(&bench->engines[bench->engine_count], engines[bench->engine_count], err);
    ok = ok && check(bench, err);
    for (size_t i = 0; ok && i < bench->task_count; i++)
        ok = measure(bench, bench->tasks[i], err);
    return ok;
}

static bool read_options(int argc, char **argv, struct bench *bench, struct error *err)
{
    static const struct option options[] = {
        {"questions", required_argument, NULL, 'q'}, {"task", required_argument, NULL, 't'},
        {"rounds", required_argument, NULL, 'r'},    {"warm", required_argument, NULL, 'w'},
        {"save", required_argument, NULL, 's'},      {0}};
    bool ok = true;
    for (int option; ok && (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'q')
            bench->path = optarg;
        else if (option == 't' && bench->task_count < TASKS)
            bench->tasks[bench->task_count++] = optarg;
        else if (option == 'r')
            bench->rounds = strtoul(optarg, NULL, 10);
        else if (option == 'w')
            bench->warm = strtoul(optarg, NULL, 10);
        else if (option == 's' && !bench->save)
            ok = (bench->save = fopen(optarg, "w")) ||
                 error_set_errno(err, ERROR_CREATE, optarg, "cannot create");
        else
            ok = false;
    }
    return (ok && bench->path && optind < argc && argc - optind <= ENGINES) ||
           error_set(err, ERROR_USAGE, NULL,
                     "usage: compare --questions FILE [--task NAME]... [--rounds N] [--warm N] "
                     "[--save FILE] NAME=COMMAND...");
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct bench bench = {.rounds = 7, .warm = 3};
    bool ok = read_options(argc, argv, &bench, &err) && read_questions(&bench, bench.path, &err) &&
              run(&bench, argv + optind, (size_t)(argc - optind), &err);
    bool agree = true;
    for (size_t i = 0; i < bench.engine_count; i++)
        agree = agree && bench.engines[i].differences == 0;
    clear(&bench);
    if (!ok)
        fprintf(stderr, "compare: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return !ok ? error_exit_status(err.code) : agree ? 0 : 1;
}
