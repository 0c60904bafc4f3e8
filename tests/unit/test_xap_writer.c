/* Writing: what is committed stays, what is not is gone, and only one writes. */
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test_xap.h"

static uint32_t count(const char *path)
{
    uint32_t documents = 0;
    struct xap_db *db = open_db(path);
    ok(xap_db_document_count(db, &documents, err));
    xap_db_close(db);
    return documents;
}

static void expect_metadata(const struct xap_db *db, const char *key, const char *expected)
{
    char *value = NULL;
    size_t size = 99;
    ok(xap_db_metadata(db, key, &value, &size, err));
    assert_string_equal(value, expected);
    assert_int_equal(size, strlen(expected));
    free(value);
}

static void expect_first(struct xap_terms *terms, const char *expected)
{
    const char *term = "";
    ok(xap_terms_next(terms, &term, NULL, err));
    if (expected == NULL)
        assert_null(term);
    else
        assert_string_equal(term, expected);
    xap_terms_close(terms);
}

static void expect_words(const char *path, const char *synonym, const char *spelling)
{
    struct xap_db *db = open_db(path);
    struct xap_terms *terms = NULL;
    ok(xap_terms_open_synonyms(db, "river", &terms, err));
    expect_first(terms, synonym);
    ok(xap_terms_open_spellings(db, &terms, err));
    expect_first(terms, spelling);
    xap_db_close(db);
}

static void change_everything(struct xap_writer *writer)
{
    add_words(writer, "two");
    ok(xap_writer_set_metadata(writer, "key", "other", 5, err));
    ok(xap_writer_add_spelling(writer, "aaa", 1, err));
    ok(xap_writer_add_synonym(writer, "river", "brook", err));
    ok(xap_writer_delete(writer, 1, err));
}

static struct xap_writer *writer_with_one(const char *path)
{
    struct xap_writer *writer = new_writer(path);
    assert_int_equal(add_words(writer, "one"), 1);
    ok(xap_writer_set_metadata(writer, "key", "value", 5, err));
    ok(xap_writer_add_spelling(writer, "word", 1, err));
    ok(xap_writer_add_synonym(writer, "river", "stream", err));
    ok(xap_writer_commit(writer, err));
    return writer;
}

static void expect_one(const char *path)
{
    assert_int_equal(count(path), 1);
    struct xap_db *db = open_db(path);
    expect_metadata(db, "key", "value");
    xap_db_close(db);
    expect_words(path, "stream", "word");
}

static void close_discards_what_was_not_committed(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = writer_with_one(path);
    change_everything(writer);
    xap_writer_close(writer);
    expect_one(path);
}

static void cancel_discards_what_was_not_committed(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = writer_with_one(path);
    change_everything(writer);
    ok(xap_writer_cancel(writer, err));
    commit_and_close(writer);
    expect_one(path);
}

static void commit_keeps(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = writer_with_one(path);
    change_everything(writer);
    commit_and_close(writer);
    assert_int_equal(count(path), 1); /* one more and one less */
    struct xap_db *db = open_db(path);
    expect_metadata(db, "key", "other");
    xap_db_close(db);
    expect_words(path, "brook", "aaa");
}

static void the_view_shows_what_is_not_committed(void **state)
{
    struct xap_writer *writer = new_writer(scratch_path(state, "db"));
    add_words(writer, "one");
    uint32_t documents = 0;
    ok(xap_db_document_count(xap_writer_db(writer), &documents, err));
    assert_int_equal(documents, 1);
    xap_writer_close(writer);
}

static void a_cursor_outlives_the_writer_but_not_its_lock(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = writer_with_one(path), *next = NULL;
    struct xap_terms *terms = NULL;
    struct xap_document *doc = NULL;
    ok(xap_terms_open(xap_writer_db(writer), "", &terms, err));
    ok(xap_db_document(xap_writer_db(writer), 1, &doc, err));
    xap_writer_close(writer);
    ok(xap_writer_open(path, XAP_OPEN, 0, 0, &next, err));
    xap_writer_close(next);
    char *data = NULL;
    fails(XAP_CLOSED, xap_document_data(doc, &data, NULL, err));
    assert_null(data);
    xap_document_free(doc);
    xap_terms_close(terms);
}

