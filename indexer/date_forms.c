#include "indexer/date_forms.h"

#include <string.h>

#include "schema/tokenizer.h"

#define SENTENCE_REACH   12   /* words in which a sign of the future counts */
#define YEAR_LEAST       1000 /* with a day and a month */
#define YEAR_LEAST_MONTH 1800 /* with a month */

/* ---- words and what is between them ------------------------------------------------ */

/* Bytes of white space at the start, a no-break space too. */
static size_t blank_size(const char *text, size_t size, size_t *newlines)
{
    size_t at = 0;
    while (at < size) {
        if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')
            *newlines += text[at++] == '\n';
        else if (size - at >= 2 && memcmp(text + at, "\u00A0", 2) == 0)
            at += 2;
        else
            break;
    }
    return at;
}

enum date_gap date_gap(const struct date_text *text, uint32_t word)
{
    static const struct {
        const char *mark;
        enum date_gap gap;
    } marks[] = {{"", GAP_BLANK},        {",", GAP_COMMA},       {".,", GAP_COMMA},
                 {".", GAP_DOT},         {"-", GAP_HYPHEN},      {"\u2010", GAP_HYPHEN},
                 {"\u2011", GAP_HYPHEN}, {"\u2013", GAP_HYPHEN}, {"/", GAP_SLASH}};
    if (word + 1 >= text->count)
        return GAP_OTHER;
    const char *from = text->text + text->words[word].end;
    size_t size = text->words[word + 1].begin - text->words[word].end, newlines = 0;
    if (size == 1 && *from == ' ')
        return GAP_BLANK;
    size_t before = blank_size(from, size, &newlines), mark = 0;
    while (before + mark < size && blank_size(from + before + mark, 1, &newlines) == 0)
        mark++;
    const char *at = from + before;
    size_t rest = size - before - mark;
    if (blank_size(at + mark, rest, &newlines) != rest || newlines > 1 || size == 0)
        return GAP_OTHER;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strlen(marks[i].mark) == mark && memcmp(marks[i].mark, at, mark) == 0)
            return marks[i].gap;
    return GAP_OTHER;
}

const struct date_word *date_word_at(const struct date_text *text, uint32_t word)
{
    if (word >= text->count)
        return NULL;
    const struct word *at = &text->words[word];
    return date_word_find(text->text + at->begin, at->end - at->begin);
}

bool date_word_is(const struct date_text *text, uint32_t word, uint32_t classes)
{
    const struct date_word *found = date_word_at(text, word);
    return found && found->classes & classes;
}

bool date_is_capital(const struct date_text *text, uint32_t word)
{
    return word < text->count && text->words[word].flags & TOKEN_CAPITAL;
}

unsigned date_number(const struct date_text *text, uint32_t word, int *value, bool *ordinal)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "er"};
    if (word >= text->count)
        return 0;
    const char *at = text->text + text->words[word].begin;
    size_t size = text->words[word].end - text->words[word].begin;
    unsigned digits = 0;
    int number = 0;
    while (digits < size && digits < 5 && at[digits] >= '0' && at[digits] <= '9')
        number = number * 10 + (at[digits++] - '0');
    bool has_ending = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        has_ending = has_ending || (size == digits + 2 && memcmp(at + digits, endings[i], 2) == 0);
    if (digits == 0 || digits > 4 || (size != digits && !has_ending))
        return 0;
    *value = number;
    *ordinal = has_ending;
    return digits;
}

int date_year(const struct date_text *text, uint32_t word, int least)
{
    int value;
    bool ordinal;
    return date_number(text, word, &value, &ordinal) == 4 && !ordinal && value >= least &&
                   value <= 2100
               ? value
               : 0;
}

/* A day of a month at a word, of one or two digits; 0 for none. */
static unsigned read_day(const struct date_text *text, uint32_t word, bool *ordinal)
{
    int value;
    unsigned digits = date_number(text, word, &value, ordinal);
    return (digits == 1 || digits == 2) && value >= 1 && value <= 31 ? (unsigned)value : 0;
}

