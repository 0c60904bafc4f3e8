/* One commit after another into a generation: what is found there afterwards, what the log of
 * changes tells of it, and what a crash in between leaves. */
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/lock.h"
#include "indexer/updater.h"
#include "indexer/verification.h"
#include "schema/field.h"
#include "tests/flow/fixture.h"
#include "tests/unit/scratch.h"

static struct fixture fixture;
static struct updater *updater;
static struct update update;

static int setup(void **state)
{
    (void)state;
    struct report reports[2] = {0};
    struct error err = {0};
    bool made = fixture_init(&fixture, "actor: river-front\nkind: militia\nname: River Front\n",
                             NULL, &err) &&
                fixture_report("a", "2023-01-01", NULL, "alpha one", &reports[0], &err) &&
                fixture_report("b", "2023-01-02", NULL, "beta one", &reports[1], &err) &&
                fixture_publish(&fixture, reports, 2, &err) &&
                updater_open(fixture.path, &updater, &err);
    report_clear(&reports[0]);
    report_clear(&reports[1]);
    if (!made)
        fprintf(stderr, "%s: %s\n", err.where, err.text);
    return made ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    update_clear(&update);
    updater_close(updater);
    updater = NULL;
    fixture_clear(&fixture);
    return 0;
}

static void put(enum update_kind kind, const char *id, const char *body)
{
    struct report report = {0};
    ok(fixture_report(id, "2023-02-03", NULL, body, &report, err));
    ok(update_put(&update, kind, &report, "f:1", 0, err));
    assert_null(report.id);
}

static struct update_commit apply(void)
{
    struct update_commit done = {0};
    ok(updater_apply(updater, &update, &done, err));
    return done;
}

static void expect_outcomes(const enum update_outcome *expected)
{
    for (size_t i = 0; i < update.count; i++)
        assert_int_equal(update.steps[i].outcome, expected[i]);
    update_reset(&update);
}

static struct generation current(void)
{
    struct generation generation = {0};
    ok(generation_current(fixture.path, &generation, err));
    return generation;
}

/* The documents that a term indexes; the last one's docid. */
static uint32_t find(const char *term, uint32_t *docid)
{
    struct generation generation = current();
    struct xap_db *db = NULL;
    struct xap_postings *postings = NULL;
    uint32_t docids[8] = {0};
    size_t count = 0;
    assert_true(xap_db_open(generation.database_path, &db, NULL));
    assert_true(xap_postings_open(db, term, &postings, NULL));
    assert_true(xap_postings_read(postings, 8, docids, NULL, NULL, &count, NULL));
    xap_postings_close(postings);
    xap_db_close(db);
    generation_clear(&generation);
    if (docid)
        *docid = count > 0 ? docids[count - 1] : 0;
    return (uint32_t)count;
}

/* The log from commit 'from' on, as "17+a,b~c-d;18...". */
static const char *log_text(uint64_t from)
{
    static char text[2000];
    struct generation generation = current();
    struct changes *changes = NULL;
    const struct change *change = NULL;
    size_t used = 0;
    text[0] = '\0';
    ok(changes_open(&generation, from, &changes, err));
    for (;;) {
        ok(changes_next(changes, &change, err));
        if (!change)
            break;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", used ? ";" : "",
                                 (int)change->sequence);
        for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
            for (size_t i = 0; i < change->ids[kind].count; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "%c%s",
                                         i > 0 ? ',' : "+~-"[kind], change -> ids[kind].ids[i]);
    }
    changes_close(changes);
    generation_clear(&generation);
    return text;
}

static void a_report_never_changes_its_docid(void **state)
{
    (void)state;
    uint32_t docid;
    put(UPDATE_PUT, "a", "alpha two of the River Front");
    put(UPDATE_PUT, "c", "gamma one");
    struct update_commit done = apply();
    assert_int_equal(done.reports, 3);
    assert_int_equal(done.sequence, 1);
    expect_outcomes((enum update_outcome[]){OUTCOME_REPLACED, OUTCOME_ADDED});
    assert_int_equal(find("Qa", &docid), 1);
    assert_int_equal(docid, 3); /* 1 is gone for good */
    assert_int_equal(find("Qc", &docid), 1);
    assert_int_equal(docid, 4);
    assert_int_equal(find("XAriver-front", &docid), 1); /* tagged by the generation's names */
    assert_int_equal(docid, 3);
    assert_int_equal(find("one", NULL), 2); /* of the old text nothing is left */
    ok(update_remove(&update, "c", 0, err));
    apply();
    expect_outcomes((enum update_outcome[]){OUTCOME_REMOVED});
    put(UPDATE_PUT, "d", "delta");
    apply();
    assert_int_equal(find("Qd", &docid), 1);
    assert_int_equal(docid, 5); /* nor is one used twice */
    assert_string_equal(log_text(0), "1+c~a;2-c;3+d");
    assert_string_equal(log_text(3), "3+d");
    assert_string_equal(log_text(4), "");
}

