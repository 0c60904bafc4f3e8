/* What the pages are made of, from answers made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/paging.h"
#include "fcgi/view.h"
#include "fcgi/view_facets.h"
#include "schema/limits.h"

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}

static void test_text(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } rows[] = {
        {"", 0, ""},
        {"plain", 5, "plain"},
        {"caf\xc3\xa9", 5, "café"},
        {"caf\xc3", 4, "caf\xef\xbf\xbd"},
        {"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        json_t *json = text_json_bytes(rows[i].bytes, rows[i].size);
        assert_string_equal(json_string_value(json), rows[i].text);
        json_decref(json);
    }
    json_t *nothing = text_json(NULL);
    assert_true(json_is_null(nothing));
}

static void test_count(void **state)
{
    static const struct {
        uint64_t count;
        const char *text;
    } rows[] = {{0, "0"},
                {7, "7"},
                {999, "999"},
                {1000, "1,000"},
                {123456, "123,456"},
                {UINT64_MAX, "18,446,744,073,709,551,615"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        json_t *json = view_count(rows[i].count);
        assert_string_equal(json_string_value(json), rows[i].text);
        json_decref(json);
    }
}

static void test_report_address(void **state)
{
    static const struct {
        const char *id, *suffix, *address;
    } rows[] = {
        {"a1b2", "", "/reports/a1b2"},
        {"a1b2", ".json", "/reports/a1b2.json"},
        {"a/b?c#d e", "", "/reports/a%2Fb%3Fc%23d%20e"},
        {"é\"<", "", "/reports/%C3%A9%22%3C"},
        {"x.json", "", "/reports/x%2Ejson"},
        {"x.json", ".json", "/reports/x%2Ejson.json"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *address = view_report_address(rows[i].id, rows[i].suffix);
        assert_string_equal(address, rows[i].address);
        free(address);
    }
}

/* A failure shows at the end, and nothing crashes on the way there. */
static void test_failed_view(void **state)
{
    struct view view = {0};
    json_t *object = json_object(), *list = json_array();

    (void)state;
    view_set(&view, object, "fine", json_true());
    view_set(&view, object, "not", NULL);
    view_add(&view, list, NULL);
    json_decref(list);
    assert_true(view.failed);
    assert_null(view_end(&view, object));
}

