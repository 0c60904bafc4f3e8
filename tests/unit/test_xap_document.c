/* Documents: terms, values and data, and numbers as sortable bytes. */
#include "tests/unit/test_xap.h"

static uint32_t term_count(const struct xap_document *doc)
{
    uint32_t count = 0;
    ok(xap_document_term_count(doc, &count, err));
    return count;
}

static void terms(void **state)
{
    (void)state;
    struct xap_document *doc = words_document("a b b");
    assert_int_equal(term_count(doc), 2);
    ok(xap_document_add_term(doc, "Qid", 0, err));
    ok(xap_document_add_term(doc, "Zb", 3, err));
    assert_int_equal(term_count(doc), 4);
    ok(xap_document_remove_term(doc, "Qid", err));
    fails(XAP_NOT_FOUND, xap_document_remove_term(doc, "Qid", err));
    fails(XAP_NOT_FOUND, xap_document_remove_term(doc, "zzz", err));
    assert_int_equal(term_count(doc), 3);
    xap_document_free(doc);
    xap_document_free(NULL);
}

static void lengths_of_terms(void **state)
{
    (void)state;
    struct xap_document *doc = words_document("");
    char term[XAP_TERM_MAX + 2] = "";
    memset(term, 't', XAP_TERM_MAX + 1);
    fails(XAP_INVALID_ARGUMENT, xap_document_add_term(doc, term, 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_document_add_posting(doc, term, 1, 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_document_remove_term(doc, term, err));
    fails(XAP_INVALID_ARGUMENT, xap_document_add_term(doc, "", 1, err));
    fails(XAP_INVALID_ARGUMENT, xap_document_add_posting(doc, "", 1, 1, err));
    assert_int_equal(term_count(doc), 0);
    term[XAP_TERM_MAX] = '\0';
    ok(xap_document_add_posting(doc, term, 1, 1, err));
    assert_int_equal(term_count(doc), 1);
    xap_document_free(doc);
}

static void the_longest_term_is_stored(void **state)
{
    struct xap_writer *writer = new_writer(scratch_path(state, "db"));
    struct xap_document *doc = words_document("");
    char term[XAP_TERM_MAX + 1] = "";
    memset(term, 't', XAP_TERM_MAX);
    ok(xap_document_add_posting(doc, term, 1, 1, err));
    ok(xap_writer_add(writer, doc, NULL, err));
    xap_document_free(doc);
    commit_and_close(writer);
    struct xap_db *db = open_db(scratch_path(state, "db"));
    uint32_t freq = 0;
    ok(xap_db_term_freq(db, term, &freq, err));
    assert_int_equal(freq, 1);
    xap_db_close(db);
}

static void check_value(const struct xap_document *doc, uint32_t slot, const char *bytes,
                        size_t size)
{
    char *value = NULL;
    size_t got = 77;
    ok(xap_document_value(doc, slot, &value, &got, err));
    assert_int_equal(got, size);
    assert_memory_equal(value, bytes, size);
    assert_int_equal(value[size], '\0');
    free(value);
}

static void values_and_data(void **state)
{
    (void)state;
    struct xap_document *doc = NULL;
    char *data = NULL;
    ok(xap_document_new(&doc, err));
    ok(xap_document_add_value(doc, 7, "a\0b", 3, err));
    check_value(doc, 7, "a\0b", 3);
    check_value(doc, 8, "", 0);
    ok(xap_document_remove_value(doc, 7, err));
    check_value(doc, 7, "", 0);
    fails(XAP_NOT_FOUND, xap_document_remove_value(doc, 7, err));
    fails(XAP_INVALID_ARGUMENT, xap_document_add_value(doc, XAP_NO_SLOT, "v", 1, err));
    ok(xap_document_data(doc, &data, NULL, err));
    assert_string_equal(data, "");
    free(data);
    ok(xap_document_set_data(doc, "x\0y", 3, err));
    size_t size = 0;
    ok(xap_document_data(doc, &data, &size, err));
    assert_int_equal(size, 3);
    assert_memory_equal(data, "x\0y", 4);
    free(data);
    xap_document_free(doc);
}

static void a_stored_document_outlives_its_database(void **state)
{
    struct xap_writer *writer = new_writer(scratch_path(state, "db"));
    struct xap_document *doc = words_document("a b");
    ok(xap_document_set_data(doc, "data", 4, err));
    ok(xap_document_add_value(doc, 1, "value", 5, err));
    ok(xap_writer_add(writer, doc, NULL, err));
    xap_document_free(doc);
    commit_and_close(writer);
    struct xap_db *db = open_db(scratch_path(state, "db"));
    doc = NULL;
    fails(XAP_NOT_FOUND, xap_db_document(db, 2, &doc, err));
    fails(XAP_INVALID_ARGUMENT, xap_db_document(db, 0, &doc, err));
    assert_null(doc);
    ok(xap_db_document(db, 1, &doc, err));
    xap_db_close(db);
    char *data = NULL;
    ok(xap_document_data(doc, &data, NULL, err));
    assert_string_equal(data, "data");
    free(data);
    check_value(doc, 1, "value", 5);
    assert_int_equal(term_count(doc), 2);
    xap_document_free(doc);
}

static void numbers_sort_as_bytes(void **state)
{
    (void)state;
    const double numbers[] = {-INFINITY, -1e300, -2.5, -1, 0, 1e-9, 1, 20231115, 1e300, INFINITY};
    char before[9] = "";
    size_t before_size = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char bytes[9];
        size_t size = xap_sortable(numbers[i], bytes);
        assert_true(size <= sizeof bytes);
        size_t common = size < before_size ? size : before_size;
        int order = memcmp(before, bytes, common);
        assert_true(i == 0 || order < 0 || (order == 0 && before_size < size));
        if (isinf(numbers[i]))
            assert_true(xap_unsortable(bytes, size) == numbers[i]);
        else
            assert_true(fabs(xap_unsortable(bytes, size) - numbers[i]) <= 1e-12 * fabs(numbers[i]));
        memcpy(before, bytes, size);
        before_size = size;
    }
    char long_bytes[100];
    memset(long_bytes, 'x', sizeof long_bytes); /* no number: any answer, no crash */
    (void)xap_unsortable(long_bytes, sizeof long_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms),
        cmocka_unit_test(lengths_of_terms),
        scratch_test(the_longest_term_is_stored),
        cmocka_unit_test(values_and_data),
        scratch_test(a_stored_document_outlives_its_database),
        cmocka_unit_test(numbers_sort_as_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
