#include "schema/day.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "schema/buffer.h"

static const char *const month_names[12] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};

/* Howard Hinnant's days_from_civil and civil_from_days ("chrono-Compatible Low-Level Date
 * Algorithms"): years begin in March and eras are 400 years, so that leap days come last. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void day_to_civil(day_t day, int *year, unsigned *month, unsigned *day_of_month)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day_of_month = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

day_t day_from_civil(int year, unsigned month, unsigned day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return DAY_NONE;
    day_t result = (day_t)days_from_civil(year, month, day);
    int same_year;
    unsigned same_month, same_day;
    day_to_civil(result, &same_year, &same_month, &same_day);
    return same_month == month ? result : DAY_NONE;
}

unsigned day_of_week(day_t day)
{
    int64_t monday_based = ((int64_t)day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (unsigned)(monday_based < 0 ? monday_based + 7 : monday_based);
}

/* 'count' digits, or -1. */
static int read_digits(const char *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

static void write_digits(char *out, unsigned number, size_t count)
{
    while (count-- > 0) {
        out[count] = (char)('0' + number % 10);
        number /= 10;
    }
}

static day_t from_parts(int year, int month, int day)
{
    if (year < 0 || month < 0 || day < 0)
        return DAY_NONE;
    return day_from_civil(year, (unsigned)month, (unsigned)day);
}

static bool is_day(day_t day)
{
    return day >= DAY_MIN && day <= DAY_MAX;
}

day_t day_parse(const char *text, size_t size)
{
    if (size != 10 || text[4] != '-' || text[7] != '-')
        return DAY_NONE;
    return from_parts(read_digits(text, 4), read_digits(text + 5, 2), read_digits(text + 8, 2));
}

char *day_format(day_t day, char out[DAY_TEXT_ROOM])
{
    out[0] = '\0';
    if (is_day(day)) {
        int year;
        unsigned month, day_of_month;
        day_to_civil(day, &year, &month, &day_of_month);
        write_digits(out, (unsigned)year, 4);
        out[4] = out[7] = '-';
        write_digits(out + 5, month, 2);
        write_digits(out + 8, day_of_month, 2);
        out[10] = '\0';
    }
    return out;
}

const char *const precision_names[PRECISION_COUNT] = {
    [PRECISION_DAY] = "day", [PRECISION_MONTH] = "month", [PRECISION_YEAR] = "year"};

char *day_format_to(day_t day, enum precision precision, char out[DAY_TEXT_ROOM])
{
    static const size_t sizes[] = {
        [PRECISION_DAY] = 10, [PRECISION_MONTH] = 7, [PRECISION_YEAR] = 4};
    day_format(day, out);
    if (out[0])
        out[sizes[precision]] = '\0';
    return out;
}

day_t day_today(void)
{
    time_t now = time(NULL);
    return (day_t)(now / 86400 - (now % 86400 < 0));
}

char *day_to_value(day_t day, char out[DAY_VALUE_ROOM])
{
    out[0] = '\0';
    if (is_day(day)) {
        int year;
        unsigned month, day_of_month;
        day_to_civil(day, &year, &month, &day_of_month);
        write_digits(out, (unsigned)year, 4);
        write_digits(out + 4, month, 2);
        write_digits(out + 6, day_of_month, 2);
        out[8] = '\0';
    }
    return out;
}

day_t day_from_value(const char *bytes, size_t size)
{
    if (size != 8)
        return DAY_NONE;
    return from_parts(read_digits(bytes, 4), read_digits(bytes + 4, 2), read_digits(bytes + 6, 2));
}

/* ---- loose forms ---------------------------------------------------------- */

/* Y is a year of four digits, M and D one or two digits, m and d exactly two, N the name of a
 * month or its first three letters or more, a blank any run of blanks, commas, dots and
 * hyphens; another character is itself. Slashes after a day are not read: 3/4 is two days. */
static const char *const loose_forms[] = {
    "Y-M-D", "Y/M/D", "Y.M.D", "Ymd", "D.M.Y", "D N Y", "N D Y", "Y N D",
};

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '.' || c == '-';
}

static size_t count_letters(const char *text, size_t size)
{
    size_t count = 0;
    while (count < size && ((text[count] | 0x20) >= 'a' && (text[count] | 0x20) <= 'z'))
        count++;
    return count;
}

/* Reads a number of 'least' to 'most' digits, not followed by another digit unless the form
 * says how many there are. Returns the digits used, or 0. */
static size_t read_number(const char *text, size_t size, size_t least, size_t most, int *out)
{
    size_t used = 0;
    while (used < size && used < most && text[used] >= '0' && text[used] <= '9')
        used++;
    if (used < least)
        return 0;
    *out = read_digits(text, used);
    return used;
}

/* A name or its first three letters or more ("Sept"), in any case. Returns the bytes used; 0
 * where none of the names stands there. */
static size_t read_name(const char *const *names, size_t count, const char *text, size_t size,
                        int *number)
{
    size_t letters = count_letters(text, size);
    for (size_t i = 0; letters >= 3 && i < count; i++)
        if (strncasecmp(text, names[i], letters) == 0) {
            *number = (int)i + 1;
            return letters;
        }
    return 0;
}

