#include <unistd.h>

#include "indexer/files.h"
#include "tests/unit/scratch.h"

static void directories_are_made_and_removed(void **state)
{
    const char *deep = scratch_path(state, "a/b/c");
    ok(files_make_directory(deep, err));
    ok(files_make_directory(deep, err));
    scratch_file(state, "a/b/file", "x");
    assert_int_equal(symlink("/etc", scratch_path(state, "a/link")), 0);
    ok(files_sync_tree(scratch_path(state, "a"), err));
    ok(files_remove_tree(scratch_path(state, "a"), err));
    assert_int_equal(access(scratch_path(state, "a"), F_OK), -1);
    assert_int_equal(access("/etc/passwd", F_OK), 0);
    ok(files_remove_tree(scratch_path(state, "a"), err));
    fails(ERROR_CREATE, files_make_directory(scratch_file(state, "file", ""), err) &&
                            files_make_directory(scratch_path(state, "file/x"), err));
}

static void the_hash_is_sha256(void **state)
{
    char hash[HASH_ROOM];
    uint64_t size;
    ok(files_hash(scratch_file(state, "abc", "abc"), hash, &size, err));
    assert_int_equal(size, 3);
    /* FIPS 180-4's example */
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    fails(ERROR_IO, files_hash(scratch_path(state, "absent"), hash, &size, err));
    fails(ERROR_IO, files_hash((char *)*state, hash, &size, err));
}

static void lists_and_sizes(void **state)
{
    scratch_file(state, "d/z", "12345");
    scratch_file(state, "d/a/b", "123");
    scratch_file(state, "d/a-b", "");
    char **paths = NULL;
    size_t count = 0;
    ok(files_list(scratch_path(state, "d"), &paths, &count, err));
    assert_int_equal(count, 3);
    assert_string_equal(paths[0], "a-b");
    assert_string_equal(paths[1], "a/b");
    assert_string_equal(paths[2], "z");
    files_list_free(paths, count);
    assert_int_equal(files_size(scratch_path(state, "d")), 8);
    assert_int_equal(files_size(scratch_path(state, "absent")), 0);
}

static void copies_the_files_of_a_directory(void **state)
{
    scratch_file(state, "from/one", "1");
    scratch_file(state, "from/.hidden", "2");
    scratch_file(state, "from/sub/three", "3");
    const char *to = scratch_path(state, "to");
    ok(files_copy_directory(scratch_path(state, "from"), to, err));
    char **paths = NULL;
    size_t count = 0;
    ok(files_list(to, &paths, &count, err));
    assert_int_equal(count, 1);
    assert_string_equal(paths[0], "one");
    files_list_free(paths, count);
    fails(ERROR_NO_INPUT, files_copy_directory(scratch_path(state, "absent"), to, err));
}

static void writes_whole_files(void **state)
{
    const char *path = scratch_path(state, "f");
    ok(files_write(path, "longer", 6, err));
    ok(files_write(path, "short", 5, err));
    assert_int_equal(files_size(path), 5);
    fails(ERROR_CREATE, files_write(scratch_path(state, "no/dir"), "", 0, err));
    fails(ERROR_IO, files_write("/dev/full", "x", 1, err));
    fails(ERROR_IO, files_sync(scratch_path(state, "absent"), err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(directories_are_made_and_removed, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_hash_is_sha256, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(lists_and_sizes, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(copies_the_files_of_a_directory, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(writes_whole_files, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
