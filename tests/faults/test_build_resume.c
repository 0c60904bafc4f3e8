/* A build that was killed goes on where it stopped when it is started again, and comes to the
 * same index as one that was not.
 */
#include <dirent.h>

#include "schema/report.h"
#include "tests/flow/same_reports.h"
#include "tests/unit/program.h"

#define REPORTS 3000
/* One worker, and less memory than else: segments of 256 KB, eight of them. */
#define SMALL "--workers 1 --memory 410M "

static void write_reports(void **state)
{
    FILE *file = fopen(scratch_path(state, "in.jsonl"), "w");
    assert_non_null(file);
    for (int i = 0; i < REPORTS; i++) {
        fprintf(file, "{\"id\": \"r%d\", \"date\": \"20%02d-0%d-11\", \"mood\": 1, \"text\": \"", i,
                i % 24, i % 9 + 1);
        for (int j = 0; j < 8; j++)
            fprintf(file, "Report %d: the River Front crossed bridge b%d near Lower Ford in %d. ",
                    i, (i + j) * 7919 % 1000, j);
        fprintf(file, "\"}\n%s", i % 1000 == 0 ? "{\"id\": \"bad\"}\n" : "");
    }
    fclose(file);
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    write_reports(state);
    return 0;
}

static size_t whole_segments(void **state)
{
    DIR *folder = opendir(scratch_path(state, "index/building/segments"));
    size_t count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        count += strstr(entry->d_name, ".json") != NULL;
    if (folder)
        closedir(folder);
    return count;
}

/* Starts a build and kills it when it has written a few segments. */
static void build_and_kill(void **state)
{
    pid_t pid = program_start(state, false, BUILD SMALL "DIR/in.jsonl");
    for (int i = 0; i < 20000 && whole_segments(state) < 3; i++)
        usleep(1000);
    kill(pid, SIGKILL);
    struct run run = program_end(state, pid);
    assert_true(WIFSIGNALED(run.status));
    assert_true(whole_segments(state) >= 3);
}

/* Every report of two indexes, and what was rejected. */
static void expect_same(void **state, const char *one, const char *other)
{
    assert_int_equal(expect_same_reports(scratch_path(state, one), scratch_path(state, other)),
                     REPORTS);
    char rejects[2][4000], path[200];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/current/rejects.jsonl", i ? other : one);
        read_text(scratch_path(state, path), rejects[i], sizeof rejects[i]);
    }
    assert_string_equal(rejects[0], rejects[1]);
    assert_non_null(strstr(rejects[0], "in.jsonl:2004"));
}

static void expect_resumed(const struct run *run, bool resumed)
{
    expect_exit(*run, 0);
    if (!strstr(run->err, "going on from there") == resumed)
        fail_msg("resumed is not %d: %s%s", resumed, run->out, run->err);
    assert_int_equal(strstr(run->out, "indexed by the earlier run") != NULL, resumed);
    expect_text(run->out, "ignored fields: mood (3000)");
    struct counts counts = {0};
    const char *line = strstr(run->out, " accepted + ");
    assert_non_null(line);
    counts = summary(run);
    assert_int_equal(counts.accepted, REPORTS);
    assert_int_equal(counts.rejected, 3);
}

static void goes_on_and_comes_to_the_same(void **state)
{
    build_and_kill(state);
    struct run run = program_run(state, BUILD SMALL "DIR/in.jsonl");
    expect_resumed(&run, true);
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    run = program_run(state, "build --index DIR/whole --vocabulary DIR/vocabulary DIR/in.jsonl");
    expect_resumed(&run, false);
    expect_same(state, "index", "whole");
}

static void what_is_damaged_is_done_again(void **state)
{
    build_and_kill(state);
    FILE *file =
        fopen(scratch_path(state, "index/building/segments/0-000001/postlist.glass"), "r+");
    assert_non_null(file);
    fseek(file, 9000, SEEK_SET);
    fputc(fgetc(file) ^ 1, file);
    fclose(file);
    file = fopen(scratch_path(state, "index/building/segments/0-000002.json"), "w");
    assert_non_null(file);
    fputs("{\"sha256\":", file);
    fclose(file);
    struct run run = program_run(state, BUILD SMALL "DIR/in.jsonl");
    expect_resumed(&run, true);
    run = program_run(state, "build --index DIR/whole --vocabulary DIR/vocabulary DIR/in.jsonl");
    expect_resumed(&run, false);
    expect_same(state, "index", "whole");
}

static void only_the_same_build_goes_on(void **state)
{
    build_and_kill(state);
    struct run run = program_run(state, BUILD SMALL "--fresh DIR/in.jsonl");
    expect_resumed(&run, false);
    build_and_kill(state); /* what is published is another generation */
    run = program_run(state, BUILD "--workers 1 --memory 420M DIR/in.jsonl");
    expect_exit(run, 0);
    assert_null(strstr(run.err, "going on"));
    build_and_kill(state);
    FILE *file = fopen(scratch_path(state, "in.jsonl"), "a");
    fputs("{\"id\": \"more\", \"text\": \"One more.\"}\n", file);
    fclose(file);
    run = program_run(state, BUILD SMALL "DIR/in.jsonl");
    expect_exit(run, 0);
    assert_null(strstr(run.err, "going on"));
    assert_int_equal(summary(&run).accepted, 1);
    /* A torn spool is read again. */
    build_and_kill(state);
    assert_int_equal(truncate(scratch_path(state, "index/building/spool"), 1000000), 0);
    run = program_run(state, BUILD SMALL "DIR/in.jsonl");
    expect_exit(run, 0);
    assert_null(strstr(run.err, "going on"));
    assert_int_equal(summary(&run).unchanged, REPORTS + 1);
}

static void other_commands_leave_it(void **state)
{
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    expect_exit(program_run(state, BUILD "DIR/in.jsonl"), 0);
    pid_t pid = program_start(state, false, BUILD SMALL "DIR/in.jsonl");
    for (int i = 0; i < 20000 && whole_segments(state) < 3; i++)
        usleep(1000);
    kill(pid, SIGKILL);
    program_end(state, pid);
    expect_exit(program_run(state, "prune --index DIR/index --keep 1"), 0);
    struct run run = program_run(state, BUILD SMALL "DIR/in.jsonl");
    expect_exit(run, 0);
    expect_text(run.err, "going on from there");
    assert_int_equal(summary(&run).unchanged, REPORTS);
}

static void too_little_memory_is_refused(void **state)
{
    struct run run = program_run(state, BUILD "--memory 100M DIR/in.jsonl");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "--memory: to index 0 reports takes at least 399M");
    run = program_run(state, BUILD "--memory 100 DIR/in.jsonl");
    expect_exit(run, EX_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_and_comes_to_the_same, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_damaged_is_done_again, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(only_the_same_build_goes_on, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(other_commands_leave_it, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(too_little_memory_is_refused, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
