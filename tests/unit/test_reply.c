#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/reply.h"

static void check_head(const struct reply *reply, const char *wanted)
{
    struct buffer head = {0};
    reply_head(reply, &head);
    assert_string_equal(head.bytes, wanted);
    buffer_free(&head);
}

static void test_head(void **state)
{
    struct reply reply = {0};
    (void)state;
    reply_start(&reply, 200, "text/plain");
    reply_header(&reply, "ETag", "\"1\"");
    reply_take_body(&reply, strdup("four"), 4);
    check_head(&reply, "Status: 200 OK\r\nContent-Type: text/plain\r\nETag: \"1\"\r\n"
                       "Content-Length: 4\r\n\r\n");
    assert_false(reply_failed(&reply));
    reply_clear(&reply);
}

static void test_not_modified_has_no_length(void **state)
{
    struct reply reply = {0};
    (void)state;
    reply_start(&reply, 304, NULL);
    check_head(&reply, "Status: 304 Not Modified\r\n\r\n");
    reply_clear(&reply);
}

static void test_header_cannot_be_split(void **state)
{
    struct reply reply = {0};
    (void)state;
    reply_start(&reply, 200, NULL);
    reply_header(&reply, "Link", "a\r\nSet-Cookie: b");
    reply_header(&reply, "Link", "a\nb");
    check_head(&reply, "Status: 200 OK\r\nContent-Length: 0\r\n\r\n");
    reply_clear(&reply);
}

static void test_start_forgets(void **state)
{
    struct reply reply = {0};
    (void)state;
    reply_start(&reply, 200, "text/plain");
    buffer_text(&reply.body, "half an ans");
    reply_start(&reply, 500, "application/json");
    check_head(&reply, "Status: 500 Internal Server Error\r\nContent-Type: application/json\r\n"
                       "Content-Length: 0\r\n\r\n");
    reply_clear(&reply);
}

static void test_no_body_is_a_failure(void **state)
{
    struct reply reply = {0};
    (void)state;
    reply_start(&reply, 200, NULL);
    reply_take_body(&reply, NULL, 0);
    assert_true(reply_failed(&reply));
    reply_clear(&reply);
    assert_false(reply_failed(&reply));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_not_modified_has_no_length),
        cmocka_unit_test(test_header_cannot_be_split),
        cmocka_unit_test(test_start_forgets),
        cmocka_unit_test(test_no_body_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
