/* The files of a generation's reports: written, joined, read, and damaged. */
#include "indexer/files.h"
#include "indexer/report_writer.h"
#include "schema/generation.h"
#include "schema/report_file.h"
#include "tests/unit/scratch.h"

/* The directory of a writer that was given these words, and the same twice as the text. */
static const char *write_files(void **state, const char *name, const char *const *words,
                               size_t count)
{
    const char *directory = scratch_path(state, name);
    struct report_writer *writer = NULL;
    ok(files_make_directory(directory, err));
    ok(report_writer_open(directory, &writer, err));
    for (size_t i = 0; i < count; i++) {
        struct buffer stream = {0}, text = {0};
        buffer_text(&stream, words[i]);
        buffer_format(&text, "%s%s", words[i], words[i]);
        ok(report_writer_add(writer, &stream, &text, err));
        buffer_free(&stream);
        buffer_free(&text);
    }
    ok(report_writer_finish(writer, err));
    report_writer_close(writer);
    report_writer_close(NULL);
    return directory;
}

static void expect_bytes(const struct report_file *file, uint32_t docid, const char *expected)
{
    size_t size = 99;
    const char *bytes = report_file_bytes(file, docid, &size);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, size);
}

static void expect_file(void **state, const char *name, const char *const *expected, uint32_t count)
{
    struct report_file *file = NULL;
    ok(report_file_open(scratch_path(state, name), &file, err));
    assert_int_equal(report_file_last(file), count);
    for (uint32_t docid = 1; docid <= count; docid++)
        expect_bytes(file, docid, expected[docid - 1]);
    report_file_close(file);
}

static void files_are_joined(void **state)
{
    static const char *const some[] = {"one", "", "three"}, *const more[] = {"four"};
    static const char *const words[] = {"one", "", "three", "four"};
    static const char *const texts[] = {"oneone", "", "threethree", "fourfour"};
    struct report_writer *writer = NULL;
    const char *names[] = {"a", "b", "c"};
    write_files(state, names[0], some, 3);
    write_files(state, names[1], NULL, 0);
    write_files(state, names[2], more, 1);
    ok(files_make_directory(scratch_path(state, "all"), err));
    ok(report_writer_open(scratch_path(state, "all"), &writer, err));
    for (size_t i = 0; i < 3; i++)
        ok(report_writer_add_all(writer, scratch_path(state, names[i]), err));
    ok(report_writer_finish(writer, err));
    report_writer_close(writer);
    expect_file(state, "all/" GENERATION_WORDS, words, 4);
    expect_file(state, "all/" GENERATION_TEXTS, texts, 4);
    report_file_close(NULL);
}

/* Any change is refused, or some streams have other bytes of the file. */
static void damage_does_not_reach_out(void **state)
{
    static const char *const some[] = {"first", "second"};
    write_files(state, "whole", some, 2);
    const char *path = scratch_path(state, "whole/" GENERATION_WORDS);
    char bytes[100], damaged[100];
    FILE *whole = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, whole), refused = 0;
    fclose(whole);
    for (size_t i = 0; i < 2 * size; i++) {
        struct report_file *file = NULL;
        struct error err = {0};
        memcpy(damaged, bytes, size);
        damaged[i / 2] = (char)(damaged[i / 2] ^ (i % 2 ? 1 : 0x80));
        scratch_bytes(state, "damaged", damaged, i % 2 ? size : i / 2);
        if (!report_file_open(scratch_path(state, "damaged"), &file, &err)) {
            assert_int_equal(err.code, ERROR_CORRUPT);
            refused++;
        }
        for (uint32_t docid = 1; file && docid <= report_file_last(file); docid++) {
            size_t length;
            const char *stream = report_file_bytes(file, docid, &length);
            assert_in_range(length, 0, size);
            assert_true(length == 0 || memchr(stream, 0x7f, length) == NULL); /* is read */
        }
        report_file_close(file);
    }
    assert_in_range(refused, size + 16, 2 * size - 1);
    fails(ERROR_IO, report_file_open(scratch_path(state, "none"), &(struct report_file *){0}, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_joined, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(damage_does_not_reach_out, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
