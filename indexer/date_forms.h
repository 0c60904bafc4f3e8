/* date_forms.h: the forms that a date with a month is written in: "15 November 2023", "Nov. 15",
 * "2023-11-15". Only what is written; what it means is for dates.c.
 */
#ifndef SITREP_DATE_FORMS_H
#define SITREP_DATE_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/date_words.h"
#include "indexer/scan.h"

/* A text and its words. Numbers of words may be past the end: such a word is no word. */
struct date_text {
    const char *text;
    size_t size;
    const struct word *words;
    uint32_t count;
};

/* What stands between a word and the next: blanks (at most one newline), and a comma, dot,
 * hyphen or dash, or slash with or without blanks. */
enum date_gap { GAP_OTHER, GAP_BLANK, GAP_COMMA, GAP_DOT, GAP_HYPHEN, GAP_SLASH };
enum date_gap date_gap(const struct date_text *text, uint32_t word);

/* NULL for a word that has no part in dates. */
const struct date_word *date_word_at(const struct date_text *text, uint32_t word);
/* Whether the word, which may be past the end, is of one of the classes. */
bool date_word_is(const struct date_text *text, uint32_t word, uint32_t classes);
bool date_is_capital(const struct date_text *text, uint32_t word);
/* Digits alone, or with an ending as in 1st: the value and how many digits; 0 for no number. */
unsigned date_number(const struct date_text *text, uint32_t word, int *value, bool *ordinal);
/* A year of four digits from 'least' to 2100; 0 for none. */
int date_year(const struct date_text *text, uint32_t word, int least);
/* Does the sentence tell of the future around the word: "will", "is to"? */
bool date_is_future(const struct date_text *text, uint32_t word);

#define DATE_FORM_DAYS 4
struct date_form {
    int year;                    /* 0 where none is written */
    unsigned month, day;         /* day 0 where none is written */
    uint32_t first, last;        /* words [first, last) */
    struct date_word month_word; /* all 0 for a month in digits */
    /* "October 25-26": the days after the first, and the word each stands at. */
    unsigned more_days[DATE_FORM_DAYS];
    uint32_t more_words[DATE_FORM_DAYS];
    size_t more;
};

/* The form that begins at a word. False, 'out' untouched, where none does. */
bool date_form_read(const struct date_text *text, uint32_t word, struct date_form *out);
/* The year of a form without one, if it stands behind another that follows, as in "between March
 * and June 2021"; 0 where none does. */
int date_form_year_behind(const struct date_text *text, const struct date_form *form);

#endif
