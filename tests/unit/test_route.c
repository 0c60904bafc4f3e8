/* The table of addresses, without a server and without an index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/route.h"

static struct site site;

static int set_up(void **state)
{
    struct error err = {0};
    (void)state;
    site.index = "/nonexistent";
    site.web = "web";
    site.scoreboard = scoreboard_new(2, &err);
    return site.scoreboard && templates_open("web", &site.templates, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    templates_close(site.templates);
    scoreboard_free(site.scoreboard);
    return 0;
}

static void ask(const char *method, const char *path, const char *accept, struct reply *reply)
{
    struct request request = {.method = (char *)method,
                              .path = (char *)path,
                              .query = "q=%22a+b",
                              .accept = (char *)accept,
                              .if_none_match = ""};
    size_t count;
    size_t route = route_answer(&site, &request, reply);
    route_names(&count);
    assert_true(route < count);
    assert_false(reply_failed(reply));
}

/* Nothing is long while there is no index. */
static void test_estimate(void **state)
{
    struct request request = {
        .method = "GET", .path = "/search", .query = "q=a", .accept = "", .if_none_match = ""};
    (void)state;
    assert_int_equal(route_estimate(&site, &request), 0);
    request.path = "/nowhere";
    assert_int_equal(route_estimate(&site, &request), 0);
}

static void test_statuses(void **state)
{
    static const struct {
        const char *method, *path, *accept;
        unsigned status;
        const char *header; /* one that must be there */
    } rows[] = {
        {"GET", "/", "", 302, "Location: /search\r\n"},
        {"GET", "/healthz", "", 200, "Content-Type: application/json\r\n"},
        {"HEAD", "/healthz", "", 200, "Cache-Control: no-store\r\n"},
        {"GET", "/metrics", "", 200, "Content-Type: text/plain; version=0.0.4"},
        {"GET", "/readyz", "", 503, "Content-Type: application/problem+json\r\n"},
        {"GET", "/search", "", 503, "Content-Type: text/html; charset=utf-8\r\n"},
        {"GET", "/search", "", 503, "Retry-After: 5\r\n"},
        {"GET", "/search.json", "text/html", 503, "Content-Type: application/problem+json\r\n"},
        {"GET", "/suggest", "text/html", 503, "Content-Type: application/problem+json\r\n"},
        {"GET", "/reports/a", "", 503, "Content-Type: text/html; charset=utf-8\r\n"},
        {"GET", "/reports/a.json", "", 503, "Content-Type: application/problem+json\r\n"},
        {"GET", "/reports/.json", "", 503, "Content-Type: text/html; charset=utf-8\r\n"},
        {"GET", "/reports/", "", 404, "Content-Type: application/problem+json\r\n"},
        {"GET", "/reports/a/b", "", 404, "Content-Type: application/problem+json\r\n"},
        {"GET", "/searchx", "", 404, "Content-Type: application/problem+json\r\n"},
        {"GET", "/nowhere", "text/html,*/*", 404, "Content-Type: text/html; charset=utf-8\r\n"},
        {"POST", "/search", "", 405, "Allow: GET, HEAD\r\n"},
        {"get", "/search", "", 405, "Allow: GET, HEAD\r\n"},
        {"DELETE", "/reports/a.json", "", 405, "Content-Type: application/problem+json\r\n"},
        {"POST", "/nowhere", "", 404, "Cache-Control: no-store\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reply reply = {0};
        ask(rows[i].method, rows[i].path, rows[i].accept, &reply);
        if (reply.status != rows[i].status || !strstr(reply.headers.bytes, rows[i].header))
            fail_msg("%s %s: %u %s", rows[i].method, rows[i].path, reply.status,
                     reply.headers.bytes);
        reply_clear(&reply);
    }
}

/* What was asked stays in its field on the page of an error, as text. */
static void test_question_is_kept(void **state)
{
    struct reply reply = {0};
    (void)state;
    ask("GET", "/search", "", &reply);
    assert_non_null(strstr(reply.body.bytes, "value=\"&quot;a b\""));
    reply_clear(&reply);
}

static void test_refuse(void **state)
{
    struct reply reply = {0};
    struct error err = {0};
    (void)state;
    error_set(&err, ERROR_LIMIT, "", "too long");
    route_refuse(&err, &reply);
    assert_int_equal(reply.status, 414);
    error_clear(&err);
    error_set(&err, ERROR_DATA, "", "no path");
    route_refuse(&err, &reply);
    assert_int_equal(reply.status, 400);
    reply_clear(&reply);
}

static void test_names(void **state)
{
    size_t count;
    const char *const *names = route_names(&count);
    (void)state;
    assert_true(count <= SCOREBOARD_ROUTES);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
    assert_string_equal(names[count - 1], "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_question_is_kept),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
