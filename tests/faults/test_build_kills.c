/* build, publish and rollback killed at random moments: what was published stays whole, nothing
 * half-made is ever current, and the next run works.
 *
 * A few moments, the same every time; 300 of each where SITREP_LONG is set.
 */
#include "schema/generation.h"
#include "tests/faults/kills.h"

#define REPORTS 1500
#define LAST_ID "r1499"

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    return 0;
}

/* A file of reports whose text says the version. */
static void write_reports(void **state, int version)
{
    FILE *file = fopen(scratch_path(state, "in.jsonl"), "w");
    assert_non_null(file);
    for (int i = 0; i < REPORTS; i++)
        fprintf(
            file,
            "{\"id\": \"r%d\", \"date\": \"20%02d-0%d-11\", \"text\": \"Version %d of report %d: "
            "the River Front crossed the bridge near Lower Ford and %d of its men stayed.\"}\n",
            i, i % 24, i % 9 + 1, version, i, i * 7919 % 1000);
    fclose(file);
}

/* The version that the published reports say, all of the same one, in a generation that is
 * sound. */
static int published_version(void **state)
{
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    return version_of_both(state, "r0", LAST_ID);
}

static void say(size_t killed, size_t count, size_t done)
{
    print_message("%zu of %zu runs were killed, of which %zu had done it (seed %u)\n", killed,
                  count, done, KILLS_SEED);
    assert_true(killed > count / 3 || !is_long()); /* few may all come too late */
}

static void build_is_killed(void **state)
{
    size_t killed = 0, done = 0, count = moments(10, 300);
    write_reports(state, 1);
    double took = time_of(state, BUILD "--workers 2 DIR/in.jsonl");
    int version = 1;
    for (size_t i = 0; i < count; i++) {
        write_reports(state, version + 1);
        bool hit = kill_within(state, took, BUILD "--workers 2 DIR/in.jsonl");
        int found = published_version(state);
        if (found != version && found != version + 1)
            fail_msg("kill %zu: version %d after %d", i, found, version);
        took = next_within(took, hit);
        killed += hit;
        done += hit && found > version;
        version = found;
    }
    say(killed, count, done);
    write_reports(state, version + 1);
    struct run run = program_run(state, BUILD "DIR/in.jsonl");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).accepted, REPORTS);
    assert_int_equal(published_version(state), version + 1);
}

/* In a first build nothing is published before it is whole. */
static void first_build_is_killed(void **state)
{
    write_reports(state, 1);
    for (unsigned i = 0; i < moments(8, 100); i++) {
        kill_within(state, 0.3, BUILD "DIR/in.jsonl");
        char name[GENERATION_NAME_ROOM];
        generation_current_name(scratch_path(state, "index"), name);
        if (name[0])
            assert_int_equal(published_version(state), 1);
    }
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    assert_int_equal(published_version(state), 1);
}

static void rehearse(void **state, int version)
{
    write_reports(state, version);
    expect_exit(program_run(state, BUILD "--rehearse DIR/in.jsonl"), 0);
}

static void publish_is_killed(void **state)
{
    static const char command[] = "publish --index DIR/index --keep 2";
    size_t killed = 0, done = 0, count = moments(5, 300);
    write_reports(state, 1);
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    rehearse(state, 2);
    double took = time_of(state, command);
    for (size_t i = 0; i < count; i++) {
        int version = 2 + (int)i, found;
        rehearse(state, version + 1);
        bool hit = kill_within(state, took, command);
        found = published_version(state);
        if (found != version && found != version + 1)
            fail_msg("kill %zu: version %d after %d", i, found, version);
        took = next_within(took, hit);
        killed += hit;
        done += hit && found > version;
        struct run again = program_run(state, command);
        if (again.status != 0) { /* but for the last word, all was done */
            expect_exit(again, EX_NOINPUT);
            expect_text(again.err, "nothing is rehearsed");
        }
        assert_int_equal(published_version(state), version + 1);
    }
    say(killed, count, done);
}

static void rollback_is_killed(void **state)
{
    static const char *const commands[] = {NULL, "rollback --index DIR/index 000001",
                                           "rollback --index DIR/index 000002"};
    size_t killed = 0, done = 0, count = moments(8, 300);
    for (int version = 1; version <= 2; version++) {
        write_reports(state, version);
        expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    }
    double took = time_of(state, commands[1]);
    for (size_t i = 0; i < count; i++) {
        int to = i % 2 ? 1 : 2;
        bool hit = kill_within(state, took, commands[to]);
        killed += hit;
        done += hit && published_version(state) == to;
        took = (took + time_of(state, commands[to])) / 2; /* the machine may get faster */
        assert_int_equal(published_version(state), to);
    }
    say(killed, count, done);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(build_is_killed),
        TEST(first_build_is_killed),
        TEST(publish_is_killed),
        TEST(rollback_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
