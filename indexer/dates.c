#include "indexer/dates.h"

#include <string.h>

#include "indexer/date_forms.h"
#include "schema/tokenizer.h"

#define YEAR_LEAST    1900 /* of a year that stands alone */
#define NEAR_FUTURE   14   /* days ahead that a day without a year may be */
#define NEAR_LIMIT    92   /* days ahead after "by" and "until" */
#define MONTH_START   7    /* days of a month in which it is not told of by its name */
#define CONTEXT_AGE   300  /* days back from which on a date says which year is told of */
#define CONTEXT_REACH 60   /* words after which it does not any more */

struct finder {
    struct date_text text;
    struct date_anchor anchor;
    date_sink *sink;
    void *context;
    bool stopped;
    uint32_t next;     /* words before are done */
    uint32_t date_end; /* the word after the last date, if that was a month or year alone */
    day_t told;        /* of the last full date in the paragraph; DAY_NONE for none */
    uint32_t told_at;  /* the word it stands at */
};

static void emit(struct finder *finder, uint32_t first, uint32_t last, day_t day,
                 enum precision precision, const char *rule, uint8_t confidence)
{
    const struct word *words = finder->text.words;
    finder->next = last;
    /* What lies months from a report's day can be before the first year or after the last. */
    if (day == DAY_NONE || day < DAY_MIN || day > DAY_MAX || finder->stopped)
        return;
    finder->date_end = last;
    const struct date date = {.begin = words[first].begin,
                              .end = words[last - 1].end,
                              .day = day,
                              .precision = precision,
                              .rule = rule,
                              .confidence = confidence};
    finder->stopped = !finder->sink(finder->context, &date);
}

static bool has_anchor(const struct finder *finder, enum precision precision)
{
    return finder->anchor.day != DAY_NONE && finder->anchor.precision <= precision;
}

/* The words that end just before 'word', with a blank or hyphen between. */
static bool follows(const struct finder *finder, uint32_t word, uint32_t classes)
{
    if (word == 0)
        return false;
    enum date_gap gap = date_gap(&finder->text, word - 1);
    return (gap == GAP_BLANK || gap == GAP_HYPHEN) &&
           date_word_is(&finder->text, word - 1, classes);
}

/* -1, 0 or 1 for last, this and next before a word; false for none of them. */
static bool read_shift(const struct finder *finder, uint32_t word, int *shift)
{
    if (!follows(finder, word, DATE_SHIFT))
        return false;
    *shift = date_word_at(&finder->text, word - 1)->value;
    return true;
}

/* ---- the year of a date without one --------------------------------------------------- */

static day_t in_year(const struct date_form *form, int year)
{
    return day_from_civil(year, form->month, form->day ? form->day : 1);
}

/* The year of the first such day from 'from' on, or the last up to it; a 29 February is up to
 * eight years away. */
static int year_from(const struct date_form *form, day_t from, int step)
{
    int year;
    unsigned month, day;
    day_to_civil(from, &year, &month, &day);
    for (int i = 0; i < 9; i++, year += step) {
        day_t found = in_year(form, year);
        bool same_month = !form->day && form->month == month && i == 0;
        if (found != DAY_NONE && (same_month || (step > 0 ? found >= from : found <= from)))
            return year;
    }
    return 0;
}

static int distance(const struct date_form *form, int year, day_t from)
{
    day_t day = in_year(form, year);
    return day == DAY_NONE ? INT32_MAX / 2 : day > from ? day - from : from - day;
}

/* The year that the weekday written before a date makes sure; 0 for none. */
static int year_by_weekday(const struct finder *finder, const struct date_form *form, int weekday)
{
    int year;
    unsigned month, day;
    day_to_civil(finder->anchor.day, &year, &month, &day);
    static const int steps[] = {0, -1, 1};
    for (size_t i = 0; i < 3; i++) {
        day_t found = in_year(form, year + steps[i]);
        if (found != DAY_NONE && day_of_week(found) == (unsigned)weekday)
            return year + steps[i];
    }
    return 0;
}