/* Whether something is joined to a number that makes it none of a date: 10:30, 15%, $12. */
static bool is_measure(const struct date_text *text, uint32_t word)
{
    const struct word *at = &text->words[word];
    char before = at->begin > 0 ? text->text[at->begin - 1] : ' ';
    char after = at->end < text->size ? text->text[at->end] : ' ';
    char then = at->end + 1 < text->size ? text->text[at->end + 1] : ' ';
    return strchr("$#@_=+:", before) || strchr("%_=@$", after) ||
           (after == ':' && then >= '0' && then <= '9');
}

static bool is_tight(const struct date_text *text, uint32_t word)
{
    return word + 1 < text->count && text->words[word + 1].begin == text->words[word].end + 1;
}

static bool is_sign(const struct date_text *text, uint32_t word)
{
    return (date_word_is(text, word, DATE_FUTURE) && !date_is_capital(text, word)) ||
           (word > 0 && date_word_is(text, word, DATE_JOIN) &&
            text->text[text->words[word].begin] == 't' && date_word_is(text, word - 1, DATE_IS));
}

bool date_is_future(const struct date_text *text, uint32_t word)
{
    for (uint32_t i = word, n = 0; n < SENTENCE_REACH; i--, n++) {
        if (is_sign(text, i))
            return true;
        if (i == 0 || text->words[i].flags & TOKEN_SENTENCE)
            break;
    }
    for (uint32_t i = word + 1; i < text->count && i - word <= SENTENCE_REACH / 2; i++) {
        if (text->words[i].flags & TOKEN_SENTENCE)
            break;
        if (is_sign(text, i))
            return true;
    }
    return false;
}

/* ---- in digits ---------------------------------------------------------------------- */

/* A path of a URL has dates in it too, and numbers may have more parts. */
static bool stands_alone(const struct date_text *text, uint32_t first, uint32_t last)
{
    uint32_t begin = text->words[first].begin, end = text->words[last].end;
    char before = begin > 0 ? text->text[begin - 1] : ' ';
    char after = end < text->size ? text->text[end] : ' ';
    char then = end + 1 < text->size ? text->text[end + 1] : ' ';
    bool goes_on = strchr("/-.", after) && after && then > ' ' && !strchr("\"')]", then);
    return !strchr("/-.&_=#", before) && !goes_on && !strchr("&_=", after);
}

/* 2023-11-15 and 2023/11/15; 2023-11, but not 2010-11, which may be two years. */
static bool read_year_first(const struct date_text *text, uint32_t word, struct date_form *out)
{
    int year = date_year(text, word, YEAR_LEAST), month, day = 0;
    bool ordinal;
    enum date_gap gap = date_gap(text, word);
    if (!year || (gap != GAP_HYPHEN && gap != GAP_SLASH) || !is_tight(text, word) ||
        date_number(text, word + 1, &month, &ordinal) != 2 || ordinal || month < 1 || month > 12)
        return false;
    uint32_t last = word + 1;
    if (date_gap(text, last) == gap && is_tight(text, last) &&
        date_number(text, last + 1, &day, &ordinal) == 2 && !ordinal && day >= 1 && day <= 31)
        last++;
    else if (gap == GAP_SLASH || month == year % 100 + 1)
        return false;
    else
        day = 0;
    if (!stands_alone(text, word, last))
        return false;
    *out = (struct date_form){.year = year,
                              .month = (unsigned)month,
                              .day = (unsigned)day,
                              .first = word,
                              .last = last + 1};
    return true;
}

/* The day and the month of 15/11/2023 or 11/15/2023; false where they may be either way. */
static bool settle_order(int one, int other, struct date_form *form)
{
    if (one < 1 || other < 1 || one > 31 || other > 31 || (one > 12 && other > 12) ||
        (one <= 12 && other <= 12 && one != other))
        return false;
    form->day = (unsigned)(one > 12 ? one : other);
    form->month = (unsigned)(one > 12 ? other : one);
    return true;
}

static bool read_slashes(const struct date_text *text, uint32_t word, struct date_form *out)
{
    struct date_form form = {.first = word, .last = word + 3};
    int one, other;
    bool ordinal;
    if (date_gap(text, word) != GAP_SLASH || date_gap(text, word + 1) != GAP_SLASH ||
        !is_tight(text, word) || !is_tight(text, word + 1) ||
        date_number(text, word, &one, &ordinal) > 2 ||
        date_number(text, word + 1, &other, &ordinal) - 1u > 1)
        return false;
    form.year = date_year(text, word + 2, YEAR_LEAST);
    if (!form.year || !settle_order(one, other, &form) || !stands_alone(text, word, word + 2))
        return false;
    *out = form;
    return true;
}

