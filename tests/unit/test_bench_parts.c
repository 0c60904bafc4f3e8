/* The parts that benches share: question files, report lines, times. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench/question_file.h"
#include "bench/report_lines.h"
#include "bench/samples.h"

static void test_a_question_has_six_columns(void **state)
{
    struct asked asked;
    struct error err = {0};
    (void)state;
    assert_true(
        question_file_parse("filters\tall\tbo dru\tjnim\t2021-03-01\t-", "line", &asked, &err));
    assert_string_equal(asked.class, "filters");
    assert_string_equal(asked.match, "all");
    assert_string_equal(asked.words, "bo dru");
    assert_string_equal(asked.actor, "jnim");
    assert_int_equal(asked.from, day_from_civil(2021, 3, 1));
    assert_int_equal(asked.to, DAY_NONE);
    question_file_clear_line(&asked);
}

static void test_another_form_is_refused(void **state)
{
    static const char *const lines[] = {"",
                                        "phrase\tphrase\tbo dru\t-\t-",
                                        "phrase\tphrase\tbo dru\t-\t-\t-\t-",
                                        "x\tsome\tbo\t-\t-\t-",
                                        "x\tall\tbo\t-\t2021-02-30\t-",
                                        "\tall\tbo\t-\t-\t-"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct asked asked;
        struct error err = {0};
        assert_false(question_file_parse(lines[i], "FILE:7", &asked, &err));
        assert_int_equal(err.code, ERROR_DATA);
        assert_string_equal(err.where, "FILE:7");
    }
}

static void test_shares_are_by_nearest_rank(void **state)
{
    struct samples samples = {0};
    (void)state;
    assert_true(samples_at(&samples, .5) == 0);
    for (int i = 100; i > 0; i--)
        assert_true(samples_add(&samples, i));
    assert_true(samples_at(&samples, .5) == 50);
    assert_true(samples_at(&samples, .99) == 99);
    assert_true(samples_at(&samples, 1) == 100);
    samples_clear(&samples);
    samples_add(&samples, 2);
    samples_add(&samples, 8);
    assert_true(fabs(samples_geometric_mean(&samples) - 4) < 1e-12);
    samples_clear(&samples);
}

static void test_values_have_numbers(void **state)
{
    struct value_list values = {0};
    (void)state;
    assert_int_equal(value_list_number(&values, "jnim"), 1);
    assert_int_equal(value_list_number(&values, "isgs"), 2);
    assert_int_equal(value_list_number(&values, "jnim"), 1);
    assert_int_equal(values.count, 2);
    assert_string_equal(value_list_at(&values, 2), "isgs");
    assert_string_equal(value_list_at(&values, 3), "");
    value_list_clear(&values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_question_has_six_columns),
        cmocka_unit_test(test_another_form_is_refused),
        cmocka_unit_test(test_shares_are_by_nearest_rank),
        cmocka_unit_test(test_values_have_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