/* The year by the report's day. */
static int year_by_anchor(const struct finder *finder, const struct date_form *form,
                          const char **rule)
{
    day_t anchor = finder->anchor.day;
    int shift, past = year_from(form, anchor, -1), coming = year_from(form, anchor, 1);
    if (read_shift(finder, form->first, &shift)) {
        day_t first = day_intervals[INTERVAL_MONTH].trunc(anchor);
        if (shift < 0)
            return year_from(form, first - 1, -1);
        if (shift > 0)
            return year_from(form, day_intervals[INTERVAL_MONTH].next(first), 1);
        day_t year = day_intervals[INTERVAL_YEAR].trunc(anchor);
        return year_from(form, year, 1);
    }
    if (finder->told != DAY_NONE && anchor - finder->told >= CONTEXT_AGE &&
        form->first - finder->told_at <= CONTEXT_REACH) {
        *rule = "told";
        return year_from(form, finder->told, 1);
    }
    int back = distance(form, past, anchor), ahead = distance(form, coming, anchor);
    if (date_is_future(&finder->text, form->first))
        return ahead <= 2 * back ? coming : past;
    /* In the first days of a month it is "this month": its name is the last year's. */
    day_t month = day_intervals[INTERVAL_MONTH].trunc(anchor);
    if (!form->day && in_year(form, past) == month && anchor - month < MONTH_START)
        return past - 1;
    int near = follows(finder, form->first, DATE_LIMIT) ? NEAR_LIMIT : NEAR_FUTURE;
    return (form->day || near == NEAR_LIMIT) && ahead <= near && ahead < back ? coming : past;
}

/* ---- dates with a month ----------------------------------------------------------------- */

/* Whether a month's name that stands alone is a month. */
static bool is_month(const struct finder *finder, const struct date_form *form)
{
    const struct date_text *text = &finder->text;
    uint8_t flags = form->month_word.flags;
    uint32_t at = form->first;
    bool blank_after = date_gap(text, form->last - 1) == GAP_BLANK;
    bool name_after = blank_after && date_is_capital(text, form->last);
    bool sure = follows(finder, at, DATE_SURE_CUE);
    int shift;
    if (flags & MONTH_FOREIGN)
        return sure;
    if (sure || read_shift(finder, at, &shift))
        return true;
    if (follows(finder, at, DATE_OF) && follows(finder, at - 1, DATE_EDGE))
        return true;
    if (flags & MONTH_VERB || (flags & MONTH_PERSON && name_after))
        return false;
    if (follows(finder, at, DATE_CUE))
        return true;
    if (at > 0 && finder->date_end == at - 1 && follows(finder, at, DATE_JOIN))
        return true;
    return (follows(finder, at, DATE_THE) && blank_after && !name_after) ||
           (!flags && text->words[at].flags & TOKEN_POSSESSIVE);
}

/* "Sept. 11 attacks" is one day, whichever year the report is of. */
static bool is_attacks(const struct finder *finder, const struct date_form *form)
{
    return form->month == 9 && form->day == 11 &&
           date_word_is(&finder->text, form->last, DATE_EVENT);
}

/* Finds the form's year and says by which rule; false for none. */
static bool settle_year(struct finder *finder, struct date_form *form, int weekday,
                        const char **rule, uint8_t *confidence)
{
    *confidence = form->day ? 80 : 75;
    *rule = form->day ? "day-month" : "month";
    int behind = form->year ? 0 : date_form_year_behind(&finder->text, form);
    if (form->year || behind) {
        *confidence = behind ? 90 : 95;
        *rule = behind ? "range" : form->day ? "full" : "month-year";
        form->year = form->year ? form->year : behind;
        return true;
    }
    if (!form->day && !is_month(finder, form))
        return false;
    if (is_attacks(finder, form)) {
        form->year = 2001;
        return true;
    }
    if (!has_anchor(finder, form->day ? PRECISION_DAY : PRECISION_MONTH))
        return false;
    form->year = weekday >= 0 ? year_by_weekday(finder, form, weekday) : 0;
    if (!form->year)
        form->year = year_by_anchor(finder, form, rule);
    return form->year > 0;
}