static void what_is_known_costs_no_commit(void **state)
{
    (void)state;
    put(UPDATE_PUT, "c", "gamma");
    apply();
    update_reset(&update);
    put(UPDATE_PUT, "c", "gamma");
    put(UPDATE_REPLACE, "e", "epsilon");
    ok(update_remove(&update, "nobody", 0, err));
    struct update_commit done = apply();
    assert_int_equal(done.sequence, 1);
    assert_int_equal(done.reports, 3);
    assert_int_equal(done.outcomes[OUTCOME_UNCHANGED], 1);
    assert_int_equal(update.steps[1].why.code, ERROR_NO_INPUT);
    assert_string_equal(update.steps[1].why.where, "f:1");
    expect_outcomes((enum update_outcome[]){OUTCOME_UNCHANGED, OUTCOME_REJECTED, OUTCOME_ABSENT});
    assert_string_equal(log_text(0), "1+c");
}

/* Steps of one id in one commit count in their order, and are one change in the log. */
static void the_last_word_counts(void **state)
{
    (void)state;
    put(UPDATE_PUT, "c", "gamma one");
    put(UPDATE_PUT, "c", "gamma two");
    ok(update_remove(&update, "a", 0, err));
    put(UPDATE_PUT, "a", "alpha two");
    put(UPDATE_PUT, "e", "epsilon");
    ok(update_remove(&update, "e", 0, err));
    put(UPDATE_PUT, "b", "beta two");
    ok(update_remove(&update, "b", 0, err));
    assert_int_equal(apply().reports, 2);
    assert_string_equal(log_text(0), "1+c~a-b");
    assert_int_equal(find("Qc", NULL), 1);
    assert_int_equal(find("gamma", NULL), 1);
    assert_int_equal(find("epsilon", NULL), 0);
}

/* The snapshot's name ends in the revision: what the log says must be it. */
static void the_log_knows_revision_and_reports(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof id, "n%d", i);
        put(UPDATE_PUT, id, "word");
        apply();
        update_reset(&update);
        struct generation generation = current();
        struct changes *changes = NULL;
        const struct change *change = NULL;
        struct xap_db *db = NULL;
        uint64_t revision = 0;
        assert_int_equal(generation.reports, 3 + i); /* not what the manifest says */
        ok(changes_open(&generation, (uint64_t)i + 1, &changes, err));
        ok(changes_next(changes, &change, err));
        assert_true(xap_db_open(generation.database_path, &db, NULL));
        assert_true(xap_db_revision(db, &revision, NULL));
        assert_int_equal(change->revision, revision);
        assert_int_equal(change->reports, 3 + i);
        xap_db_close(db);
        changes_close(changes);
        generation_clear(&generation);
    }
}

/* ---- replays ------------------------------------------------------------ */

/* Xapian's add, made to fail as the real one does for a report whose id begins with "bad". */
bool __real_xap_writer_add(struct xap_writer *writer, const struct xap_document *doc,
                           uint32_t *docid, struct xap_error *err);
bool __wrap_xap_writer_add(struct xap_writer *writer, const struct xap_document *doc,
                           uint32_t *docid, struct xap_error *err);
static enum xap_code failure_code = XAP_INVALID_ARGUMENT;
bool __wrap_xap_writer_add(struct xap_writer *writer, const struct xap_document *doc,
                           uint32_t *docid, struct xap_error *err)
{
    struct xap_terms *terms = NULL;
    const char *term = NULL;
    assert_true(xap_terms_open_document(doc, "Qbad", &terms, NULL));
    assert_true(xap_terms_next(terms, &term, NULL, NULL));
    bool is_bad = term != NULL;
    xap_terms_close(terms);
    if (!is_bad)
        return __real_xap_writer_add(writer, doc, docid, err);
    assert_true(xap_writer_cancel(writer, NULL)); /* all before it is thrown away */
    *err = (struct xap_error){.code = failure_code, .text = "a term is too long"};
    return false;
}

static void a_bad_report_takes_no_other_along(void **state)
{
    (void)state;
    put(UPDATE_PUT, "c", "gamma");
    put(UPDATE_PUT, "bad1", "x");
    ok(update_remove(&update, "a", 0, err));
    put(UPDATE_PUT, "bad2", "x");
    put(UPDATE_PUT, "b", "beta two");
    struct update_commit done = apply();
    assert_int_equal(done.reports, 2);
    assert_string_equal(update.steps[1].why.text, "a term is too long");
    expect_outcomes((enum update_outcome[]){OUTCOME_ADDED, OUTCOME_REJECTED, OUTCOME_REMOVED,
                                            OUTCOME_REJECTED, OUTCOME_REPLACED});
    assert_string_equal(log_text(0), "1+c~b-a");
    assert_int_equal(find("gamma", NULL), 1);
    assert_int_equal(find("Qbad1", NULL), 0);
}

