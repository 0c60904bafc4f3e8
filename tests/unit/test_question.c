/* Parameters: the table, the strictness, and the query string that goes both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/question.h"

static struct question fresh(void)
{
    struct question question;
    assert_true(question_init(&question, NULL));
    return question;
}

static void set(struct question *question, const char *name, const char *value)
{
    struct error err = {0};
    if (!question_set(question, name, value, &err))
        fail_msg("%s=%s: %s", name, value, err.text);
}

/* Setting it fails, names the parameter, and changes nothing. */
static void assert_refused(const char *name, const char *value, enum error_code code)
{
    struct question question = fresh();
    struct error err = {0};
    set(&question, "q", "before");
    char *before = question_url(&question);
    if (question_set(&question, name, value, &err))
        fail_msg("%s=%s was taken", name, value);
    assert_int_equal(err.code, code);
    assert_string_equal(err.where, name);
    char *after = question_url(&question);
    assert_string_equal(before, after);
    free(before);
    free(after);
    question_clear(&question);
}

static bool parse(const char *text, struct question *question, struct error *err)
{
    return question_parse_url(text, strlen(text), question, err);
}

/* The canonical form of a query string. */
static void assert_canonical(const char *text, const char *canonical)
{
    struct question question = fresh();
    struct error err = {0};
    if (!parse(text, &question, &err) || !question_check(&question, &err))
        fail_msg("%s: %s", text, err.text);
    char *url = question_url(&question);
    assert_string_equal(url, canonical);
    free(url);
    question_clear(&question);
}

static void assert_url_refused(const char *text, size_t size, enum error_code code,
                               const char *where)
{
    struct question question = fresh();
    struct error err = {0};
    if (question_parse_url(text, size, &question, &err) && question_check(&question, &err))
        fail_msg("%s was taken", text);
    assert_int_equal(err.code, code);
    assert_string_equal(err.where, where);
    question_clear(&question);
}

/* ---- the table --------------------------------------------------------------- */

static void every_boolean_field_has_its_two_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].kind != FIELD_BOOLEAN)
            continue;
        char minus[32];
        snprintf(minus, sizeof minus, "-%s", fields[i].name);
        struct question question = fresh();
        set(&question, fields[i].name, "one");
        set(&question, minus, "two");
        assert_true(question_has_filter(&question, fields[i].id, false, "one"));
        assert_true(question_has_filter(&question, fields[i].id, true, "two"));
        assert_int_equal(question.filter_count, 2);
        question_clear(&question);
    }
}

static void every_parameter_takes_its_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < question_parameter_count; i++) {
        const struct question_parameter *parameter = &question_parameters[i];
        struct question question = fresh();
        assert_ptr_equal(question_parameter_find(parameter->name), parameter);
        assert_true(strlen(parameter->help) > 10);
        set(&question, parameter->name, parameter->example);
        char *url = question_url(&question);
        assert_true(strncmp(url, parameter->name, strlen(parameter->name)) == 0);
        free(url);
        question_clear(&question);
    }
}

