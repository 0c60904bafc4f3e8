/* The power is cut while sitrep-index works: states that a file system may be in afterwards are
 * made of what it wrote and forced to disk (recording.h has the method). In each the published
 * generation is whole and can be searched, what was acknowledged is there, and the next run does
 * what the cut one did not.
 *
 * A sample, the same every time; 300 states of each command where SITREP_LONG is set.
 */
#include "schema/buffer.h"
#include "tests/faults/kills.h"
#include "tests/faults/recording.h"

#define REPORTS 120

/* A command that makes one version of the reports into another. */
struct scene {
    const char *name;
    const char *prepare[3]; /* commands before it */
    const char *command;
    const char *again[2]; /* what is run after the cut, until the work is done */
    int before, after;    /* versions; that after it is there when the command has ended */
    bool shows_later;     /* only when 'again' was run */
};

static const struct scene scenes[] = {
    {.name = "build",
     .command = BUILD "--workers 1 DIR/2.jsonl",
     .again = {BUILD "--workers 1 DIR/2.jsonl"},
     .before = 1,
     .after = 2},
    {.name = "add",
     .command = "add --index DIR/index DIR/2.jsonl",
     .again = {"add --index DIR/index DIR/2.jsonl"},
     .before = 1,
     .after = 2},
    {.name = "add more",
     .prepare = {"add --index DIR/index DIR/2.jsonl", "check --index DIR/index"},
     .command = "add --index DIR/index DIR/1.jsonl",
     .again = {"add --index DIR/index DIR/1.jsonl"},
     .before = 2,
     .after = 1},
    {.name = "submit",
     .command = "submit --index DIR/index DIR/2.jsonl",
     .again = {"follow --index DIR/index --drain"},
     .before = 1,
     .after = 2,
     .shows_later = true},
    {.name = "follow",
     .prepare = {"submit --index DIR/index DIR/2.jsonl"},
     .command = "follow --index DIR/index --drain",
     .again = {"follow --index DIR/index --drain"},
     .before = 1,
     .after = 2},
    {.name = "publish",
     .prepare = {BUILD "--workers 1 --rehearse DIR/2.jsonl"},
     .command = "publish --index DIR/index",
     .again = {"publish --index DIR/index"},
     .before = 1,
     .after = 2},
    {.name = "rollback",
     .prepare = {BUILD "--workers 1 DIR/2.jsonl"},
     .command = "rollback --index DIR/index",
     .again = {"rollback --index DIR/index 000001"},
     .before = 2,
     .after = 1},
};

static void write_reports(void **state, const char *name, int version)
{
    FILE *file = fopen(scratch_path(state, name), "w");
    assert_non_null(file);
    for (int i = 0; i < REPORTS; i++)
        fprintf(file,
                "{\"id\": \"r%d\", \"date\": \"20%02d-0%d-11\", \"text\": \"Version %d of report "
                "%d: the River Front crossed the bridge near Lower Ford, %d of them.\"}\n",
                i, i % 24, i % 9 + 1, version, i, i * 7919 % 1000);
    fclose(file);
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    write_reports(state, "1.jsonl", 1);
    write_reports(state, "2.jsonl", 2);
    return 0;
}

/* Runs a shell command in the scratch directory, which must work. */
static void shell(void **state, const char *command)
{
    char line[1000];
    snprintf(line, sizeof line, "cd %s && %s", (char *)*state, command);
    assert_int_equal(system(line), 0);
}

/* What is published is sound and answers; all reports are of one version. */
static int version_now(void **state)
{
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    shell(state, SITREP_SEARCH_PROGRAM " --index index 'bridge near' >found 2>&1");
    return version_of_both(state, "r0", "r119");
}

/* What publish says where all but the rest was done. */
static bool was_done(const struct run *run)
{
    return WIFEXITED(run->status) && WEXITSTATUS(run->status) == EX_NOINPUT &&
           strstr(run->err, "nothing is rehearsed");
}

static void expect_survived(void **state, const struct scene *scene, bool ended, const char *where)
{
    int version = version_now(state);
    bool is_after = version == scene->after, is_before = version == scene->before;
    if (ended && !scene->shows_later ? !is_after : !is_after && !is_before)
        fail_msg("%s: version %d", where, version);
    if (scene->shows_later && !ended) /* it was not acknowledged: it is handed over again */
        expect_exit(program_run(state, scene->command), 0);
    for (size_t i = 0; i < ARRAY_LEN(scene->again) && scene->again[i]; i++) {
        struct run run = program_run(state, scene->again[i]);
        if (!was_done(&run))
            expect_exit(run, 0);
    }
    version = version_now(state);
    if (version != scene->after)
        fail_msg("%s: version %d after %s", where, version, scene->again[0]);
}

/* The words of a command, with the scratch directory in them. */
static void expand(void **state, const char *command, char *out, size_t room)
{
    size_t used = (size_t)snprintf(out, room, "%s ", SITREP_INDEX_PROGRAM);
    for (const char *at = command; *at && used + 1 < room; at++) {
        bool is_scratch = strncmp(at, "DIR/", 4) == 0;
        used += (size_t)snprintf(out + used, room - used, "%s",
                                 is_scratch ? (char *)*state : (char[]){*at, '\0'});
        at += is_scratch ? 2 : 0;
    }
    snprintf(out + used, room - used, " >%s/out 2>%s/err", (char *)*state, (char *)*state);
}

static void replay(void **state, const struct recording *recording, size_t count, enum loss loss)
{
    shell(state, "rm -rf index limbo && cp -a before index && mkdir limbo");
    recording_replay(recording, count, loss, scratch_path(state, "index"),
                     scratch_path(state, "limbo"));
}

static void cut_in(void **state, const struct scene *scene, size_t tries)
{
    char command[1500], where[200];
    shell(state, "rm -rf index before");
    expect_exit(program_run(state, BUILD "--workers 1 DIR/1.jsonl"), 0);
    for (size_t i = 0; i < ARRAY_LEN(scene->prepare) && scene->prepare[i]; i++)
        expect_exit(program_run(state, scene->prepare[i]), 0);
    shell(state, "cp -a index before");
    expand(state, scene->command, command, sizeof command);
    struct recording *recording =
        recording_run(command, scratch_path(state, "index"), scratch_path(state, "before"),
                      scratch_path(state, "trace"));
    if (!recording) {
        print_message("strace is missing or may not trace: no power is cut\n");
        skip();
    }
    /* All that was recorded makes what the command made. */
    shell(state, "rm -rf made && cp -a index made");
    size_t all = recording_count(recording);
    replay(state, recording, all, LOSE_NOTHING);
    shell(state, "diff -r --no-dereference made index");
    for (size_t i = 0; i < tries; i++) {
        enum loss loss = (enum loss)(i % LOSSES);
        size_t count = i < LOSSES ? all : roll((unsigned)all);
        snprintf(where, sizeof where, "%s: %zu of %zu changes, lost %s (seed %u)", scene->name,
                 count, all, loss_names[loss], KILLS_SEED);
        replay(state, recording, count, loss);
        expect_survived(state, scene, count == all, where);
    }
    print_message("%s: %zu changes, %zu states\n", scene->name, all, tries);
    recording_free(recording);
}

static void the_power_is_cut(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
        cut_in(state, &scenes[i], moments(10, 300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_power_is_cut, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
