/* Each address as a client sees it: status, headers, body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "schema/buffer.h"
#include "tests/http/server.h"

static struct server server;

static int set_up(void **state)
{
    (void)state;
    server_prepare(&server);
    server_index(&server, "harvest", 25);
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    return server_wait_reports(&server, 25) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    server_end(&server);
    return 0;
}

static json_t *get_json(const char *path, long status, const char *type)
{
    struct response response;
    server_ask(&server, NULL, path, NULL, &response);
    if (response.status != status)
        print_error("%s: %ld instead of %ld: %s\n", path, response.status, status, response.body);
    assert_int_equal(response.status, status);
    assert_string_equal(response_header(&response, "Content-Type"), type);
    json_t *json = json_loads(response.body, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    response_clear(&response);
    return json;
}

static void test_search_json(void **state)
{
    json_int_t total;
    const char *next, *id;

    (void)state;
    json_t *json = get_json("/search.json?q=harvest", 200, "application/json");
    assert_int_equal(json_unpack(json, "{s:{s:I}, s:{s:s}, s:[{s:s}]}", "total", "reports", &total,
                                 "links", "next", &next, "hits", "id", &id),
                     0);
    assert_int_equal(total, 25);
    assert_int_equal(json_array_size(json_object_get(json, "hits")), 10);
    /* A link leads on to the rest, and the last page to no further. */
    json_t *second = get_json(next, 200, "application/json");
    assert_int_equal(json_unpack(second, "{s:{s:s}}", "links", "next", &next), 0);
    json_t *third = get_json(next, 200, "application/json");
    assert_int_equal(json_array_size(json_object_get(third, "hits")), 5);
    assert_null(json_object_get(json_object_get(third, "links"), "next"));
    json_decref(json);
    json_decref(second);
    json_decref(third);
}

static void test_suggest(void **state)
{
    const char *word, *q;
    json_int_t reports;

    (void)state;
    json_t *json = get_json("/suggest?q=good+harv", 200, "application/json");
    assert_int_equal(json_unpack(json, "{s:[{s:s, s:I, s:s}], s:[], s:[]}", "words", "word", &word,
                                 "reports", &reports, "q", &q, "actors", "regions"),
                     0);
    assert_string_equal(word, "harvest");
    assert_int_equal(reports, 25);
    assert_string_equal(q, "good harvest");
    json_decref(json);
    json = get_json("/suggest", 200, "application/json");
    assert_int_equal(json_array_size(json_object_get(json, "words")), 0);
    json_decref(json);
}

static void test_link_header(void **state)
{
    struct response response;

    (void)state;
    server_ask(&server, NULL, "/search.json?q=harvest&page=2", NULL, &response);
    assert_string_equal(response_header(&response, "Link"),
                        "</search.json?q=harvest>; rel=\"prev\", "
                        "</search.json?q=harvest&page=3>; rel=\"next\", "
                        "</search?q=harvest&page=2>; rel=\"alternate\"");
    response_clear(&response);
}

static void test_search_html(void **state)
{
    struct response response;

    (void)state;
    server_ask(&server, NULL, "/search?q=harvest", NULL, &response);
    assert_int_equal(response.status, 200);
    assert_string_equal(response_header(&response, "Content-Type"), "text/html; charset=utf-8");
    assert_non_null(strstr(response.body, "<html lang=\"en\">"));
    assert_non_null(strstr(response.body, "<strong>25</strong> reports"));
    assert_non_null(strstr(response.body, "<mark>harvest</mark>"));
    assert_non_null(strstr(response.body, "href=\"/search.json?q=harvest\""));
    /* Nothing that the content security policy would stop. */
    assert_null(strstr(response.body, "<script"));
    assert_null(strstr(response.body, "style="));
    assert_null(strstr(response.body, "<style"));
    response_clear(&response);
}

