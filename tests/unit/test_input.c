#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/input.h"
#include "schema/limits.h"
#include "tests/unit/scratch.h"

static void expect_line(struct input *input, const char *expected)
{
    const char *line;
    size_t size;
    assert_int_equal(input_line(input, &line, &size, NULL), INPUT_DATA);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(line, expected, size);
}

static void expect_end(struct input *input)
{
    const char *line;
    size_t size;
    assert_int_equal(input_line(input, &line, &size, NULL), INPUT_END);
    assert_int_equal(input_line(input, &line, &size, NULL), INPUT_END);
}

static void gives_lines(void **state)
{
    struct input *input = NULL;
    ok(input_open(scratch_file(state, "f", "one\n\ntwo\r\nlast"), &input, err));
    expect_line(input, "one");
    assert_int_equal(input_line_number(input), 1);
    expect_line(input, "");
    expect_line(input, "two\r");
    expect_line(input, "last");
    assert_int_equal(input_line_number(input), 4);
    assert_int_equal(input_taken(input), 14);
    expect_end(input);
    input_close(input);
}

static void drops_a_byte_order_mark_only_in_front(void **state)
{
    struct input *input = NULL;
    ok(input_open(scratch_file(state, "f",
                               "\xef\xbb\xbf"
                               "a\n\xef\xbb\xbf"
                               "b\n"),
                  &input, err));
    expect_line(input, "a");
    expect_line(input, "\xef\xbb\xbf"
                       "b");
    expect_end(input);
    input_close(input);
}

static void peeks_without_taking(void **state)
{
    struct input *input = NULL;
    const char *head;
    ok(input_open(scratch_file(state, "f", "abc\n"), &input, err));
    assert_int_equal(input_peek(input, &head), 4);
    assert_memory_equal(head, "abc\n", 4);
    expect_line(input, "abc");
    input_close(input);
}

static void empty_file(void **state)
{
    struct input *input = NULL;
    const char *bytes;
    size_t size;
    ok(input_open(scratch_file(state, "f", ""), &input, err));
    assert_int_equal(input_peek(input, &bytes), 0);
    assert_int_equal(input_rest(input, &bytes, &size, NULL), INPUT_END);
    expect_end(input);
    input_close(input);
}

/* 'size' bytes of a letter, then a newline and a short line. */
static const char *long_line_file(void **state, size_t size)
{
    char *bytes = malloc(size + 6);
    memset(bytes, 'a', size);
    memcpy(bytes + size, "\nnext\n", 6);
    const char *path = scratch_bytes(state, "long", bytes, size + 6);
    free(bytes);
    return path;
}

static void passes_over_a_line_that_is_too_long(void **state)
{
    const char *line;
    size_t size;
    struct input *input = NULL;
    ok(input_open(long_line_file(state, 3 * LIMIT_REPORT_BYTES + 17), &input, err));
    assert_int_equal(input_line(input, &line, &size, NULL), INPUT_TOO_LONG);
    assert_int_equal(input_line_number(input), 1);
    expect_line(input, "next");
    assert_int_equal(input_line_number(input), 2);
    expect_end(input);
    input_close(input);
}

static void the_longest_line_is_given(void **state)
{
    const char *line;
    size_t size;
    struct input *input = NULL;
    ok(input_open(long_line_file(state, LIMIT_REPORT_BYTES), &input, err));
    assert_int_equal(input_line(input, &line, &size, NULL), INPUT_DATA);
    assert_int_equal(size, LIMIT_REPORT_BYTES);
    expect_line(input, "next");
    input_close(input);
}

static void the_rest_is_limited_too(void **state)
{
    const char *bytes;
    size_t size;
    struct input *input = NULL;
    ok(input_open(long_line_file(state, 2 * LIMIT_REPORT_BYTES), &input, err));
    assert_int_equal(input_rest(input, &bytes, &size, NULL), INPUT_TOO_LONG);
    assert_int_equal(input_rest(input, &bytes, &size, NULL), INPUT_END);
    input_close(input);
    ok(input_open(scratch_file(state, "f", "a\nb\n"), &input, err));
    expect_line(input, "a");
    assert_int_equal(input_rest(input, &bytes, &size, NULL), INPUT_DATA);
    assert_int_equal(size, 2);
    assert_memory_equal(bytes, "b\n", 2);
    input_close(input);
}

/* Larger than what is read at once; what stood in it is given, but its end is a failure. */
static void a_file_that_changes_meanwhile(void **state)
{
    const char *path = long_line_file(state, 1u << 20), *bytes;
    size_t size;
    struct error why = {0};
    for (int whole = 0; whole < 2; whole++) {
        struct input *input = NULL;
        ok(input_open(path, &input, err));
        assert_int_equal(truncate(path, whole ? 400000 : (1 << 20) + 1), 0);
        if (!whole)
            assert_int_equal(input_line(input, &bytes, &size, &why), INPUT_DATA);
        assert_int_equal(whole ? input_rest(input, &bytes, &size, &why)
                               : input_line(input, &bytes, &size, &why),
                         INPUT_FAILED);
        assert_non_null(strstr(why.text, "changed while it was read"));
        assert_int_equal(input_line(input, &bytes, &size, NULL), INPUT_END);
        input_close(input);
    }
}

static void what_is_no_file(void **state)
{
    struct input *input = NULL;
    fails(ERROR_NO_INPUT, input_open(scratch_path(state, "absent"), &input, err));
    fails(ERROR_NO_INPUT, input_open((char *)*state, &input, err));
    const char *fifo = scratch_path(state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    fails(ERROR_NO_INPUT, input_open(fifo, &input, err)); /* and does not wait */
    assert_null(input);
    input_close(NULL);
}

/* Too few descriptors are not the file's fault. */
static void what_cannot_be_opened_now(void **state)
{
    struct input *input = NULL;
    struct rlimit limit;
    const char *path = scratch_file(state, "one", "One.\n");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    fails(ERROR_IO, input_open(path, &input, err));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ok(input_open(path, &input, err));
    input_close(input);
}

/* Bytes that come one by one through a pipe on standard input. */
static void standard_input_in_small_pieces(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        for (const char *c = "ab\ncd"; *c; c++)
            if (write(ends[1], c, 1) != 1 || usleep(1000) != 0)
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    int saved = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct input *input = NULL;
    ok(input_open("-", &input, err));
    expect_line(input, "ab");
    expect_line(input, "cd");
    expect_end(input);
    input_close(input);
    dup2(saved, STDIN_FILENO);
    close(saved);
    waitpid(pid, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_lines, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(drops_a_byte_order_mark_only_in_front, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(peeks_without_taking, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(empty_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(passes_over_a_line_that_is_too_long, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_longest_line_is_given, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_rest_is_limited_too, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_changes_meanwhile, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_opened_now, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(standard_input_in_small_pieces, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
