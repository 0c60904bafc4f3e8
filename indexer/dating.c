#include "indexer/dating.h"

#include <ctype.h>
#include <string.h>

#include "indexer/date_forms.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

#define DATELINE_BYTES 300
#define DATELINE_WORDS 24 /* cut of the text */
#define PLACE_WORDS    10 /* before the date */

/* Words of the first paragraph of a text. */
static uint32_t cut(const char *text, size_t size, struct word words[DATELINE_WORDS])
{
    struct tokenizer tokenizer;
    struct token token;
    uint32_t count = 0;
    tokenizer_start(&tokenizer, text, text_cut(text, size, DATELINE_BYTES));
    while (count < DATELINE_WORDS && tokenizer_next(&tokenizer, &token)) {
        if (count > 0 && token.flags & TOKEN_PARAGRAPH)
            break;
        words[count++] = (struct word){.begin = (uint32_t)token.begin,
                                       .end = (uint32_t)token.end,
                                       .flags = (uint16_t)token.flags};
    }
    tokenizer_end(&tokenizer);
    return count;
}

/* What a dateline ends with: "(Reuters)", a dash, a colon, the end of the line. */
static bool ends_dateline(const char *text, size_t size, size_t at)
{
    static const char *const ends[] = {"(", "-", "_", ":", "|", "\n", "\u2013", "\u2014", "/"};
    while (at < size && strchr(" \t\r.,", text[at]) && text[at])
        at++;
    if (at == size)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (size - at >= strlen(ends[i]) && memcmp(text + at, ends[i], strlen(ends[i])) == 0)
            return true;
    return false;
}

/* A place in capitals may stand before the date, and nothing else. */
static bool read_dateline(const char *text, size_t size, struct date_form *out)
{
    struct word words[DATELINE_WORDS];
    const struct date_text cut_text = {text, size, words, cut(text, size, words)};
    date_words_prepare();
    for (uint32_t i = 0; i < cut_text.count && i <= PLACE_WORDS; i++) {
        if (date_form_read(&cut_text, i, out) && out->day)
            return out->more == 0 && ends_dateline(text, size, words[out->last - 1].end);
        bool is_small = words[i].end - words[i].begin <= 3 && i > 0;
        if (!date_is_capital(&cut_text, i) && !is_small)
            return false;
    }
    return false;
}

/* Digits at 'text', exactly 'count' of them; -1 for others. */
static int read_digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* A date at the start of 'text': 2023-11-15, 20231115, 2023-11 or 2023. */
static bool read_date(const char *text, struct date_anchor *out)
{
    int year = read_digits(text, 4), month = -1, day = -1;
    if (year < 1900 || year > 2100)
        return false;
    size_t parted = text[4] && strchr("-_.", text[4]) ? 1 : 0, at = 4 + parted;
    month = read_digits(text + at, 2);
    if (month >= 1) {
        bool same_mark = !parted || text[at + 2] == text[4];
        day = same_mark ? read_digits(text + at + 2 + parted, 2) : -1;
        at += day < 0 ? 2 : 4 + parted;
    }
    if (month < 1 || (day < 0 && !parted)) { /* what follows a year may be a number */
        at = 4;
        month = -1;
    }
    if (isdigit((unsigned char)text[at]) || (month < 0 && isalnum((unsigned char)text[at])))
        return false;
    day_t found =
        day_from_civil(year, month < 0 ? 1 : (unsigned)month, day < 0 ? 1 : (unsigned)day);
    if (found == DAY_NONE)
        return false;
    *out = (struct date_anchor){found, day >= 0     ? PRECISION_DAY
                                       : month >= 0 ? PRECISION_MONTH
                                                    : PRECISION_YEAR};
    return true;
}

/* Days count anywhere in a name, months and years at its start. */
static bool read_name(const char *path, struct date_anchor *out)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct date_anchor found;
    for (const char *at = name; *at; at++)
        if (isdigit((unsigned char)*at) && (at == name || !isalnum((unsigned char)at[-1])) &&
            read_date(at, &found) && (at == name || found.precision == PRECISION_DAY)) {
            *out = found;
            return true;
        }
    return false;
}

static int year_of(day_t date)
{
    int year;
    unsigned month, day;
    day_to_civil(date, &year, &month, &day);
    return year;
}

bool dating_find(const char *path, const char *text, size_t size, struct date_anchor *out)
{
    struct date_form form;
    struct date_anchor name;
    bool has_name = path && read_name(path, &name);
    if (read_dateline(text, size, &form)) {
        bool can_lend = has_name && name.precision == PRECISION_YEAR && !form.year;
        int year = can_lend ? year_of(name.day) : form.year;
        day_t day = year ? day_from_civil(year, form.month, form.day) : DAY_NONE;
        if (day != DAY_NONE) {
            *out = (struct date_anchor){day, PRECISION_DAY};
            return true;
        }
    }
    if (has_name)
        *out = name;
    return has_name;
}
