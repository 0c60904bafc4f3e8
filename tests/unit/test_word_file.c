/* The file of the words of a generation's reports: written, joined, read, and damaged. */
#include "indexer/word_writer.h"
#include "schema/word_file.h"
#include "tests/unit/scratch.h"

static const char *write_file(void **state, const char *name, const char *const *streams,
                              size_t count)
{
    const char *path = scratch_path(state, name);
    struct word_writer *writer = NULL;
    ok(word_writer_open(path, &writer, err));
    for (size_t i = 0; i < count; i++)
        ok(word_writer_add(writer, streams[i], strlen(streams[i]), err));
    ok(word_writer_finish(writer, err));
    word_writer_close(writer);
    word_writer_close(NULL);
    return path;
}

static struct word_file *open_file(const char *path)
{
    struct word_file *file = NULL;
    ok(word_file_open(path, &file, err));
    return file;
}

static void expect_stream(const struct word_file *file, uint32_t docid, const char *expected)
{
    size_t size = 99;
    const char *stream = word_file_stream(file, docid, &size);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(stream, expected, size);
}

static void files_are_joined(void **state)
{
    static const char *const some[] = {"one", "", "three"}, *const more[] = {"four"};
    struct word_writer *writer = NULL;
    const char *names[] = {"a", "b", "c"};
    write_file(state, names[0], some, 3);
    write_file(state, names[1], NULL, 0);
    write_file(state, names[2], more, 1);
    ok(word_writer_open(scratch_path(state, "all"), &writer, err));
    for (size_t i = 0; i < 3; i++)
        ok(word_writer_add_file(writer, scratch_path(state, names[i]), err));
    ok(word_writer_finish(writer, err));
    word_writer_close(writer);
    struct word_file *file = open_file(scratch_path(state, "all"));
    assert_int_equal(word_file_last(file), 4);
    expect_stream(file, 1, "one");
    expect_stream(file, 2, "");
    expect_stream(file, 3, "three");
    expect_stream(file, 4, "four");
    word_file_close(file);
    word_file_close(NULL);
}

/* Any change is refused, or some streams have other bytes of the file. */
static void damage_does_not_reach_out(void **state)
{
    static const char *const some[] = {"first", "second"};
    const char *path = write_file(state, "whole", some, 2);
    char bytes[100], damaged[100];
    FILE *whole = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, whole), refused = 0;
    fclose(whole);
    for (size_t i = 0; i < 2 * size; i++) {
        struct word_file *file = NULL;
        struct error err = {0};
        memcpy(damaged, bytes, size);
        damaged[i / 2] = (char)(damaged[i / 2] ^ (i % 2 ? 1 : 0x80));
        scratch_bytes(state, "damaged", damaged, i % 2 ? size : i / 2);
        if (!word_file_open(scratch_path(state, "damaged"), &file, &err)) {
            assert_int_equal(err.code, ERROR_CORRUPT);
            refused++;
        }
        for (uint32_t docid = 1; file && docid <= word_file_last(file); docid++) {
            size_t length;
            const char *stream = word_file_stream(file, docid, &length);
            assert_in_range(length, 0, size);
            assert_true(length == 0 || memchr(stream, 0x7f, length) == NULL); /* is read */
        }
        word_file_close(file);
    }
    assert_in_range(refused, size + 16, 2 * size - 1);
    fails(ERROR_IO, word_file_open(scratch_path(state, "none"), &(struct word_file *){0}, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_joined, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(damage_does_not_reach_out, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
