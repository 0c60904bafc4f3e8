#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/etag.h"

static void test_make(void **state)
{
    static const char *const rows[][3] = {
        {"000001.1", "v1", "/search?q=a"},      {"000001.2", "v1", "/search?q=a"},
        {"000001.1", "v2", "/search?q=a"},      {"000001.1", "v1", "/search?q=b"},
        {"000001.1", "v1", "/search.json?q=a"},
    };
    char tags[5][ETAG_ROOM], again[ETAG_ROOM];
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(etag_make(rows[i][0], rows[i][1], rows[i][2], tags[i], &err));
        assert_int_equal(strlen(tags[i]), 20);
        assert_memory_equal(tags[i], "W/\"", 3);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(tags[i], tags[k]);
    }
    assert_true(etag_make(rows[0][0], rows[0][1], rows[0][2], again, &err));
    assert_string_equal(tags[0], again);
}

static void test_matches(void **state)
{
    static const char tag[] = "W/\"0123456789abcdef\"";
    (void)state;
    assert_true(etag_matches("W/\"0123456789abcdef\"", tag));
    assert_true(etag_matches("\"0123456789abcdef\"", tag));
    assert_true(etag_matches("\"x\", W/\"0123456789abcdef\", \"y\"", tag));
    assert_true(etag_matches("*", tag));
    assert_true(etag_matches(" *", tag));
    assert_false(etag_matches("", tag));
    assert_false(etag_matches("0123456789abcdef", tag));
    assert_false(etag_matches("\"0123456789abcdef0\"", tag));
    assert_false(etag_matches("\"00123456789abcdef\"", tag));
    assert_false(etag_matches("\"*\"", tag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
