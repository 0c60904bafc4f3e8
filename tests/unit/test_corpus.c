#include <unistd.h>

#include "indexer/corpus.h"
#include "tests/unit/scratch.h"

/* What a walk gives, one line an item: "file ORIGIN", "skip ORIGIN", "fail". */
static char *walk(const char *const *paths, size_t count)
{
    static char text[4000];
    size_t size = 0;
    struct corpus *corpus = NULL;
    ok(corpus_open(paths, count, &corpus, err));
    const struct corpus_item *item;
    while ((item = corpus_next(corpus)) != NULL) {
        const char *kind = item->failure.code ? "fail" : item->skipped ? "skip" : "file";
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s %s\n", kind,
                                 item->named ? "*" : "", item->origin);
    }
    text[size] = '\0';
    assert_null(corpus_next(corpus));
    corpus_close(corpus);
    return text;
}

static void in_byte_order_with_origins(void **state)
{
    scratch_file(state, "d/b.txt", "");
    scratch_file(state, "d/B.txt", "");
    scratch_file(state, "d/a/z.txt", "");
    scratch_file(state, "d/a/y.txt", "");
    scratch_file(state, "d/\xc3\xa9.txt", "");
    scratch_file(state, "d/.hidden", "");
    scratch_file(state, "d/.git/config", "");
    const char *paths[] = {scratch_path(state, "d")};
    assert_string_equal(walk(paths, 1),
                        "file B.txt\nfile a/y.txt\nfile a/z.txt\nfile b.txt\nfile \xc3\xa9.txt\n");
    const char *slash[] = {scratch_path(state, "d/")};
    assert_string_equal(walk(slash, 1),
                        "file B.txt\nfile a/y.txt\nfile a/z.txt\nfile b.txt\nfile \xc3\xa9.txt\n");
}

static void named_files_and_standard_input(void **state)
{
    const char *paths[] = {scratch_file(state, "d/.named", ""), "-", scratch_file(state, "e", "")};
    assert_string_equal(walk(paths, 3), "file* .named\nfile* -\nfile* e\n");
    assert_string_equal(walk(NULL, 0), "");
}

static void what_cannot_be_read_is_told_and_the_rest_read(void **state)
{
    const char *good = scratch_file(state, "good", "");
    const char *paths[] = {scratch_path(state, "absent"), "", good};
    char expected[400];
    snprintf(expected, sizeof expected, "fail %s\nfail \nfile* good\n", paths[0]);
    assert_string_equal(walk(paths, 3), expected);
}

static void fifos_devices_and_links_are_passed_over(void **state)
{
    scratch_file(state, "d/report.txt", "");
    assert_int_equal(mkfifo(scratch_path(state, "d/fifo"), 0600), 0);
    assert_int_equal(symlink("..", scratch_path(state, "d/loop")), 0);
    assert_int_equal(symlink("/etc/passwd", scratch_path(state, "d/out")), 0);
    assert_int_equal(symlink("nowhere", scratch_path(state, "d/stale")), 0);
    const char *paths[] = {scratch_path(state, "d"), "/dev/null"};
    assert_string_equal(walk(paths, 2), "skip fifo\nskip loop\nskip out\nfile report.txt\n"
                                        "skip stale\nskip* null\n");
}

static void a_named_link_is_followed(void **state)
{
    scratch_file(state, "d/a.txt", "");
    const char *link = scratch_path(state, "link");
    assert_int_equal(symlink("d", link), 0);
    assert_string_equal(walk(&link, 1), "file a.txt\n");
}

static void a_directory_without_permission(void **state)
{
    if (geteuid() == 0) {
        print_message("skipped: root may read everything\n");
        skip();
    }
    scratch_file(state, "d/closed/a.txt", "");
    scratch_file(state, "d/open.txt", "");
    assert_int_equal(chmod(scratch_path(state, "d/closed"), 0), 0);
    const char *path = scratch_path(state, "d");
    char *text = walk(&path, 1);
    assert_non_null(strstr(text, "fail "));
    assert_non_null(strstr(text, "file open.txt"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_byte_order_with_origins, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(named_files_and_standard_input, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told_and_the_rest_read,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(fifos_devices_and_links_are_passed_over, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_named_link_is_followed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_directory_without_permission, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
