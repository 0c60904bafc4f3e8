/* Snapshots: what is opened, what is noticed, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/vocabulary.h"
#include "search/answer.h"
#include "search/snapshot.h"
#include "tests/flow/fixture.h"
#include "xapian/xap.h"

static const char actors[] = "actor: jnim\nlabel: JNIM\nkind: jihadist-group\nname: JNIM\n";

static struct fixture fixture;

static int make_fixture(void **state)
{
    (void)state;
    return fixture_init(&fixture, actors, NULL, NULL) ? 0 : -1;
}

static int remove_fixture(void **state)
{
    (void)state;
    fixture_clear(&fixture);
    return 0;
}

/* 'count' reports with the ids "PREFIX0", "PREFIX1" ... */
static struct report *make_reports(const char *prefix, size_t count)
{
    struct report *reports = calloc(count + 1, sizeof reports[0]);
    for (size_t i = 0; i < count; i++) {
        char id[24];
        snprintf(id, sizeof id, "%s%zu", prefix, i);
        assert_true(fixture_report(id, "2023-11-15", "Talks go on", "The talks go on in Bamako.",
                                   &reports[i], NULL));
        assert_true(report_add_tag(&reports[i], MENTION_ACTOR, "jnim", NULL));
    }
    return reports;
}

static void free_reports(struct report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_clear(&reports[i]);
    free(reports);
}

static void publish(const char *prefix, size_t count)
{
    struct report *reports = make_reports(prefix, count);
    struct error err = {0};
    if (!fixture_publish(&fixture, reports, count, &err))
        fail_msg("%s", err.text);
    free_reports(reports, count);
}

static void add(const char *prefix, size_t count)
{
    struct report *reports = make_reports(prefix, count);
    struct error err = {0};
    if (!fixture_add(&fixture, reports, count, &err))
        fail_msg("%s", err.text);
    free_reports(reports, count);
}

static struct snapshot *open_snapshot(void)
{
    struct snapshot *snapshot = NULL;
    struct error err = {0};
    if (!snapshot_open(fixture.path, &snapshot, &err))
        fail_msg("%s: %s", err.where, err.text);
    return snapshot;
}

static enum error_code refusal(void)
{
    struct snapshot *snapshot = (void *)&fixture;
    struct error err = {0};
    assert_false(snapshot_open(fixture.path, &snapshot, &err));
    assert_ptr_equal(snapshot, &fixture);
    assert_true(err.text[0]);
    return err.code;
}

static void missing_index_is_no_input(void **state)
{
    (void)state;
    assert_int_equal(refusal(), ERROR_NO_INPUT);
}

static void generation_is_opened_whole(void **state)
{
    (void)state;
    publish("a", 3);
    struct snapshot *snapshot = open_snapshot();
    assert_int_equal(snapshot_reports(snapshot), 3);
    assert_memory_equal(snapshot_name(snapshot), "000001.", 7);
    assert_true(snapshot_memory(snapshot) > 0);
    assert_non_null(vocabulary_find(snapshot_vocabulary(snapshot), MENTION_ACTOR, "jnim"));
    assert_false(snapshot_is_outdated(snapshot));
    snapshot_close(snapshot);
    snapshot_close(NULL);
}

static void report_is_found_by_its_id(void **state)
{
    (void)state;
    publish("a", 3);
    struct snapshot *snapshot = open_snapshot();
    struct report report = {0};
    bool found = false;
    assert_true(snapshot_report(snapshot, "a1", &report, &found, NULL));
    assert_true(found);
    assert_string_equal(report.id, "a1");
    assert_string_equal(report.actors[0], "jnim");
    report_clear(&report);
    static const char *const unknown[] = {"a3", "", "a", "A1", "a1 ", "../a1"};
    for (size_t i = 0; i < 6; i++) {
        assert_true(snapshot_report(snapshot, unknown[i], &report, &found, NULL));
        assert_false(found);
        assert_null(report.id);
    }
    snapshot_close(snapshot);
}

