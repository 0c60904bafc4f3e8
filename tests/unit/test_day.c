#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/day.h"

static day_t parsed(const char *text)
{
    return day_parse(text, strlen(text));
}

static day_t loose(const char *text)
{
    /* A copy of the exact size, so that a sanitizer sees a read past the end. */
    size_t size = strlen(text);
    char *copy = malloc(size + 1);
    memcpy(copy, text, size);
    day_t day = day_parse_loose(copy, size);
    free(copy);
    return day;
}

/* Every day of ten millennia: the calendar counted up by hand is the oracle. */
static void calendar_is_right_from_year_1_to_9999(void **state)
{
    (void)state;
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    day_t expected = DAY_MIN;
    for (int year = 1; year <= 9999; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (unsigned month = 1; month <= 12; month++) {
            unsigned last = lengths[month - 1] + (is_leap && month == 2);
            for (unsigned day = 1; day <= last; day++, expected++) {
                if (day_from_civil(year, month, day) != expected)
                    fail_msg("%d-%u-%u", year, month, day);
                int y;
                unsigned m, d;
                day_to_civil(expected, &y, &m, &d);
                if (y != year || m != month || d != day)
                    fail_msg("day %d is not %d-%u-%u", expected, y, m, d);
            }
            assert_int_equal(day_from_civil(year, month, last + 1), DAY_NONE);
        }
    }
    assert_int_equal(expected, DAY_MAX + 1);
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
}

static void impossible_days(void **state)
{
    (void)state;
    assert_int_equal(day_from_civil(0, 1, 1), DAY_NONE);
    assert_int_equal(day_from_civil(10000, 1, 1), DAY_NONE);
    assert_int_equal(day_from_civil(-5, 1, 1), DAY_NONE);
    assert_int_equal(day_from_civil(2023, 0, 1), DAY_NONE);
    assert_int_equal(day_from_civil(2023, 13, 1), DAY_NONE);
    assert_int_equal(day_from_civil(2023, 1, 0), DAY_NONE);
    assert_int_equal(day_from_civil(2023, 2, 29), DAY_NONE);
    assert_int_equal(day_from_civil(1900, 2, 29), DAY_NONE);
    assert_int_not_equal(day_from_civil(2000, 2, 29), DAY_NONE);
    assert_int_equal(day_from_civil(2023, UINT32_MAX, UINT32_MAX), DAY_NONE);
}

static void iso_only(void **state)
{
    (void)state;
    assert_int_equal(parsed("2023-11-15"), day_from_civil(2023, 11, 15));
    assert_int_equal(parsed("1970-01-01"), 0);
    assert_int_equal(parsed("1969-12-31"), -1);
    static const char *const wrong[] = {"",           "2023-11-1",  "2023-11-155", "2023/11/15",
                                        "2023-02-30", "0000-01-01", "-023-11-15",  "2023-1a-15",
                                        "2023-11- 5", "+2023-1-1",  "20231115"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (parsed(wrong[i]) != DAY_NONE)
            fail_msg("'%s' is no day", wrong[i]);
}

static void loose_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *day;
    } rows[] = {
        {"2023-11-15", "2023-11-15"},
        {" 2023-11-15\r\n", "2023-11-15"},
        {"2023-11-15T23:59:59Z", "2023-11-15"},
        {"2023-11-15T23:59:59.123456+05:30", "2023-11-15"},
        {"2023-11-15 08:00", "2023-11-15"},
        {"2023-1-5", "2023-01-05"},
        {"2023/11/15", "2023-11-15"},
        {"20231115", "2023-11-15"},
        {"20231115T101500Z", "2023-11-15"},
        {"15.11.2023", "2023-11-15"},
        {"26-FEB-1987 15:01:01.79", "1987-02-26"},
        {"15 November 2023", "2023-11-15"},
        {"15th November, 2023", "2023-11-15"},
        {"1st May 2023", "2023-05-01"},
        {"November 15, 2023", "2023-11-15"},
        {"Nov. 15, 2023", "2023-11-15"},
        {"nov 15 2023", "2023-11-15"},
        {"Sept. 3, 2023", "2023-09-03"},
        {"Thurs. 2 Nov 2023", "2023-11-02"},
        {"Wed, 15 Nov 2023 10:00:00 GMT", "2023-11-15"},
        {"Wednesday, November 15, 2023", "2023-11-15"},
        {"2023 Nov 15", "2023-11-15"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[DAY_TEXT_ROOM];
        if (strcmp(day_format(loose(rows[i].text), text), rows[i].day) != 0)
            fail_msg("'%s' is '%s', not '%s'", rows[i].text, text, rows[i].day);
    }
}

static void what_is_no_day_at_all(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "   ",
        "yesterday",
        "3/4/2023",
        "03-04-2023",
        "2023-02-30",
        "2023-11",
        "Nov 2023",
        "31 June 2023",
        "2023111",
        "202311155",
        "15 Nov 23",
        "2023-11-15x",
        "2023-11-15 in Gao",
        "0-0-0",
        "99999-01-01",
        "2023-11-15T25:00",
        "2023-11-15T10:75",
        "2023-11-15T10:00 and some fifty more characters of text behind",
        "\xff\xfe",
        "Monday",
        "15thNovember",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (loose(wrong[i]) != DAY_NONE)
            fail_msg("'%s' is no day", wrong[i]);
}

