/* ask_sitrep: Sitrep's side of bench/compare: the fixed questions asked in process.
 *
 *   ask_sitrep --index DIR
 *
 * Answers each line "TASK<tab>QUESTION" (question_file.h) with "NANOSECONDS<tab>TOTAL<tab>FACETS",
 * and with "-" a task that there is not. The tasks that peers have too:
 *
 *   facets   top 10 ranked, three facets: actor, region, date by month
 *   top      top 10 ranked        newest   the 10 newest
 *   check    all that the three facets say, to be compared; not timed
 *
 * Those of Sitrep alone: its steps (read, match, actors, regions, dates, rank), each timed within
 * the whole; answer, all that a page needs, texts and every facet included; and actor and years:
 * the answer to the question narrowed by its first actor, or to its last quarter of time, just
 * after it was asked. What other questions matched is forgotten before each; what frequent words
 * are in is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/asked_question.h"
#include "bench/samples.h"
#include "schema/buffer.h"
#include "search/answer.h"
#include "search/facet.h"
#include "search/histogram.h"
#include "search/hits.h"
#include "search/plan.h"
#include "search/reading.h"

#define ALL_VALUES UINT32_MAX

/* One question on its way through the steps of search/. */
struct run {
    const struct snapshot *snapshot;
    struct question question;
    struct reading reading;
    struct plan plan;
    struct facet actors, regions;
    struct histogram dates;
    struct place places[QUESTION_SIZE];
    size_t place_count;
    double seconds; /* of the steps that are timed */
};

static bool read_step(struct run *run, struct error *err)
{
    return reading_make(run->snapshot, &run->question, &run->reading, err);
}

static bool match_step(struct run *run, struct error *err)
{
    return plan_make(run->snapshot, run->reading.query, &run->question, &run->plan, err);
}

static bool actors_step(struct run *run, struct error *err)
{
    return facet_make(run->snapshot, &run->plan, &run->question, FIELD_ACTOR, &run->actors, err);
}

static bool regions_step(struct run *run, struct error *err)
{
    return facet_make(run->snapshot, &run->plan, &run->question, FIELD_REGION, &run->regions, err);
}

static bool dates_step(struct run *run, struct error *err)
{
    return histogram_make(run->snapshot, run->plan.matches, &run->question, &run->dates, err);
}

static bool rank_step(struct run *run, struct error *err)
{
    return hits_find(run->snapshot, &run->plan, run->reading.query, &run->question, run->places,
                     &run->place_count, err);
}

enum { READ = 1, MATCH = 2, ACTORS = 4, REGIONS = 8, DATES = 16, RANK = 32 };

static const struct step {
    unsigned bit;
    bool (*take)(struct run *, struct error *);
} steps[] = {
    {READ, read_step},       {MATCH, match_step}, {ACTORS, actors_step},
    {REGIONS, regions_step}, {DATES, dates_step}, {RANK, rank_step},
};

#define COUNTS (READ | MATCH | ACTORS | REGIONS | DATES)
#define WHOLE  (COUNTS | RANK)

static void clear_run(struct run *run)
{
    histogram_clear(&run->dates);
    facet_clear(&run->regions);
    facet_clear(&run->actors);
    plan_clear(&run->plan);
    reading_clear(&run->reading);
    question_clear(&run->question);
}

/* ---- what is said ------------------------------------------------------------ */

static int compare_values(const void *a, const void *b)
{
    return strcmp(((const struct facet_value *)a)->value, ((const struct facet_value *)b)->value);
}

/* "actor jnim=12 wagner-group=3": by value, those that any report has. */
static void print_facet(const char *name, struct facet *facet)
{
    printf("%s", name);
    if (facet->value_count > 0)
        qsort(facet->values, facet->value_count, sizeof facet->values[0], compare_values);
    for (size_t i = 0; i < facet->value_count; i++)
        if (facet->values[i].reports > 0)
            printf(" %s=%u", facet->values[i].value, facet->values[i].reports);
}

static void print_dates(const struct histogram *dates)
{
    printf("date");
    for (size_t i = 0; i < dates->bucket_count; i++) {
        char month[DAY_TEXT_ROOM];
        if (dates->buckets[i].reports > 0)
            printf(" %s=%u", day_format_to(dates->buckets[i].from, PRECISION_MONTH, month),
                   dates->buckets[i].reports);
    }
}

static void print_run(struct run *run, bool facets)
{
    printf("%.0f\t%u\t", 1e9 * run->seconds, run->plan.total);
    if (facets) {
        print_facet("actor", &run->actors);
        print_facet(" region", &run->regions);
        putchar(' ');
        print_dates(&run->dates);
    }
    putchar('\n');
}

/* ---- tasks --------------------------------------------------------------------- */