/* 15.11.2023 is one word, and the day stands first. */
static bool read_dots(const struct date_text *text, uint32_t word, struct date_form *out)
{
    int parts[3] = {0};
    size_t part = 0, digits = 0;
    const struct word *at = &text->words[word];
    if (at->end - at->begin < 8 || at->end - at->begin > 10)
        return false;
    for (uint32_t i = at->begin; i < at->end; i++) {
        char c = text->text[i];
        if (c == '.' && digits > 0 && part < 2) {
            part++;
            digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 4) {
            parts[part] = parts[part] * 10 + (c - '0');
            digits++;
        } else {
            return false;
        }
    }
    if (part != 2 || digits != 4 || parts[0] < 1 || parts[0] > 31 || parts[1] < 1 ||
        parts[1] > 12 || parts[2] < YEAR_LEAST || parts[2] > 2100)
        return false;
    *out = (struct date_form){.year = parts[2],
                              .month = (unsigned)parts[1],
                              .day = (unsigned)parts[0],
                              .first = word,
                              .last = word + 1};
    return true;
}

/* ---- with a month's name ------------------------------------------------------------- */

/* Whether the word can be the month's name, by its case and what stands with it. */
static bool name_fits(const struct date_text *text, uint32_t word, const struct date_form *form)
{
    bool capital = date_is_capital(text, word), in_full = form->day || form->year;
    uint8_t flags = form->month_word.flags;
    if (flags & MONTH_SHORT)
        return capital && in_full;
    if (flags & MONTH_VERB)
        return capital;
    if (flags & MONTH_FOREIGN) /* a square is named 7 de Agosto, a militia Mai-Mai */
        return !capital || (form->year && (form->day || !(flags & MONTH_PERSON)));
    return capital || in_full;
}

/* The year behind a date; moves its end. "June 15 people" has none, nor "June 2000 people". */
static void read_year(const struct date_text *text, struct date_form *form)
{
    uint32_t at = form->last;
    enum date_gap gap = date_gap(text, at - 1);
    if (gap == GAP_BLANK && date_word_is(text, at, DATE_OF) && date_gap(text, at) == GAP_BLANK)
        at++;
    else if (gap != GAP_BLANK && gap != GAP_COMMA && gap != GAP_HYPHEN &&
             !(gap == GAP_DOT && form->month_word.flags & MONTH_SHORT))
        return;
    int year = date_year(text, at, form->day ? YEAR_LEAST : YEAR_LEAST_MONTH);
    if (!year || is_measure(text, at) ||
        (date_gap(text, at) == GAP_BLANK && !date_is_capital(text, at + 1) &&
         date_word_is(text, at + 1, DATE_THINGS)))
        return;
    form->year = year;
    form->last = at + 1;
}

/* "25-26", "3 and 5", "3 to 5" behind a day. */
static void read_more_days(const struct date_text *text, struct date_form *form)
{
    unsigned before = form->day;
    while (form->more < DATE_FORM_DAYS) {
        uint32_t at = form->last;
        enum date_gap gap = date_gap(text, at - 1);
        if (gap == GAP_BLANK && date_word_is(text, at, DATE_JOIN) &&
            date_gap(text, at) == GAP_BLANK)
            at++;
        else if (gap != GAP_HYPHEN)
            return;
        bool ordinal;
        unsigned day = read_day(text, at, &ordinal);
        bool counts = date_gap(text, at) == GAP_BLANK && !date_is_capital(text, at + 1) &&
                      !date_word_is(text, at + 1, DATE_SMALL | DATE_CUE | DATE_JOIN) &&
                      gap != GAP_HYPHEN;
        if (day <= before || is_measure(text, at) || counts ||
            date_word_is(text, at + 1, DATE_MONTH | DATE_THINGS))
            return;
        form->more_days[form->more] = before = day;
        form->more_words[form->more++] = at;
        form->last = at + 1;
    }
}

