#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

static void appends_of_all_kinds(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    buffer_text(&buffer, "one");
    buffer_char(&buffer, ' ');
    buffer_append(&buffer, "two\0three", 9);
    buffer_format(&buffer, " %d", 4);
    assert_int_equal(buffer.size, 15);
    assert_memory_equal(buffer.bytes, "one two\0three 4", 16);
    size_t size = 0;
    char *bytes = buffer_take(&buffer, &size);
    assert_int_equal(size, 15);
    assert_null(buffer.bytes);
    free(bytes);
}

static void empty_buffer_gives_empty_string(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    char *bytes = buffer_take(&buffer, NULL);
    assert_string_equal(bytes, "");
    free(bytes);
    buffer_reset(&buffer); /* one that never had memory */
    buffer_free(&buffer);
}

static void long_format_is_whole(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    char text[1000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buffer_format(&buffer, "<%s>", text);
    assert_int_equal(buffer.size, sizeof text + 1);
    assert_int_equal(buffer.bytes[buffer.size - 1], '>');
    buffer_reset(&buffer);
    buffer_format(&buffer, "%255s|", "x"); /* exactly as large as the small room */
    assert_int_equal(buffer.size, 256);
    buffer_free(&buffer);
}

static void failure_sticks(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    volatile size_t huge = SIZE_MAX - 2; /* no machine has that; compilers would warn */
    buffer_text(&buffer, "kept");
    buffer_append(&buffer, "", huge);
    assert_true(buffer.failed);
    buffer_text(&buffer, "ignored");
    assert_int_equal(buffer.size, 4);
    size_t size = 77;
    assert_null(buffer_take(&buffer, &size));
    assert_int_equal(size, 77);
    assert_null(buffer.bytes);
    assert_false(buffer.failed);
}

static void array_grows_by_doubling(void **state)
{
    (void)state;
    int *items = NULL;
    size_t room = 0;
    for (size_t i = 0; i < 1000; i++) {
        assert_true(array_reserve(&items, &room, i + 1, sizeof *items));
        items[i] = (int)i;
    }
    assert_int_equal(room, 1024);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    assert_false(array_reserve(&items, &room, SIZE_MAX / 2, sizeof *items));
    assert_int_equal(room, 1024);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_of_all_kinds),
        cmocka_unit_test(empty_buffer_gives_empty_string),
        cmocka_unit_test(long_format_is_whole),
        cmocka_unit_test(failure_sticks),
        cmocka_unit_test(array_grows_by_doubling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
