/* Cursors: postings, positions, values and terms, read in bulk. */
#include "tests/unit/test_xap.h"

/* Documents 1 to 4; document 3 is deleted. */
static struct xap_db *make(void **state)
{
    const char *const words[] = {"red green", "red red blue", "red", "green green green"};
    const char *const values[] = {"one", "second", "x", "4"};
    const char *path = scratch_path(state, "db");
    struct xap_writer *writer = new_writer(path);
    for (size_t i = 0; i < 4; i++) {
        struct xap_document *doc = words_document(words[i]);
        ok(xap_document_add_value(doc, 2, values[i], strlen(values[i]), err));
        ok(xap_writer_add(writer, doc, NULL, err));
        xap_document_free(doc);
    }
    ok(xap_writer_delete(writer, 3, err));
    ok(xap_writer_set_metadata(writer, "k.one", "1", 1, err));
    ok(xap_writer_set_metadata(writer, "k.two", "2", 1, err));
    ok(xap_writer_set_metadata(writer, "other", "3", 1, err));
    ok(xap_writer_add_spelling(writer, "green", 5, err));
    ok(xap_writer_add_spelling(writer, "red", 2, err));
    ok(xap_writer_add_synonym(writer, "red", "rouge", err));
    ok(xap_writer_add_synonym(writer, "red", "crimson", err));
    commit_and_close(writer);
    return open_db(path);
}