/* "23 March Movement": the day is a name. */
static bool is_party(const struct date_text *text, const struct date_form *form)
{
    return form->day && !form->year && date_gap(text, form->last - 1) == GAP_BLANK &&
           date_is_capital(text, form->last) && date_word_is(text, form->last, DATE_PARTY);
}

/* "November 15", "Nov. 15th, 2023", "October 25-26, 2016", "November 2023", "November". */
static bool read_month_first(const struct date_text *text, uint32_t word,
                             const struct date_word *name, struct date_form *out)
{
    struct date_form form = {
        .month = (unsigned)name->value, .month_word = *name, .first = word, .last = word + 1};
    enum date_gap gap = date_gap(text, word);
    bool is_short = name->flags & MONTH_SHORT, ordinal;
    bool takes_day = gap == GAP_BLANK || (gap == GAP_DOT && is_short);
    unsigned day =
        takes_day && !(name->flags & MONTH_FOREIGN) ? read_day(text, word + 1, &ordinal) : 0;
    if (day && !is_measure(text, word + 1)) {
        form.day = day;
        form.last = word + 2;
        read_more_days(text, &form);
    }
    read_year(text, &form);
    /* "in June 15 soldiers died" */
    if (form.day && !form.year && !ordinal && word > 0 && date_word_is(text, word - 1, DATE_IN) &&
        date_gap(text, word + 1) == GAP_BLANK && !date_is_capital(text, word + 2))
        form = (struct date_form){
            .month = form.month, .month_word = *name, .first = word, .last = word + 1};
    if (!name_fits(text, word, &form) || is_party(text, &form))
        return false;
    *out = form;
    return true;
}

/* "15 November", "15th of November, 2023", "15 de noviembre de 2023", "15. November 2023". */
static bool read_day_first(const struct date_text *text, uint32_t word, struct date_form *out)
{
    struct date_form form = {.first = word};
    bool ordinal;
    enum date_gap gap = date_gap(text, word);
    form.day = read_day(text, word, &ordinal);
    if (!form.day || is_measure(text, word))
        return false;
    uint32_t at = word + 1;
    if (gap == GAP_BLANK && date_word_is(text, at, DATE_OF) && date_gap(text, at) == GAP_BLANK)
        at++;
    const struct date_word *name = date_word_at(text, at);
    if (!name || !(name->classes & DATE_MONTH))
        return false;
    form.month = (unsigned)name->value;
    form.month_word = *name;
    form.last = at + 1;
    read_year(text, &form);
    if (gap != GAP_BLANK && !(gap == GAP_DOT && form.year) && !(gap == GAP_HYPHEN && form.year))
        return false;
    if (!name_fits(text, at, &form) || is_party(text, &form))
        return false;
    *out = form;
    return true;
}

bool date_form_read(const struct date_text *text, uint32_t word, struct date_form *out)
{
    if (word >= text->count)
        return false;
    if (text->words[word].flags & TOKEN_NUMBER)
        return read_year_first(text, word, out) || read_slashes(text, word, out) ||
               read_dots(text, word, out) || read_day_first(text, word, out);
    const struct date_word *name = date_word_at(text, word);
    return name && name->classes & DATE_MONTH && read_month_first(text, word, name, out);
}

int date_form_year_behind(const struct date_text *text, const struct date_form *form)
{
    struct date_form other = *form;
    unsigned month = form->month, day = form->day;
    int turns = 0; /* "from December to March 2021" */
    for (int hops = 0; hops < 4; hops++) {
        uint32_t at = other.last;
        enum date_gap gap = date_gap(text, at - 1);
        bool joined = gap == GAP_HYPHEN || gap == GAP_SLASH || gap == GAP_COMMA;
        if ((gap == GAP_BLANK || gap == GAP_COMMA) && date_word_is(text, at, DATE_JOIN) &&
            date_gap(text, at) == GAP_BLANK) {
            joined = true;
            at++;
        }
        if (!joined || !date_form_read(text, at, &other))
            return 0;
        turns += other.month < month || (other.month == month && other.day < day);
        month = other.month;
        day = other.day;
        if (other.year)
            return turns > 1 ? 0 : other.year - turns;
    }
    return 0;
}
