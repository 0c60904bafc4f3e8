/* A generation that is built aside, looked at, and published later or never. */
#include "tests/unit/program.h"

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "one.jsonl",
                 "{\"id\": \"a\", \"date\": \"2023-11-15\", \"title\": \"Bridge held\","
                 " \"text\": \"The River Front held the bridge at Lower Ford.\"}\n"
                 "{\"id\": \"b\", \"date\": \"2022-01-02\", \"text\": \"Quiet.\"}\n");
    scratch_file(state, "two.jsonl",
                 "{\"id\": \"b\", \"date\": \"2022-01-02\", \"text\": \"Quiet.\"}\n"
                 "{\"id\": \"c\", \"date\": \"2024-05-06\", \"title\": \"Bridge lost\","
                 " \"text\": \"A bridge was lost. Nobody says to whom.\"}\n"
                 "{\"id\": \"d\", \"date\": \"2024-05-07\", \"text\": \"More is said.\"}\n");
    scratch_file(state, "questions", "# saved\nbridge\n\n?q=quiet&from=2022\n?from=yesterday\n");
    expect_exit(program_run(state, BUILD "DIR/one.jsonl"), 0);
    return 0;
}

static void expect_current(void **state, const char *name)
{
    char expected[20];
    snprintf(expected, sizeof expected, "* %s", name);
    struct run run = program_run(state, "list --index DIR/index");
    expect_exit(run, 0);
    expect_text(run.out, expected);
    expect_exit(program_run(state, "check --index DIR/index"), 0);
}

static void what_would_change_is_shown(void **state)
{
    struct run run = program_run(state, BUILD "--rehearse --questions DIR/questions DIR/two.jsonl");
    expect_exit(run, 0);
    expect_text(run.out, "2 accepted + 1 unchanged");
    expect_text(run.out, ": 2 -> 3 reports\n");
    expect_text(run.out, "actor: 1 of 1 values changed\n  river-front  1 -> 0\n");
    expect_text(run.out, "year: 2 of 3 values changed\n  2024  0 -> 2\n  2023  1 -> 0\n");
    expect_text(run.out, "\nbridge: 1 -> 1 reports\n  - 1. Bridge held (a)\n"
                         "  + 1. Bridge lost (c)\n");
    expect_text(run.out, "\n?q=quiet&from=2022: 1 -> 1 reports\n?from=yesterday: no question: ");
    expect_text(run.out, "nothing is published yet; to do it: sitrep-index publish --index ");
    expect_current(state, "000001");
    expect_exit(program_run(state, "dump --index DIR/index a"), 0);
    expect_exit(program_run(state, "dump --index DIR/index/rehearsed c"), 0);
    run = program_run(state, "publish --index DIR/index");
    expect_exit(run, 0);
    expect_text(run.out, "generation 000002 is the current one");
    expect_current(state, "000002");
    expect_exit(program_run(state, "dump --index DIR/index c"), 0);
    run = program_run(state, "publish --index DIR/index");
    expect_exit(run, EX_NOINPUT);
    expect_text(run.err, "nothing is rehearsed");
    expect_exit(program_run(state, "rollback --index DIR/index"), 0);
    expect_current(state, "000001");
}

static void an_index_that_moved_on_is_not_overwritten(void **state)
{
    expect_exit(program_run(state, BUILD "--rehearse DIR/two.jsonl"), 0);
    expect_exit(program_run(state, "add --index DIR/index DIR/two.jsonl"), 0);
    struct run run = program_run(state, "publish --index DIR/index");
    expect_exit(run, EX_DATAERR);
    expect_text(run.err, "(generation and commit were 000001 0 and are 000001 1)");
    expect_exit(program_run(state, BUILD "--rehearse DIR/two.jsonl"), 0);
    expect_exit(program_run(state, BUILD "DIR/one.jsonl"), 0);
    run = program_run(state, "publish --index DIR/index");
    expect_exit(run, EX_DATAERR);
    expect_current(state, "000002");
    expect_exit(program_run(state, "publish --index DIR/index --force"), 0);
    expect_current(state, "000003"); /* under a number that is free */
    expect_exit(program_run(state, "dump --index DIR/index d"), 0);
}

static void a_damaged_rehearsal_is_not_published(void **state)
{
    expect_exit(program_run(state, BUILD "--rehearse DIR/two.jsonl"), 0);
    FILE *file = fopen(
        scratch_path(state, "index/rehearsed/generations/000002/database/postlist.glass"), "r+");
    assert_non_null(file);
    fseek(file, 100, SEEK_SET);
    fputc('x', file);
    fclose(file);
    struct run run = program_run(state, "publish --index DIR/index");
    expect_exit(run, EX_UNAVAILABLE);
    expect_text(run.err, "postlist.glass");
    expect_current(state, "000001");
}

static void a_first_index_can_be_rehearsed(void **state)
{
    struct run run = program_run(
        state, "build --index DIR/new --vocabulary DIR/vocabulary --rehearse DIR/two.jsonl");
    expect_exit(run, 0);
    expect_exit(program_run(state, "status --index DIR/new"), EX_NOINPUT);
    expect_exit(program_run(state, "publish --index DIR/new"), 0);
    expect_exit(program_run(state, "dump --index DIR/new c"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_would_change_is_shown, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_index_that_moved_on_is_not_overwritten, setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_rehearsal_is_not_published, setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_first_index_can_be_rehearsed, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
