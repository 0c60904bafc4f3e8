/* The file of frequent terms of a generation: what segments counted, one after the other, and the
 * tags of the database that are frequent. */
#include "indexer/files.h"
#include "indexer/frequent_lists.h"
#include "indexer/frequent_merge.h"
#include "schema/buffer.h"
#include "schema/frequent_cursor.h"
#include "schema/generation.h"
#include "tests/unit/scratch.h"
#include "xapian/xap.h"

#define SEGMENTS 3u
#define REPORTS  200u /* of each */

static const char terms[] = "Zoften\nseldom\nunmet\n";

static uint32_t wdf_of_often(uint32_t docid)
{
    return docid % 3 ? docid % 5 : 0;
}

/* Small ones, those about what 15 bits hold, and large ones. */
static uint32_t wdf_of_seldom(uint32_t docid)
{
    const uint32_t wdfs[] = {docid, (1u << 15) - 2 + docid % 3, docid << 14};
    return docid % 77 == 5 ? wdfs[docid / 77 % 3] : 0;
}

static void add_document(struct xap_writer *writer, uint32_t docid)
{
    struct xap_document *document = NULL;
    assert_true(xap_document_new(&document, NULL));
    assert_true(xap_document_add_term(document, "written", 1, NULL));
    assert_true(xap_document_add_term(document, "Zstem", 1, NULL));
    assert_true(xap_document_add_term(document, "Leveryone", 0, NULL));
    if (docid <= SEGMENTS * REPORTS / FREQUENT_FILE_DENSE + 1)
        assert_true(xap_document_add_term(document, "XAoften", 0, NULL));
    if (docid <= SEGMENTS * REPORTS / FREQUENT_FILE_DENSE)
        assert_true(xap_document_add_term(document, "XRseldom", 0, NULL));
    assert_true(xap_writer_add(writer, document, NULL, NULL));
    xap_document_free(document);
}

static void make_database(const char *path)
{
    struct xap_writer *writer = NULL;
    assert_true(xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, NULL));
    for (uint32_t docid = 1; docid <= SEGMENTS * REPORTS; docid++)
        add_document(writer, docid);
    assert_true(xap_writer_commit(writer, NULL));
    xap_writer_close(writer);
}

static void count(struct frequent_lists *lists, const char *term, uint32_t wdf)
{
    int number = frequent_lists_number(lists, term);
    assert_true(number >= 0);
    if (wdf > 1) /* in two places */
        frequent_lists_count(lists, number, 1);
    if (wdf > 0)
        frequent_lists_count(lists, number, wdf - (wdf > 1));
}

static void make_segment(struct frequent_lists *lists, size_t number, const char *directory)
{
    char path[400];
    frequent_lists_reset(lists);
    for (uint32_t docid = 1; docid <= REPORTS; docid++) {
        uint32_t of_all = (uint32_t)number * REPORTS + docid;
        count(lists, "Zoften", 7); /* of a report that comes to nothing */
        frequent_lists_drop(lists);
        count(lists, "Zoften", wdf_of_often(of_all));
        count(lists, "seldom", wdf_of_seldom(of_all));
        assert_int_equal(frequent_lists_length(lists),
                         wdf_of_often(of_all) + wdf_of_seldom(of_all));
        ok(frequent_lists_keep(lists, docid, err));
        assert_int_equal(frequent_lists_length(lists), 0);
    }
    snprintf(path, sizeof path, "%s/frequent", directory);
    ok(files_make_directory(directory, err));
    ok(frequent_lists_write(lists, path, REPORTS, err));
}

static void check_list(const struct frequent_file *file, const char *term,
                       uint32_t (*wdf)(uint32_t docid))
{
    uint32_t docids[SEGMENTS * REPORTS], wdfs[ARRAY_LEN(docids)];
    struct frequent_postings list;
    struct frequent_cursor cursor;
    size_t at = 0;
    assert_true(frequent_file_find(file, term, &list));
    assert_true(list.alone);
    frequent_cursor_start(&cursor, &list, frequent_file_last(file));
    size_t got = frequent_cursor_read(&cursor, ARRAY_LEN(docids), docids, wdfs);
    for (uint32_t docid = 1; docid <= SEGMENTS * REPORTS; docid++)
        if (wdf(docid) > 0) {
            assert_true(at < got);
            assert_int_equal(docids[at], docid);
            assert_int_equal(wdfs[at++], wdf(docid));
        }
    assert_int_equal(at, got);
}

static void segments_and_tags_become_one_file(void **state)
{
    struct generation generation;
    struct frequent_lists *lists = NULL;
    struct frequent_merge *merge = NULL;
    struct frequent_file *file = NULL;
    struct frequent_postings list;
    char *segments[SEGMENTS];
    ok(generation_locate(scratch_path(state, "generation"), &generation, err));
    ok(files_make_directory(generation.path, err));
    make_database(generation.database_path);
    ok(frequent_lists_new(terms, &lists, err));
    for (size_t i = 0; i < SEGMENTS; i++) {
        char name[20];
        snprintf(name, sizeof name, "segment%zu", i);
        assert_non_null(segments[i] = strdup(scratch_path(state, name)));
        make_segment(lists, i, segments[i]);
    }
    assert_int_equal(frequent_lists_number(lists, "written"), -1);
    assert_int_equal(frequent_lists_number(NULL, "Zoften"), -1);
    ok(frequent_merge_begin(generation.path, segments, SEGMENTS, &merge, err));
    for (size_t i = 0; i < SEGMENTS; i++) { /* they are needed no more */
        ok(files_remove_tree(segments[i], err));
        free(segments[i]);
    }
    ok(frequent_merge_finish(merge, err));
    frequent_merge_close(merge);
    ok(frequent_file_open(generation.frequent_path, &file, err));
    assert_int_equal(frequent_file_last(file), SEGMENTS * REPORTS);
    assert_int_equal(frequent_file_count(file), 5);
    check_list(file, "Zoften", wdf_of_often);
    check_list(file, "seldom", wdf_of_seldom);
    assert_true(frequent_file_find(file, "unmet", &list));
    assert_int_equal(list.reports, 0);
    assert_true(frequent_file_find(file, "Leveryone", &list));
    assert_false(list.alone);
    assert_int_equal(list.reports, SEGMENTS * REPORTS);
    assert_true(frequent_file_find(file, "XAoften", &list));
    assert_false(frequent_file_find(file, "XRseldom", &list));
    frequent_file_close(file);
    frequent_lists_free(lists);
    frequent_lists_free(NULL);
    frequent_merge_close(NULL);
    generation_clear(&generation);
}

/* As where one is left of an earlier run. */
static void segments_of_other_terms_are_refused(void **state)
{
    char *segments[] = {strdup(scratch_path(state, "one")), strdup(scratch_path(state, "other"))};
    static const char *const of[] = {"a\nb\n", "a\n"};
    struct frequent_merge *merge = NULL;
    ok(files_make_directory(scratch_path(state, "generation"), err));
    for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
        struct frequent_lists *lists = NULL;
        char path[400];
        snprintf(path, sizeof path, "%s/frequent", segments[i]);
        ok(files_make_directory(segments[i], err));
        ok(frequent_lists_new(of[i], &lists, err));
        ok(frequent_lists_write(lists, path, 3, err));
        frequent_lists_free(lists);
    }
    fails(ERROR_CORRUPT,
          frequent_merge_begin(scratch_path(state, "generation"), segments, 2, &merge, err));
    assert_null(merge);
    for (size_t i = 0; i < ARRAY_LEN(segments); i++)
        free(segments[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(segments_and_tags_become_one_file, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(segments_of_other_terms_are_refused, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
