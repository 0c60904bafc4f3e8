/* A damaged file of frequent terms is refused, or nothing outside it is read. What it holds of a
 * sound index is tested in test_frequent.c. */
#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/frequent_cursor.h"
#include "tests/unit/scratch.h"

#define REPORTS 70u

/* The bytes of a file of three terms, of which one is in few reports. */
static size_t make_file(void **state, char *bytes, size_t room)
{
    static const char *const terms[] = {"Lfr", "Zbridge", "Zriver"};
    struct frequent_writer *writer = NULL;
    ok(frequent_writer_open(scratch_path(state, "sound"), REPORTS, &writer, err));
    for (uint32_t i = 0; i < ARRAY_LEN(terms); i++) {
        uint32_t docids[REPORTS], wdfs[REPORTS], count = 0;
        for (uint32_t docid = 1; docid <= REPORTS; docid += i == 1 ? 37 : 1) {
            docids[count] = docid;
            wdfs[count++] = i * (docid % 9) * docid;
        }
        ok(frequent_writer_add(writer, terms[i], i > 0, docids, wdfs, count, err));
    }
    ok(frequent_writer_finish(writer, err));
    frequent_writer_close(writer);
    FILE *file = fopen(scratch_path(state, "sound"), "rb");
    size_t size = fread(bytes, 1, room, file);
    assert_in_range(size, 1, room - 1);
    fclose(file);
    return size;
}

/* Reads all that a search could: straight on, and skipping. */
static uint64_t read_all(const struct frequent_file *file)
{
    struct frequent_postings list;
    struct frequent_cursor cursor;
    uint32_t docids[REPORTS], wdfs[REPORTS], last = frequent_file_last(file);
    uint64_t sum = 0;
    for (size_t i = 0; i < frequent_file_count(file); i++) {
        frequent_file_at(file, i, &list);
        sum += strlen(list.term);
        frequent_cursor_start(&cursor, &list, last);
        for (size_t left = frequent_cursor_read(&cursor, REPORTS, docids, wdfs); left > 0; left--)
            sum += docids[left - 1] + wdfs[left - 1];
        frequent_cursor_start(&cursor, &list, last);
        for (uint32_t docid = 0; docid < last; docid += 1 + last / 8) {
            frequent_cursor_skip_to(&cursor, docid);
            sum += frequent_cursor_read(&cursor, 1, docids, wdfs);
        }
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