static void unknown_parameters_are_named_with_those_there_are(void **state)
{
    (void)state;
    static const char *const names[] = {"", "Q", "actors", "--actor", "q ", "date", "-from"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct question question = fresh();
        struct error err = {0};
        assert_false(question_set(&question, names[i], "x", &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_string_equal(err.where, names[i]);
        assert_non_null(strstr(err.text, "-region"));
        assert_non_null(strstr(err.text, "interval"));
        question_clear(&question);
    }
}

/* ---- values ------------------------------------------------------------------- */

static void defaults(void **state)
{
    (void)state;
    struct question question = fresh();
    assert_string_equal(question.q, "");
    assert_int_equal(question.first, 0);
    assert_int_equal(question.size, 10);
    assert_int_equal(question.from, DAY_NONE);
    assert_int_equal(question.to, DAY_NONE);
    assert_int_equal(question.match, MATCH_ALL);
    assert_false(question.sort_given);
    assert_null(question.interval);
    assert_true(question_check(&question, NULL));
    char *url = question_url(&question);
    assert_string_equal(url, "");
    free(url);
    question_clear(&question);
}

static void numbers_are_strict(void **state)
{
    (void)state;
    static const char *const names[] = {"page", "size", "facet_size"};
    static const char *const bad[] = {"",    "0",    "00",   "-1", "+1", " 1",   "1 ",
                                      "1.0", "1e3",  "0x10", "x",  "1x", "one",  "\xd9\xa1",
                                      "-0",  "1\n2", "NaN",  ",1", "1,", "null", "--1"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (size_t j = 0; j < ARRAY_LEN(bad); j++)
            assert_refused(names[i], bad[j], ERROR_USAGE);
    static const char *const large[] = {"10001", "4294967296", "9223372036854775808",
                                        "18446744073709551617",
                                        "99999999999999999999999999999999999999999999"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (size_t j = 0; j < ARRAY_LEN(large); j++)
            assert_refused(names[i], large[j], ERROR_LIMIT);
    assert_refused("size", "101", ERROR_LIMIT);
    assert_refused("facet_size", "1001", ERROR_LIMIT);
}

static void names_dates_and_texts_are_strict(void **state)
{
    (void)state;
    assert_refused("match", "some", ERROR_USAGE);
    assert_refused("match", "", ERROR_USAGE);
    assert_refused("sort", "Newest", ERROR_USAGE);
    assert_refused("interval", "decade", ERROR_USAGE);
    assert_refused("from", "yesterday", ERROR_USAGE);
    assert_refused("from", "2023-02-30", ERROR_USAGE);
    assert_refused("to", "2023..2024", ERROR_USAGE);
    assert_refused("to", "", ERROR_USAGE);
    assert_refused("actor", " \t ", ERROR_USAGE);
    assert_refused("q", "caf\xe9", ERROR_USAGE);
    assert_refused("actor", "\xed\xa0\x80", ERROR_USAGE);
    assert_refused("actor", "\xc0\xaf", ERROR_USAGE);
    static const size_t sizes[] = {LIMIT_REQUEST_BYTES + 1, 20000, 1 << 20};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char *long_text = calloc(sizes[i] + 1, 1);
        assert_non_null(long_text);
        memset(long_text, 'x', sizes[i]);
        assert_refused("q", long_text, ERROR_LIMIT);
        assert_refused("source", long_text, ERROR_LIMIT);
        memset(long_text, '(', sizes[i]);
        assert_refused("q", long_text, ERROR_LIMIT);
        free(long_text);
    }
}

static void months_and_years_are_whole(void **state)
{
    (void)state;
    struct question question = fresh();
    set(&question, "from", "2023-11");
    set(&question, "to", "2024");
    assert_int_equal(question.from, day_from_civil(2023, 11, 1));
    assert_int_equal(question.to, day_from_civil(2024, 12, 31));
    question_clear(&question);
}

static void page_and_size_come_in_any_order(void **state)
{
    (void)state;
    struct question question = fresh();
    set(&question, "page", "3");
    assert_int_equal(question.first, 20);
    set(&question, "size", "25");
    assert_int_equal(question.first, 50);
    assert_int_equal(question.size, 25);
    question_clear(&question);
    question = fresh();
    set(&question, "size", "25");
    set(&question, "page", "3");
    assert_int_equal(question.first, 50);
    question_clear(&question);
}

static void what_is_wrong_with_all_together(void **state)
{
    (void)state;
    static const struct {
        const char *url, *where;
        enum error_code code;
    } wrong[] = {
        {"q=a&q=b", "q", ERROR_USAGE},
        {"page=1&page=1", "page", ERROR_USAGE},
        {"from=2024&to=2023", "from", ERROR_USAGE},
        {"page=101&size=100", "page", ERROR_LIMIT},
        {"page=1001", "page", ERROR_LIMIT},
        {"page=10000&size=100", "page", ERROR_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_url_refused(wrong[i].url, strlen(wrong[i].url), wrong[i].code, wrong[i].where);
    assert_canonical("page=1000", "page=1000");
    assert_canonical("size=100&page=100", "page=100&size=100");
    assert_canonical("from=2023-11-15&to=2023-11-15", "from=2023-11-15&to=2023-11-15");
}

/* ---- filters -------------------------------------------------------------------- */

static void filters_are_a_set(void **state)
{
    (void)state;
    struct question question = fresh();
    set(&question, "actor", "jnim");
    set(&question, "actor", " jnim ");
    set(&question, "-actor", "jnim");
    assert_int_equal(question.filter_count, 2);
    assert_true(question_has_filter(&question, FIELD_ACTOR, false, "jnim"));
    assert_false(question_has_filter(&question, FIELD_REGION, false, "jnim"));
    question_remove_filter(&question, FIELD_ACTOR, false, "isgs");
    assert_int_equal(question.filter_count, 2);
    question_remove_filter(&question, FIELD_ACTOR, false, "jnim");
    assert_int_equal(question.filter_count, 1);
    assert_true(question.filters[0].exclude);
    question_clear(&question);
}

static void filters_have_a_limit(void **state)
{
    (void)state;
    struct question question = fresh();
    struct error err = {0};
    char value[16];
    for (unsigned i = 0; i < LIMIT_FILTERS; i++) {
        snprintf(value, sizeof value, "%u", i);
        set(&question, "region", value);
    }
    set(&question, "region", "0");
    assert_false(question_set(&question, "actor", "jnim", &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_int_equal(question.filter_count, LIMIT_FILTERS);
    question_clear(&question);
}

static void copies_stand_alone(void **state)
{
    (void)state;
    struct question question = fresh(), copy;
    set(&question, "q", "peace");
    set(&question, "actor", "jnim");
    assert_true(question_copy(&question, &copy, NULL));
    set(&copy, "q", "war");
    set(&copy, "actor", "isgs");
    assert_true(question_check(&copy, NULL));
    assert_string_equal(question.q, "peace");
    assert_int_equal(question.filter_count, 1);
    question_clear(&copy);
    question_clear(&question);
}

/* ---- query strings ---------------------------------------------------------------- */

static void canonical_forms(void **state)
{
    (void)state;
    static const char *const forms[][2] = {
        {"", ""},
        {"&&&", ""},
        {"q=", ""},
        {"q", ""},
        {"q=&actor=&from=&page=&sort=&size=&match=&interval=", ""},
        {"q=peace+agreement", "q=peace+agreement"},
        {"q=peace%20agreement", "q=peace+agreement"},
        {"q=a%2Bb%26c%3Dd%25", "q=a%2Bb%26c%3Dd%25"},
        {"q=a=b", "q=a%3Db"},
        {"q=M%c3%a9naka", "q=M%C3%A9naka"},
        {"q=Ménaka", "q=M%C3%A9naka"},
        {"%71=x", "q=x"},
        {"%2Dactor=jnim", "-actor=jnim"},
        {"page=2&q=x", "q=x&page=2"},
        {"page=1&size=10&match=all&facet_size=10&names=on&facet.actor.sort=count", ""},
        {"facet.lang.sort=name&facet.actor.size=3&facet.actor.q=a+b&names=off",
         "names=off&facet.actor.q=a+b&facet.actor.size=3&facet.lang.sort=name"},
        {"actor=b&actor=a&actor=b", "actor=a&actor=b"},
        {"region=ML&actor=b&-actor=c&actor=a", "actor=a&actor=b&-actor=c&region=ML"},
        {"from=2023&to=2023-11", "from=2023-01-01&to=2023-11-30"},
        {"sort=newest&match=any&interval=week", "match=any&sort=newest&interval=week"},
        {"page=02", "page=2"},
        {"source=https://un.org/a?b", "source=https%3A%2F%2Fun.org%2Fa%3Fb"},
        {"q=~-._", "q=~-._"},
        {"q=%22x%27%3C%3E", "q=%22x%27%3C%3E"},
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        assert_canonical(forms[i][0], forms[i][1]);
}

static void broken_query_strings_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *url, *where;
    } broken[] = {
        {"q=%", "q"},
        {"q=%4", "q"},
        {"q=%zz", "q"},
        {"q=%4g", "q"},
        {"q=%00", "q"},
        {"q=a%00b", "q"},
        {"q=%ff", "q"},
        {"q=%c0%af", "q"},
        {"q=%ed%a0%80", "q"},
        {"q=\xff", "q"},
        {"actor=%e4%b8", "actor"},
        {"q%00=a", ""},
        {"%ff=a", ""},
        {"%zz=a", ""},
        {"nosuch=1", "nosuch"},
        {"nosuch=", "nosuch"},
        {"=x", ""},
        {"q=a;b=c&b=1", "b"},
    };
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        assert_url_refused(broken[i].url, strlen(broken[i].url), ERROR_USAGE, broken[i].where);
    assert_url_refused("q=a\0b", 5, ERROR_USAGE, "q");
    char *large = malloc(LIMIT_REQUEST_BYTES + 1);
    memset(large, '&', LIMIT_REQUEST_BYTES + 1);
    assert_url_refused(large, LIMIT_REQUEST_BYTES + 1, ERROR_LIMIT, "");
    free(large);
}

/* ---- both ways ---------------------------------------------------------------------- */

static uint64_t seed;

static size_t any(size_t below)
{
    seed ^= seed << 13; /* xorshift64 (Marsaglia) */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % below);
}

static void random_parameter(struct question *question)
{
    static const char *const texts[] = {"peace",  "a b",  "\"x\"", "a&b=c", "100%", "+",
                                        "Ménaka", "中国", "%41",   "\n",    "~",    "-"};
    static const char *const words[] = {
        "all", "any", "relevance", "newest", "oldest",     "day",     "week", "month", "year",
        "1",   "7",   "100",       "2023",   "2023-11-15", "2024-02", "1000", "50"};
    const char *name = question_parameters[any(question_parameter_count)].name;
    const char *value = any(3) ? words[any(ARRAY_LEN(words))] : texts[any(ARRAY_LEN(texts))];
    question_set(question, name, value, NULL);
}

static bool is_same(const struct question *a, const struct question *b)
{
    bool same = strcmp(a->q, b->q) == 0 && a->filter_count == b->filter_count &&
                a->from == b->from && a->to == b->to && a->match == b->match &&
                a->sort == b->sort && a->sort_given == b->sort_given && a->first == b->first &&
                a->size == b->size && a->facet_size == b->facet_size && a->interval == b->interval;
    for (size_t i = 0; same && i < a->filter_count; i++) {
        const struct filter *filter = &a->filters[i];
        same = question_has_filter(b, filter->field, filter->exclude, filter->value);
    }
    return same;
}

static void random_questions_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        struct question question = fresh(), again = fresh();
        struct error err = {0};
        for (size_t count = any(12); count > 0; count--)
            random_parameter(&question);
        char *url = question_url(&question);
        if (!question_parse_url(url, strlen(url), &again, &err) || !is_same(&question, &again))
            fail_msg("%s: %s", url, err.text);
        char *second = question_url(&again);
        assert_string_equal(url, second);
        free(url);
        free(second);
        question_clear(&question);
        question_clear(&again);
    }
}

int main(void)
{
    const char *given = getenv("SITREP_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    printf("SITREP_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_boolean_field_has_its_two_parameters),
        cmocka_unit_test(every_parameter_takes_its_example),
        cmocka_unit_test(unknown_parameters_are_named_with_those_there_are),
        cmocka_unit_test(defaults),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(names_dates_and_texts_are_strict),
        cmocka_unit_test(months_and_years_are_whole),
        cmocka_unit_test(page_and_size_come_in_any_order),
        cmocka_unit_test(what_is_wrong_with_all_together),
        cmocka_unit_test(filters_are_a_set),
        cmocka_unit_test(filters_have_a_limit),
        cmocka_unit_test(copies_stand_alone),
        cmocka_unit_test(canonical_forms),
        cmocka_unit_test(broken_query_strings_are_refused),
        cmocka_unit_test(random_questions_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
