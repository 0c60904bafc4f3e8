/* Databases, for reading: their figures, revisions and what cannot be opened. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test_xap.h"

static char too_long[247]; /* a term of 246 bytes */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make(const char *path)
{
    struct xap_writer *writer = new_writer(path);
    add_words(writer, "red red green");
    add_words(writer, "green");
    struct xap_document *doc = words_document("blue");
    ok(xap_document_add_value(doc, 3, "v", 1, err));
    ok(xap_writer_replace(writer, 5, doc, err));
    xap_document_free(doc);
    ok(xap_writer_set_metadata(writer, "key", "a\0b", 3, err));
    ok(xap_writer_add_spelling(writer, "green", 1, err));
    commit_and_close(writer);
}

static void its_figures(void **state)
{
    make(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    uint32_t number = 0, upper = 0;
    uint64_t total = 0;
    double average = 0;
    bool positions = false;
    ok(xap_db_document_count(db, &number, err));
    assert_int_equal(number, 3);
    ok(xap_db_last_docid(db, &number, err));
    assert_int_equal(number, 5);
    ok(xap_db_total_length(db, &total, err));
    assert_int_equal(total, 5);
    ok(xap_db_average_length(db, &average, err));
    assert_close(average, 5.0 / 3);
    ok(xap_db_length_bounds(db, &number, &upper, err));
    assert_true(number <= 1 && upper >= 3);
    ok(xap_db_document_length(db, 1, &number, err));
    assert_int_equal(number, 3);
    ok(xap_db_has_positions(db, &positions, err));
    assert_true(positions);
    ok(xap_db_value_freq(db, 3, &number, err));
    assert_int_equal(number, 1);
    ok(xap_db_value_freq(db, 4, &number, err));
    assert_int_equal(number, 0);
    xap_db_close(db);
}

static void figures_of_a_term(void **state)
{
    make(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    uint32_t number = 0;
    uint64_t total = 0;
    ok(xap_db_term_freq(db, "green", &number, err));
    assert_int_equal(number, 2);
    ok(xap_db_term_freq(db, "absent", &number, err));
    assert_int_equal(number, 0);
    ok(xap_db_collection_freq(db, "red", &total, err));
    assert_int_equal(total, 2);
    ok(xap_db_wdf_upper_bound(db, "red", &number, err));
    assert_true(number >= 2);
    number = 77;
    fails(XAP_INVALID_ARGUMENT, xap_db_term_freq(db, too_long, &number, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_term_freq(db, "", &number, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_wdf_upper_bound(db, too_long, &number, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_collection_freq(db, "", &total, err));
    fails(XAP_NOT_FOUND, xap_db_document_length(db, 3, &number, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_document_length(db, 0, &number, err));
    assert_int_equal(number, 77);
    assert_int_equal(total, 2);
    xap_db_close(db);
}

static void strings_of_a_database(void **state)
{
    make(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    char *text = NULL;
    size_t size = 0;
    ok(xap_db_metadata(db, "key", &text, &size, err));
    assert_int_equal(size, 3);
    assert_memory_equal(text, "a\0b", 4);
    free(text);
    ok(xap_db_metadata(db, "no key", &text, NULL, err));
    assert_string_equal(text, "");
    free(text);
    ok(xap_db_uuid(db, &text, err));
    assert_int_equal(strlen(text), 36);
    free(text);
    ok(xap_db_spelling(db, "gren", 2, &text, err));
    assert_string_equal(text, "green");
    free(text);
    ok(xap_db_spelling(db, "nothing", 2, &text, err));
    assert_string_equal(text, "");
    free(text);
    text = NULL;
    fails(XAP_INVALID_ARGUMENT, xap_db_metadata(db, "", &text, &size, err));
    assert_null(text);
    xap_db_close(db);
}

static void several_as_one(void **state)
{
    const char *paths[] = {scratch_path(state, "a"), scratch_path(state, "b"),
                           scratch_path(state, "missing")};
    make(paths[0]);
    make(paths[1]);
    struct xap_db *db = NULL;
    uint32_t number = 0;
    uint64_t revision = 77;
    ok(xap_db_open_multi(paths, 2, &db, err));
    ok(xap_db_document_count(db, &number, err));
    assert_int_equal(number, 6);
    ok(xap_db_last_docid(db, &number, err));
    assert_int_equal(number, 10); /* docids interleave */
    fails(XAP_UNIMPLEMENTED, xap_db_revision(db, &revision, err));
    assert_int_equal(revision, 77);
    xap_db_close(db);
    db = NULL;
    fails(XAP_NOT_FOUND, xap_db_open_multi(paths, 3, &db, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_open_multi(paths, 0, &db, err));
    assert_null(db);
}

static void reopening(void **state)
{
    const char *path = scratch_path(state, "db");
    make(path);
    struct xap_db *db = open_db(path);
    struct xap_writer *writer = NULL;
    uint64_t before = 0, after = 0;
    bool changed = true;
    ok(xap_db_reopen(db, &changed, err));
    assert_false(changed);
    ok(xap_db_revision(db, &before, err));
    ok(xap_writer_open(path, XAP_OPEN, XAP_NO_SYNC, 0, &writer, err));
    add_words(writer, "new");
    commit_and_close(writer);
    ok(xap_db_reopen(db, &changed, err));
    assert_true(changed);
    ok(xap_db_revision(db, &after, err));
    assert_int_equal(after, before + 1);
    xap_db_close(db);
}

static void an_overwritten_revision(void **state)
{
    const char *path = scratch_path(state, "db");
    make_large(path);
    struct xap_db *db = open_db(path);
    struct xap_writer *writer = NULL;
    ok(xap_writer_open(path, XAP_OPEN, XAP_NO_SYNC, 0, &writer, err));
    for (int i = 0; i < 3; i++) { /* a revision lasts through one commit after it */
        add_many(writer);
        ok(xap_writer_commit(writer, err));
    }
    uint32_t freq = 77;
    bool changed = false;
    fails(XAP_MODIFIED, xap_db_term_freq(db, "t0001", &freq, err));
    assert_int_equal(freq, 77);
    ok(xap_db_reopen(db, &changed, err));
    assert_true(changed);
    ok(xap_db_term_freq(db, "t0001", &freq, err));
    assert_int_equal(freq, 4);
    xap_db_close(db);
    xap_writer_close(writer);
}

static void what_is_no_database(void **state)
{
    struct xap_db *db = NULL;
    struct xap_error error = {.code = XAP_OK};
    assert_false(xap_db_open(scratch_path(state, "missing"), &db, &error));
    assert_int_equal(error.code, XAP_NOT_FOUND);
    assert_int_equal(error.os_errno, ENOENT);
    assert_non_null(strstr(error.text, "missing"));
    assert_non_null(strstr(error.text, strerror(ENOENT)));
    fails(XAP_NOT_FOUND, xap_db_open(*state, &db, err)); /* an empty directory */
    const char *file = scratch_path(state, "file");
    write_file(file, "no stub either\n");
    fails(XAP_OPENING, xap_db_open(file, &db, err));
    assert_false(xap_db_open(file, &db, NULL)); /* nobody need care why */
    assert_null(db);
    xap_db_close(NULL);
}

static void a_name_with_a_newline_is_told_in_one_line(void **state)
{
    struct xap_db *db = NULL;
    fails(XAP_NOT_FOUND, xap_db_open(scratch_path(state, "two\nlines\t\x7f"), &db, err));
}

static void a_damaged_version_file(void **state)
{
    make(scratch_path(state, "db"));
    struct xap_db *db = NULL;
    const char *version = scratch_path(state, "db/iamglass");
    write_file(version, "short");
    fails(XAP_CORRUPT, xap_db_open(scratch_path(state, "db"), &db, err));
    write_file(version, "\x0f\x0dXapian Glass\x01\x01 and no more than that");
    fails(XAP_VERSION, xap_db_open(scratch_path(state, "db"), &db, err));
    assert_null(db);
}

static void a_missing_table(void **state)
{
    make(scratch_path(state, "db"));
    assert_int_equal(unlink(scratch_path(state, "db/postlist.glass")), 0);
    struct xap_db *db = NULL;
    struct xap_error error = {.code = XAP_OK};
    assert_false(xap_db_open(scratch_path(state, "db"), &db, &error));
    assert_int_equal(error.code, XAP_OPENING);
    assert_int_equal(error.os_errno, ENOENT);
}

/* Xapian itself would take it for an empty one. */
static void a_table_that_cannot_be_opened(void **state)
{
    static const char *const tables[] = {"docdata", "position", "spelling", "termlist"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char name[60], path[300];
        snprintf(name, sizeof name, "db%zu", i);
        snprintf(path, sizeof path, "%s", scratch_path(state, name));
        make(path);
        const char *paths[] = {path};
        struct xap_db *db = open_db(path);
        xap_db_close(db);
        snprintf(name, sizeof name, "db%zu/%s.glass", i, tables[i]);
        const char *table = scratch_path(state, name);
        remove(table);
        assert_int_equal(symlink(table, table), 0); /* ELOOP */
        fails(XAP_OPENING, xap_db_open(path, &db, err));
        fails(XAP_OPENING, xap_db_open_multi(paths, 1, &db, err));
        fails(XAP_OPENING, xap_compact(paths, 1, scratch_path(state, "to"), 0, 0, err));
    }
}

static void names_of_codes(void **state)
{
    (void)state;
    assert_string_equal(xap_code_name(XAP_OK), "ok");
    assert_string_equal(xap_code_name(XAP_INTERNAL), "internal");
    assert_string_equal(xap_code_name((enum xap_code)99), "unknown");
    assert_int_equal(strncmp(xap_version(), "1.", 2), 0);
}

int main(void)
{
    memset(too_long, 't', sizeof too_long - 1);
    const struct CMUnitTest tests[] = {
        scratch_test(its_figures),
        scratch_test(figures_of_a_term),
        scratch_test(strings_of_a_database),
        scratch_test(several_as_one),
        scratch_test(reopening),
        scratch_test(an_overwritten_revision),
        scratch_test(what_is_no_database),
        scratch_test(a_name_with_a_newline_is_told_in_one_line),
        scratch_test(a_damaged_version_file),
        scratch_test(a_missing_table),
        scratch_test(a_table_that_cannot_be_opened),
        cmocka_unit_test(names_of_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
