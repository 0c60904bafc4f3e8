/* What is new since some moment, by the commits and the generations published since: told against
 * the reports themselves, over a random life of an index. Prints the seed.
 */
#include "indexer/difference.h"
#include "schema/story.h"
#include "tests/unit/program.h"

#define SEED  20231115u
#define IDS   60
#define STEPS 40

static unsigned seed = SEED;
static unsigned roll(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 12) % below;
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "in.jsonl",
                 "{\"id\": \"a\", \"text\": \"Alpha.\"}\n{\"id\": \"b\", \"text\": \"Beta.\"}\n"
                 "{\"id\": \"c\", \"text\": \"Gamma.\"}\n");
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    return 0;
}

static struct run do_it(void **state, const char *command)
{
    struct run run = program_run(state, command);
    expect_exit(run, 0);
    return run;
}

/* ---- by hand ------------------------------------------------------------ */

static void a_generation_says_what_is_new(void **state)
{
    struct run run = do_it(state, "changes --index DIR/index");
    assert_string_equal(run.out, "");
    scratch_file(state, "fed.jsonl", "{\"id\": \"fed\", \"text\": \"Fed.\"}\n");
    do_it(state, "add --index DIR/index DIR/fed.jsonl");
    scratch_file(state, "in.jsonl",
                 "{\"id\": \"b\", \"text\": \"Beta.\"}\n{\"id\": \"c\", \"text\": \"Changed.\"}\n"
                 "{\"id\": \"d\", \"text\": \"Delta.\"}\n");
    do_it(state, BUILD "DIR/in.jsonl");
    run = do_it(state, "changes --index DIR/index");
    expect_text(run.out, "generation 000002 in the place of 000001  ");
    expect_text(run.out, " 4 reports\n  + d\n  ~ c\n  - a\n"); /* fed went along, unchanged */
    assert_null(strstr(run.out, "commit"));
    do_it(state, "remove --index DIR/index b");
    run = do_it(state, "changes --index DIR/index --since 000001:0");
    expect_text(run.out, "  + fed\ngeneration 000002 in the place of 000001  ");
    expect_text(run.out, " 4 reports\n  + d\n  ~ c\n  - a\ncommit 2  ");
    expect_text(run.out, " 3 reports\n  - b\n");
    run = do_it(state, "changes --index DIR/index --since 000001:1 --json");
    expect_text(run.out, "\"before\":\"000001\"");
    assert_null(strstr(run.out, "fed"));
    run = do_it(state, "changes --index DIR/index --since 000002:2");
    assert_string_equal(run.out, "");
    do_it(state, "check --index DIR/index");
}

static void where_no_way_leads(void **state)
{
    for (int i = 0; i < 2; i++)
        do_it(state, BUILD "--keep 2 DIR/in.jsonl");
    do_it(state, "changes --index DIR/index --since 000002:0");
    struct run run = program_run(state, "changes --index DIR/index --since 000001:0");
    expect_exit(run, EX_NOINPUT);
    expect_text(run.err, "no way leads from generation 000001, commit 0");
    do_it(state, "rollback --index DIR/index");
    run = program_run(state, "changes --index DIR/index --since 000003:0");
    expect_exit(run, EX_NOINPUT);
    /* What was committed to a generation after another took over is undone when that comes back. */
    do_it(state, "remove --index DIR/index a");
    do_it(state, "changes --index DIR/index --since 000002:1");
    do_it(state, "rollback --index DIR/index 000003");
    do_it(state, "changes --index DIR/index --since 000002:0");
    expect_exit(program_run(state, "changes --index DIR/index --since 000002:1"), EX_NOINPUT);
    expect_exit(program_run(state, "changes --index DIR/index --since 2:x"), EX_USAGE);
}

static void a_rehearsed_one_too(void **state)
{
    scratch_file(state, "in.jsonl", "{\"id\": \"b\", \"text\": \"Beta.\"}\n");
    do_it(state, BUILD "--rehearse DIR/in.jsonl");
    do_it(state, "publish --index DIR/index");
    struct run run = do_it(state, "changes --index DIR/index");
    expect_text(run.out, " 1 reports\n  - a\n  - c\n");
    do_it(state, "check --index DIR/index");
}

