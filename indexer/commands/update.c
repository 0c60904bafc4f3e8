/* The commands that change the current generation, and the one that shows what was changed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/commands/command.h"
#include "indexer/intake.h"
#include "indexer/updater.h"
#include "schema/story.h"

/* One run. */
struct run {
    enum update_kind kind;
    struct updater *updater;
    struct update update;
    struct tally ignored;
    uint64_t rejected; /* by the readers */
    size_t outcomes[OUTCOMES];
    struct update_commit last;
};

static void on_rejected(void *context, const struct error *why)
{
    struct run *run = context;
    run->rejected++;
    fprintf(stderr, "%s: %s\n", why->where, why->text);
}

static void on_skipped(void *context, const char *path, const char *why)
{
    (void)context;
    fprintf(stderr, "%s: passed over: %s\n", path, why);
}

static void show_outcome(const struct update_step *step)
{
    if (step->outcome == OUTCOME_REJECTED)
        fprintf(stderr, "%s: %s\n", step->why.where, step->why.text);
    if (step->outcome == OUTCOME_ABSENT)
        fprintf(stderr, "%s: no such report\n", step->report.id);
}

/* Commits what was gathered. */
static bool flush(struct run *run, struct error *err)
{
    if (run->update.count > 0 && !updater_apply(run->updater, &run->update, &run->last, err))
        return false;
    for (size_t i = 0; i < run->update.count; i++) {
        show_outcome(&run->update.steps[i]);
        run->outcomes[run->update.steps[i].outcome]++;
    }
    update_reset(&run->update);
    return true;
}

static bool take(void *context, struct report *report, const char *where, struct error *err)
{
    struct run *run = context;
    return update_put(&run->update, run->kind, report, where, 0, err) &&
           (!update_is_full(&run->update) || flush(run, err));
}

static void print_generation(const struct run *run)
{
    if (run->last.reports > 0 || run->last.sequence > 0)
        printf("generation %s, commit %" PRIu64 ": %" PRIu64 " reports\n",
               updater_generation(run->updater), run->last.sequence, run->last.reports);
}

static void print_counts(const struct run *run)
{
    const size_t *outcomes = run->outcomes;
    size_t accepted = outcomes[OUTCOME_ADDED] + outcomes[OUTCOME_REPLACED];
    uint64_t rejected = run->rejected + outcomes[OUTCOME_REJECTED];
    printf("%zu accepted + %zu unchanged + %" PRIu64 " rejected = %" PRIu64 " seen\n", accepted,
           outcomes[OUTCOME_UNCHANGED], rejected,
           accepted + outcomes[OUTCOME_UNCHANGED] + rejected);
    if (accepted > 0)
        printf("%zu added, %zu replaced\n", outcomes[OUTCOME_ADDED], outcomes[OUTCOME_REPLACED]);
    print_generation(run);
}

static bool put(const struct options *options, enum update_kind kind, struct error *err)
{
    struct run run = {.kind = kind};
    struct intake intake = {.context = &run,
                            .take = take,
                            .reject = on_rejected,
                            .skip = on_skipped,
                            .ignored = &run.ignored};
    bool ok = updater_open(options->index, &run.updater, err) &&
              intake_run(&intake, options->arguments, options->argument_count, err) &&
              flush(&run, err);
    /* Also after a failure: what is counted is committed. */
    if (run.updater)
        print_counts(&run);
    update_clear(&run.update);
    updater_close(run.updater);
    return ok;
}

bool command_add(const struct options *options, struct error *err)
{
    return put(options, UPDATE_PUT, err);
}

bool command_replace(const struct options *options, struct error *err)
{
    return put(options, UPDATE_REPLACE, err);
}

static bool remove_one(struct run *run, const char *id, struct error *err)
{
    return update_remove(&run->update, id, 0, err) &&
           (!update_is_full(&run->update) || flush(run, err));
}

/* The ids on standard input, one a line. */
static bool remove_listed(struct run *run, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    while (ok && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        ok = !*line || remove_one(run, line, err);
    }
    if (ok && ferror(stdin))
        ok = error_set_errno(err, ERROR_IO, "standard input", "cannot be read");
    free(line);
    return ok;
}

