#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/problem.h"

static void test_from_error(void **state)
{
    static const struct {
        enum error_code code;
        unsigned status;
        enum problem_kind kind;
        bool told; /* whether the client reads the error's words */
    } rows[] = {
        {ERROR_USAGE, 400, PROBLEM_PARAMETER, true}, {ERROR_DATA, 503, PROBLEM_INDEX, false},
        {ERROR_LIMIT, 400, PROBLEM_LIMIT, true},     {ERROR_NO_INPUT, 503, PROBLEM_NO_INDEX, false},
        {ERROR_STALE, 503, PROBLEM_INDEX, false},    {ERROR_CORRUPT, 503, PROBLEM_INDEX, false},
        {ERROR_VERSION, 503, PROBLEM_INDEX, false},  {ERROR_IO, 503, PROBLEM_INDEX, false},
        {ERROR_INTERNAL, 500, PROBLEM_FAULT, false}, {ERROR_MEMORY, 500, PROBLEM_FAULT, false},
        {ERROR_SYSTEM, 500, PROBLEM_FAULT, false},   {ERROR_LOCKED, 500, PROBLEM_FAULT, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        struct problem problem;
        error_set(&err, rows[i].code, "/srv/secret", "at line 7");
        problem_from_error(&err, &problem);
        assert_int_equal(problem.kind, rows[i].kind);
        assert_int_equal(problem_status(&problem), rows[i].status);
        assert_string_equal(problem.detail, rows[i].told ? "at line 7" : "");
        assert_string_equal(problem.parameter, rows[i].told ? "/srv/secret" : "");
        assert_true(strlen(problem_title(&problem)) > 0);
    }
}

static void test_reply(void **state)
{
    struct problem problem = {
        .kind = PROBLEM_PARAMETER, .detail = "no \"day\"", .parameter = "from"};
    struct reply reply = {0};

    (void)state;
    problem_reply(&problem, &reply);
    assert_int_equal(reply.status, 400);
    assert_string_equal(
        reply.body.bytes,
        "{\"type\":\"/problems#bad-parameter\",\"title\":\"A parameter cannot be "
        "used\",\"status\":400,\"detail\":\"no \\\"day\\\"\",\"parameter\":\"from\"}");
    assert_non_null(strstr(reply.headers.bytes, "Content-Type: application/problem+json\r\n"));
    assert_non_null(strstr(reply.headers.bytes, "Cache-Control: no-store\r\n"));
    reply_clear(&reply);
}

/* A detail cut in the middle of a character does not take the member away. */
static void test_detail_of_any_bytes(void **state)
{
    struct problem problem = {.kind = PROBLEM_LIMIT, .detail = "caf\xc3"};
    (void)state;
    json_t *json = problem_json(&problem);
    assert_string_equal(json_string_value(json_object_get(json, "detail")), "caf\xef\xbf\xbd");
    json_decref(json);
}

/* Each kind's type leads to a paragraph of the page of problems. */
static void test_kinds_are_described(void **state)
{
    char page[16384];
    FILE *file = fopen("web/static/problems.html", "re");

    (void)state;
    assert_non_null(file);
    page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
    fclose(file);
    for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
        struct problem problem = {.kind = (enum problem_kind)kind};
        char anchor[96];
        json_t *json = problem_json(&problem);
        const char *type = json_string_value(json_object_get(json, "type"));
        snprintf(anchor, sizeof(anchor), "id=\"%s\"", strchr(type, '#') + 1);
        assert_non_null(strstr(page, anchor));
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_error),
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_detail_of_any_bytes),
        cmocka_unit_test(test_kinds_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