static void test_text_stays_text(void **state)
{
    struct response response;

    (void)state;
    server_ask(&server, NULL, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27", NULL, &response);
    assert_int_equal(response.status, 200);
    assert_null(strstr(response.body, "<script"));
    assert_non_null(strstr(response.body, "&lt;script&gt;"));
    assert_non_null(strstr(response.body, "&quot;&apos;"));
    response_clear(&response);
    server_ask(&server, NULL, "/search?from=%3Cb%3E&q=%22%3E%3Cb%3E", NULL, &response);
    assert_int_equal(response.status, 400);
    assert_null(strstr(response.body, "<b>"));
    response_clear(&response);
}

static void test_report(void **state)
{
    struct response response;
    const char *id, *title, *html, *all;

    (void)state;
    json_t *json = get_json("/reports/first.json", 200, "application/json");
    assert_int_equal(json_unpack(json, "{s:s, s:s, s:{s:s}}", "id", &id, "title", &title, "links",
                                 "html", &html),
                     0);
    assert_string_equal(id, "first");
    assert_string_equal(title, "Report 0 of harvest");
    assert_string_equal(html, "/reports/first");
    /* Seven more in the week after: the newest five. */
    json_int_t total;
    assert_int_equal(json_unpack(json, "{s:{s:I, s:[{s:s}], s:s}}", "neighbours", "total", &total,
                                 "reports", "href", &html, "href", &all),
                     0);
    assert_int_equal(total, 7);
    assert_string_equal(html, "/reports/number-7");
    assert_int_equal(server_status(&server, all), 200);
    json_decref(json);

    server_ask(&server, NULL, "/reports/first", NULL, &response);
    assert_int_equal(response.status, 200);
    assert_non_null(strstr(response.body, "Report 0 of harvest"));
    assert_non_null(strstr(response.body, "<time datetime=\"2023-11-01\">"));
    assert_non_null(strstr(response.body, "href=\"https://example.org/0\""));
    assert_non_null(strstr(response.body, "<h2>Also in this period</h2>"));
    assert_non_null(strstr(response.body, "<a href=\"/reports/number-7\""));
    assert_null(strstr(response.body, "<a href=\"/reports/number-2\""));
    /* What is spoken of and no tag is marked in the text, so it is told why. */
    const char *spoken = strstr(response.body, "<h2>Spoken of, and no tag</h2>");
    assert_non_null(spoken);
    assert_non_null(strstr(spoken, "<bdi>Norway</bdi>"));
    assert_null(strstr(spoken, "<bdi>Mali</bdi>"));
    response_clear(&response);
}

static void test_home(void **state)
{
    struct response response;

    (void)state;
    server_ask(&server, NULL, "/", NULL, &response);
    assert_int_equal(response.status, 302);
    assert_string_equal(response_header(&response, "Location"), "/search");
    response_clear(&response);
}

static void test_state(void **state)
{
    struct response response;
    const char *generation;
    int reports;

    (void)state;
    json_decref(get_json("/healthz", 200, "application/json"));
    json_t *json = get_json("/readyz", 200, "application/json");
    assert_int_equal(
        json_unpack(json, "{s:s, s:i}", "generation", &generation, "reports", &reports), 0);
    assert_int_equal(reports, 25);
    assert_memory_equal(generation, "000001", 6);
    json_decref(json);

    server_status(&server, "/search?from=x");
    server_ask(&server, NULL, "/metrics", NULL, &response);
    assert_int_equal(response.status, 200);
    assert_string_equal(response_header(&response, "Content-Type"),
                        "text/plain; version=0.0.4; charset=utf-8");
    assert_non_null(strstr(response.body, "sitrep_snapshot_reports 25\n"));
    assert_non_null(
        strstr(response.body, "sitrep_requests_total{route=\"search\",status=\"400\"}"));
    /* Who answers is busy; the worker that answered before may still be finishing. */
    assert_non_null(strstr(response.body, "sitrep_workers{state=\"busy\"} "));
    assert_null(strstr(response.body, "sitrep_workers{state=\"busy\"} 0\n"));
    response_clear(&response);
}

static void test_etag(void **state)
{
    struct response response;
    char header[128], other[128];

    (void)state;
    server_ask(&server, NULL, "/search.json?q=harvest&from=2023-11-02", NULL, &response);
    snprintf(header, sizeof(header), "If-None-Match: %s", response_header(&response, "ETag"));
    assert_string_equal(response_header(&response, "Cache-Control"), "public, no-cache");
    response_clear(&response);

    /* The same question in other words. */
    server_ask(&server, NULL, "/search.json?from=2023-11-02&page=1&q=harvest", header, &response);
    assert_int_equal(response.status, 304);
    assert_int_equal(response.body_size, 0);
    assert_string_equal(response_header(&response, "ETag"), header + strlen("If-None-Match: "));
    response_clear(&response);

    /* Another question, another format, another tag. */
    server_ask(&server, NULL, "/search.json?q=harvest", header, &response);
    assert_int_equal(response.status, 200);
    response_clear(&response);
    server_ask(&server, NULL, "/search?q=harvest&from=2023-11-02", header, &response);
    assert_int_equal(response.status, 200);
    response_clear(&response);

    server_ask(&server, NULL, "/reports/first", NULL, &response);
    snprintf(other, sizeof(other), "If-None-Match: %s", response_header(&response, "ETag"));
    response_clear(&response);
    server_ask(&server, NULL, "/reports/first", other, &response);
    assert_int_equal(response.status, 304);
    response_clear(&response);
}

static void test_head(void **state)
{
    static const char *const paths[] = {"/search?q=harvest", "/search.json?q=harvest",
                                        "/reports/first",    "/healthz",
                                        "/search?from=x",    "/nowhere"};
    struct response get, head;
    char type[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        server_ask(&server, NULL, paths[i], NULL, &get);
        server_ask(&server, "HEAD", paths[i], NULL, &head);
        assert_int_equal(head.status, get.status);
        assert_int_equal(head.body_size, 0);
        snprintf(type, sizeof(type), "%s", response_header(&get, "Content-Type"));
        assert_string_equal(response_header(&head, "Content-Type"), type);
        assert_string_not_equal(response_header(&head, "Content-Length"), "0");
        response_clear(&get);
        response_clear(&head);
    }
}

static void test_methods(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"};
    struct response response;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        server_ask(&server, methods[i], "/search.json?q=harvest", NULL, &response);
        assert_int_equal(response.status, 405);
        assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
        assert_string_equal(response_header(&response, "Allow"), "GET, HEAD");
        response_clear(&response);
    }
}