static void swap_is_noticed(void **state)
{
    (void)state;
    publish("a", 3);
    struct snapshot *snapshot = open_snapshot();
    publish("b", 2);
    assert_true(snapshot_is_outdated(snapshot));
    struct snapshot *next = open_snapshot();
    assert_int_equal(snapshot_reports(next), 2);
    assert_false(snapshot_is_outdated(next));
    assert_string_not_equal(snapshot_name(next), snapshot_name(snapshot));
    /* The old one goes on answering. */
    struct report report = {0};
    bool found = false;
    assert_true(snapshot_report(snapshot, "a2", &report, &found, NULL));
    assert_true(found);
    report_clear(&report);
    snapshot_close(snapshot);
    snapshot_close(next);
}

static void commit_is_noticed(void **state)
{
    (void)state;
    publish("a", 3);
    struct snapshot *snapshot = open_snapshot();
    add("b", 1);
    assert_true(snapshot_is_outdated(snapshot));
    struct snapshot *next = open_snapshot();
    assert_int_equal(snapshot_reports(next), 4);
    assert_false(snapshot_is_outdated(next));
    assert_string_not_equal(snapshot_name(next), snapshot_name(snapshot));
    snapshot_close(snapshot);
    snapshot_close(next);
}

/* Two commits overwrite the revision that a snapshot reads. */
static void overwritten_revision_is_stale(void **state)
{
    (void)state;
    publish("a", 500); /* more than the blocks that a reader keeps */
    struct snapshot *snapshot = open_snapshot();
    struct question question;
    struct answer *answer = NULL;
    struct error err = {0};
    assert_true(question_init(&question, NULL));
    assert_true(
        question_set(&question, "q", "id:a77", NULL)); /* frequent words are in no database */
    static const char *const prefixes[] = {"b", "c", "d", "e", "f"};
    for (size_t i = 0; i < 5; i++)
        add(prefixes[i], 1);
    assert_false(answer_make(snapshot, &question, &answer, &err));
    assert_int_equal(err.code, ERROR_STALE);
    assert_null(answer);
    snapshot_close(snapshot);
    snapshot = open_snapshot();
    assert_true(answer_make(snapshot, &question, &answer, NULL));
    assert_int_equal(answer->total, 1);
    answer_free(answer);
    question_clear(&question);
    snapshot_close(snapshot);
}

static char *current_path(const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/current/%s", fixture.path, name) > 0);
    return path;
}

static void other_schema_is_refused(void **state)
{
    (void)state;
    publish("a", 1);
    char *path = current_path("database");
    struct xap_writer *writer = NULL;
    assert_true(xap_writer_open(path, XAP_OPEN, XAP_NO_SYNC, 0, &writer, NULL));
    assert_true(xap_writer_set_metadata(writer, SCHEMA_VERSION_KEY, "0", 1, NULL));
    assert_true(xap_writer_commit(writer, NULL));
    xap_writer_close(writer);
    free(path);
    assert_int_equal(refusal(), ERROR_VERSION);
}

static void damage_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {"database/iamglass", "database/postlist.glass",
                                        "manifest.json"};
    for (size_t i = 0; i < 3; i++) {
        publish("a", 50);
        char *path = current_path(files[i]);
        assert_int_equal(truncate(path, 10), 0);
        free(path);
        enum error_code code = refusal();
        if (code != ERROR_CORRUPT && code != ERROR_VERSION && code != ERROR_IO)
            fail_msg("%s: %s", files[i], error_code_name(code));
    }
}

/* Whatever was opened is given back. */
static void many_opens_leave_no_files_open(void **state)
{
    (void)state;
    publish("a", 3);
    snapshot_close(open_snapshot());
    int before = dup(0);
    close(before);
    for (int i = 0; i < 20; i++)
        snapshot_close(open_snapshot());
    int after = dup(0);
    close(after);
    assert_int_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(missing_index_is_no_input, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(generation_is_opened_whole, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(report_is_found_by_its_id, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(swap_is_noticed, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(commit_is_noticed, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(overwritten_revision_is_stale, make_fixture,
                                        remove_fixture),
        cmocka_unit_test_setup_teardown(other_schema_is_refused, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(damage_is_refused, make_fixture, remove_fixture),
        cmocka_unit_test_setup_teardown(many_opens_leave_no_files_open, make_fixture,
                                        remove_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
