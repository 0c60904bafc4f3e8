/* sitrep-index killed at random moments of a build: what was published stays whole, nothing
 * half-made is ever current, and the next run works.
 */
#include <time.h>

#include "schema/generation.h"
#include "tests/unit/program.h"

#define REPORTS 1500
#define KILLS   15

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

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The version that the published reports say; all of the same one. */
static int published_version(void **state)
{
    int versions[2] = {0, 0};
    static const char *const ids[] = {"r0", "r1499"};
    for (size_t i = 0; i < 2; i++) {
        char arguments[100];
        snprintf(arguments, sizeof arguments, "dump --index DIR/index %s", ids[i]);
        struct run run = program_run(state, arguments);
        expect_exit(run, 0);
        const char *text = strstr(run.out, "Version ");
        assert_non_null(text);
        versions[i] = atoi(text + 8);
    }
    assert_int_equal(versions[0], versions[1]);
    return versions[0];
}

static void killed_at_random_moments(void **state)
{
    unsigned seed = 20231115;
    write_reports(state, 1);
    double began = now();
    struct run run = program_run(state, BUILD "--workers 2 DIR/in.jsonl");
    double took = now() - began;
    expect_exit(run, 0);
    int version = 1, killed = 0;
    for (int i = 0; i < KILLS; i++) {
        write_reports(state, version + 1);
        pid_t pid = program_start(state, false, BUILD "--workers 2 DIR/in.jsonl");
        seed = seed * 1103515245u + 12345u;
        usleep((useconds_t)(took * 1.1e6 * (seed >> 16 & 0x3ff) / 1024));
        kill(pid, SIGKILL);
        run = program_end(state, pid);
        killed += WIFSIGNALED(run.status) ? 1 : 0;
        int found = published_version(state);
        if (found != version && found != version + 1)
            fail_msg("kill %d: version %d after %d", i, found, version);
        version = found;
        run = program_run(state, "check --index DIR/index");
        expect_exit(run, 0);
    }
    print_message("%d of %d runs were killed; version %d is published\n", killed, KILLS, version);
    assert_true(killed > 0);
    write_reports(state, version + 1);
    run = program_run(state, BUILD "DIR/in.jsonl");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).accepted, REPORTS);
    assert_int_equal(published_version(state), version + 1);
}

/* In a first build nothing is published before it is whole. */
static void killed_in_the_first_build(void **state)
{
    write_reports(state, 1);
    for (unsigned i = 0; i < 8; i++) {
        pid_t pid = program_start(state, false, BUILD "DIR/in.jsonl");
        usleep(10000 * (i + 1));
        kill(pid, SIGKILL);
        program_end(state, pid);
        char name[GENERATION_NAME_ROOM];
        generation_current_name(scratch_path(state, "index"), name);
        if (name[0])
            expect_exit(program_run(state, "check --index DIR/index"), 0);
    }
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    assert_int_equal(published_version(state), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_random_moments, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(killed_in_the_first_build, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