static void many_ids_take_many_lines(void **state)
{
    FILE *file = fopen(scratch_path(state, "in.jsonl"), "w");
    for (unsigned i = 0; i < DIFFERENCES_IDS * 2 + 1; i++)
        fprintf(file, "{\"id\": \"r%u\", \"text\": \"Report %u.\"}\n", i, i);
    fclose(file);
    do_it(state, BUILD "DIR/in.jsonl");
    struct story *story = NULL;
    const struct story_step *step;
    size_t steps = 0, added = 0, removed = 0;
    ok(story_open(scratch_path(state, "index"), NULL, 0, &story, err));
    for (;; steps++) {
        ok(story_next(story, &step, err));
        if (!step)
            break;
        added += step->change->ids[CHANGE_ADDED].count;
        removed += step->change->ids[CHANGE_REMOVED].count;
    }
    story_close(story);
    assert_int_equal(steps, 3);
    assert_int_equal(added, DIFFERENCES_IDS * 2 + 1);
    assert_int_equal(removed, 3);
    /* Damage is found, and a log that is gone is no end of the story. */
    file = fopen(scratch_path(state, "index/current/" DIFFERENCES_NAME), "r+");
    fseek(file, 200, SEEK_SET);
    fputc('\n', file);
    fclose(file);
    expect_exit(program_run(state, "check --index DIR/index"), EX_UNAVAILABLE);
    expect_exit(program_run(state, "changes --index DIR/index"), EX_UNAVAILABLE);
}

/* ---- commits meanwhile -------------------------------------------------- */

#define MANY 4000

/* In a process of its own: compares the published database with a copy of how it was. Of the ids
 * that nobody touched, none may differ. */
static void compare_and_end(const char *database, const char *copy)
{
    struct difference difference = {0};
    if (!difference_find(database, copy, &difference, NULL))
        _exit(1);
    const char *at = difference.ids.bytes, *end = at + difference.ids.size;
    for (; at < end; at += strlen(at) + 1)
        if (strncmp(at + 1, "touched", 7) != 0)
            _exit(2);
    _exit(0);
}

static void write_many(void **state)
{
    FILE *file = fopen(scratch_path(state, "in.jsonl"), "w");
    assert_non_null(file);
    for (int i = 0; i < MANY; i++)
        fprintf(file, "{\"id\": \"%s%d\", \"text\": \"Report %d.\"}\n",
                i % 100 ? "left" : "touched", i, i);
    fclose(file);
}

/* Commits of all over the database: the revision that is read is overwritten. */
static void touch(void **state, unsigned round)
{
    for (unsigned commit = 0; commit < 3; commit++) {
        FILE *file = fopen(scratch_path(state, "some.jsonl"), "w");
        assert_non_null(file);
        for (int i = 0; i < MANY; i += 100)
            fprintf(file, "{\"id\": \"touched%d\", \"text\": \"Round %u, %u.\"}\n", i, round,
                    commit);
        fclose(file);
        do_it(state, "add --index DIR/index DIR/some.jsonl");
    }
}

