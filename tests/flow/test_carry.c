/* A build and what is added meanwhile, or was added before: nothing of it is lost. */
#include "schema/generation.h"
#include "tests/unit/program.h"

static int saved_stdin;

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "old.jsonl",
                 "{\"id\": \"a\", \"text\": \"Alpha old.\"}\n"
                 "{\"id\": \"b\", \"text\": \"Beta old.\"}\n"
                 "{\"id\": \"c\", \"text\": \"Gamma old.\"}\n"
                 "{\"id\": \"gone\", \"text\": \"Not in the files any more.\"}\n");
    expect_exit(program_run(state, BUILD "DIR/old.jsonl"), 0);
    saved_stdin = dup(STDIN_FILENO);
    return 0;
}

static int teardown(void **state)
{
    dup2(saved_stdin, STDIN_FILENO);
    close(saved_stdin);
    return scratch_teardown(state);
}

/* Runs a command beside one whose output is awaited. */
static void beside(void **state, const char *command)
{
    char line[600];
    snprintf(line, sizeof line, "cd %s && " SITREP_INDEX_PROGRAM " %s --index index >beside 2>&1",
             (char *)*state, command);
    assert_int_equal(system(line), 0);
}

static void add(void **state, const char *id, const char *text)
{
    char line[200];
    snprintf(line, sizeof line, "{\"id\": \"%s\", \"text\": \"%s\"}\n", id, text);
    scratch_file(state, "one.jsonl", line);
    beside(state, "add one.jsonl");
}

static void expect_report(void **state, const char *id, const char *text)
{
    char arguments[100];
    snprintf(arguments, sizeof arguments, "dump --index DIR/index %s", id);
    struct run run = program_run(state, arguments);
    expect_exit(run, text ? 0 : 66);
    if (text)
        expect_text(run.out, text);
}

/* Starts a build that reads from a pipe; the pipe's end. */
static int start_build(void **state, const char *options, pid_t *pid)
{
    int ends[2];
    char arguments[200];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    snprintf(arguments, sizeof arguments, BUILD "%s -", options);
    *pid = program_start(state, false, arguments);
    dup2(saved_stdin, STDIN_FILENO);
    return ends[1];
}

static void feed_build(int end, const char *text)
{
    assert_int_equal(write(end, text, strlen(text)), strlen(text));
}

/* Waits until a build is at work on its reading. */
static void wait_for_build(void **state)
{
    for (int i = 0; i < 1000; i++) {
        if (access(scratch_path(state, "index/building/spool"), F_OK) == 0)
            return;
        usleep(10000);
    }
    fail_msg("the build does not begin");
}

static void what_was_added_before_goes_along(void **state)
{
    add(state, "new", "Added.");
    add(state, "b", "Beta fed.");
    beside(state, "remove c");
    struct run run = program_run(state, BUILD "DIR/old.jsonl");
    expect_exit(run, 0);
    expect_text(run.out, "1 reports go along that were added to the generation before\n");
    expect_text(run.out, "generation 000002: 5 reports");
    expect_report(state, "new", "Added.");
    expect_report(state, "b", "Beta old."); /* the files have the last word */
    expect_report(state, "c", "Gamma old.");
    run = program_run(state, "changes --index DIR/index --since 0");
    expect_text(run.out, "5 reports\n  + new\n");
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    /* And again, until the files have it. */
    run = program_run(state, BUILD "DIR/old.jsonl");
    expect_text(run.out, "generation 000003: 5 reports");
    scratch_file(state, "new.jsonl", "{\"id\": \"new\", \"text\": \"In the files.\"}\n");
    run = program_run(state, BUILD "DIR/old.jsonl DIR/new.jsonl");
    expect_text(run.out, "generation 000004: 5 reports");
    expect_report(state, "new", "In the files.");
    add(state, "other", "Added.");
    run = program_run(state, BUILD "--no-carry DIR/old.jsonl");
    expect_text(run.out, "generation 000005: 4 reports");
    expect_report(state, "other", NULL);
}

static void what_comes_meanwhile_counts(void **state)
{
    pid_t pid;
    add(state, "a", "Alpha fed before.");
    int end = start_build(state, "", &pid);
    wait_for_build(state);
    feed_build(end, "{\"id\": \"a\", \"text\": \"Alpha read.\"}\n"
                    "{\"id\": \"b\", \"text\": \"Beta read.\"}\n"
                    "{\"id\": \"c\", \"text\": \"Gamma read.\"}\n");
    add(state, "b", "Beta fed.");
    add(state, "new", "Fed.");
    beside(state, "remove c");
    close(end);
    struct run run = program_end(state, pid);
    expect_exit(run, 0);
    expect_text(run.out, "3 accepted + 0 unchanged + 0 rejected = 3 seen\n");
    expect_text(run.out, "generation 000002: 3 reports");
    expect_report(state, "a", "Alpha read.");
    expect_report(state, "b", "Beta fed.");
    expect_report(state, "new", "Fed.");
    expect_report(state, "c", NULL);
    expect_report(state, "gone", NULL);
    run = program_run(state, "changes --index DIR/index");
    expect_text(run.out, " 3 reports\n  ~ a\n  - gone\n"); /* what went along is not new */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_added_before_goes_along, setup, teardown),
        cmocka_unit_test_setup_teardown(what_comes_meanwhile_counts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