static void test_paging(void **state)
{
    static const struct {
        uint32_t first, size, total;
        bool has_previous;
        uint32_t previous;
        bool has_next;
        uint32_t next;
        bool window_end;
    } rows[] = {
        {0, 10, 0, false, 0, false, 0, false},
        {0, 10, 10, false, 0, false, 0, false},
        {0, 10, 11, false, 0, true, 10, false},
        {10, 10, 11, true, 0, false, 0, false},
        {20, 10, 100, true, 10, true, 30, false},
        {5, 10, 100, true, 0, true, 15, false},
        {500, 10, 100, true, 490, false, 0, false},
        {LIMIT_WINDOW - 20, 10, UINT32_MAX, true, LIMIT_WINDOW - 30, true, LIMIT_WINDOW - 10,
         false},
        {LIMIT_WINDOW - 10, 10, UINT32_MAX, true, LIMIT_WINDOW - 20, false, 0, true},
        {0, 0, 100, false, 0, false, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct answer answer = {.total = rows[i].total};
        struct paging paging;
        answer.question.first = rows[i].first;
        answer.question.size = rows[i].size;
        paging_find(&answer, &paging);
        assert_int_equal(paging.has_previous, rows[i].has_previous);
        assert_int_equal(paging.previous, rows[i].previous);
        assert_int_equal(paging.has_next, rows[i].has_next);
        assert_int_equal(paging.next, rows[i].next);
        assert_int_equal(paging.window_end, rows[i].window_end);
    }
}

static struct answer make_answer(const char *query)
{
    struct answer answer = {0};
    struct error err = {0};
    assert_true(question_init(&answer.question, &err));
    assert_true(question_parse_url(query, strlen(query), &answer.question, &err));
    return answer;
}

static json_t *first_facet(struct answer *answer)
{
    struct view view = {0};
    json_t *lists = facet_lists(&view, answer);
    assert_false(view.failed);
    assert_int_equal(json_array_size(lists), 1);
    json_t *facet = json_incref(json_array_get(lists, 0));
    json_decref(lists);
    return facet;
}

/* Regions stand under what they lie in; what lies in nothing that is listed stands at the left;
 * all else keeps its order. */
static void test_regions_as_a_tree(void **state)
{
    struct facet_value values[] = {
        {.value = "africa", .label = "Africa", .reports = 50},
        {.value = "asia", .label = "Asia", .reports = 40},
        {.value = "ML", .label = "Mali", .parent = "africa", .reports = 30},
        {.value = "UA-09", .label = "Luhansk", .parent = "UA", .reports = 20},
        {.value = "NE", .label = "Niger", .parent = "africa", .reports = 10},
        {.value = "ML-7", .label = "Gao", .parent = "ML", .reports = 5},
    };
    static const struct {
        const char *label;
        int depth, bar;
    } wanted[] = {{"Africa", 0, 100}, {"Mali", 1, 60}, {"Gao", 2, 10},
                  {"Niger", 1, 20},   {"Asia", 0, 80}, {"Luhansk", 0, 40}};
    struct facet facet = {.field = FIELD_REGION,
                          .values = values,
                          .value_count = ARRAY_LEN(values),
                          .total_values = 1234,
                          .truncated = true};
    struct answer answer = make_answer("q=x");

    (void)state;
    answer.facets = &facet;
    answer.facet_count = 1;
    json_t *json = first_facet(&answer);
    json_t *list = json_object_get(json, "values");
    assert_int_equal(json_array_size(list), ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        const json_t *item = json_array_get(list, i);
        assert_string_equal(text_at(item, "label"), wanted[i].label);
        assert_int_equal(json_integer_value(json_object_get(item, "depth")), wanted[i].depth);
        assert_int_equal(json_integer_value(json_object_get(item, "bar")), wanted[i].bar);
    }
    assert_string_equal(text_at(json, "title"), "Regions");
    assert_string_equal(text_at(json, "total_values"), "1,234");
    assert_string_equal(text_at(json, "more_href"), "/search?q=x&facet_size=100");
    json_decref(json);
    question_clear(&answer.question);
}

/* A circle in the vocabulary costs its values, not the page. */
static void test_regions_in_a_circle(void **state)
{
    struct facet_value values[] = {
        {.value = "a", .label = "A", .parent = "b", .reports = 2},
        {.value = "b", .label = "B", .parent = "a", .reports = 1},
        {.value = "c", .label = "C", .parent = "c", .reports = 1},
        {.value = "d", .label = "D", .reports = 1},
    };
    struct facet facet = {.field = FIELD_REGION, .values = values, .value_count = 4};
    struct answer answer = make_answer("");

    (void)state;
    answer.facets = &facet;
    answer.facet_count = 1;
    json_t *json = first_facet(&answer);
    assert_int_equal(json_array_size(json_object_get(json, "values")), 1);
    json_decref(json);
    question_clear(&answer.question);
}

static void test_toggles(void **state)
{
    struct facet_value values[] = {
        {.value = "jnim", .label = "JNIM", .reports = 9, .selected = true},
        {.value = "isgs", .label = "ISGS", .reports = 4},
        {.value = "wagner-group", .label = "Wagner Group", .excluded = true},
    };
    struct facet facet = {.field = FIELD_ACTOR, .values = values, .value_count = 3};
    struct answer answer = make_answer("q=x&actor=jnim&-actor=wagner-group&page=3");

    (void)state;
    answer.facets = &facet;
    answer.facet_count = 1;
    json_t *json = first_facet(&answer);
    json_t *list = json_object_get(json, "values");
    const json_t *jnim = json_array_get(list, 0), *isgs = json_array_get(list, 1),
                 *wagner = json_array_get(list, 2);
    /* Every link begins at the first page again. */
    assert_string_equal(text_at(jnim, "href"), "/search?q=x&-actor=wagner-group");
    assert_true(json_is_null(json_object_get(jnim, "exclude_href")));
    assert_string_equal(text_at(isgs, "href"),
                        "/search?q=x&actor=isgs&actor=jnim&-actor=wagner-group");
    assert_string_equal(text_at(isgs, "exclude_href"),
                        "/search?q=x&actor=jnim&-actor=isgs&-actor=wagner-group");
    assert_string_equal(text_at(wagner, "href"), "/search?q=x&actor=jnim");
    json_decref(json);
    question_clear(&answer.question);
}

static void test_histogram(void **state)
{
    struct bucket buckets[] = {
        {.from = day_from_civil(2023, 10, 1), .to = day_from_civil(2023, 10, 31), .reports = 1000},
        {.from = day_from_civil(2023, 11, 1), .to = day_from_civil(2023, 11, 30), .reports = 0},
        {.from = day_from_civil(2023, 12, 1), .to = day_from_civil(2023, 12, 31), .reports = 1},
    };
    struct answer answer = make_answer("q=x&page=2");
    struct view view = {0};

    (void)state;
    answer.dates = (struct histogram){
        .interval = interval_find("month"), .buckets = buckets, .bucket_count = 3, .undated = 4};
    json_t *json = facet_histogram(&view, &answer);
    assert_false(view.failed);
    json_t *bars = json_object_get(json, "bars");
    assert_int_equal(json_array_size(bars), 3);
    const json_t *october = json_array_get(bars, 0), *november = json_array_get(bars, 1),
                 *december = json_array_get(bars, 2);
    assert_string_equal(text_at(october, "label"), "October 2023");
    assert_string_equal(text_at(october, "count"), "1,000");
    assert_string_equal(text_at(october, "href"), "/search?q=x&from=2023-10-01&to=2023-10-31");
    assert_int_equal(json_integer_value(json_object_get(october, "height")), 100);
    assert_true(json_is_null(json_object_get(november, "href")));
    assert_int_equal(json_integer_value(json_object_get(november, "height")), 0);
    /* One report among a thousand is still seen. */
    assert_int_equal(json_integer_value(json_object_get(december, "height")), 1);
    assert_int_equal(json_integer_value(json_object_get(december, "y")), 99);
    assert_string_equal(text_at(json, "undated"), "4");
    assert_int_equal(json_array_size(json_object_get(json, "intervals")), INTERVAL_COUNT);
    json_decref(json);

    answer.dates.bucket_count = 0;
    assert_true(json_is_false(facet_histogram(&view, &answer)));
    question_clear(&answer.question);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_report_address),
        cmocka_unit_test(test_failed_view),
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_regions_as_a_tree),
        cmocka_unit_test(test_regions_in_a_circle),
        cmocka_unit_test(test_toggles),
        cmocka_unit_test(test_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