static void the_ways_to_open(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = NULL;
    fails(XAP_NOT_FOUND, xap_writer_open(path, XAP_OPEN, 0, 0, &writer, err));
    commit_and_close(writer_with_one(path));
    fails(XAP_CREATING, xap_writer_open(path, XAP_CREATE, 0, 0, &writer, err));
    fails(XAP_CREATING,
          xap_writer_open(scratch_path(state, "no/where"), XAP_CREATE, 0, 0, &writer, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_open(path, (enum xap_open)9, 0, 0, &writer, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_open(path, XAP_OPEN, 0, 1000, &writer, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_open(path, XAP_OPEN, 0, 131072, &writer, err));
    assert_null(writer);
    ok(xap_writer_open(path, XAP_OPEN, XAP_DANGEROUS, 0, &writer, err));
    commit_and_close(writer);
    ok(xap_writer_open(path, XAP_CREATE_OR_OPEN, 0, 0, &writer, err));
    commit_and_close(writer);
    assert_int_equal(count(path), 1);
    ok(xap_writer_open(path, XAP_CREATE_OR_OVERWRITE, 0, 2048, &writer, err));
    commit_and_close(writer);
    assert_int_equal(count(path), 0);
    xap_writer_close(NULL);
}

static void only_one_writes(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = new_writer(path), *other = NULL;
    fails(XAP_LOCKED, xap_writer_open(path, XAP_OPEN, 0, 0, &other, err));
    assert_null(other);
    pid_t child = fork();
    if (child == 0) {
        struct xap_error err;
        bool opened = xap_writer_open(path, XAP_OPEN, 0, 0, &other, &err);
        _exit(!opened && err.code == XAP_LOCKED ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    xap_writer_close(writer);
    ok(xap_writer_open(path, XAP_OPEN, 0, 0, &other, err));
    xap_writer_close(other);
}

static void replacing_and_deleting(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = new_writer(path);
    struct xap_document *doc = words_document("new id1");
    uint32_t docid = 0;
    add_words(writer, "old id1");
    add_words(writer, "old id1");
    add_words(writer, "old id2");
    ok(xap_writer_replace_term(writer, "id1", doc, &docid, err));
    assert_int_equal(docid, 1); /* and document 2 is gone */
    ok(xap_writer_replace_term(writer, "id9", doc, &docid, err));
    assert_int_equal(docid, 4);
    ok(xap_writer_replace(writer, 3, doc, err));
    ok(xap_writer_replace(writer, 10, doc, err)); /* one that is not there is made */
    ok(xap_writer_delete(writer, 10, err));
    ok(xap_writer_delete_term(writer, "nothing", err));
    uint32_t freq = 9;
    ok(xap_db_term_freq(xap_writer_db(writer), "old", &freq, err));
    assert_int_equal(freq, 0);
    ok(xap_writer_delete_term(writer, "id1", err));
    xap_document_free(doc);
    commit_and_close(writer);
    assert_int_equal(count(path), 0);
}

static void refusals_keep_the_batch(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = new_writer(path);
    struct xap_document *doc = words_document("fine");
    char key[301] = "";
    memset(key, 'k', 300);
    add_words(writer, "one");
    uint32_t docid = 77;
    fails(XAP_NOT_FOUND, xap_writer_delete(writer, 9, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_delete(writer, 0, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_replace(writer, 0, doc, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_replace_term(writer, key, doc, &docid, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_delete_term(writer, "", err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_set_metadata(writer, "", "v", 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_set_metadata(writer, key, "v", 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_add_spelling(writer, key, 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_add_synonym(writer, "", "x", err));
    fails(XAP_INVALID_ARGUMENT, xap_writer_add_synonym(writer, "x", key, err));
    assert_int_equal(docid, 77);
    xap_document_free(doc);
    commit_and_close(writer);
    assert_int_equal(count(path), 1);
}

static void words_come_and_go(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = writer_with_one(path);
    ok(xap_writer_add_spelling(writer, "word", 2, err));
    ok(xap_writer_remove_spelling(writer, "word", 2, err));
    ok(xap_writer_add_synonym(writer, "river", "brook", err));
    ok(xap_writer_remove_synonym(writer, "river", "stream", err));
    ok(xap_writer_commit(writer, err));
    expect_words(path, "brook", "word");
    ok(xap_writer_remove_spelling(writer, "word", 1, err));
    ok(xap_writer_remove_spelling(writer, "never", 1, err));
    ok(xap_writer_clear_synonyms(writer, "river", err));
    ok(xap_writer_set_metadata(writer, "key", "", 0, err)); /* takes the key away */
    commit_and_close(writer);
    expect_words(path, NULL, NULL);
    struct xap_db *db = open_db(path);
    expect_metadata(db, "key", "");
    xap_db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(close_discards_what_was_not_committed),
        scratch_test(cancel_discards_what_was_not_committed),
        scratch_test(commit_keeps),
        scratch_test(the_view_shows_what_is_not_committed),
        scratch_test(a_cursor_outlives_the_writer_but_not_its_lock),
        scratch_test(the_ways_to_open),
        scratch_test(only_one_writes),
        scratch_test(replacing_and_deleting),
        scratch_test(refusals_keep_the_batch),
        scratch_test(words_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
