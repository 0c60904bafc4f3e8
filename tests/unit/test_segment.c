#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/compaction.h"
#include "indexer/files.h"
#include "indexer/segment.h"
#include "tests/unit/scratch.h"

static struct spool *make_spool(void **state, size_t reports, size_t body_size, const char *body)
{
    struct spool *spool = NULL;
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    char *text = malloc(body_size + 1);
    for (size_t i = 0; i < body_size; i++)
        text[i] = body[i % strlen(body)];
    text[body_size] = '\0';
    for (size_t i = 0; i < reports; i++) {
        struct report report = {.day = day_from_civil(2023, 1, 1) + (day_t)(reports - i)};
        char id[32];
        snprintf(id, sizeof id, "r%zu", i);
        report.id = strdup(id);
        report.origin = strdup("f");
        report.body = strdup(text);
        report.body_size = body_size;
        ok(report_complete(&report, err));
        ok(spool_append(spool, &report, "f:1", err));
        report_clear(&report);
    }
    free(text);
    ok(spool_sort(spool, NULL, NULL, err));
    return spool;
}

static void plans_cover_all_reports(void **state)
{
    static const struct {
        size_t reports, body_size, least; /* segments */
    } cases[] = {{0, 1, 0},
                 {1, 100, 1},
                 {2 * SEGMENT_REPORTS, 10, 4},
                 {200, SEGMENT_LEAST / 4, 12},
                 {40, SEGMENT_BYTES / 4, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spool *spool = make_spool(state, cases[i].reports, cases[i].body_size, "word ");
        struct segment_plan plan = {0};
        ok(segment_plan_make(spool, 2, &plan, err));
        assert_true(plan.count >= cases[i].least);
        size_t begin = 0, first = 0, last = 0; /* bytes of a segment */
        for (size_t s = 0; s < plan.count; s++) {
            assert_true(plan.ends[s] > begin);
            assert_true(plan.ends[s] - begin <= SEGMENT_REPORTS);
            size_t bytes = 0;
            for (size_t r = begin; r + 1 < plan.ends[s]; r++)
                bytes += spool_size(spool, r);
            assert_true(bytes < SEGMENT_BYTES);
            last = bytes + spool_size(spool, plan.ends[s] - 1);
            first = s == 0 ? last : first;
            begin = plan.ends[s];
        }
        assert_int_equal(begin, cases[i].reports);
        assert_true(last <= first); /* all workers end at about the same time */
        if (first > SEGMENT_BYTES)
            assert_true(last < SEGMENT_BYTES / 2);
        segment_plan_clear(&plan);
        spool_close(spool);
        remove(scratch_path(state, "spool"));
    }
}

static char no_words[] = "";
static struct segment_counts counted;

static void on_written(void *context, const struct segment_counts *counts)
{
    (void)context;
    counted.accepted += counts->accepted;
    counted.unchanged += counts->unchanged;
    counted.given += counts->given;
    counted.given_unknown += counts->given_unknown;
}

static void on_rejected(void *context, const struct error *why)
{
    (void)context;
    fail_msg("%s", why->text);
}

static const struct segment_events events = {.written = on_written, .rejected = on_rejected};

static uint32_t documents(const char *path)
{
    struct xap_db *db = NULL;
    uint32_t count = 0;
    assert_true(xap_db_open(path, &db, NULL));
    assert_true(xap_db_document_count(db, &count, NULL));
    xap_db_close(db);
    return count;
}

/* Writes and merges segments of two reports each; 'merged' is the database. */
static void build(void **state, struct spool *spool, const char *previous, const char *merged)
{
    struct vocabulary *vocabulary = NULL;
    struct choices choices = {.words = no_words, .frequent = no_words};
    struct segment_writer *writer = NULL;
    const char *folder = scratch_path(state, "segments");
    ok(vocabulary_open(scratch_vocabulary(state), &vocabulary, err));
    ok(files_make_directory(folder, err));
    ok(segment_writer_open(spool, vocabulary, NULL, &choices, previous, &writer, err));
    memset(&counted, 0, sizeof counted);
    size_t count = spool_count(spool), number = 0;
    for (size_t begin = 0; begin < count; begin += 2, number++) {
        char *path = compaction_segment_path(folder, number);
        size_t end = begin + 2 < count ? begin + 2 : count;
        ok(segment_write(writer, begin, end, path, &events, err));
        assert_int_equal(documents(path), end - begin);
        free(path);
    }
    segment_writer_close(writer);
    vocabulary_close(vocabulary);
    struct compaction *compaction = NULL;
    ok(compaction_begin(folder, number, merged, 2, &compaction, err));
    ok(compaction_end(compaction, err));
    ok(files_remove_tree(folder, err));
}

/* The values of the date slot in docid order. */
static void expect_dates_ascending(const char *path, size_t expected)
{
    struct xap_db *db = NULL;
    struct xap_values *values = NULL;
    uint32_t docids[64], ends[64];
    char bytes[1000], last[9] = "";
    size_t count, seen = 0;
    assert_true(xap_db_open(path, &db, NULL));
    assert_true(xap_values_open(db, SLOT_DATE, &values, NULL));
    do {
        assert_true(xap_values_read(values, 64, docids, ends, sizeof bytes, bytes, &count, NULL));
        for (size_t i = 0; i < count; i++, seen++) {
            assert_int_equal(docids[i], seen + 1);
            assert_true(memcmp(bytes + 8 * i, last, 8) >= 0);
            memcpy(last, bytes + 8 * i, 8);
        }
    } while (count > 0);
    assert_int_equal(seen, expected);
    xap_values_close(values);
    xap_db_close(db);
}

static void segments_become_one_database_in_order_of_days(void **state)
{
    struct spool *spool = make_spool(state, 301, 40, "River Front in Zanbar, Lower Ford. ");
    const char *merged = scratch_path(state, "merged");
    build(state, spool, NULL, merged);
    assert_int_equal(counted.accepted, 301);
    assert_int_equal(counted.unchanged, 0);
    assert_int_equal(documents(merged), 301);
    expect_dates_ascending(merged, 301);
    struct xap_db *db = NULL;
    uint32_t freq = 0;
    char *version = NULL;
    assert_true(xap_db_open(merged, &db, NULL));
    assert_true(xap_db_term_freq(db, "XAriver-front", &freq, NULL));
    assert_int_equal(freq, 301);
    assert_true(xap_db_term_freq(db, "XR:ZA", &freq, NULL)); /* rolled up */
    assert_int_equal(freq, 301);
    assert_true(xap_db_metadata(db, SCHEMA_VERSION_KEY, &version, NULL, NULL));
    assert_string_equal(version, SCHEMA_VERSION);
    free(version);
    xap_db_close(db);
    spool_close(spool);
}

/* The same with so few files allowed that it takes three rounds of eight. */
static void few_files_may_be_open(void **state)
{
    struct spool *spool = make_spool(state, 200, 40, "River Front. ");
    const char *merged = scratch_path(state, "merged");
    pid_t pid = fork(); /* the limit cannot be raised again */
    if (pid == 0) {
        struct rlimit few = {.rlim_cur = 100, .rlim_max = 100};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        build(state, spool, NULL, merged);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(documents(merged), 200);
    expect_dates_ascending(merged, 200);
    spool_close(spool);
}

static void reports_that_say_the_same_are_unchanged(void **state)
{
    struct spool *spool = make_spool(state, 5, 40, "First text. ");
    const char *before = scratch_path(state, "before");
    build(state, spool, NULL, before);
    const char *again = scratch_path(state, "again");
    build(state, spool, before, again);
    assert_int_equal(counted.unchanged, 5);
    assert_int_equal(counted.accepted, 0);
    assert_int_equal(documents(again), 5);
    spool_close(spool);
    remove(scratch_path(state, "spool"));
    spool = make_spool(state, 7, 40, "Other text. ");
    build(state, spool, before, scratch_path(state, "third"));
    assert_int_equal(counted.unchanged, 0);
    assert_int_equal(counted.accepted, 7);
    spool_close(spool);
}

static void a_segment_is_committed_as_it_grows(void **state)
{
    const size_t count = 40, size = SEGMENT_COMMIT_BYTES / 8;
    struct spool *spool = make_spool(state, count, size, "River Front in Zanbar, Lower Ford. ");
    struct choices choices = {.words = no_words, .frequent = no_words};
    struct segment_writer *writer = NULL;
    struct vocabulary *vocabulary = NULL;
    struct xap_db *db = NULL;
    const char *path = scratch_path(state, "segment");
    uint64_t revision = 0;
    uint32_t freq = 0;
    ok(vocabulary_open(scratch_vocabulary(state), &vocabulary, err));
    ok(segment_writer_open(spool, vocabulary, NULL, &choices, NULL, &writer, err));
    ok(segment_write(writer, 0, count, path, &events, err));
    assert_int_equal(documents(path), count);
    assert_true(xap_db_open(path, &db, NULL));
    assert_true(xap_db_revision(db, &revision, NULL));
    assert_true(revision >= count * size / SEGMENT_COMMIT_BYTES);
    assert_true(xap_db_term_freq(db, "zanbar", &freq, NULL));
    assert_int_equal(freq, count);
    xap_db_close(db);
    segment_writer_close(writer);
    vocabulary_close(vocabulary);
    spool_close(spool);
}

static void misuse(void **state)
{
    struct spool *spool = make_spool(state, 1, 10, "Text. ");
    struct choices choices = {.words = no_words, .frequent = no_words};
    struct segment_writer *writer = NULL;
    struct vocabulary *vocabulary = NULL;
    ok(vocabulary_open(scratch_vocabulary(state), &vocabulary, err));
    fails(ERROR_NO_INPUT, segment_writer_open(spool, vocabulary, NULL, &choices,
                                              scratch_path(state, "absent"), &writer, err));
    assert_null(writer);
    ok(segment_writer_open(spool, vocabulary, NULL, &choices, NULL, &writer, err));
    fails(ERROR_CREATE,
          segment_write(writer, 0, 1, scratch_path(state, "no/such/folder"), &events, err));
    segment_writer_close(writer);
    segment_writer_close(NULL);
    struct compaction *compaction = NULL;
    char *absent = strdup(scratch_path(state, "absent"));
    ok(compaction_begin(absent, 2, scratch_path(state, "merged"), 1, &compaction, err));
    fails(ERROR_NO_INPUT, compaction_end(compaction, err));
    ok(compaction_begin(absent, 2, scratch_path(state, "merged"), 1, &compaction, err));
    compaction_cancel(compaction);
    compaction_cancel(NULL);
    free(absent);
    vocabulary_close(vocabulary);
    spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plans_cover_all_reports, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(segments_become_one_database_in_order_of_days,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(few_files_may_be_open, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(reports_that_say_the_same_are_unchanged, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_segment_is_committed_as_it_grows, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(misuse, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
