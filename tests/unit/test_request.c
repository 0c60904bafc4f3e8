#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/request.h"
#include "schema/buffer.h"
#include "schema/limits.h"

static void test_read(void **state)
{
    char *environment[] = {"HTTP_ACCEPT_LANGUAGE=de",
                           "REQUEST_METHOD=GET",
                           "REQUEST_URI=/reports/a%20b?q=x&y=?z",
                           "HTTP_ACCEPT=text/html",
                           "HTTP_IF_NONE_MATCH=\"a\"",
                           NULL};
    struct request request = {0};
    struct error err = {0};

    (void)state;
    assert_true(request_read(environment, &request, &err));
    assert_string_equal(request.method, "GET");
    assert_string_equal(request.path, "/reports/a%20b");
    assert_string_equal(request.query, "q=x&y=?z");
    assert_string_equal(request.accept, "text/html");
    assert_string_equal(request.if_none_match, "\"a\"");
    request_clear(&request);
    assert_null(request.method);
    request_clear(&request);
}

static void test_no_request(void **state)
{
    char *no_method[] = {"REQUEST_URI=/", NULL};
    char *no_path[] = {"REQUEST_METHOD=GET", NULL};
    char *star[] = {"REQUEST_METHOD=OPTIONS", "REQUEST_URI=*", NULL};
    char *nothing[] = {NULL};
    char **rows[] = {no_method, no_path, star, nothing};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct request request = {0};
        struct error err = {0};
        assert_false(request_read(rows[i], &request, &err));
        assert_int_equal(err.code, ERROR_DATA);
        request_clear(&request);
    }
}

static void test_too_long(void **state)
{
    char uri[LIMIT_REQUEST_BYTES + 64] = "REQUEST_URI=/search?q=";
    char *environment[] = {"REQUEST_METHOD=GET", uri, NULL};
    struct request request = {0};
    struct error err = {0};
    size_t used = strlen(uri), full = strlen("REQUEST_URI=") + LIMIT_REQUEST_BYTES;

    (void)state;
    memset(uri + used, 'x', full - used);
    uri[full] = '\0';
    assert_true(request_read(environment, &request, &err));
    request_clear(&request);
    strcat(uri, "x");
    assert_false(request_read(environment, &request, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    request_clear(&request);
}

static void test_decode(void **state)
{
    static const struct {
        const char *text, *decoded; /* NULL: refused */
    } rows[] = {
        {"", ""},         {"abc", "abc"},       {"a%20b", "a b"},
        {"%4A%4a", "JJ"}, {"a+b", "a+b"},       {"%C3%A9", "é"},
        {"é", "é"},       {"%2F..%2f", "/../"}, {"%", NULL},
        {"%4", NULL},     {"%zz", NULL},        {"%4z", NULL},
        {"%00", NULL},    {"a%00b", NULL},      {"%ff", NULL},
        {"%c0%af", NULL}, {"%ed%a0%80", NULL},  {"%e2%82", NULL},
        {"%+1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        char *out = NULL;
        bool ok = request_decode(rows[i].text, strlen(rows[i].text), &out, &err);
        assert_int_equal(ok, rows[i].decoded != NULL);
        if (ok)
            assert_string_equal(out, rows[i].decoded);
        else
            assert_int_equal(err.code, ERROR_USAGE);
        free(out);
    }
}

static void test_decode_keeps_to_its_size(void **state)
{
    struct error err = {0};
    char *out = NULL;
    (void)state;
    assert_true(request_decode("abc%4", 3, &out, &err));
    assert_string_equal(out, "abc");
    free(out);
    assert_false(request_decode("ab%41", 4, &out, &err));
}

static void test_parameter(void **state)
{
    static const struct {
        const char *query, *value; /* NULL: none */
    } rows[] = {
        {"q=a+b", "a b"}, {"x=1&q=%C3%A9", "é"}, {"q=", ""},       {"q", NULL},     {"", NULL},
        {"qq=1", NULL},   {"q=%ff", NULL},       {"q=1&q=2", "1"}, {"&&q=1&", "1"}, {"x=q=1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct request request = {.query = (char *)rows[i].query};
        char *value = request_parameter(&request, "q");
        if (rows[i].value)
            assert_string_equal(value, rows[i].value);
        else
            assert_null(value);
        free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_no_request),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_decode_keeps_to_its_size),
        cmocka_unit_test(test_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
