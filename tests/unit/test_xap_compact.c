/* Databases as a whole: merging and checking them. */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/test_xap.h"

/* Xapian 1.4.22 frees, in Database::check(), an object under the size of its base class. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0";
}

static void make(const char *path, const char *first, const char *second)
{
    struct xap_writer *writer = new_writer(path);
    add_words(writer, first);
    add_words(writer, second);
    commit_and_close(writer);
}

static void expect_posting(const char *path, const char *term, uint32_t expected)
{
    uint32_t docid = 0;
    size_t count = 0;
    struct xap_db *db = open_db(path);
    struct xap_postings *postings = NULL;
    ok(xap_postings_open(db, term, &postings, err));
    ok(xap_postings_read(postings, 1, &docid, NULL, NULL, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(docid, expected);
    xap_postings_close(postings);
    xap_db_close(db);
}

static void merging_keeps_the_order_given(void **state)
{
    const char *sources[] = {scratch_path(state, "b"), scratch_path(state, "a")};
    const char *merged = scratch_path(state, "merged");
    make(sources[0], "one", "two");
    make(sources[1], "three", "four");
    ok(xap_compact(sources, 2, merged, XAP_COMPACT_MULTIPASS | XAP_COMPACT_FULLER, 2048, err));
    expect_posting(merged, "one", 1);
    expect_posting(merged, "four", 4);
    ok(xap_compact(sources + 1, 1, merged, 0, 0, err)); /* over what is there */
    expect_posting(merged, "four", 2);
    size_t faults = 9;
    char *report = NULL;
    ok(xap_check(merged, &faults, &report, err));
    assert_int_equal(faults, 0);
    assert_non_null(strstr(report, "postlist"));
    free(report);
    ok(xap_check(merged, &faults, NULL, err));
}

static void docids_can_stay(void **state)
{
    const char *sources[] = {scratch_path(state, "a"), scratch_path(state, "b")};
    const char *merged = scratch_path(state, "merged");
    make(sources[0], "one", "two");
    struct xap_writer *writer = new_writer(sources[1]);
    struct xap_document *doc = words_document("ten");
    ok(xap_writer_replace(writer, 10, doc, err));
    xap_document_free(doc);
    commit_and_close(writer);
    ok(xap_compact(sources, 2, merged, XAP_COMPACT_NO_RENUMBER, 0, err));
    expect_posting(merged, "ten", 10);
}

static void merging_refuses(void **state)
{
    const char *sources[] = {scratch_path(state, "a"), scratch_path(state, "missing")};
    make(sources[0], "one", "two");
    const char *merged = scratch_path(state, "merged");
    fails(XAP_INVALID_ARGUMENT, xap_compact(sources, 0, merged, 0, 0, err));
    fails(XAP_INVALID_ARGUMENT, xap_compact(sources, 1, sources[0], 0, 0, err));
    fails(XAP_INVALID_ARGUMENT, xap_compact(sources, 1, merged, 0, 3000, err));
    fails(XAP_NOT_FOUND, xap_compact(sources, 2, merged, 0, 0, err));
    fails(XAP_DATABASE, xap_compact(sources, 1, scratch_path(state, "no/where"), 0, 0, err));
}

static void overwrite(const char *path, off_t at, const char *bytes, size_t size)
{
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, size, at), size);
    close(file);
}

/* Its root is sound, so that it opens; what the root leads to is not. */
static void make_damaged(void **state, const char *path)
{
    make_large(path);
    static const char zeros[16 * 8192];
    overwrite(scratch_path(state, "db/postlist.glass"), 6 * 8192, zeros, sizeof zeros);
}

static void damage_is_found(void **state)
{
    const char *path = scratch_path(state, "db");
    make_damaged(state, path);
    size_t faults = 0;
    char *report = NULL;
    struct xap_error error = {.code = XAP_OK};
    bool checked = xap_check(path, &faults, &report, &error);
    assert_true(checked ? faults > 0 : error.code == XAP_CORRUPT);
    free(report);
}

static void damage_is_met(void **state)
{
    const char *path = scratch_path(state, "db"), *term = "";
    make_damaged(state, path);
    struct xap_db *db = open_db(path);
    struct xap_terms *terms = NULL;
    struct xap_error error = {.code = XAP_OK};
    ok(xap_terms_open(db, "", &terms, err));
    while (term != NULL && xap_terms_next(terms, &term, NULL, &error))
        ;
    assert_non_null(term);
    assert_int_equal(error.code, XAP_CORRUPT);
    /* The cursor has lost its place, and stays failed. */
    fails(XAP_CORRUPT, xap_terms_next(terms, &term, NULL, err));
    fails(XAP_CORRUPT, xap_terms_skip_to(terms, "t4999", err));
    xap_terms_close(terms);
    xap_db_close(db);
}

static void checking_refuses(void **state)
{
    size_t faults = 77;
    char *report = NULL;
    struct xap_error error = {.code = XAP_OK};
    assert_false(xap_check(scratch_path(state, "missing"), &faults, &report, &error));
    assert_int_equal(error.code, XAP_OPENING);
    assert_int_equal(error.os_errno, 2);
    assert_int_equal(faults, 77);
    assert_null(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(merging_keeps_the_order_given),
        scratch_test(docids_can_stay),
        scratch_test(merging_refuses),
        scratch_test(damage_is_found),
        scratch_test(damage_is_met),
        scratch_test(checking_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
