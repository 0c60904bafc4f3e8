/* A file in memory: what is let go of is no part of the process, and is there when it is read. */
#include <stdlib.h>
#include <unistd.h>

#include "schema/mapping.h"
#include "tests/unit/scratch.h"

#define SIZE (8u << 20)

static char byte_at(size_t at)
{
    return (char)(at / 4096 * 31 + at % 251);
}

/* Bytes of files that are in the process's memory. */
static size_t file_bytes(void)
{
    size_t whole, resident, shared;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu %zu %zu", &whole, &resident, &shared), 3);
    fclose(file);
    return shared * (size_t)sysconf(_SC_PAGESIZE);
}

static void check_bytes(const struct mapping *mapping)
{
    for (size_t at = 0; at < SIZE; at++)
        if (mapping->bytes[at] != byte_at(at))
            fail_msg("byte %zu is another one", at);
}

static void what_is_let_go_of_comes_back(void **state)
{
    struct mapping mapping = {0};
    const char *path = scratch_path(state, "bytes");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t at = 0; at < SIZE; at++)
        putc(byte_at(at), file);
    assert_int_equal(fclose(file), 0);
    ok(mapping_open(path, &mapping, err));
    assert_int_equal(mapping.size, SIZE);
    check_bytes(&mapping);
    size_t before = file_bytes();
    mapping_let_go(&mapping);
    assert_true(file_bytes() + SIZE / 2 < before);
    check_bytes(&mapping);
    mapping_close(&mapping);
}

static void an_empty_file_has_no_bytes(void **state)
{
    struct mapping mapping = {0};
    const char *path = scratch_path(state, "empty");
    assert_int_equal(fclose(fopen(path, "w")), 0);
    ok(mapping_open(path, &mapping, err));
    assert_null(mapping.bytes);
    mapping_let_go(&mapping);
    mapping_close(&mapping);
    fails(ERROR_IO, mapping_open(scratch_path(state, "none"), &mapping, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_let_go_of_comes_back, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(an_empty_file_has_no_bytes, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
