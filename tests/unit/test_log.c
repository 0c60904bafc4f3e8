#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/log.h"

static void test_plain(void **state)
{
    char out[64];
    (void)state;
    log_escape("worker 7 ended: 9", out, sizeof(out));
    assert_string_equal(out, "worker 7 ended: 9");
}

static void test_no_byte_breaks_the_line(void **state)
{
    char text[256], out[1100];
    (void)state;
    for (int c = 1; c < 256; c++)
        text[c - 1] = (char)c;
    text[255] = '\0';
    log_escape(text, out, sizeof(out));
    for (const char *c = out; *c; c++)
        assert_true(*c >= ' ' && *c < 0x7f);
    log_escape("a\r\nb\x1b[1m\xe2\x80\xae", out, sizeof(out));
    assert_string_equal(out, "a\\x0d\\x0ab\\x1b[1m\\xe2\\x80\\xae");
}

static void test_too_long(void **state)
{
    char out[12];
    (void)state;
    log_escape("12345678", out, sizeof(out));
    assert_string_equal(out, "12345678");
    log_escape("1234567890123", out, sizeof(out));
    assert_string_equal(out, "12345678...");
    log_escape("123456\n\n", out, sizeof(out));
    assert_string_equal(out, "123456...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_no_byte_breaks_the_line),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