/* The comparison stands still at some moment while others commit. */
static void commits_meanwhile_do_no_harm(void **state)
{
    char database[300], copy[300], command[700];
    write_many(state);
    do_it(state, BUILD "DIR/in.jsonl");
    snprintf(database, sizeof database, "%s", scratch_path(state, "index/current/database"));
    snprintf(copy, sizeof copy, "%s", scratch_path(state, "copy"));
    snprintf(command, sizeof command, "cp -r %s %s", database, copy);
    assert_int_equal(system(command), 0);
    for (unsigned round = 0; round < 10; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            compare_and_end(database, copy);
        usleep(1500 * (round + 1));
        kill(child, SIGSTOP);
        touch(state, round);
        kill(child, SIGCONT);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* ---- a random life ------------------------------------------------------ */

/* What the index says of each id: a version, 0 for none. */
static void read_all(void **state, int versions[IDS])
{
    char line[1000], command[400];
    memset(versions, 0, IDS * sizeof *versions);
    snprintf(command, sizeof command, SITREP_INDEX_PROGRAM " export --index %s",
             scratch_path(state, "index"));
    FILE *file = popen(command, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        int id, version;
        const char *at = strstr(line, "\"Version "), *name = strstr(line, "\"id\":");
        assert_true(at && name);
        assert_int_equal(sscanf(at, "\"Version %d", &version), 1);
        assert_int_equal(sscanf(name + 5, " \"i%d", &id), 1);
        versions[id] = version;
    }
    assert_int_equal(pclose(file), 0);
}

static void write_some(void **state, const char *name, unsigned share)
{
    FILE *file = fopen(scratch_path(state, name), "w");
    assert_non_null(file);
    fprintf(file, "{\"id\": \"i0\", \"text\": \"Version 1.\"}\n");
    for (int id = 1; id < IDS; id++)
        if (roll(100) < share)
            fprintf(file, "{\"id\": \"i%d\", \"text\": \"Version %u.\"}\n", id, 1 + roll(2));
    fclose(file);
}

/* One thing that happens to an index. */
static void live(void **state)
{
    char command[100];
    write_some(state, "some.jsonl", 70);
    write_some(state, "few.jsonl", 10);
    switch (roll(6)) {
    case 0:
        do_it(state, BUILD "--keep 100 DIR/some.jsonl");
        break;
    case 1:
        do_it(state, BUILD "--keep 100 --no-carry DIR/some.jsonl");
        break;
    case 2:
        do_it(state, BUILD "--rehearse DIR/some.jsonl");
        do_it(state, "publish --keep 100 --index DIR/index");
        break;
    case 3:
        snprintf(command, sizeof command, "remove --index DIR/index i%u", 1 + roll(IDS - 1));
        do_it(state, command);
        break;
    default:
        do_it(state, "add --index DIR/index DIR/few.jsonl");
    }
}

struct moment {
    char generation[GENERATION_NAME_ROOM];
    uint64_t sequence;
    int versions[IDS];
};

static void take_down(void **state, struct moment *out)
{
    struct generation generation = {0};
    struct changes *changes = NULL;
    const struct change *change = NULL;
    ok(generation_current(scratch_path(state, "index"), &generation, err));
    strcpy(out->generation, generation.name);
    out->sequence = 0;
    ok(changes_open(&generation, 0, &changes, err));
    do {
        ok(changes_next(changes, &change, err));
        out->sequence = change ? change->sequence : out->sequence;
    } while (change);
    changes_close(changes);
    generation_clear(&generation);
    read_all(state, out->versions);
}

/* Follows the story from a moment; each id's last word must be so now, and the ids that it does not
 * name must be as they were. The steps know what they replace. */
static void expect_story(void **state, const struct moment *then, const int now[IDS])
{
    struct story *story = NULL;
    const struct story_step *step;
    bool there[IDS], named[IDS] = {false};
    for (int id = 0; id < IDS; id++)
        there[id] = then->versions[id] > 0;
    ok(story_open(scratch_path(state, "index"), then->generation, then->sequence, &story, err));
    for (;;) {
        ok(story_next(story, &step, err));
        if (!step)
            break;
        for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
            for (size_t i = 0; i < step->change->ids[kind].count; i++) {
                int id = atoi(step->change->ids[kind].ids[i] + 1);
                if (there[id] != (kind != CHANGE_ADDED))
                    fail_msg("seed %u: i%d is %s and was%s there", SEED, id,
                             change_kind_names[kind], there[id] ? "" : " not");
                there[id] = kind != CHANGE_REMOVED;
                named[id] = true;
            }
    }
    story_close(story);
    for (int id = 0; id < IDS; id++)
        if (there[id] != (now[id] > 0) || (!named[id] && then->versions[id] != now[id]))
            fail_msg("seed %u: i%d had version %d and has %d, the story says otherwise", SEED, id,
                     then->versions[id], now[id]);
}

static void a_story_is_what_happened(void **state)
{
    static struct moment moments[STEPS];
    write_some(state, "some.jsonl", 70);
    do_it(state, "build --index DIR/index --vocabulary DIR/vocabulary --no-carry DIR/some.jsonl");
    for (int i = 0; i < STEPS; i++) {
        take_down(state, &moments[i]);
        for (int j = 0; j <= i; j += 1 + i / 8)
            expect_story(state, &moments[j], moments[i].versions);
        live(state);
    }
    do_it(state, "check --index DIR/index");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_generation_says_what_is_new), TEST(where_no_way_leads),
        TEST(a_rehearsed_one_too),           TEST(many_ids_take_many_lines),
        TEST(commits_meanwhile_do_no_harm),  TEST(a_story_is_what_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
