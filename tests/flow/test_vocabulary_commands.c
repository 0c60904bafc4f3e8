/* The commands for who keeps the vocabulary, as they run them. */
#include "tests/unit/program.h"

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "in/a.jsonl",
                 "{\"id\": \"a1\", \"date\": \"2023-11-15\", \"text\": \"The River Front left.\"}\n"
                 "{\"id\": \"a2\", \"text\": \"The Ferry Liberation Front (FLF) came.\"}\n"
                 "{\"id\": \"a3\", \"text\": \"The Hill Guard slept. The FLF did not.\"}\n");
    expect_exit(program_run(state, BUILD "DIR/in"), 0);
    return 0;
}

static void diff_tells_before_anything_is_published(void **state)
{
    struct run run = program_run(state, "vocabulary diff --index DIR/index --vocabulary "
                                        "DIR/vocabulary");
    expect_exit(run, 0);
    expect_text(run.out, "0 of 3 reports change: 0 tags added, 0 removed\n");
    scratch_file(state, "vocabulary/more.actors",
                 "actor: flf\nlabel: FLF\nkind: rebel-group\nname: Ferry Liberation Front\n");
    run = program_run(state, "vocabulary diff --index DIR/index --vocabulary DIR/vocabulary");
    expect_exit(run, 0);
    expect_text(run.out, "1 of 3 reports change: 1 tags added, 0 removed\n");
    expect_text(run.out, "actor flf (FLF): +1 -0\n  + a2 undated: The Ferry Liberation Front "
                         "(FLF) came.\n");
    run = program_run(state, "vocabulary diff --json --index DIR/index --vocabulary "
                             "DIR/vocabulary");
    expect_text(run.out, "{\"reports\":3,\"changed\":1,\"added\":1,\"removed\":0,");
    run = program_run(state, "list --index DIR/index");
    expect_text(run.out, "* 000001");
}

static void suggest_finds_what_is_not_there(void **state)
{
    static const char *const from[] = {"--index DIR/index", "DIR/in"};
    for (size_t i = 0; i < 2; i++) {
        char arguments[200];
        snprintf(arguments, sizeof arguments, "vocabulary suggest --vocabulary DIR/vocabulary %s",
                 from[i]);
        struct run run = program_run(state, arguments);
        expect_exit(run, 0);
        expect_text(run.out, "1      1  Ferry Liberation Front (FLF)\n");
    }
}

static void import_makes_a_table_that_is_read(void **state)
{
    scratch_file(state, "vocabulary/admin1.tsv", "ZA.01\tZA-1\n");
    scratch_file(
        state, "dump.txt",
        "1\tM\xC3\xA9naka\tMenaka\t\t16.27\t-0.05\tP\tPPL\tZA\t\t01\t\t\t\t9000\t\t\t\t\n");
    struct run run =
        program_run(state, "vocabulary import-geonames --vocabulary DIR/vocabulary DIR/dump.txt");
    expect_exit(run, 0);
    expect_text(run.out, "geonames.places: 1 places of 1 lines");
    run = program_run(state, "vocabulary check --vocabulary DIR/vocabulary");
    expect_text(run.out, "2 actors, 4 regions, no fault");
    run = program_run(state, "vocabulary import-geonames --vocabulary DIR/vocabulary DIR/dump.txt");
    expect_exit(run, 73);
    expect_text(run.err, "remove it first");
}

/* What was there stays, and nothing half made is left behind. */
static void import_of_something_else_leaves_nothing(void **state)
{
    scratch_file(state, "vocabulary/admin1.tsv", "ZA.01\tZA-1\n");
    scratch_file(state, "dump.txt", "id,name\n");
    struct run run =
        program_run(state, "vocabulary import-geonames --vocabulary DIR/vocabulary DIR/dump.txt");
    expect_exit(run, 65);
    expect_text(run.err, "dump.txt:1: not a line of a GeoNames dump");
    struct stat status;
    assert_int_not_equal(stat(scratch_path(state, "vocabulary/geonames.places"), &status), 0);
    assert_int_not_equal(stat(scratch_path(state, "vocabulary/geonames.places.new"), &status), 0);
}

int main(void)
{
#define program_test(f) cmocka_unit_test_setup_teardown(f, setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        program_test(diff_tells_before_anything_is_published),
        program_test(suggest_finds_what_is_not_there),
        program_test(import_makes_a_table_that_is_read),
        program_test(import_of_something_else_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