/* What may follow a date: nothing, or a time of the day, with a zone or not. */
static bool is_time(const char *text, size_t size)
{
    if (size == 0)
        return true;
    size_t at = 0;
    if (text[0] == 'T' || text[0] == 't')
        at++;
    else
        while (at < size && is_gap(text[at]))
            at++;
    if (at == size)
        return true;
    int hour, minute;
    size_t used = read_number(text + at, size - at, 1, 2, &hour);
    if (at == 0 || used == 0 || hour > 24)
        return false;
    at += used;
    if (at < size && text[at] == ':')
        at++;
    return read_number(text + at, size - at, 2, 2, &minute) == 2 && minute < 60 && size <= 40;
}

/* One part of a form. Returns the bytes used; 0 where the text does not fit. */
static size_t read_part(char part, const char *text, size_t size, int *year, int *month, int *day)
{
    size_t used = 0;
    switch (part) {
    case 'Y':
        return read_number(text, size, 4, 4, year);
    case 'M':
        return read_number(text, size, 1, 2, month);
    case 'm':
        return read_number(text, size, 2, 2, month);
    case 'd':
        return read_number(text, size, 2, 2, day);
    case 'N':
        return read_name(month_names, ARRAY_LEN(month_names), text, size, month);
    case 'D':
        used = read_number(text, size, 1, 2, day);
        if (used > 0 && count_letters(text + used, size - used) == 2) { /* 15th */
            static const char *const ordinals[] = {"st", "nd", "rd", "th"};
            for (size_t i = 0; i < ARRAY_LEN(ordinals); i++)
                if (strncasecmp(text + used, ordinals[i], 2) == 0)
                    return used + 2;
        }
        return used;
    case ' ':
        while (used < size && is_gap(text[used]))
            used++;
        return used;
    default:
        return size > 0 && text[0] == part ? 1 : 0;
    }
}

static day_t parse_form(const char *form, const char *text, size_t size)
{
    int year = -1, month = -1, day = -1;
    size_t at = 0;
    for (; *form; form++) {
        size_t used = read_part(*form, text + at, size - at, &year, &month, &day);
        if (used == 0)
            return DAY_NONE;
        at += used;
    }
    return is_time(text + at, size - at) ? from_parts(year, month, day) : DAY_NONE;
}

/* Past a weekday at the start ("Wed, "). */
static size_t skip_weekday(const char *text, size_t size)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    int ignored;
    size_t at = read_name(names, ARRAY_LEN(names), text, size, &ignored);
    while (at > 0 && at < size && is_gap(text[at]))
        at++;
    return at;
}

day_t day_parse_loose(const char *text, size_t size)
{
    while (size > 0 && strchr(" \t\r\n", text[0])) {
        text++;
        size--;
    }
    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        size--;
    size_t weekday = skip_weekday(text, size);
    for (size_t i = 0; i < ARRAY_LEN(loose_forms); i++) {
        day_t day = parse_form(loose_forms[i], text + weekday, size - weekday);
        if (day != DAY_NONE)
            return day;
    }
    return DAY_NONE;
}

/* ---- intervals ------------------------------------------------------------ */

static day_t trunc_day(day_t day)
{
    return day;
}

static day_t next_day(day_t first)
{
    return first + 1;
}

static void label_day(day_t first, char out[32])
{
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    snprintf(out, 32, "%u %s %d", day, month_names[month - 1], year);
}

static day_t trunc_week(day_t day)
{
    return day - (day_t)day_of_week(day);
}

static day_t next_week(day_t first)
{
    return first + 7;
}

/* A week is of the year that its Thursday is in (ISO 8601). */
static void label_week(day_t first, char out[32])
{
    int year;
    unsigned month, day;
    day_t thursday = trunc_week(first) + 3;
    day_to_civil(thursday, &year, &month, &day);
    int64_t week = (thursday - days_from_civil(year, 1, 1)) / 7 + 1;
    snprintf(out, 32, "%04d-W%02d", year, (int)week);
}

static day_t trunc_month(day_t day)
{
    int year;
    unsigned month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return day - (day_t)(day_of_month - 1);
}

static day_t next_month(day_t first)
{
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    return (day_t)(month == 12 ? days_from_civil(year + 1, 1, 1)
                               : days_from_civil(year, month + 1, 1));
}

static void label_month(day_t first, char out[32])
{
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    snprintf(out, 32, "%s %d", month_names[month - 1], year);
}

static day_t trunc_year(day_t day)
{
    int year;
    unsigned month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    return (day_t)days_from_civil(year, 1, 1);
}

static day_t next_year(day_t first)
{
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    return (day_t)days_from_civil(year + 1, 1, 1);
}

static void label_year(day_t first, char out[32])
{
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    snprintf(out, 32, "%d", year);
}

const struct interval day_intervals[INTERVAL_COUNT] = {
    [INTERVAL_DAY] = {"day", trunc_day, next_day, label_day},
    [INTERVAL_WEEK] = {"week", trunc_week, next_week, label_week},
    [INTERVAL_MONTH] = {"month", trunc_month, next_month, label_month},
    [INTERVAL_YEAR] = {"year", trunc_year, next_year, label_year},
};

const struct interval *interval_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(day_intervals); i++)
        if (strcmp(day_intervals[i].name, name) == 0)
            return &day_intervals[i];
    return NULL;
}
