#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "schema/error.h"
#include "xapian/xap.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_set(&err, ERROR_DATA, "a.txt:3", "bad %s", "date"));
    assert_false(error_set(&err, ERROR_IO, "b.txt", "second"));
    assert_int_equal(err.code, ERROR_DATA);
    assert_string_equal(err.text, "bad date");
    assert_string_equal(err.where, "a.txt:3");
    error_clear(&err);
    assert_int_equal(err.code, ERROR_NONE);
    assert_false(error_set(&err, ERROR_IO, NULL, "second"));
    assert_string_equal(err.where, "");
}

static void error_may_be_absent(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_DATA, NULL, "unseen"));
    assert_false(error_set_errno(NULL, ERROR_IO, NULL, "unseen"));
    error_clear(NULL);
}

static void error_is_one_line(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, ERROR_DATA, "a\nb", "x\ny\x1b[31m\x7f");
    assert_string_equal(err.text, "x?y?[31m?");
    assert_string_equal(err.where, "a?b");
}

static void long_text_is_cut(void **state)
{
    (void)state;
    struct error err = {0};
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, ERROR_DATA, text, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(strlen(err.where), sizeof err.where - 1);
    error_clear(&err);
    error_set_errno(&err, ERROR_DATA, text, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void errno_is_told(void **state)
{
    (void)state;
    struct error err = {0};
    errno = ENOENT;
    error_set_errno(&err, ERROR_IO, "f", "cannot open");
    assert_string_equal(err.text, "cannot open: No such file or directory");
}

static void xapian_errors_map(void **state)
{
    (void)state;
    static const struct {
        enum xap_code from;
        enum error_code to;
    } rows[] = {
        {XAP_NOT_FOUND, ERROR_NO_INPUT},     {XAP_LOCKED, ERROR_LOCKED},
        {XAP_MODIFIED, ERROR_STALE},         {XAP_CORRUPT, ERROR_CORRUPT},
        {XAP_VERSION, ERROR_VERSION},        {XAP_LIMIT, ERROR_LIMIT},
        {XAP_NO_MEMORY, ERROR_MEMORY},       {XAP_INTERNAL, ERROR_INTERNAL},
        {(enum xap_code)99, ERROR_INTERNAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct xap_error xapian = {.code = rows[i].from, .text = "why"};
        struct error err = {0};
        assert_false(error_set_xapian(&err, "db", &xapian));
        assert_int_equal(err.code, rows[i].to);
        assert_string_equal(err.text, "why");
    }
}

static void exit_statuses_are_of_sysexits(void **state)
{
    (void)state;
    assert_int_equal(error_exit_status(ERROR_NONE), 0);
    assert_int_equal(error_exit_status(ERROR_USAGE), EX_USAGE);
    assert_int_equal(error_exit_status(ERROR_LOCKED), 75);
    assert_int_equal(error_exit_status(ERROR_BUSY), 75);
    assert_int_equal(error_exit_status((enum error_code)99), EX_SOFTWARE);
    for (int code = ERROR_NONE; code <= ERROR_BUSY; code++)
        assert_true(strlen(error_code_name((enum error_code)code)) > 1);
    assert_string_equal(error_code_name(ERROR_NO_INPUT), "no input");
    assert_string_equal(error_code_name((enum error_code)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(error_may_be_absent),
        cmocka_unit_test(error_is_one_line),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(errno_is_told),
        cmocka_unit_test(xapian_errors_map),
        cmocka_unit_test(exit_statuses_are_of_sysexits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