static void emit_form(struct finder *finder, const struct date_form *form, const char *rule,
                      uint8_t confidence)
{
    enum precision precision = form->day ? PRECISION_DAY : PRECISION_MONTH;
    uint32_t first = form->first, last = form->more ? form->more_words[0] : form->last;
    if (form->more && date_word_is(&finder->text, last - 1, DATE_JOIN))
        last--;
    /* "in January 2012" tells of then; "since January 2012" does not. */
    bool is_full = strcmp(rule, "full") == 0 || strcmp(rule, "month-year") == 0;
    if (is_full && follows(finder, form->first, DATE_TELLS)) {
        finder->told = in_year(form, form->year);
        finder->told_at = form->first;
    }
    emit(finder, first, last, in_year(form, form->year), precision, rule, confidence);
    for (size_t i = 0; i < form->more; i++) {
        struct date_form other = *form;
        other.day = form->more_days[i];
        last = i + 1 < form->more ? form->more_words[i] + 1 : form->last;
        emit(finder, form->more_words[i], last, in_year(&other, form->year), precision, rule,
             confidence);
    }
    finder->next = form->last;
}

static bool find_form(struct finder *finder, uint32_t word, uint32_t first, int weekday)
{
    struct date_form form;
    const char *rule;
    uint8_t confidence;
    int shift;
    if (!date_form_read(&finder->text, word, &form))
        return false;
    finder->next = form.last;
    if (settle_year(finder, &form, weekday, &rule, &confidence)) {
        bool shifted = !form.day && read_shift(finder, form.first, &shift);
        form.first = first < word ? first : form.first - shifted;
        emit_form(finder, &form, rule, confidence);
    }
    return true;
}

/* "15 and 17 November", "15-17 November 2023": a day whose month stands behind the next. */
static bool find_first_day(struct finder *finder, uint32_t word)
{
    const struct date_text *text = &finder->text;
    int day, other;
    bool ordinal;
    enum date_gap gap = date_gap(text, word);
    bool joined = gap == GAP_BLANK && date_word_is(text, word + 1, DATE_JOIN) &&
                  date_gap(text, word + 1) == GAP_BLANK;
    uint32_t next = joined ? word + 2 : word + 1;
    if ((!joined && gap != GAP_HYPHEN) || date_number(text, word, &day, &ordinal) - 1u > 1 ||
        date_number(text, next, &other, &ordinal) - 1u > 1 || day < 1 || day >= other ||
        (joined && !follows(finder, word, DATE_CUE | DATE_THE | DATE_SMALL | DATE_WEEKDAY)))
        return false;
    struct date_form form;
    const char *rule;
    uint8_t confidence;
    if (!date_form_read(text, next, &form) || !form.day || form.more ||
        form.month_word.classes == 0)
        return false;
    struct date_form first = form;
    if (!settle_year(finder, &first, -1, &rule, &confidence))
        return false;
    first.day = (unsigned)day;
    first.first = word;
    first.last = word + 1;
    emit_form(finder, &first, rule, confidence);
    form.year = first.year;
    emit_form(finder, &form, rule, confidence);
    return true;
}

/* ---- years ------------------------------------------------------------------------------ */

/* The characters next to a year that stands alone; false for one in a sum, a path, a code. */
static bool is_free(const struct finder *finder, uint32_t word)
{
    const struct date_text *text = &finder->text;
    const struct word *at = &text->words[word];
    const char *from = text->text + at->begin;
    char after = at->end < text->size ? text->text[at->end] : ' ';
    char then = at->end + 1 < text->size ? text->text[at->end + 1] : ' ';
    if ((at->begin >= 2 && memcmp(from - 2, "\u00A3", 2) == 0) ||
        (at->begin >= 3 && memcmp(from - 3, "\u20AC", 3) == 0) ||
        (at->begin >= 1 && strchr("$#_=@.:,+&/~*", from[-1])))
        return false;
    if (at->begin >= 1 && from[-1] == '-' &&
        !(word > 0 && date_word_is(text, word - 1, DATE_CUE)) && finder->date_end != word)
        return false;
    bool digit_then = then >= '0' && then <= '9';
    return !strchr("%_=@/$", after) && !((after == ':' || after == '.') && digit_then);
}