/* What is not the report's fault ends the update, and nothing of it is kept. */
static void a_failing_database_rejects_nobody(void **state)
{
    (void)state;
    put(UPDATE_PUT, "c", "gamma");
    put(UPDATE_PUT, "bad", "x");
    failure_code = XAP_DATABASE;
    struct update_commit done;
    fails(ERROR_IO, updater_apply(updater, &update, &done, err));
    failure_code = XAP_INVALID_ARGUMENT;
    assert_int_equal(find("Qc", NULL), 0);
    assert_string_equal(log_text(0), "");
}

/* ---- crashes ------------------------------------------------------------ */

static char *log_path(void)
{
    struct generation generation = current();
    char *path = files_join(generation.path, CHANGES_NAME, NULL);
    generation_clear(&generation);
    return path;
}

static void append(const char *text)
{
    char *path = log_path();
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

/* Lines of commits that never came to be, whole and torn, are no part of the log, and the next
 * commit writes over them. */
static void lines_ahead_of_the_database_are_cut_off(void **state)
{
    (void)state;
    static const char whole[] =
        "{\"sequence\":%d,\"revision\":9,\"time\":\"2026-11-22T08:00:00Z\",\"reports\":9,"
        "\"added\":[\"ghost\"],\"replaced\":[],\"removed\":[]}\n";
    static const char *const tails[] = {
        whole,
        "{\"sequence\":%d,\"revi",
        "\n\n",
    };
    char expected[200] = "";
    for (int i = 0; i < 6; i++) {
        char tail[300], id[8];
        snprintf(tail, sizeof tail, tails[i % 3], i + 1);
        append(tail);
        assert_string_equal(log_text(0), expected);
        snprintf(id, sizeof id, "n%d", i);
        put(UPDATE_PUT, id, "word");
        apply();
        update_reset(&update);
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%d+%s",
                 i > 0 ? ";" : "", i + 1, id);
        assert_string_equal(log_text(0), expected);
    }
}

static void a_log_that_is_damaged_is_said_to_be(void **state)
{
    (void)state;
    put(UPDATE_PUT, "c", "gamma");
    apply();
    struct generation generation = current();
    struct verification sound;
    ok(verification_run(generation.path, &sound, err));
    assert_int_equal(sound.sequence, 1);
    assert_false(sound.sealed);
    char *path = log_path();
    assert_int_equal(truncate(path, 20), 0);
    struct changes *changes = NULL;
    const struct change *change;
    ok(changes_open(&generation, 0, &changes, err));
    fails(ERROR_CORRUPT, changes_next(changes, &change, err));
    changes_close(changes);
    fails(ERROR_CORRUPT, verification_run(generation.path, &sound, err));
    struct update_commit done;
    fails(ERROR_CORRUPT, updater_apply(updater, &update, &done, err));
    assert_int_equal(remove(path), 0);
    fails(ERROR_CORRUPT, changes_open(&generation, 0, &changes, err));
    generation_clear(&generation);
    free(path);
}

/* ---- others ------------------------------------------------------------- */

static void waits_for_its_turn_and_says_whose_it_is(void **state)
{
    (void)state;
    int lock = -1;
    struct update_commit done;
    put(UPDATE_PUT, "c", "gamma");
    ok(lock_take(fixture.path, LOCK_WRITER, 0, "writing to", &lock, err));
    fails(ERROR_LOCKED, updater_apply(updater, &update, &done, err));
    lock_release(lock);
    assert_int_equal(apply().reports, 3);
}

static void follows_what_becomes_current(void **state)
{
    (void)state;
    struct report report = {0};
    put(UPDATE_PUT, "c", "gamma");
    apply();
    update_reset(&update);
    assert_string_equal(updater_generation(updater), "000001");
    ok(fixture_report("z", NULL, NULL, "zeta", &report, err));
    ok(fixture_publish(&fixture, &report, 1, err));
    report_clear(&report);
    put(UPDATE_PUT, "d", "delta");
    assert_int_equal(apply().reports, 2);
    assert_string_equal(updater_generation(updater), "000002");
    assert_string_equal(log_text(0), "1+d");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_report_never_changes_its_docid),
        TEST(what_is_known_costs_no_commit),
        TEST(the_last_word_counts),
        TEST(the_log_knows_revision_and_reports),
        TEST(a_bad_report_takes_no_other_along),
        TEST(a_failing_database_rejects_nobody),
        TEST(lines_ahead_of_the_database_are_cut_off),
        TEST(a_log_that_is_damaged_is_said_to_be),
        TEST(waits_for_its_turn_and_says_whose_it_is),
        TEST(follows_what_becomes_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
