/* add, replace and remove as their users run them; and an index that grew by them is the index that
 * is built of the same reports at once. */
#include <limits.h>

#include "schema/buffer.h"
#include "schema/frequent_file.h"
#include "schema/word_list.h"
#include "search/snapshot_private.h"
#include "search/term_walk.h"
#include "tests/unit/program.h"

#define REPORTS 240

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    return 0;
}

static struct run index_run(void **state, int expected, const char *arguments)
{
    struct run run = program_run(state, arguments);
    expect_exit(run, expected);
    return run;
}

static void says_what_it_did(void **state)
{
    scratch_file(state, "one.jsonl", "{\"id\": \"a\", \"text\": \"Alpha.\"}\n");
    struct run run = index_run(state, 66, "add --index DIR/index DIR/one.jsonl");
    expect_text(run.err, "no index here");
    index_run(state, 0, BUILD "DIR/one.jsonl");
    scratch_file(state, "two.jsonl",
                 "{\"id\": \"a\", \"text\": \"Alpha.\"}\n"
                 "{\"id\": \"b\", \"text\": \"The River Front in Zanbar.\"}\n"
                 "{\"id\": \"c\"}\n");
    run = index_run(state, 0, "add --index DIR/index DIR/two.jsonl DIR/absent");
    assert_int_equal(summary(&run).accepted, 1);
    assert_int_equal(summary(&run).unchanged, 1);
    assert_int_equal(summary(&run).rejected, 2);
    expect_text(run.out, "generation 000001, commit 1: 2 reports\n");
    expect_text(run.err, "two.jsonl:3: the report has no text\n");
    expect_text(run.err, "absent");
    scratch_file(state, "three.jsonl",
                 "{\"id\": \"b\", \"text\": \"Beta.\"}\n{\"id\": \"d\", \"text\": \"Delta.\"}\n");
    run = index_run(state, 0, "replace --index DIR/index DIR/three.jsonl");
    assert_int_equal(summary(&run).accepted, 1);
    expect_text(run.err, "three.jsonl:2: no report 'd' is there to be replaced\n");
    run = index_run(state, 0, "remove --index DIR/index a nobody");
    expect_text(run.out, "1 removed + 1 absent = 2 asked\n");
    expect_text(run.err, "nobody: no such report\n");
    run = index_run(state, 0, "changes --index DIR/index --since 1");
    assert_null(strstr(run.out, "commit 1 "));
    expect_text(run.out, "  ~ b\ncommit 3 ");
    expect_text(run.out, "  1 reports\n  - a\n");
    run = index_run(state, 0, "changes --index DIR/index --json");
    expect_text(run.out, "\"added\":[\"b\"],\"replaced\":[],\"removed\":[]}\n");
    run = index_run(state, 0, "list --index DIR/index");
    expect_text(run.out, "* 000001           1 reports");
    run = index_run(state, 0, "dump --index DIR/index b");
    expect_text(run.out, "Beta.");
    index_run(state, 66, "dump --index DIR/index a");
}

/* Commits change the files that the manifest has hashes of: check hashes them anew, and
 * then finds what is damaged. */
