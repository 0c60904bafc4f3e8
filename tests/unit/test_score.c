#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/score.h"

#define VOCABULARY "tests/cases/extraction/vocabulary"

struct all {
    struct vocabulary *vocabulary;
    struct extraction *extraction;
};

static int open_all(void **state)
{
    static struct all all;
    struct error err = {.code = ERROR_NONE};
    *state = &all;
    return vocabulary_open(VOCABULARY, &all.vocabulary, &err) &&
                   extraction_open(all.vocabulary, NULL, &all.extraction, &err)
               ? 0
               : -1;
}

static int close_all(void **state)
{
    struct all *all = *state;
    extraction_close(all->extraction);
    vocabulary_close(all->vocabulary);
    return 0;
}

static struct score *open_score(void **state)
{
    const struct all *all = *state;
    struct score *score;
    struct error err = {.code = ERROR_NONE};
    assert_true(score_open(all->extraction, all->vocabulary, &score, &err));
    return score;
}

/* The figures over gold lines, as one JSON object. */
static json_t *score_of(void **state, const char *const *lines, size_t count)
{
    struct score *score = open_score(state);
    struct error err = {.code = ERROR_NONE};
    json_t *out;
    for (size_t i = 0; i < count; i++)
        if (!score_add(score, lines[i], strlen(lines[i]), &err))
            fail_msg("%s: %s", lines[i], err.text);
    assert_true(score_json(score, &out, &err));
    score_close(score);
    return out;
}

static void expect_counts(const json_t *out, const char *field, json_int_t found, json_int_t extra,
                          json_int_t missed, json_int_t uncovered)
{
    const json_t *figures = json_object_get(json_object_get(out, "fields"), field);
    assert_non_null(figures);
    assert_int_equal(json_integer_value(json_object_get(figures, "found")), found);
    assert_int_equal(json_integer_value(json_object_get(figures, "extra")), extra);
    assert_int_equal(json_integer_value(json_object_get(figures, "missed")), missed);
    assert_int_equal(json_integer_value(json_object_get(figures, "not_covered")), uncovered);
}

static double real_of(const json_t *out, const char *field, const char *key)
{
    const json_t *figures = json_object_get(json_object_get(out, "fields"), field);
    return json_number_value(json_object_get(figures, key));
}

static bool lists(const json_t *out, const char *list, const char *field, const char *name)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(out, list), i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "field")), field) == 0 &&
            strcmp(json_string_value(json_object_get(entry, "name")), name) == 0)
            return true;
    }
    return false;
}

static void fields_are_compared(void **state)
{
    static const char *const lines[] = {
        "{\"id\": \"a\", \"date\": \"2023-11-15\", \"text\": \"JNIM attacked a convoy in Ansongo, "
        "Gao, Mali.\", \"country\": [\"Mali\"], \"admin1\": [\"Gao\"], \"place\": [\"Ansongo\"], "
        "\"actors\": [\"Group for the Support of Islam and Muslims\", \"Nobody's Army\"]}",
        "{\"text\": \"JNIM fought the Wagner Group in Mali and Niger in 2023.\", \"country\": "
        "[\"Mali\", \"Chad\"], \"actors\": [\"JNIM\"], \"place\": null}",
    };
    json_t *out = score_of(state, lines, 2);
    assert_int_equal(json_integer_value(json_object_get(out, "reports")), 2);
    expect_counts(out, "country", 2, 1, 1, 0);
    expect_counts(out, "admin1", 1, 0, 0, 0);
    expect_counts(out, "place", 1, 0, 0, 0);
    expect_counts(out, "actors", 2, 1, 1, 1);
    assert_true(fabs(real_of(out, "country", "precision") - 2.0 / 3) < 1e-3);
    assert_true(fabs(real_of(out, "country", "f1") - 2.0 / 3) < 1e-3);
    assert_true(fabs(real_of(out, "actors", "covered_recall") - 1) < 1e-9);
    const json_t *macro =
        json_object_get(json_object_get(json_object_get(out, "fields"), "country"), "macro");
    assert_true(fabs(json_number_value(json_object_get(macro, "recall")) - 0.75) < 1e-9);
    assert_true(lists(out, "not_covered", "actors", "Nobody's Army"));
    assert_true(lists(out, "worst", "country", "Chad as NE"));
    assert_true(lists(out, "worst", "actors", "wagner-group"));
    assert_null(json_object_get(json_object_get(out, "fields"), "dates"));
    json_decref(out);
}

static void names_have_the_forms_of_lists(void **state)
{
    static const char *const line =
        "{\"text\": \"JNIM and the UN met in Gao.\", \"actors\": [\"JNIM: Unknown Long Name\", "
        "\"United Nations (1945-)\", \"Unidentified Armed Group (Mali)\", \"Civilians (Mali)\", "
        "[\"Rebels of the Hills\", \"JNIM\"]], \"place\": [\"Gao - Third Quarter\"], "
        "\"admin1\": [\"Gao Region\"]}";
    json_t *out = score_of(state, &line, 1);
    expect_counts(out, "actors", 3, 0, 0, 0);
    expect_counts(out, "place", 1, 0, 0, 0);
    expect_counts(out, "admin1", 1, 0, 0, 0);
    json_decref(out);
}