/* A noun behind a year that says that it is one: "the 2015 peace agreement". */
static bool has_noun(const struct finder *finder, uint32_t word, int year)
{
    const struct date_text *text = &finder->text;
    uint32_t next = word + 1;
    if (date_gap(text, word) != GAP_BLANK || text->words[next].flags & TOKEN_NUMBER)
        return false;
    /* "men's" and "Women's World Cup" count none. */
    bool is_name = text->words[next].flags & (TOKEN_CAPITAL | TOKEN_POSSESSIVE);
    const uint32_t not_nouns = DATE_THINGS | DATE_SMALL | DATE_CUE | DATE_JOIN | DATE_OF;
    if (date_word_is(text, next, DATE_EVENT) || is_name)
        return true;
    char last = text->text[text->words[next].end - 1];
    return !date_word_is(text, next, not_nouns) && !(year % 100 == 0 && last == 's');
}

static bool has_event(const struct finder *finder, uint32_t word)
{
    const struct date_text *text = &finder->text;
    return date_gap(text, word) == GAP_BLANK &&
           (date_word_is(text, word + 1, DATE_EVENT) ||
            (date_gap(text, word + 1) == GAP_BLANK && date_word_is(text, word + 2, DATE_EVENT) &&
             !date_word_is(text, word + 1, DATE_THINGS | DATE_SMALL | DATE_CUE | DATE_JOIN)));
}

/* What stands before says that a year follows, and what stands after does not deny it. */
static bool is_cued(const struct finder *finder, uint32_t word, int year)
{
    const struct date_text *text = &finder->text;
    bool blank = date_gap(text, word) == GAP_BLANK;
    if (!follows(finder, word, DATE_CUE))
        return false;
    if (date_word_is(text, word - 1, DATE_OF) && follows(finder, word - 1, DATE_AMOUNT))
        return false;
    return year % 100 != 0 || !blank || date_is_capital(text, word + 1) ||
           date_word_is(text, word + 1, DATE_SMALL | DATE_JOIN | DATE_EVENT);
}

/* "(2015)", "(Bamako, 2015)". */
static bool is_bracketed(const struct finder *finder, uint32_t first, uint32_t last)
{
    const struct date_text *text = &finder->text;
    uint32_t begin = text->words[first].begin, end = text->words[last].end;
    bool opens = (begin > 0 && text->text[begin - 1] == '(') ||
                 (first > 0 && date_gap(text, first - 1) == GAP_COMMA);
    return opens && end < text->size && text->text[end] == ')';
}

/* "in 2012 and 2013": the one before was a year. */
static bool is_chained(const struct finder *finder, uint32_t word)
{
    const struct date_text *text = &finder->text;
    uint32_t before = word;
    if (word > 0 && date_word_is(text, word - 1, DATE_JOIN))
        before--;
    if (before == 0 || finder->date_end != before || !date_year(text, before - 1, YEAR_LEAST))
        return false;
    enum date_gap gap = date_gap(text, before - 1);
    return gap == GAP_HYPHEN || gap == GAP_COMMA || (gap == GAP_BLANK && before < word);
}

/* "2012-2015", "(1992–95)": returns the later year, 0 for no span. */
static int read_span(const struct finder *finder, uint32_t word, int year)
{
    int later;
    bool ordinal;
    if (date_gap(&finder->text, word) != GAP_HYPHEN)
        return 0;
    unsigned digits = date_number(&finder->text, word + 1, &later, &ordinal);
    if (digits == 2 && !ordinal)
        later += year / 100 * 100;
    else if (digits != 4)
        return 0;
    return later > year && later <= year + 150 && later <= 2100 ? later : 0;
}

/* The rule by which a number is a year; NULL where it is none. */
static const char *year_rule(const struct finder *finder, uint32_t word, uint32_t last, int year,
                             uint8_t *confidence)
{
    const struct date_text *text = &finder->text;
    bool owned = word > 0 && text->words[word - 1].flags & TOKEN_POSSESSIVE;
    *confidence = 85;
    if (is_cued(finder, word, year))
        return "year";
    if (follows(finder, word, DATE_ACT | DATE_EVENT) && date_is_capital(text, word - 1))
        return "year-noun";
    *confidence = 80;
    if (is_chained(finder, word))
        return "year-list";
    if (is_bracketed(finder, word, last))
        return "year-brackets";
    *confidence = 75;
    if ((follows(finder, word, DATE_THE) || owned) &&
        (has_noun(finder, last, year) ||
         (date_word_is(text, last + 1, DATE_JOIN) && date_year(text, last + 2, YEAR_LEAST))))
        return "year-noun";
    if (has_event(finder, last) && !follows(finder, word, DATE_AMOUNT))
        return "year-noun";
    return NULL;
}

