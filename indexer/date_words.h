/* date_words.h: the words that dates are written with, and those beside them that tell what a
 * number or a name of a month is. Months of English, French, Spanish, Portuguese, Italian and
 * German; all else of English, but for the words that stand before a foreign month or a year.
 */
#ifndef SITREP_DATE_WORDS_H
#define SITREP_DATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum date_class {
    DATE_MONTH = 1 << 0,    /* value 1 to 12 */
    DATE_WEEKDAY = 1 << 1,  /* value 0 Monday to 6 Sunday */
    DATE_RELATIVE = 1 << 2, /* yesterday: value -1 */
    DATE_UNIT = 1 << 3,     /* value: one of enum date_unit */
    DATE_AGO = 1 << 4,
    DATE_COUNT = 1 << 5,    /* three: value 3 */
    DATE_SHIFT = 1 << 6,    /* last, this, next: value -1, 0, 1 */
    DATE_CUE = 1 << 7,      /* in, since: a month or year follows */
    DATE_SURE_CUE = 1 << 8, /* as sure as that May is no person after it, nor March a verb */
    DATE_JOIN = 1 << 9,     /* and, to: joins two dates */
    DATE_OF = 1 << 10,      /* November of 2023, 15 de noviembre */
    DATE_EDGE = 1 << 11,    /* the end of, the month of */
    DATE_THE = 1 << 12,     /* the, a, his: before the 2015 agreement */
    DATE_THINGS = 1 << 13,  /* people, km: what stands before is a number of them */
    DATE_EVENT = 1 << 14,   /* coup, election: has a year */
    DATE_FUTURE = 1 << 15,  /* will, scheduled */
    DATE_SAYING = 1 << 16,  /* said: what follows is past */
    DATE_REPEAT = 1 << 17,  /* every, each */
    DATE_FEAST = 1 << 18,   /* Black, Good: before a weekday that is a name */
    DATE_PARTY = 1 << 19,   /* Movement, Brigade, Times: the day before is its name */
    DATE_SMALL = 1 << 20,   /* and, was: what follows a year that is one */
    DATE_AMOUNT = 1 << 21,  /* total, number: a number follows, not a year */
    DATE_IN = 1 << 22,      /* in itself: no day follows */
    DATE_ACT = 1 << 23,     /* Act, Summit: its year follows */
    DATE_TELLS = 1 << 24,   /* in, on: the text goes on about the date behind */
    DATE_IS = 1 << 25,      /* is: "is to" tells of the future */
    DATE_LIMIT = 1 << 26,   /* by, until: what follows is often to come */
};

enum date_unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR, UNIT_PART_OF_DAY };

enum date_month_flags {
    MONTH_SHORT = 1,   /* Nov */
    MONTH_FOREIGN = 2, /* not English alone */
    MONTH_VERB = 4,    /* May, March: a month only where that is sure */
    MONTH_PERSON = 8,  /* April, June: may be a person, or a thing */
};

struct date_word {
    uint32_t classes;
    int8_t value;
    uint8_t flags;
};

/* NULL for a word that has no part in dates. */
const struct date_word *date_word_find(const char *text, size_t size);
/* Whether a word of these bytes may be one that a date is found by: a month, weekday, unit,
 * "yesterday" or "ago", or a number. Fast, and true for a few others. */
bool date_word_is_likely(const char *text, size_t size);
/* To be called before the other two; thread-safe. */
void date_words_prepare(void);

#endif