static void test_nowhere(void **state)
{
    static const char *const paths[] = {"/nowhere",
                                        "/search/",
                                        "/Search",
                                        "/reports",
                                        "/reports/",
                                        "/reports/nothing",
                                        "/reports/a/b",
                                        "/reports/nothing.json",
                                        "/search.json/",
                                        "/api/v1/reports",
                                        "/admin",
                                        "/static/nothing.css",
                                        "/static/../nginx.conf",
                                        "/problem/404.json",
                                        "/.git/config",
                                        "/reports/..%2fetc"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        long status = server_status(&server, paths[i]);
        if (status != 404)
            print_error("%s: %ld\n", paths[i], status);
        assert_int_equal(status, 404);
    }
}

static void test_browsers_get_pages(void **state)
{
    static const char *const paths[] = {"/nowhere", "/search?from=x", "/reports/nothing",
                                        "/static/nothing.css"};
    struct response response;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        server_ask(&server, NULL, paths[i], "Accept: text/html,*/*;q=0.8", &response);
        assert_true(response.status == 404 || response.status == 400);
        assert_string_equal(response_header(&response, "Content-Type"), "text/html; charset=utf-8");
        assert_non_null(strstr(response.body, "</html>"));
        response_clear(&response);
    }
}

static void test_bad_parameters(void **state)
{
    static const struct {
        const char *query, *parameter;
    } rows[] = {
        {"from=x", "from"},
        {"from=2023-02-30", "from"},
        {"to=99999-01-01", "to"},
        {"from=2023-12-01&to=2023-11-01", "from"},
        {"page=-1", "page"},
        {"page=0", "page"},
        {"page=9223372036854775808", "page"},
        {"page=1001", "page"},
        {"page=1x", "page"},
        {"size=101", "size"},
        {"size=-1", "size"},
        {"sort=upwards", "sort"},
        {"match=some", "match"},
        {"interval=minute", "interval"},
        {"facet_size=1001", "facet_size"},
        {"bogus=1", "bogus"},
        {"Actor=jnim", "Actor"},
        {"q=a&q=b", "q"},
        {"sort=newest&sort=oldest", "sort"},
        {"q=%00", "q"},
        {"q=%zz", "q"},
        {"q=%ff", "q"},
        {"q=%c0%af", "q"},
        {"q=%e2%82", "q"},
        {"q=%", "q"},
        {"q=%4", "q"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char path[256];
        const char *parameter = NULL, *detail = NULL, *type = NULL;
        int status = 0;
        snprintf(path, sizeof(path), "/search.json?%s", rows[i].query);
        json_t *json = get_json(path, 400, "application/problem+json");
        if (json_unpack(json, "{s:s, s:s, s:s, s:i}", "parameter", &parameter, "detail", &detail,
                        "type", &type, "status", &status) != 0 ||
            strcmp(parameter, rows[i].parameter) != 0)
            fail_msg("%s: %s", rows[i].query, parameter ? parameter : "no parameter");
        assert_int_equal(status, 400);
        assert_true(strlen(detail) > 0);
        assert_memory_equal(type, "/problems#", 10);
        json_decref(json);
        /* The page says the same. */
        snprintf(path, sizeof(path), "/search?%s", rows[i].query);
        assert_int_equal(server_status(&server, path), 400);
    }
}

static void test_beyond_the_end(void **state)
{
    (void)state;
    json_t *json = get_json("/search.json?q=harvest&page=100", 200, "application/json");
    assert_int_equal(json_array_size(json_object_get(json, "hits")), 0);
    json_decref(json);
}

static char *repeat(const char *before, const char *piece, size_t count, const char *after)
{
    struct buffer path = {0};
    buffer_text(&path, before);
    for (size_t i = 0; i < count; i++)
        buffer_text(&path, piece);
    buffer_text(&path, after);
    return buffer_take(&path, NULL);
}

/* Each limit of the query language is an error that says which one. */
static void test_limits_are_named(void **state)
{
    static const struct {
        const char *before, *piece;
        size_t count;
        const char *after, *says;
    } rows[] = {
        {"", "x", 1025, "", "too long: at most 1024 bytes"},
        {"", "(", 900, "", "at most 16 levels"},
        {"", "word+near/5+", 31, "word", "near/ joins too many words: at most 8"},
        {"word+near/101+", "word", 1, "", "at most 100 words"},
        {"%22", "word+", 100, "%22", "a phrase has too many words: at most 16"},
        {"", "*", 1, "", "at least 3 characters"},
        {"", "a*", 1, "", "at least 3 characters"},
        {"", "word+", 33, "", "too many terms: at most 32"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buffer before = {0};
        const char *type = NULL, *parameter = NULL, *detail = NULL;
        buffer_format(&before, "/search.json?q=%s", rows[i].before);
        char *path = repeat(before.bytes, rows[i].piece, rows[i].count, rows[i].after);
        json_t *json = get_json(path, 400, "application/problem+json");
        assert_int_equal(json_unpack(json, "{s:s, s:s, s:s}", "type", &type, "parameter",
                                     &parameter, "detail", &detail),
                         0);
        assert_string_equal(type, "/problems#limit");
        assert_string_equal(parameter, "q");
        if (!strstr(detail, rows[i].says))
            fail_msg("row %zu: %s", i, detail);
        json_decref(json);
        free(path);
        buffer_free(&before);
    }
}

static void test_too_much(void **state)
{
    static const struct {
        const char *before, *piece;
        size_t count;
        const char *after;
        long status;
    } rows[] = {
        {"/search.json?q=", "%28", 300, "a", 400},       /* depth */
        {"/search.json?q=", "a*+", 40, "", 400},         /* terms, wildcards */
        {"/search.json?q=", "word+", 100, "", 400},      /* terms */
        {"/search.json?q=%22", "word+", 20, "%22", 400}, /* a long phrase */
        {"/search.json?q=", "x", 1025, "", 400},         /* bytes of a question */
        {"/search.json?", "actor=a&", 1000, "", 200},    /* the same filter again is the same */
        {"/search.json?q=", "x", 9000, "", 414},         /* bytes of an address, told by us */
        {"/search.json?q=", "x", 40000, "", 414},        /* the same, told by nginx */
        {"/search.json?q=", "(", 20000, "", 414},        {"/search.json?q=", "x", 1 << 20, "", 414},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct response response;
        char *path = repeat(rows[i].before, rows[i].piece, rows[i].count, rows[i].after);
        server_ask(&server, NULL, path, NULL, &response);
        if (response.status != rows[i].status)
            print_error("row %zu: %ld %s\n", i, response.status, response.body);
        assert_int_equal(response.status, rows[i].status);
        if (rows[i].status != 200)
            assert_string_equal(response_header(&response, "Content-Type"),
                                "application/problem+json");
        response_clear(&response);
        free(path);
    }
}

static void test_headers(void **state)
{
    static const char *const paths[] = {"/search",           "/search.json",    "/nowhere",
                                        "/static/style.css", "/static/nothing", "/problems"};
    struct response response;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        server_ask(&server, NULL, paths[i], NULL, &response);
        assert_string_equal(
            response_header(&response, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'");
        assert_string_equal(response_header(&response, "X-Content-Type-Options"), "nosniff");
        assert_string_equal(response_header(&response, "Access-Control-Allow-Origin"), "");
        assert_string_equal(response_header(&response, "Server"), "nginx");
        response_clear(&response);
    }
    server_ask(&server, NULL, "/static/style.css", "Accept-Encoding: gzip", &response);
    assert_string_equal(response_header(&response, "Content-Encoding"), "gzip");
    assert_string_equal(response_header(&response, "Cache-Control"), "max-age=2592000");
    response_clear(&response);
    server_ask(&server, NULL, "/search.json", "Accept-Encoding: gzip", &response);
    assert_string_equal(response_header(&response, "Content-Encoding"), "gzip");
    response_clear(&response);
    server_ask(&server, NULL, "/problems", NULL, &response);
    assert_string_equal(response_header(&response, "Content-Type"), "text/html; charset=utf-8");
    response_clear(&response);
}

/* Whatever host a client names, no address on the page follows it. */
static void test_host_is_not_believed(void **state)
{
    static const char *const headers[] = {"Host: evil.example", "X-Forwarded-Host: evil.example",
                                          "Proxy: http://evil.example/",
                                          "X-Accel-Redirect: /static/style.css"};
    struct response response;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        server_ask(&server, NULL, "/search?q=harvest", headers[i], &response);
        assert_int_equal(response.status, 200);
        assert_null(strstr(response.body, "evil.example"));
        assert_null(strstr(response.head, "evil.example"));
        response_clear(&response);
    }
}

static void test_large_body(void **state)
{
    struct response response;

    (void)state;
    server_ask(&server, "POST", "/search.json", "Content-Length: 20000", &response);
    assert_int_equal(response.status, 413);
    assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
    response_clear(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_json),
        cmocka_unit_test(test_suggest),
        cmocka_unit_test(test_link_header),
        cmocka_unit_test(test_search_html),
        cmocka_unit_test(test_text_stays_text),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_etag),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_browsers_get_pages),
        cmocka_unit_test(test_bad_parameters),
        cmocka_unit_test(test_beyond_the_end),
        cmocka_unit_test(test_limits_are_named),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_host_is_not_believed),
        cmocka_unit_test(test_large_body),
    };

    if (server_missing()) {
        printf("skipped: %s\n", server_missing());
        return 0;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
