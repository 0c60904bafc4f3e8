/* What a frequent term has in memory is what its posting list says, wherever it was read: in the
 * file of a generation, in the database, or in both. */
#include "indexer/files.h"
#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/generation.h"
#include "search/frequent.h"
#include "tests/unit/scratch.h"

#define REPORTS 5000u /* more than are read at a time */

static uint32_t random_of(uint32_t docid)
{
    return docid * 2654435761u >> 20;
}

/* How often a term occurs in a report: seldom often, mostly often, a few times, never counted. */
static uint32_t wdf_of_often(uint32_t docid)
{
    static const uint32_t wdfs[] = {0, 1, 2, 14, 15, 16, 254, 255, 256, 70000};
    return random_of(docid) % 50 == 0 ? wdfs[random_of(docid) / 50 % ARRAY_LEN(wdfs)]
                                      : random_of(docid) % 3;
}

static uint32_t wdf_of_much(uint32_t docid)
{
    return random_of(docid) % 300;
}

static uint32_t wdf_of_few(uint32_t docid)
{
    return docid % 31 == 5 ? docid % 7 + 1 : 0;
}

static const struct word {
    const char *term;
    uint32_t (*wdf)(uint32_t docid);
} words[] = {{"Zoften", wdf_of_often}, {"Zmuch", wdf_of_much}, {"XAfew", wdf_of_few}};

static void add_report(struct xap_writer *writer, uint32_t docid)
{
    struct xap_document *document = NULL;
    assert_true(xap_document_new(&document, NULL));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        uint32_t wdf = words[i].wdf(docid);
        assert_true(wdf == 0 || xap_document_add_term(document, words[i].term, wdf, NULL));
    }
    uint32_t added;
    assert_true(xap_writer_add(writer, document, &added, NULL));
    assert_int_equal(added, docid);
    xap_document_free(document);
}

/* Every so many reports, from one on, as blocks of candidates are. */
static void check_wdfs(const struct frequent *frequent, const struct word *word, uint32_t first,
                       uint32_t step)
{
    uint32_t docids[1000] = {0}, wdfs[ARRAY_LEN(docids)] = {0};
    size_t count = 0;
    for (uint32_t docid = first; docid <= frequent->set->last && count < ARRAY_LEN(docids);
         docid += step) {
        docids[count] = docid;
        wdfs[count++] = 7; /* it is added to */
    }
    frequent_add(frequent, docids, count, wdfs);
    for (size_t i = 0; i < count; i++)
        if (docset_has(frequent->set, docids[i]) || !docset_has(frequent->listed, docids[i]))
            assert_int_equal(wdfs[i], 7 + word->wdf(docids[i]));
}

static void check_word(const struct postings_source *source, const struct word *word,
                       const struct docset *all)
{
    struct frequent *frequent = NULL;
    ok(frequent_read(source, word->term, &frequent, err));
    for (uint32_t docid = 1; docid <= all->last; docid++)
        assert_int_equal(docset_has(frequent->set, docid),
                         word->wdf(docid) > 0 && docset_has(all, docid));
    assert_true(frequent_memory(frequent) > docset_memory(all));
    for (uint32_t first = 1; first <= all->last; first += 97)
        for (uint32_t step = 1; step < 100; step *= 3)
            check_wdfs(frequent, word, first, step);
    frequent_free(frequent);
}

/* The snapshot of a database that has reports up to one; NULL without a file. */
static void check_words(const struct frequent_file *file, const struct xap_db *db, uint32_t last)
{
    struct docset *all = NULL;
    struct postings_source source;
    ok(docset_new(last, &all, err));
    ok(docset_add_postings(all, db, "", err));
    ok(postings_source_make(db, file, all, &source, err));
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        check_word(&source, &words[i], all);
    postings_source_clear(&source);
    docset_free(all);
}

struct index {
    struct generation generation;
    struct xap_writer *writer;
    struct frequent_file *file;
};

static void list_word(struct frequent_writer *writer, const struct word *word, uint32_t reports)
{
    uint32_t docids[REPORTS], wdfs[REPORTS], count = 0;
    for (uint32_t docid = 1; docid <= reports; docid++)
        if (word->wdf(docid) > 0) {
            docids[count] = docid;
            wdfs[count++] = word->wdf(docid);
        }
    ok(frequent_writer_add(writer, word->term, false, docids, wdfs, count, err));
}

/* A generation's directory with the database of so many reports and the file. */
static void make_index(void **state, uint32_t reports, struct index *out)
{
    struct frequent_writer *writer = NULL;
    ok(generation_locate(scratch_path(state, "generation"), &out->generation, err));
    ok(files_make_directory(out->generation.path, err));
    assert_true(xap_writer_open(out->generation.database_path, XAP_CREATE, XAP_NO_SYNC, 0,
                                &out->writer, NULL));
    for (uint32_t docid = 1; docid <= reports; docid++)
        add_report(out->writer, docid);
    assert_true(xap_writer_commit(out->writer, NULL));
    ok(frequent_writer_open(out->generation.frequent_path, reports, &writer, err));
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        list_word(writer, &words[i], reports);
    ok(frequent_writer_finish(writer, err));
    frequent_writer_close(writer);
    ok(frequent_file_open(out->generation.frequent_path, &out->file, err));
}

static void clear_index(struct index *index)
{
    frequent_file_close(index->file);
    xap_writer_close(index->writer);
    generation_clear(&index->generation);
}

static void occurrences_are_those_of_the_postings(void **state)
{
    struct index index;
    make_index(state, REPORTS, &index);
    const struct xap_db *db = xap_writer_db(index.writer);
    check_words(index.file, db, REPORTS);
    /* Later reports are not there yet for who opened it before. */
    for (uint32_t last = REPORTS; last > 0; last /= 3)
        check_words(NULL, db, last);
    clear_index(&index);
}

/* Every 11th is removed, also in words of which nothing is left, and as many again are added. */
static void what_changed_since_is_in_the_database(void **state)
{
    struct index index;
    make_index(state, REPORTS - 1, &index); /* an odd number shares a byte */
    const struct xap_db *db = xap_writer_db(index.writer);
    add_report(index.writer, REPORTS);
    check_words(index.file, db, REPORTS);
    for (uint32_t docid = 1; docid <= REPORTS; docid += docid > 640 && docid < 704 ? 1 : 11)
        assert_true(xap_writer_delete(index.writer, docid, NULL));
    check_words(index.file, db, REPORTS);
    for (uint32_t docid = REPORTS + 1; docid <= 2 * REPORTS; docid++)
        add_report(index.writer, docid);
    check_words(index.file, db, 2 * REPORTS);
    clear_index(&index);
}

static void a_word_of_no_report_has_nothing(void **state)
{
    struct index index;
    struct docset *all = NULL;
    struct postings_source source;
    struct frequent *none = NULL;
    make_index(state, 10, &index);
    ok(docset_new(10, &all, err));
    docset_add_range(all, 1, 11);
    ok(postings_source_make(xap_writer_db(index.writer), index.file, all, &source, err));
    ok(frequent_read(&source, "Znever", &none, err));
    uint32_t docid = 10, wdf = 7;
    frequent_add(none, &docid, 1, &wdf);
    frequent_add(none, NULL, 0, NULL);
    assert_int_equal(wdf, 7);
    frequent_free(none);
    frequent_free(NULL);
    postings_source_clear(&source);
    docset_free(all);
    clear_index(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(occurrences_are_those_of_the_postings, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_changed_since_is_in_the_database, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_word_of_no_report_has_nothing, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