static void emit_year(struct finder *finder, uint32_t word, int year, const char *rule,
                      uint8_t confidence)
{
    emit(finder, word, word + 1, day_from_civil(year, 1, 1), PRECISION_YEAR, rule, confidence);
}

static void find_year(struct finder *finder, uint32_t word)
{
    int year = date_year(&finder->text, word, YEAR_LEAST);
    uint8_t confidence;
    if (!year || !is_free(finder, word))
        return;
    int later = read_span(finder, word, year);
    uint32_t last = later ? word + 1 : word;
    /* "by 1950 soldiers" is a number; "in 2012 rebels attacked" is none. */
    bool is_sure = year % 10 != 0 && follows(finder, word, DATE_SURE_CUE);
    bool is_name = last + 1 < finder->text.count &&
                   finder->text.words[last + 1].flags & (TOKEN_CAPITAL | TOKEN_POSSESSIVE);
    if (!is_sure && !is_name && date_gap(&finder->text, last) == GAP_BLANK &&
        date_word_is(&finder->text, last + 1, DATE_THINGS))
        return;
    const char *rule = year_rule(finder, word, last, year, &confidence);
    bool two_years = later && date_year(&finder->text, last, YEAR_LEAST);
    if (!rule && two_years)
        rule = "year-list";
    if (!rule)
        return;
    emit_year(finder, word, year, rule, confidence);
    if (later)
        emit_year(finder, last, later, rule, confidence);
}

/* ---- days and years from the report's day ------------------------------------------------ */

static void find_weekday(struct finder *finder, uint32_t word, const struct date_word *name)
{
    const struct date_text *text = &finder->text;
    enum date_gap gap = date_gap(text, word);
    if (!date_is_capital(text, word) || follows(finder, word, DATE_REPEAT | DATE_COUNT))
        return;
    bool is_feast = follows(finder, word, DATE_FEAST) && date_is_capital(text, word - 1);
    struct date_form form;
    if ((gap == GAP_BLANK || gap == GAP_COMMA) && date_form_read(text, word + 1, &form) &&
        form.day) {
        find_form(finder, word + 1, word, name->value);
        return;
    }
    int shift = 0;
    bool has_shift = read_shift(finder, word, &shift);
    bool is_paper = gap == GAP_BLANK && date_is_capital(text, word + 1) &&
                    date_word_is(text, word + 1, DATE_PARTY);
    if (is_feast || is_paper || !has_anchor(finder, PRECISION_DAY))
        return;
    day_t anchor = finder->anchor.day;
    int back = ((int)day_of_week(anchor) - name->value + 7) % 7, ahead = (7 - back) % 7;
    bool said = follows(finder, word, DATE_SAYING) ||
                (word > 0 && follows(finder, word - 1, DATE_SAYING)) ||
                text->words[word].flags & TOKEN_POSSESSIVE;
    bool coming = has_shift ? shift >= 0 : !said && date_is_future(&finder->text, word);
    int days = coming ? ahead : -back;
    finder->told = DAY_NONE;
    if (has_shift && shift != 0 && back == 0)
        days = shift * 7;
    emit(finder, word - has_shift, word + 1, anchor + days, PRECISION_DAY, "weekday",
         has_shift ? 90 : 85);
}

static void find_relative(struct finder *finder, uint32_t word, const struct date_word *name)
{
    const unsigned flags = finder->text.words[word].flags;
    if (flags & TOKEN_CAPITAL && !(flags & (TOKEN_SENTENCE | TOKEN_UPPER)))
        return; /* of a title */
    finder->told = DAY_NONE;
    if (has_anchor(finder, PRECISION_DAY))
        emit(finder, word, word + 1, finder->anchor.day + name->value, PRECISION_DAY, "relative",
             name->value ? 90 : 60);
}

/* The first day of the month or year that lies some of them after the anchor's. */
static day_t step(day_t anchor, enum precision precision, int count)
{
    int year;
    unsigned month, day;
    day_to_civil(anchor, &year, &month, &day);
    int months = year * 12 + (int)month - 1 + (precision == PRECISION_MONTH ? count : count * 12);
    return day_from_civil(months / 12,
                          precision == PRECISION_YEAR ? 1 : (unsigned)(months % 12) + 1, 1);
}

