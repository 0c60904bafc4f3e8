/* dates.h: the dates that a text mentions, and which they are, by the day of its report.
 *
 * Full dates are read as they stand. Of "15 November", "June", "Monday", "yesterday" and "three
 * days ago" the day, month or year follows from the report's day: a weekday is the last one,
 * up to six days back; a day or month without a year is the last one too, unless the sentence
 * tells of the future or the day is less than two weeks ahead, or unless the paragraph told of
 * a past year before. Weeks are left out, as are all numbers and names of months that may be
 * something else: precision goes before recall. docs/dates.md lists the rules.
 */
#ifndef SITREP_DATES_H
#define SITREP_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/scan.h"
#include "schema/day.h"
#include "schema/error.h"
#include "schema/report.h"

/* One date mentioned. */
struct date {
    uint32_t begin, end; /* bytes */
    day_t day;           /* the first of the month or year */
    enum precision precision;
    const char *rule;   /* one word, static */
    uint8_t confidence; /* percent */
};

/* A report's day and how much of it is known; DAY_NONE where undated. */
struct date_anchor {
    day_t day;
    enum precision precision;
};

/* Takes a date; false ends the search. */
typedef bool date_sink(void *context, const struct date *date);

/* All dates in a text, in the order they stand in, none over another. 'words' are the text's.
 * Without an anchor those that need one are left out. False where the sink was. */
bool dates_find(const char *text, size_t size, const struct word *words, size_t word_count,
                struct date_anchor anchor, date_sink *sink, void *context);

/* Adds the dates of one part of a report to its mentions and tags: a day with its month and
 * year. Left out are those in an actor's name ("23 March Movement"), by the mentions that the
 * report has, and those among its sources. Fails out of memory only. */
bool dates_tag(struct report *report, enum report_part part, const char *text, size_t size,
               const struct word *words, size_t word_count, struct error *err);

/* What a rule says, for people; NULL where it is none of the dates'. */
const char *dates_rule(const char *rule);

#endif
