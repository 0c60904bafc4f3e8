/* day.h: civil days of the proleptic Gregorian calendar, and the intervals that a
 * date facet counts in. Days are counted from 1970-01-01 = 0.
 */
#ifndef SITREP_DAY_H
#define SITREP_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t day_t;

#define DAY_NONE INT32_MIN /* undated */
/* Years 1 to 9999 are valid. */
#define DAY_MIN (-719162) /* 0001-01-01 */
#define DAY_MAX 2932896   /* 9999-12-31 */

/* DAY_NONE where there is no such day (30 February, year 0). */
day_t day_from_civil(int year, unsigned month, unsigned day);
void day_to_civil(day_t day, int *year, unsigned *month, unsigned *day_of_month);
/* 0 Monday to 6 Sunday (ISO 8601). */
unsigned day_of_week(day_t day);

/* Exactly "YYYY-MM-DD"; DAY_NONE for anything else. */
day_t day_parse(const char *text, size_t size);
/* Also the forms that feeds and archives write, in English: "2023-11-15T10:00:00Z",
 * "20231115", "15 November 2023", "Nov. 15th, 2023", "26-FEB-1987 15:01:01.79", "15.11.2023",
 * "Wed, 15 Nov 2023 10:00 GMT". The day is the one written, whatever the zone. Forms that are
 * read differently in different countries (3/4/2023) are DAY_NONE. */
day_t day_parse_loose(const char *text, size_t size);
#define DAY_TEXT_ROOM 11
/* "YYYY-MM-DD", or "" for DAY_NONE. Returns 'out'. */
char *day_format(day_t day, char out[DAY_TEXT_ROOM]);
/* How much of a day is known; of what is not known the first is taken. */
enum precision { PRECISION_DAY, PRECISION_MONTH, PRECISION_YEAR, PRECISION_COUNT };
extern const char *const precision_names[PRECISION_COUNT]; /* "day", "month", "year" */
/* "2020-08-18", "2020-08" or "2020"; "" for DAY_NONE. Returns 'out'. */
char *day_format_to(day_t day, enum precision precision, char out[DAY_TEXT_ROOM]);
/* Today in UTC. */
day_t day_today(void);

/* A day in the index: value slot "YYYYMMDD", so that byte order is day order. */
#define DAY_VALUE_ROOM 9
char *day_to_value(day_t day, char out[DAY_VALUE_ROOM]);
day_t day_from_value(const char *bytes, size_t size);

enum interval_id { INTERVAL_DAY, INTERVAL_WEEK, INTERVAL_MONTH, INTERVAL_YEAR, INTERVAL_COUNT };

/* One row an interval; the rows stand in the order of enum interval_id. The functions want a
 * valid day, not DAY_NONE. */
struct interval {
    const char *name;           /* "month" */
    day_t (*trunc)(day_t day);  /* the first day of the interval that 'day' is in */
    day_t (*next)(day_t first); /* the first day of the interval after; may pass DAY_MAX */
    /* A reader's name for it ("November 2023", "2023-W46") of at most 31 bytes. */
    void (*label)(day_t first, char out[32]);
};
extern const struct interval day_intervals[INTERVAL_COUNT];
/* NULL where no interval has that name. */
const struct interval *interval_find(const char *name);

#endif