static void text_and_value_return(void **state)
{
    (void)state;
    char text[DAY_TEXT_ROOM], value[DAY_VALUE_ROOM], before[DAY_VALUE_ROOM] = "";
    for (day_t day = DAY_MIN; day <= DAY_MAX; day += 97) {
        assert_int_equal(parsed(day_format(day, text)), day);
        assert_int_equal(day_from_value(day_to_value(day, value), 8), day);
        assert_true(strcmp(before, value) < 0);
        strcpy(before, value);
    }
    assert_string_equal(day_format(DAY_NONE, text), "");
    assert_string_equal(day_to_value(DAY_NONE, value), "");
    assert_string_equal(day_to_value(DAY_MAX + 1, value), "");
    assert_string_equal(day_to_value(DAY_MAX, value), "99991231");
    assert_int_equal(day_from_value("2023111", 7), DAY_NONE);
    assert_int_equal(day_from_value("20231301", 8), DAY_NONE);
    assert_int_equal(day_from_value("2023-1-1", 8), DAY_NONE);
}

static void weekdays(void **state)
{
    (void)state;
    assert_int_equal(day_of_week(parsed("2023-11-15")), 2);
    assert_int_equal(day_of_week(0), 3);
    assert_int_equal(day_of_week(DAY_MIN), 0);
    assert_int_equal(day_of_week(parsed("1969-12-28")), 6);
}

static void today_is_libcs_today(void **state)
{
    (void)state;
    char expected[DAY_TEXT_ROOM], text[DAY_TEXT_ROOM];
    time_t before, after;
    do {
        before = time(NULL) / 86400;
        time_t now = time(NULL);
        strftime(expected, sizeof expected, "%Y-%m-%d", gmtime(&now));
        day_format(day_today(), text);
        after = time(NULL) / 86400;
    } while (before != after);
    assert_string_equal(text, expected);
}

/* For every interval: a day lies in [trunc, next), and the next one starts where it ends. */
static void intervals_tile_the_calendar(void **state)
{
    (void)state;
    for (size_t i = 0; i < INTERVAL_COUNT; i++) {
        const struct interval *interval = &day_intervals[i];
        day_t first = interval->trunc(DAY_MIN);
        assert_int_equal(first, DAY_MIN);
        while (first <= DAY_MAX) {
            day_t next = interval->next(first);
            assert_true(next > first);
            assert_int_equal(interval->trunc(first), first);
            assert_int_equal(interval->trunc(next - 1), first);
            assert_int_equal(interval->trunc(first + (next - first) / 2), first);
            first = next;
        }
    }
}

static void interval_labels(void **state)
{
    (void)state;
    static const struct {
        const char *interval, *day, *label;
    } rows[] = {
        {"day", "2023-11-15", "15 November 2023"},
        {"month", "2023-11-15", "November 2023"},
        {"year", "2023-11-15", "2023"},
        {"week", "2023-11-15", "2023-W46"},
        {"week", "2021-01-01", "2020-W53"},
        {"week", "2024-12-30", "2025-W01"},
        {"week", "2016-01-03", "2015-W53"},
        {"week", "2018-12-31", "2019-W01"},
        {"month", "9999-12-31", "December 9999"},
        {"year", "0001-01-01", "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct interval *interval = interval_find(rows[i].interval);
        char label[32];
        interval->label(interval->trunc(parsed(rows[i].day)), label);
        assert_string_equal(label, rows[i].label);
    }
}

static void as_much_as_is_known(void **state)
{
    (void)state;
    char text[DAY_TEXT_ROOM];
    day_t day = day_from_civil(2020, 2, 29);
    assert_string_equal(day_format_to(day, PRECISION_DAY, text), "2020-02-29");
    assert_string_equal(day_format_to(day, PRECISION_MONTH, text), "2020-02");
    assert_string_equal(day_format_to(day, PRECISION_YEAR, text), "2020");
    assert_string_equal(day_format_to(DAY_MIN, PRECISION_YEAR, text), "0001");
    assert_string_equal(day_format_to(DAY_NONE, PRECISION_MONTH, text), "");
}

static void intervals_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(interval_find("month"), &day_intervals[INTERVAL_MONTH]);
    assert_null(interval_find("decade"));
    assert_null(interval_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_is_right_from_year_1_to_9999),
        cmocka_unit_test(impossible_days),
        cmocka_unit_test(iso_only),
        cmocka_unit_test(loose_forms),
        cmocka_unit_test(what_is_no_day_at_all),
        cmocka_unit_test(text_and_value_return),
        cmocka_unit_test(weekdays),
        cmocka_unit_test(today_is_libcs_today),
        cmocka_unit_test(intervals_tile_the_calendar),
        cmocka_unit_test(interval_labels),
        cmocka_unit_test(intervals_by_name),
        cmocka_unit_test(as_much_as_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
