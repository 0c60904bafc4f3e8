/* Writing: what is committed stays, what is not is gone. */
#include "tests/unit/test_xap.h"

static uint32_t add(struct xap_writer *writer, const char *term)
{
    struct xap_document *doc = NULL;
    uint32_t docid = 0;
    ok(xap_document_new(&doc, err));
    ok(xap_document_add_posting(doc, term, 1, 1, err));
    ok(xap_writer_add(writer, doc, &docid, err));
    xap_document_free(doc);
    return docid;
}

static uint32_t count(const char *path)
{
    struct xap_db *db = NULL;
    uint32_t documents = 0;
    ok(xap_db_open(path, &db, err));
    ok(xap_db_document_count(db, &documents, err));
    xap_db_close(db);
    return documents;
}

static void close_discards_what_was_not_committed(void **state)
{
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = NULL;
    ok(xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, err));
    assert_int_equal(add(writer, "one"), 1);
    ok(xap_writer_commit(writer, err));
    assert_int_equal(add(writer, "two"), 2);
    xap_writer_close(writer);
    assert_int_equal(count(path), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(close_discards_what_was_not_committed, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