static void check_goes_with_the_commits(void **state)
{
    scratch_file(state, "one.jsonl", "{\"id\": \"a\", \"text\": \"Alpha.\"}\n");
    scratch_file(state, "two.jsonl", "{\"id\": \"b\", \"text\": \"Beta.\"}\n");
    index_run(state, 0, BUILD "DIR/one.jsonl");
    index_run(state, 0, "add --index DIR/index DIR/two.jsonl");
    struct run run = index_run(state, 0, "check --index DIR/index");
    expect_text(run.out, "2 reports, structure and log of 1 commits sound; the files' hashes");
    run = index_run(state, 0, "check --index DIR/index");
    expect_text(run.out, "every file as commit 1 left it, structure sound");
    FILE *file = fopen(scratch_path(state, "index/current/database/docdata.glass"), "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, -1, SEEK_END), 0);
    fputc('x', file);
    fclose(file);
    run = index_run(state, 69, "check --index DIR/index");
    expect_text(run.err, "database/docdata.glass");
    /* Rolling back ends the trouble, with the generation before as it was. What was added cannot go
     * along: it is damaged. */
    index_run(state, 0, BUILD "--no-carry DIR/two.jsonl");
    index_run(state, 0, "remove --index DIR/index b");
    file = fopen(scratch_path(state, "index/current/rejects.jsonl"), "a");
    fputs("x", file);
    fclose(file);
    run = index_run(state, 69, "check --index DIR/index");
    expect_text(run.err, "rejects.jsonl");
}

/* Version 'version' of report number 'i'; every seventh is undated, each names somebody. */
static void write_report(FILE *file, int i, int version)
{
    static const char *const names[] = {"River Front", "Hill Guard", "RF", "nobody"};
    static const char *const places[] = {"Zanbar", "Lower Ford", "nowhere"};
    fprintf(file, "{\"id\": \"r%d\", ", i);
    if (i % 7 != 0)
        fprintf(file, "\"date\": \"20%02d-0%d-11\", ", i % 24, i % 9 + 1);
    fprintf(file,
            "\"text\": \"Version %d of number%d: the %s crossed word%d bridges near %s and %d men "
            "stayed.\", \"language\": \"%s\", \"source\": \"s%d\"}\n",
            version, i * 7919 % 50, names[(i + version) % 4], i % 13, places[(i + version) % 3],
            i * 31 % 100, i % 5 ? "en" : "fr", i % 4);
}

static void write_reports(void **state, const char *name, int from, int to, int step, int version)
{
    FILE *file = fopen(scratch_path(state, name), "w");
    assert_non_null(file);
    for (int i = from; i < to; i += step)
        write_report(file, i, version);
    fclose(file);
}

static struct snapshot *open_index(void **state, const char *index)
{
    struct snapshot *snapshot = NULL;
    ok(snapshot_open(scratch_path(state, index), &snapshot, err));
    return snapshot;
}

/* The next term but for pairs, whose words each generation chooses for itself, and for what says
 * how much the lists have that each has chosen. */
static const char *next_term(struct term_walk *terms, uint32_t *freq)
{
    const char *term;
    do
        ok(term_walk_next(terms, &term, freq, err));
    while (term && (strncmp(term, PAIR_PREFIX, strlen(PAIR_PREFIX)) == 0 ||
                    strcmp(term, FREQUENT_REST_TERM) == 0));
    return term;
}

static uint64_t occurrences_of(const struct snapshot *snapshot, const char *term)
{
    struct postings *postings = NULL;
    uint32_t docids[3 * REPORTS], wdfs[ARRAY_LEN(docids)];
    uint64_t sum = 0;
    size_t count;
    ok(postings_open(&snapshot->source, term, &postings, err));
    ok(postings_read(postings, ARRAY_LEN(docids), docids, wdfs, &count, err));
    assert_true(count < ARRAY_LEN(docids));
    for (size_t i = 0; i < count; i++)
        sum += wdfs[i];
    postings_close(postings);
    return sum;
}

/* Two indexes have the same terms in as many reports, as often, and texts of the same length. */
static void expect_equal(void **state, const char *one, const char *other)
{
    struct snapshot *left = open_index(state, one), *right = open_index(state, other);
    struct term_walk *left_terms = NULL, *right_terms = NULL;
    uint64_t left_length = 0, right_length = 0;
    size_t count = 0;
    assert_true(xap_db_total_length(left->db, &left_length, NULL));
    assert_true(xap_db_total_length(right->db, &right_length, NULL));
    assert_int_equal(left_length, right_length);
    ok(term_walk_open(&left->source, "", &left_terms, err));
    ok(term_walk_open(&right->source, "", &right_terms, err));
    for (;; count++) {
        uint32_t left_freq = 0, right_freq = 0;
        const char *left_term = next_term(left_terms, &left_freq);
        const char *right_term = next_term(right_terms, &right_freq);
        if (!left_term || !right_term) {
            assert_null(left_term);
            assert_null(right_term);
            break;
        }
        assert_string_equal(left_term, right_term);
        assert_int_equal(left_freq, right_freq);
        assert_int_equal(occurrences_of(left, left_term), occurrences_of(right, right_term));
    }
    assert_true(count > REPORTS);
    term_walk_close(left_terms);
    term_walk_close(right_terms);
    snapshot_close(left);
    snapshot_close(right);
}

/* The oracle agrees with search on every question about the index. */
static void expect_oracle_agrees(void **state, const char *index)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, SITREP_ORACLE_PROGRAM " --index '%s' --questions 150",
             scratch_path(state, index));
    assert_int_equal(system(command), 0);
}

static void grown_is_built_at_once(void **state)
{
    write_reports(state, "a.jsonl", 0, REPORTS / 2, 1, 1);
    write_reports(state, "b.jsonl", REPORTS / 2, REPORTS, 1, 1);
    write_reports(state, "c.jsonl", 0, REPORTS, 3, 2); /* replaces every third */
    index_run(state, 0, BUILD "DIR/a.jsonl");
    index_run(state, 0, "add --index DIR/index DIR/b.jsonl");
    index_run(state, 0, "add --index DIR/index DIR/c.jsonl");
    struct run run = index_run(state, 0, "add --index DIR/index DIR/b.jsonl DIR/c.jsonl");
    /* The two disagree on every third report of b, so these change there and back. */
    assert_int_equal(summary(&run).unchanged, REPORTS / 2);
    index_run(state, 0, "remove --index DIR/index r0 r1 r2 r200");

    FILE *file = fopen(scratch_path(state, "final.jsonl"), "w");
    assert_non_null(file);
    for (int i = 3; i < REPORTS; i++)
        if (i != 200)
            write_report(file, i, i % 3 == 0 ? 2 : 1);
    fclose(file);
    index_run(state, 0,
              "build --index DIR/fresh --vocabulary DIR/vocabulary --workers 2 DIR/final.jsonl");
    expect_equal(state, "index", "fresh");
    expect_oracle_agrees(state, "index");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_what_it_did, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(check_goes_with_the_commits, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(grown_is_built_at_once, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
