/* What is exported is read back to the same index. */
#include "schema/report.h"
#include "tests/flow/same_reports.h"
#include "tests/unit/program.h"
#include "xapian/xap.h"

#define REPORTS 4000 /* enough for a dictionary and several segments */

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    return 0;
}

/* Reports of all shapes: with and without title, date, language, source, sections, tags. */
static void write_reports(void **state)
{
    static const char *const dates[] = {"2023-11-15", "2022-02", "2021", "", "1999-12-31"};
    unsigned seed = 7;
    FILE *file = fopen(scratch_path(state, "in/many.jsonl"), "w");
    assert_non_null(file);
    for (int i = 0; i < REPORTS; i++) {
        fprintf(file, "{\"id\": \"r%d\", \"date\": \"%s\"", i, dates[i % 5]);
        if (i % 3 == 0)
            fprintf(file, ", \"title\": \"Title %d \\\\ with = and \\u00e9\"", i);
        if (i % 4 == 0)
            fprintf(file, ", \"language\": \"fr\", \"url\": \"https://www.un.org/%d\"", i);
        if (i % 5 == 0)
            fprintf(file, ", \"actors\": [\"RF\", \"Nobody\"], \"regions\": [\"ZA\"]");
        fprintf(file, ", \"text\": \"The River Front (RF) crossed near Lower Ford.");
        for (int j = 0; j < 40; j++) {
            seed = seed * 1103515245u + 12345u;
            fprintf(file, " word%u", (seed >> 16) % 3000);
        }
        fprintf(file, "%s\"}\n", i % 7 ? "" : ".\\n\\nFAQ:\\nQ?\\n\\nSources:\\n- Radio Z");
    }
    fclose(file);
}

static char *all_of(void **state, const char *file)
{
    char path[300], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", (char *)*state, file);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    assert_true(getdelim(&text, &size, '\0', stream) > 0);
    fclose(stream);
    return text;
}

/* The terms of all reports and how often each stands in how many, in one hash. */
static uint64_t terms_of(void **state, const char *database)
{
    struct xap_db *db = NULL;
    struct xap_terms *terms = NULL;
    const char *term;
    uint32_t freq;
    uint64_t hash = 14695981039346656037u;
    assert_true(xap_db_open(scratch_path(state, database), &db, NULL));
    assert_true(xap_terms_open(db, "", &terms, NULL));
    while (xap_terms_next(terms, &term, &freq, NULL) && term) {
        struct xap_postings *postings = NULL;
        uint32_t docids[256], wdfs[256];
        size_t count;
        for (const char *at = term; *at; at++)
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
        assert_true(xap_postings_open(db, term, &postings, NULL));
        do {
            assert_true(xap_postings_read(postings, 256, docids, wdfs, NULL, &count, NULL));
            for (size_t i = 0; i < count; i++)
                hash = (hash ^ ((uint64_t)docids[i] << 32 | wdfs[i])) * 1099511628211u;
        } while (count > 0);
        xap_postings_close(postings);
    }
    xap_terms_close(terms);
    xap_db_close(db);
    return hash;
}

static void expect_same_index(void **state)
{
    assert_int_equal(
        expect_same_reports(scratch_path(state, "index"), scratch_path(state, "again")),
        REPORTS + 1);
}

static void build_reads_it_back(void **state)
{
    scratch_file(state, "in/a.txt",
                 " date 2023-11-15 The River Front took Lower Ford in Zanbar. It was 3 May 2020.\n"
                 "\nFAQ:\nWho?\n\nSources:\nhttps://un.org/x\n");
    write_reports(state);
    expect_exit(program_run(state, BUILD "DIR/in"), 0);
    expect_exit(program_run(state, "export --index DIR/index"), 0);
    char *first = all_of(state, "out");
    assert_int_equal(rename(scratch_path(state, "out"), scratch_path(state, "out.jsonl")), 0);
    struct run run =
        program_run(state, "build --index DIR/again --vocabulary DIR/vocabulary DIR/out.jsonl");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).accepted, REPORTS + 1);
    expect_same_index(state);
    assert_true(terms_of(state, "index/current/database") ==
                terms_of(state, "again/current/database"));
    expect_exit(program_run(state, "export --index DIR/again"), 0);
    char *second = all_of(state, "out");
    assert_string_equal(first, second);
    free(first);
    free(second);
    /* To the index itself they say nothing new. */
    run = program_run(state, BUILD "DIR/out.jsonl");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).unchanged, REPORTS + 1);
}

static void what_cannot_be_exported(void **state)
{
    expect_exit(program_run(state, "export --index DIR/none"), EX_NOINPUT);
    scratch_file(state, "in/a.txt", " date 2023-11-15 Text.");
    expect_exit(program_run(state, BUILD "DIR/in"), 0);
    char command[500];
    snprintf(command, sizeof command, "%s export --index %s/index >/dev/full 2>%s/err",
             SITREP_INDEX_PROGRAM, (char *)*state, (char *)*state);
    assert_int_equal(WEXITSTATUS(system(command)), EX_IOERR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(build_reads_it_back, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_exported, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