bool command_remove(const struct options *options, struct error *err)
{
    struct run run = {0};
    bool ok = updater_open(options->index, &run.updater, err);
    for (size_t i = 0; ok && i < options->argument_count; i++)
        ok = strcmp(options->arguments[i], "-") == 0 ? remove_listed(&run, err)
                                                     : remove_one(&run, options->arguments[i], err);
    ok = ok && flush(&run, err);
    if (run.updater) {
        printf("%zu removed + %zu absent = %zu asked\n", run.outcomes[OUTCOME_REMOVED],
               run.outcomes[OUTCOME_ABSENT],
               run.outcomes[OUTCOME_REMOVED] + run.outcomes[OUTCOME_ABSENT]);
        print_generation(&run);
    }
    update_clear(&run.update);
    updater_close(run.updater);
    return ok;
}

/* ---- what was changed --------------------------------------------------- */

static void print_ids(const struct change *change)
{
    static const char marks[CHANGE_KINDS] = {'+', '~', '-'};
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        for (size_t i = 0; i < change->ids[kind].count; i++)
            printf("  %c %s\n", marks[kind], change->ids[kind].ids[i]);
}

/* 'goes_on' says that the step has more ids of the difference that the last one told of. */
static void print_step(const struct story_step *step, bool goes_on)
{
    char when[32];
    struct tm parts;
    time_t seconds = (time_t)step->change->time;
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&seconds, &parts));
    if (*step->before && !goes_on)
        printf("generation %s in the place of %s  %s  %" PRIu64 " reports\n", step->generation,
               step->before, when, step->change->reports);
    else if (!*step->before)
        printf("commit %" PRIu64 "  %s  %" PRIu64 " reports\n", step->change->sequence, when,
               step->change->reports);
    print_ids(step->change);
}

static void print_step_json(const struct story_step *step)
{
    const struct change *change = step->change;
    json_t *line =
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "generation", step->generation, "sequence",
                  (json_int_t)change->sequence, "revision", (json_int_t)change->revision, "reports",
                  (json_int_t)change->reports, "time", (json_int_t)change->time);
    if (*step->before)
        json_object_set_new(line, "before", json_string(step->before));
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++) {
        json_t *ids = json_array();
        for (size_t i = 0; i < change->ids[kind].count; i++)
            json_array_append_new(ids, json_string(change->ids[kind].ids[i]));
        json_object_set_new(line, change_kind_names[kind], ids);
    }
    command_show_json(line);
}

/* "17", a commit of the current generation, or "000041:17". */
static bool read_since(const struct options *options, char generation[GENERATION_NAME_ROOM],
                       uint64_t *sequence, struct error *err)
{
    const char *text = options->since, *colon = strchr(text, ':');
    const char *number = colon ? colon + 1 : text;
    size_t size = colon ? (size_t)(colon - text) : 0;
    char *end;
    *sequence = strtoull(number, &end, 10);
    if (number[0] < '0' || number[0] > '9' || *end || size >= GENERATION_NAME_ROOM)
        return error_set(err, ERROR_USAGE, "--since",
                         "'%.40s' is neither a commit's number nor GENERATION:NUMBER", text);
    if (colon)
        snprintf(generation, GENERATION_NAME_ROOM, "%.*s", (int)size, text);
    else
        generation_current_name(options->index, generation);
    return true;
}

bool command_changes(const struct options *options, struct error *err)
{
    char since[GENERATION_NAME_ROOM] = "", last[GENERATION_NAME_ROOM] = "";
    uint64_t sequence = 0;
    struct story *story = NULL;
    const struct story_step *step = NULL;
    bool ok = (!options->since || read_since(options, since, &sequence, err)) &&
              story_open(options->index, *since ? since : NULL, sequence, &story, err);
    while (ok && (ok = story_next(story, &step, err)) && step) {
        if (options->json)
            print_step_json(step);
        else
            print_step(step, *step->before && strcmp(last, step->generation) == 0);
        strcpy(last, step->generation);
    }
    story_close(story);
    return ok;
}