/* An area of the gold country stands for a division, one around it does not. */
static void an_area_can_be_a_division(void **state)
{
    static const char *const lines[] = {
        "{\"text\": \"Talks in Azawad, Mali.\", \"country\": [\"Mali\"], \"admin1\": [\"Azawad\"]}",
        "{\"text\": \"Talks in Africa, Mali.\", \"country\": [\"Mali\"], \"admin1\": [\"Africa\"]}",
        "{\"text\": \"Talks in Azawad.\", \"admin1\": [\"Azawad\"]}",
    };
    json_t *out = score_of(state, lines, 3);
    expect_counts(out, "admin1", 1, 0, 2, 2);
    json_decref(out);
}

static void either_of_two_actors_will_do_and_a_part_is_no_error(void **state)
{
    static const char *const line =
        "{\"date\": \"2020-01-01\", \"text\": \"JNIM and ISGS.\", \"actors\": "
        "[\"Unheard Of and/or JNIM (Mali)\", \"Nobody/Islamic State: Unheard\"]}";
    json_t *out = score_of(state, &line, 1);
    expect_counts(out, "actors", 1, 0, 1, 0);
    json_decref(out);
}

static void only_described_actors_are_not_scored(void **state)
{
    static const char *const line = "{\"text\": \"JNIM.\", \"actors\": [\"Protesters (Mali)\"]}";
    json_t *out = score_of(state, &line, 1);
    assert_null(json_object_get(json_object_get(out, "fields"), "actors"));
    json_decref(out);
}

static void dates_are_compared_at_their_finest(void **state)
{
    static const char *const line =
        "{\"date\": \"2023-11-15\", \"text\": \"It was on 18 August 2020 and in March 2021, not in "
        "May 2019.\", \"dates\": [\"2020-08-18\", \"2021-03\", \"1999\"]}";
    json_t *out = score_of(state, &line, 1);
    expect_counts(out, "dates", 2, 1, 1, 0);
    assert_true(lists(out, "worst", "dates", "2019-05"));
    json_decref(out);
}

static void spans_are_compared_by_byte(void **state)
{
    /* An é of two bytes stands before. */
    static const char *const line =
        "{\"text\": \"\\u00e9t\\u00e9 in Gao and Ansongo\", \"toponyms\": [{\"start\": 9, \"end\": "
        "12, \"lat\": 16.27, \"lon\": -0.04}, {\"start\": 17, \"end\": 20}], \"organisations\": "
        "[]}";
    json_t *out = score_of(state, &line, 1);
    expect_counts(out, "toponyms", 1, 1, 1, 0);
    expect_counts(out, "organisations", 0, 0, 0, 0);
    const json_t *positions = json_object_get(out, "positions");
    assert_int_equal(json_integer_value(json_object_get(positions, "toponyms")), 1);
    assert_true(json_number_value(json_object_get(positions, "within_161_km")) > 0.99);
    assert_true(json_number_value(json_object_get(positions, "median_km")) < 161);
    assert_true(lists(out, "worst", "toponyms", "Ans"));
    json_decref(out);
}

static void the_text_form_says_the_same(void **state)
{
    struct score *score = open_score(state);
    struct error err = {.code = ERROR_NONE};
    struct buffer text = {.bytes = NULL};
    static const char *const line =
        "{\"text\": \"JNIM in Mali\", \"actors\": [\"JNIM\", \"The Unheard Of\"]}";
    assert_true(score_add(score, line, strlen(line), &err));
    assert_true(score_text(score, &text, &err));
    assert_non_null(strstr(text.bytes, "actors         precision 1.000  recall 0.500  F1 0.667"));
    assert_non_null(strstr(text.bytes, "1 not covered: recall of the others 1.000"));
    assert_non_null(strstr(text.bytes, "actors not covered: The Unheard Of"));
    buffer_free(&text);
    score_close(score);
}

static void bad_lines_are_told(void **state)
{
    static const struct {
        const char *line, *why;
    } cases[] = {
        {"[1]", "of another type"},
        {"{\"text\": ", "not a JSON object"},
        {"{\"id\": \"a\"}", "no \"text\""},
        {"{\"text\": \"x\", \"country\": \"Mali\"}", "\"country\" is not an array"},
        {"{\"text\": \"x\", \"actors\": [7]}", "item 1 of \"actors\""},
        {"{\"text\": \"x\", \"actors\": [[]]}", "item 1 of \"actors\""},
        {"{\"text\": \"x\", \"dates\": [\"2020\", \"May\"]}", "item 2 of \"dates\""},
        {"{\"text\": \"x\", \"date\": \"May\"}", "\"date\" is not"},
        {"{\"text\": \"abc\", \"toponyms\": [{\"start\": 1, \"end\": 4}]}", "item 1 of"},
        {"{\"text\": \"abc\", \"toponyms\": [{\"start\": 2, \"end\": 2}]}", "item 1 of"},
    };
    struct score *score = open_score(state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {.code = ERROR_NONE};
        assert_false(score_add(score, cases[i].line, strlen(cases[i].line), &err));
        assert_int_equal(err.code, ERROR_DATA);
        if (!strstr(err.text, cases[i].why))
            fail_msg("%s: %s", cases[i].line, err.text);
    }
    score_close(score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_compared),
        cmocka_unit_test(names_have_the_forms_of_lists),
        cmocka_unit_test(an_area_can_be_a_division),
        cmocka_unit_test(either_of_two_actors_will_do_and_a_part_is_no_error),
        cmocka_unit_test(only_described_actors_are_not_scored),
        cmocka_unit_test(dates_are_compared_at_their_finest),
        cmocka_unit_test(spans_are_compared_by_byte),
        cmocka_unit_test(the_text_form_says_the_same),
        cmocka_unit_test(bad_lines_are_told),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