static void postings_in_pieces(void **state)
{
    struct xap_db *db = make(state);
    struct xap_postings *postings = NULL;
    uint32_t docids[4] = {0}, wdfs[4] = {0}, lengths[4] = {0};
    size_t count = 9;
    ok(xap_postings_open(db, "", &postings, err));
    ok(xap_postings_read(postings, 0, docids, NULL, NULL, &count, err));
    assert_int_equal(count, 0);
    ok(xap_postings_read(postings, 2, docids, NULL, lengths, &count, err));
    assert_int_equal(count, 2);
    assert_int_equal(docids[1], 2);
    assert_int_equal(lengths[1], 3);
    ok(xap_postings_read(postings, 4, docids, NULL, NULL, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(docids[0], 4);
    ok(xap_postings_read(postings, 4, docids, NULL, NULL, &count, err));
    assert_int_equal(count, 0);
    ok(xap_postings_skip_to(postings, 1, err)); /* past the end it stays there */
    xap_postings_close(postings);
    ok(xap_postings_open(db, "green", &postings, err));
    ok(xap_postings_read(postings, 4, docids, wdfs, lengths, &count, err));
    assert_int_equal(count, 2);
    assert_int_equal(wdfs[0], 1);
    assert_int_equal(lengths[0], 2);
    assert_int_equal(wdfs[1], 3);
    xap_postings_close(postings);
    xap_postings_close(NULL);
    xap_db_close(db);
}

static void postings_skip(void **state)
{
    struct xap_db *db = make(state);
    struct xap_postings *postings = NULL;
    uint32_t docids[4] = {0};
    size_t count = 0;
    ok(xap_postings_open(db, "green", &postings, err));
    ok(xap_postings_skip_to(postings, 2, err));
    ok(xap_postings_skip_to(postings, 1, err)); /* never back */
    ok(xap_postings_read(postings, 4, docids, NULL, NULL, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(docids[0], 4);
    xap_postings_close(postings);
    ok(xap_postings_open(db, "green", &postings, err));
    ok(xap_postings_skip_to(postings, 5, err));
    ok(xap_postings_read(postings, 4, docids, NULL, NULL, &count, err));
    assert_int_equal(count, 0);
    xap_postings_close(postings);
    xap_db_close(db);
}

static void no_postings(void **state)
{
    struct xap_db *db = make(state);
    struct xap_postings *postings = NULL;
    uint32_t docid = 77;
    size_t count = 9;
    ok(xap_postings_open(db, "absent", &postings, err));
    ok(xap_postings_read(postings, 1, &docid, NULL, NULL, &count, err));
    assert_int_equal(count, 0);
    xap_postings_close(postings);
    postings = NULL;
    char term[247] = "";
    memset(term, 't', 246);
    fails(XAP_INVALID_ARGUMENT, xap_postings_open(db, term, &postings, err));
    assert_null(postings);
    xap_db_close(db);
}

static void cursors_outlive_their_database(void **state)
{
    make_large(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    struct xap_postings *postings = NULL;
    struct xap_terms *terms = NULL;
    struct xap_values *values = NULL;
    ok(xap_postings_open(db, "all", &postings, err));
    ok(xap_terms_open(db, "t", &terms, err));
    ok(xap_values_open(db, 1, &values, err));
    xap_db_close(db);
    static uint32_t docids[5001], lengths[5001];
    size_t count = 0;
    ok(xap_postings_read(postings, 5001, docids, NULL, lengths, &count, err));
    assert_int_equal(count, 5000);
    assert_int_equal(docids[4999], 5000);
    assert_int_equal(lengths[4999], 2);
    const char *term = "";
    for (count = 0; term != NULL; count++)
        ok(xap_terms_next(terms, &term, NULL, err));
    assert_int_equal(count, 5001);
    ok(xap_values_read(values, 1, docids, lengths, 0, NULL, &count, err));
    assert_int_equal(count, 0);
    xap_postings_close(postings);
    xap_terms_close(terms);
    xap_values_close(values);
}

static void positions(void **state)
{
    struct xap_db *db = make(state);
    uint32_t found[4] = {77, 77, 77, 77};
    size_t count = 9;
    ok(xap_positions_read(db, 4, "green", 2, found, &count, err));
    assert_int_equal(count, 3); /* there are more than there was room for */
    assert_int_equal(found[0], 1);
    assert_int_equal(found[1], 2);
    assert_int_equal(found[2], 77);
    ok(xap_positions_read(db, 4, "green", 0, NULL, &count, err));
    assert_int_equal(count, 3);
    ok(xap_positions_read(db, 2, "blue", 4, found, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(found[0], 3);
    ok(xap_positions_read(db, 2, "green", 4, found, &count, err));
    assert_int_equal(count, 0);
    ok(xap_positions_read(db, 99, "green", 4, found, &count, err));
    assert_int_equal(count, 0);
    count = 77;
    fails(XAP_INVALID_ARGUMENT, xap_positions_read(db, 0, "green", 4, found, &count, err));
    fails(XAP_INVALID_ARGUMENT, xap_positions_read(db, 1, "", 4, found, &count, err));
    assert_int_equal(count, 77);
    xap_db_close(db);
}

static void values_in_pieces(void **state)
{
    struct xap_db *db = make(state);
    struct xap_values *values = NULL;
    uint32_t docids[4] = {0}, ends[4] = {0};
    char bytes[12] = "";
    size_t count = 9;
    ok(xap_values_open(db, 2, &values, err));
    ok(xap_values_read(values, 4, docids, ends, 8, bytes, &count, err));
    assert_int_equal(count, 1); /* "second" would need 9 bytes */
    assert_int_equal(ends[0], 3);
    assert_memory_equal(bytes, "one", 3);
    count = 77;
    fails(XAP_INVALID_ARGUMENT, xap_values_read(values, 4, docids, ends, 5, bytes, &count, err));
    fails(XAP_INVALID_ARGUMENT, xap_values_read(values, 4, docids, ends, 0, NULL, &count, err));
    assert_int_equal(count, 77);
    ok(xap_values_read(values, 0, docids, ends, 0, NULL, &count, err));
    assert_int_equal(count, 0);
    ok(xap_values_read(values, 4, docids, ends, 7, bytes, &count, err)); /* exactly enough */
    assert_int_equal(count, 2);
    assert_int_equal(docids[0], 2);
    assert_int_equal(docids[1], 4);
    assert_int_equal(ends[0], 6);
    assert_int_equal(ends[1], 7);
    assert_memory_equal(bytes, "second4", 7);
    ok(xap_values_read(values, 4, docids, ends, 7, bytes, &count, err));
    assert_int_equal(count, 0);
    ok(xap_values_skip_to(values, 1, err));
    xap_values_close(values);
    xap_values_close(NULL);
    xap_db_close(db);
}

static void values_are_found(void **state)
{
    struct xap_db *db = make(state);
    struct xap_values *values = NULL;
    const char *bytes = NULL;
    size_t size = 0;
    ok(xap_values_open(db, 2, &values, err));
    ok(xap_values_find(values, 2, &bytes, &size, err));
    assert_int_equal(size, 6);
    assert_memory_equal(bytes, "second", 6);
    ok(xap_values_find(values, 2, &bytes, &size, err)); /* again */
    assert_int_equal(size, 6);
    ok(xap_values_find(values, 3, &bytes, &size, err)); /* it has none */
    assert_null(bytes);
    assert_int_equal(size, 0);
    ok(xap_values_find(values, 4, &bytes, &size, err));
    assert_memory_equal(bytes, "4", 1);
    ok(xap_values_find(values, 99, &bytes, &size, err));
    assert_null(bytes);
    ok(xap_values_find(values, 100, &bytes, &size, err));
    assert_null(bytes);
    xap_values_close(values);
    xap_db_close(db);
}

static void values_skip(void **state)
{
    struct xap_db *db = make(state);
    struct xap_values *values = NULL;
    uint32_t docid = 0, end = 0;
    char bytes[8] = "";
    size_t count = 0;
    ok(xap_values_open(db, 2, &values, err));
    ok(xap_values_skip_to(values, 3, err));
    ok(xap_values_skip_to(values, 1, err)); /* never back */
    ok(xap_values_read(values, 1, &docid, &end, sizeof bytes, bytes, &count, err));
    assert_int_equal(count, 1);
    assert_int_equal(docid, 4);
    xap_values_close(values);
    ok(xap_values_open(db, 3, &values, err)); /* an empty slot */
    ok(xap_values_read(values, 1, &docid, &end, sizeof bytes, bytes, &count, err));
    assert_int_equal(count, 0);
    xap_values_close(values);
    xap_db_close(db);
}

/* What the cursor still has, as "term:freq term:freq"; closes it. */
static void check_terms(struct xap_terms *terms, const char *expected)
{
    char all[300] = "";
    const char *term = "";
    for (;;) {
        uint32_t freq = 0;
        ok(xap_terms_next(terms, &term, &freq, err));
        if (term == NULL)
            break;
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s:%u", used == 0 ? "" : " ", term, freq);
    }
    assert_string_equal(all, expected);
    ok(xap_terms_next(terms, &term, NULL, err)); /* the end stays the end */
    assert_null(term);
    ok(xap_terms_skip_to(terms, "a", err));
    xap_terms_close(terms);
}

static void terms_of_a_database(void **state)
{
    struct xap_db *db = make(state);
    struct xap_terms *terms = NULL;
    ok(xap_terms_open(db, "", &terms, err));
    check_terms(terms, "blue:1 green:2 red:2");
    ok(xap_terms_open(db, "gr", &terms, err));
    check_terms(terms, "green:2");
    ok(xap_terms_open(db, "gr", &terms, err));
    ok(xap_terms_skip_to(terms, "red", err)); /* past the prefix */
    check_terms(terms, "");
    ok(xap_terms_open(db, "gz", &terms, err));
    check_terms(terms, "");
    ok(xap_terms_open(db, "", &terms, err));
    ok(xap_terms_skip_to(terms, "c", err));
    check_terms(terms, "green:2 red:2");
    ok(xap_terms_open(db, "", &terms, err));
    ok(xap_terms_skip_to(terms, "zz", err));
    check_terms(terms, "");
    xap_terms_close(NULL);
    xap_db_close(db);
}

static void a_term_is_not_lent_twice(void **state)
{
    struct xap_db *db = make(state);
    struct xap_terms *terms = NULL;
    const char *term = NULL;
    ok(xap_terms_open(db, "", &terms, err));
    ok(xap_terms_next(terms, &term, NULL, err));
    assert_string_equal(term, "blue");
    ok(xap_terms_skip_to(terms, "a", err)); /* the next one is still past "blue" */
    check_terms(terms, "green:2 red:2");
    xap_db_close(db);
}

static void words_of_a_database(void **state)
{
    struct xap_db *db = make(state);
    struct xap_terms *terms = NULL;
    const char *term = NULL;
    ok(xap_terms_open_spellings(db, &terms, err));
    check_terms(terms, "green:5 red:2");
    ok(xap_terms_open_synonyms(db, "red", &terms, err));
    check_terms(terms, "crimson:1 rouge:1");
    ok(xap_terms_open_synonyms(db, "blue", &terms, err));
    check_terms(terms, "");
    ok(xap_terms_open_metadata_keys(db, "k.", &terms, err));
    check_terms(terms, "k.one:1 k.two:1");
    ok(xap_terms_open_metadata_keys(db, "", &terms, err));
    ok(xap_terms_skip_to(terms, "k.p", err));
    check_terms(terms, "k.two:1 other:1");
    ok(xap_terms_open_synonyms(db, "red", &terms, err));
    fails(XAP_UNIMPLEMENTED, xap_terms_skip_to(terms, "d", err));
    ok(xap_terms_next(terms, &term, NULL, err));
    assert_string_equal(term, "crimson");
    xap_terms_close(terms);
    terms = NULL;
    fails(XAP_INVALID_ARGUMENT, xap_terms_open_synonyms(db, "", &terms, err));
    assert_null(terms);
    xap_db_close(db);
}

static void terms_of_a_document(void **state)
{
    struct xap_db *db = make(state);
    struct xap_document *doc = NULL;
    struct xap_terms *terms = NULL;
    ok(xap_db_document(db, 2, &doc, err));
    xap_db_close(db);
    ok(xap_terms_open_document(doc, "", &terms, err));
    xap_document_free(doc);
    check_terms(terms, "blue:1 red:2");

    doc = words_document("a1 b1 b2 c");
    ok(xap_terms_open_document(doc, "b", &terms, err));
    check_terms(terms, "b1:1 b2:1");
    ok(xap_terms_open_document(doc, "z", &terms, err));
    check_terms(terms, "");
    const char *term = NULL;
    ok(xap_terms_open_document(doc, "b", &terms, err));
    ok(xap_terms_next(terms, &term, NULL, err));
    ok(xap_document_remove_term(doc, "b1", err)); /* under the cursor */
    assert_string_equal(term, "b1");
    xap_document_free(doc);
    check_terms(terms, "b2:1");
    ok(xap_document_new(&doc, err));
    ok(xap_terms_open_document(doc, "b", &terms, err));
    check_terms(terms, "");
    xap_document_free(doc);
}

static void several_databases_as_one(void **state)
{
    xap_db_close(make(state));
    const char *path = scratch_path(state, "db");
    struct xap_db *db = NULL;
    ok(xap_db_open_multi((const char *[]){path, path}, 2, &db, err));
    struct xap_postings *postings = NULL;
    struct xap_values *values = NULL;
    struct xap_terms *terms = NULL;
    ok(xap_postings_open(db, "green", &postings, err));
    ok(xap_values_open(db, 2, &values, err));
    ok(xap_terms_open(db, "", &terms, err));
    xap_db_close(db);
    uint32_t docids[8] = {0}, wdfs[8] = {0}, ends[8] = {0};
    size_t count = 0;
    ok(xap_postings_read(postings, 8, docids, wdfs, NULL, &count, err));
    assert_int_equal(count, 4);
    assert_int_equal(docids[0], 1);
    assert_int_equal(docids[1], 2);
    assert_int_equal(docids[3], 8);
    assert_int_equal(wdfs[3], 3);
    char bytes[40];
    ok(xap_values_read(values, 8, docids, ends, sizeof bytes, bytes, &count, err));
    assert_int_equal(count, 6);
    assert_int_equal(docids[5], 8);
    assert_int_equal(ends[5], 20);
    check_terms(terms, "blue:2 green:4 red:4");
    xap_postings_close(postings);
    xap_values_close(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(postings_in_pieces),
        scratch_test(postings_skip),
        scratch_test(no_postings),
        scratch_test(cursors_outlive_their_database),
        scratch_test(positions),
        scratch_test(values_in_pieces),
        scratch_test(values_are_found),
        scratch_test(values_skip),
        scratch_test(terms_of_a_database),
        scratch_test(a_term_is_not_lent_twice),
        scratch_test(words_of_a_database),
        scratch_test(terms_of_a_document),
        scratch_test(several_databases_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
