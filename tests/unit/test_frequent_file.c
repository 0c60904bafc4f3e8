/* A damaged file of frequent terms is refused, or nothing outside it is read. What it holds of a
 * sound index is tested in test_frequent.c. */
#include "indexer/files.h"
#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "tests/unit/scratch.h"
#include "xapian/xap.h"

#define REPORTS 70u

/* The bytes of the file of an index in which three terms are frequent. */
static size_t make_file(void **state, char *bytes, size_t room)
{
    static const char *const terms[] = {"Lfr", "Zbridge", "Zriver"};
    struct generation generation;
    struct xap_writer *writer = NULL;
    ok(generation_locate(scratch_path(state, "generation"), &generation, err));
    ok(files_make_directory(generation.path, err));
    assert_true(
        xap_writer_open(generation.database_path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, NULL));
    for (uint32_t i = 0; i < REPORTS; i++) {
        struct xap_document *document = NULL;
        assert_true(xap_document_new(&document, NULL));
        for (uint32_t j = 0; j < ARRAY_LEN(terms); j++)
            assert_true(xap_document_add_term(document, terms[j], j * (i % 9), NULL));
        assert_true(xap_writer_add(writer, document, NULL, NULL));
        xap_document_free(document);
    }
    assert_true(xap_writer_commit(writer, NULL));
    xap_writer_close(writer);
    ok(frequent_writer_run(generation.path, err));
    FILE *file = fopen(generation.frequent_path, "rb");
    size_t size = fread(bytes, 1, room, file);
    assert_in_range(size, 1, room - 1);
    fclose(file);
    generation_clear(&generation);
    return size;
}

/* Reads all that a search could. */
static uint64_t read_all(const struct frequent_file *file)
{
    struct frequent_postings list;
    uint64_t sum = 0;
    for (size_t i = 0; i < frequent_file_count(file); i++) {
        frequent_file_at(file, i, &list);
        sum += strlen(list.term);
        for (size_t j = 0; j < FREQUENT_FILE_WORDS(frequent_file_last(file)); j++)
            sum += list.words[j];
        for (size_t j = 0; j < frequent_wdf_bytes(list.reports, list.width); j++)
            sum += list.wdfs[j];
        for (size_t j = 0; j < list.large_count; j++)
            sum += list.large[j].wdf;
    }
    frequent_file_find(file, "Zriver", &list);
    return sum;
}

static void damage_does_not_reach_out(void **state)
{
    char bytes[2000], damaged[2000];
    size_t size = make_file(state, bytes, sizeof bytes), refused = 0;
    for (size_t i = 0; i < 2 * size; i++) { /* a bit of each byte; and cut off everywhere */
        struct frequent_file *file = NULL;
        struct error err = {0};
        memcpy(damaged, bytes, size);
        damaged[i / 2] = (char)(damaged[i / 2] ^ 1 << i / 2 % 8);
        scratch_bytes(state, "damaged", damaged, i % 2 ? size : i / 2);
        if (frequent_file_open(scratch_path(state, "damaged"), &file, &err)) {
            assert_true(read_all(file) > 0);
        } else {
            assert_int_equal(err.code, ERROR_CORRUPT);
            refused++;
        }
        frequent_file_close(file);
    }
    assert_in_range(refused, size + 16, 2 * size - 1);
    fails(ERROR_IO,
          frequent_file_open(scratch_path(state, "none"), &(struct frequent_file *){0}, err));
}

static void an_empty_index_lists_nothing(void **state)
{
    struct frequent_file *file = NULL;
    struct frequent_postings list;
    const struct frequent_end end = {.magic = FREQUENT_FILE_MAGIC};
    scratch_bytes(state, "empty", (const char *)&end, sizeof end);
    ok(frequent_file_open(scratch_path(state, "empty"), &file, err));
    assert_int_equal(frequent_file_count(file), 0);
    assert_false(frequent_file_find(file, "Zriver", &list));
    frequent_file_close(file);
    frequent_file_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(damage_does_not_reach_out, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_empty_index_lists_nothing, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
