#include "search/query_dates.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "schema/buffer.h"

#define WORDS_MAX 4u

/* A piece of the text, at most four words of it, in ASCII lower case. */
struct words {
    char text[WORDS_MAX][16];
    size_t count;
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* False where there are more words, or longer ones, than any form has. */
static bool split(const char *text, size_t size, struct words *out)
{
    out->count = 0;
    for (size_t at = 0; at < size;) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        size_t length = 0;
        if (out->count == WORDS_MAX)
            return false;
        char *word = out->text[out->count++];
        for (; at < size && !is_space(text[at]); at++) {
            if (length + 1 == sizeof out->text[0])
                return false;
            char c = text[at];
            word[length++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        }
        word[length] = '\0';
    }
    return true;
}

/* Exactly 'digits' digits from 'text' on; -1 for anything else. */
static int read_digits(const char *text, size_t digits)
{
    int number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* All of a word as a number of one to five digits; -1 for anything else. */
static int read_number(const char *word)
{
    size_t size = strlen(word);
    return size >= 1 && size <= 5 ? read_digits(word, size) : -1;
}

static unsigned read_month(const char *word)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    size_t size = strlen(word);
    for (unsigned i = 0; i < ARRAY_LEN(months); i++)
        if (strcmp(word, months[i]) == 0 || (size == 3 && memcmp(word, months[i], 3) == 0))
            return i + 1;
    return 0;
}

static bool whole(day_t first, enum interval_id interval, day_t *from, day_t *to)
{
    if (first == DAY_NONE)
        return false;
    int year;
    unsigned month, day;
    day_to_civil(first, &year, &month, &day);
    *from = first;
    if (interval == INTERVAL_DAY)
        *to = first;
    else if (interval == INTERVAL_YEAR || month == 12)
        *to = day_from_civil(year, 12, 31);
    else
        *to = day_from_civil(year, month + 1, 1) - 1;
    return true;
}

/* 2023, 2023-11, 2023-11-15 */
static bool read_numeric(const char *word, day_t *from, day_t *to)
{
    size_t size = strlen(word);
    if (size != 4 && size != 7 && size != 10)
        return false;
    int year = read_digits(word, 4);
    int month = size < 7 ? 1 : word[4] != '-' ? -1 : read_digits(word + 5, 2);
    int day = size < 10 ? 1 : word[7] != '-' ? -1 : read_digits(word + 8, 2);
    if (year < 0 || month < 0 || day < 0)
        return false;
    enum interval_id interval = size == 4   ? INTERVAL_YEAR
                                : size == 7 ? INTERVAL_MONTH
                                            : INTERVAL_DAY;
    return whole(day_from_civil(year, (unsigned)month, (unsigned)day), interval, from, to);
}

/* A period in words[first...]. */
static bool read_period(const struct words *words, size_t first, day_t *from, day_t *to)
{
    size_t count = words->count - first;
    const char(*word)[16] = words->text + first;
    if (count == 1)
        return read_numeric(word[0], from, to);
    if (count != 2 && count != 3)
        return false;
    unsigned month = read_month(word[count - 2]);
    int day = count == 3 && strlen(word[0]) <= 2 ? read_number(word[0]) : 1;
    if (month == 0 || strlen(word[count - 1]) != 4 || (count == 3 && strlen(word[0]) > 2) ||
        day < 1)
        return false;
    int year = read_digits(word[count - 1], 4);
    return whole(day_from_civil(year, month, (unsigned)day),
                 count == 3 ? INTERVAL_DAY : INTERVAL_MONTH, from, to);
}

/* The day after the same day of the month 'months' earlier, so that the span up to today is
 * that many months long. */
static day_t months_before(day_t today, int months)
{
    int year;
    unsigned month, day;
    day_to_civil(today, &year, &month, &day);
    int total = year * 12 + (int)month - 1 - months;
    if (total < 12)
        return DAY_MIN;
    day_t same = DAY_NONE;
    for (; same == DAY_NONE; day--) /* no 31 November: the last day there is */
        same = day_from_civil(total / 12, (unsigned)(total % 12) + 1, day);
    return same + 1;
}

/* last [N] days, weeks, months, years */
static bool read_last(const struct words *words, day_t today, day_t *from, day_t *to)
{
    static const struct {
        const char *name;
        int days, months;
    } units[] = {{"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"year", 0, 12}};
    if (words->count < 2 || words->count > 3 || strcmp(words->text[0], "last") != 0)
        return false;
    int number = words->count == 3 ? read_number(words->text[1]) : 1;
    const char *unit = words->text[words->count - 1];
    for (size_t i = 0; i < ARRAY_LEN(units) && number > 0; i++) {
        size_t size = strlen(units[i].name);
        if (strncmp(unit, units[i].name, size) != 0 ||
            (unit[size] != '\0' && strcmp(unit + size, "s") != 0))
            continue;
        int days = number * units[i].days;
        if (units[i].months > 0)
            *from = months_before(today, number * units[i].months);
        else
            *from = today - DAY_MIN < days ? DAY_MIN : today - days + 1;
        *to = today;
        return true;
    }
    return false;
}

/* FROM..TO, either of which may be missing, not both. */
static bool read_range(const char *text, size_t size, size_t dots, day_t *from, day_t *to,
                       bool *reversed)
{
    struct words left, right;
    day_t first = DAY_NONE, first_end = DAY_NONE, last_begin = DAY_NONE, last = DAY_NONE;
    if (!split(text, dots, &left) || !split(text + dots + 2, size - dots - 2, &right) ||
        left.count + right.count == 0 ||
        (left.count > 0 && !read_period(&left, 0, &first, &first_end)) ||
        (right.count > 0 && !read_period(&right, 0, &last_begin, &last)))
        return false;
    *reversed = first != DAY_NONE && last != DAY_NONE && first > last;
    *from = *reversed ? last_begin : first;
    *to = *reversed ? first_end : last;
    return true;
}

bool dates_read_period(const char *text, size_t size, day_t *from, day_t *to)
{
    struct words words;
    return split(text, size, &words) && read_period(&words, 0, from, to);
}

bool dates_read(const char *text, size_t size, day_t today, day_t *from, day_t *to, bool *reversed)
{
    for (size_t i = 0; i + 1 < size; i++)
        if (text[i] == '.' && text[i + 1] == '.')
            return read_range(text, size, i, from, to, reversed);
    struct words words;
    if (!split(text, size, &words) || words.count == 0)
        return false;
    *reversed = false;
    if (read_period(&words, 0, from, to) || read_last(&words, today, from, to))
        return true;
    bool since = strcmp(words.text[0], "since") == 0, until = strcmp(words.text[0], "until") == 0;
    day_t first, last;
    if ((!since && !until) || words.count < 2 || !read_period(&words, 1, &first, &last))
        return false;
    *from = since ? first : DAY_NONE;
    *to = until ? last : DAY_NONE;
    return true;
}

char *dates_format(day_t from, day_t to, char out[DATES_TEXT_ROOM])
{
    char first[DAY_TEXT_ROOM], last[DAY_TEXT_ROOM];
    day_format(from, first);
    day_format(to, last);
    day_t begin, end;
    snprintf(out, DATES_TEXT_ROOM, "%s..%s", first, last);
    if (from == DAY_NONE || to == DAY_NONE)
        return out;
    static const size_t sizes[] = {4, 7, 10}; /* the year, the month, the day */
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (dates_read_period(first, sizes[i], &begin, &end) && begin == from && end == to) {
            snprintf(out, DATES_TEXT_ROOM, "%.*s", (int)sizes[i], first);
            break;
        }
    }
    return out;
}