struct task {
    const char *name;
    bool (*carry_out)(const struct task *, struct run *, struct error *);
    unsigned run, timed; /* steps */
    enum sort sort;
    uint32_t facet_size;
};

static bool take_steps(const struct task *task, struct run *run, struct error *err)
{
    run->question.sort = task->sort;
    run->question.sort_given = true;
    run->question.facet_size = task->facet_size;
    run->question.names_off = true; /* peers know no names */
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        double start = seconds_now();
        if (task->run & steps[i].bit && !steps[i].take(run, err))
            return false;
        if (task->timed & steps[i].bit)
            run->seconds += seconds_now() - start;
    }
    print_run(run, !task->timed);
    return true;
}

static bool answer(struct run *run, struct answer **out, struct error *err)
{
    double start = seconds_now();
    bool ok = answer_make(run->snapshot, &run->question, out, err);
    run->seconds = seconds_now() - start;
    return ok;
}

static bool take_answer(const struct task *task, struct run *run, struct error *err)
{
    struct answer *answered;
    (void)task;
    if (!answer(run, &answered, err))
        return false;
    printf("%.0f\t%u\t\n", 1e9 * run->seconds, answered->total);
    answer_free(answered);
    return true;
}

static bool narrow_actor(const struct answer *whole, struct question *question, struct error *err)
{
    const struct facet *actors = &whole->facets[0];
    return actors->value_count == 0 ||
           question_add_filter(question, FIELD_ACTOR, false, actors->values[0].value, err);
}

static bool narrow_dates(const struct answer *whole, struct question *question, struct error *err)
{
    const struct histogram *dates = &whole->dates;
    (void)err;
    if (dates->bucket_count > 0)
        question->from = dates->buckets[dates->bucket_count * 3 / 4].from;
    return true;
}

static bool take_refinement(const struct task *task, struct run *run, struct error *err)
{
    struct answer *whole;
    if (!answer(run, &whole, err))
        return false;
    bool ok = task->run & ACTORS ? narrow_actor(whole, &run->question, err)
                                 : narrow_dates(whole, &run->question, err);
    answer_free(whole);
    return ok && take_answer(task, run, err);
}

#define STEP(name, bit)                                                                            \
    {                                                                                              \
        name, take_steps, WHOLE, bit, SORT_RELEVANCE, QUESTION_FACET_SIZE                          \
    }
static const struct task tasks[] = {
    {"facets", take_steps, WHOLE, WHOLE, SORT_RELEVANCE, QUESTION_FACET_SIZE},
    {"top", take_steps, READ | MATCH | RANK, WHOLE, SORT_RELEVANCE, QUESTION_FACET_SIZE},
    {"newest", take_steps, READ | MATCH | RANK, WHOLE, SORT_NEWEST, QUESTION_FACET_SIZE},
    {"check", take_steps, COUNTS, 0, SORT_NEWEST, ALL_VALUES},
    STEP("read", READ),
    STEP("match", MATCH),
    STEP("actors", ACTORS),
    STEP("regions", REGIONS),
    STEP("dates", DATES),
    STEP("rank", RANK),
    {.name = "answer", .carry_out = take_answer},
    {.name = "actor", .carry_out = take_refinement, .run = ACTORS},
    {.name = "years", .carry_out = take_refinement, .run = DATES},
};

/* ---- questions ------------------------------------------------------------------ */

static bool ask(const struct snapshot *snapshot, char *line, struct error *err)
{
    struct asked asked = {0};
    struct run run = {.snapshot = snapshot};
    const char *name = strsep(&line, "\t");
    size_t i = 0;
    while (i < ARRAY_LEN(tasks) && strcmp(tasks[i].name, name) != 0)
        i++;
    if (i == ARRAY_LEN(tasks))
        return puts("-") != EOF;
    snapshot_forget_questions(snapshot);
    bool ok = question_file_parse(line ? line : "", "standard input", &asked, err) &&
              asked_question(&asked, &run.question, err) &&
              tasks[i].carry_out(&tasks[i], &run, err);
    clear_run(&run);
    question_file_clear_line(&asked);
    return ok;
}

static bool ask_all(const char *index, struct error *err)
{
    struct snapshot *snapshot;
    char *line = NULL;
    size_t room = 0;
    bool ok = snapshot_open(index, &snapshot, err);
    if (!ok)
        return false;
    while (ok && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        ok = ask(snapshot, line, err) &&
             (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
    }
    free(line);
    snapshot_close(snapshot);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc != 3 || strcmp(argv[1], "--index") != 0)
        error_set(&err, ERROR_USAGE, NULL, "usage: ask_sitrep --index DIR");
    else if (ask_all(argv[2], &err))
        return 0;
    fprintf(stderr, "ask_sitrep: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