/* "last year", "this month", "next year", "last night", "this morning". */
static void find_unit(struct finder *finder, uint32_t word, const struct date_word *name)
{
    int shift;
    if (!read_shift(finder, word, &shift))
        return;
    const char *text = finder->text.text + finder->text.words[word - 1].begin;
    bool is_the = follows(finder, word - 1, DATE_THE); /* the last year is twelve months */
    bool is_plain = strncasecmp(text, "past", 4) != 0 && strncasecmp(text, "coming", 6) != 0;
    enum precision precision = name->value == UNIT_YEAR    ? PRECISION_YEAR
                               : name->value == UNIT_MONTH ? PRECISION_MONTH
                                                           : PRECISION_DAY;
    if (is_the || !is_plain || !has_anchor(finder, precision))
        return;
    day_t day = precision == PRECISION_DAY ? finder->anchor.day + shift
                                           : step(finder->anchor.day, precision, shift);
    bool is_night = name->value == UNIT_PART_OF_DAY && shift <= 0;
    if (precision != PRECISION_DAY || is_night)
        emit(finder, word - 1, word + 1, day, precision, "relative", 90);
}

/* "three days ago", "a year ago". */
static void find_ago(struct finder *finder, uint32_t word)
{
    const struct date_text *text = &finder->text;
    if (word < 2 || !follows(finder, word, DATE_UNIT) || date_gap(text, word - 2) != GAP_BLANK)
        return;
    const struct date_word *unit = date_word_at(text, word - 1);
    const struct date_word *number = date_word_at(text, word - 2);
    int count = number && number->classes & DATE_COUNT ? number->value : 0;
    bool ordinal = false;
    if (!count && (date_number(text, word - 2, &count, &ordinal) == 0 || ordinal))
        return;
    enum precision precision = unit->value == UNIT_YEAR    ? PRECISION_YEAR
                               : unit->value == UNIT_MONTH ? PRECISION_MONTH
                                                           : PRECISION_DAY;
    /* Longer spans are round numbers. */
    if (follows(finder, word - 2, DATE_JOIN) || text->words[word - 2].flags & TOKEN_AFTER_HYPHEN)
        return; /* "two or three days ago", "twenty-five years ago" */
    if (count < 1 || count > (precision == PRECISION_YEAR ? 9 : 11) || unit->value == UNIT_WEEK ||
        unit->value == UNIT_PART_OF_DAY || !has_anchor(finder, precision))
        return;
    day_t day = precision == PRECISION_DAY ? finder->anchor.day - count
                                           : step(finder->anchor.day, precision, -count);
    emit(finder, word - 2, word + 1, day, precision, "ago", 80);
}

/* ---- the text ----------------------------------------------------------------------------- */

static void find_at(struct finder *finder, uint32_t word)
{
    if (finder->text.words[word].flags & TOKEN_NUMBER) {
        if (!find_form(finder, word, word, -1) && !find_first_day(finder, word))
            find_year(finder, word);
        return;
    }
    const struct date_word *name = date_word_at(&finder->text, word);
    if (!name)
        return;
    if (name->classes & DATE_MONTH)
        find_form(finder, word, word, -1);
    else if (name->classes & DATE_WEEKDAY)
        find_weekday(finder, word, name);
    else if (name->classes & DATE_RELATIVE)
        find_relative(finder, word, name);
    else if (name->classes & DATE_AGO)
        find_ago(finder, word);
    else if (name->classes & DATE_UNIT)
        find_unit(finder, word, name);
}

bool dates_find(const char *text, size_t size, const struct word *words, size_t word_count,
                struct date_anchor anchor, date_sink *sink, void *context)
{
    struct finder finder = {.text = {text, size, words, (uint32_t)word_count},
                            .anchor = anchor,
                            .sink = sink,
                            .context = context,
                            .date_end = UINT32_MAX,
                            .told = DAY_NONE};
    date_words_prepare();
    for (uint32_t i = 0; i < finder.text.count && !finder.stopped; i++) {
        if (words[i].flags & TOKEN_PARAGRAPH)
            finder.told = DAY_NONE;
        if (i < finder.next ||
            !date_word_is_likely(text + words[i].begin, words[i].end - words[i].begin))
            continue;
        find_at(&finder, i);
    }
    return !finder.stopped;
}
