/* query_dates.h: the forms in which a question names days and spans of days. */
#ifndef SITREP_QUERY_DATES_H
#define SITREP_QUERY_DATES_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/day.h"

/* 2023, 2023-11, 2023-11-15, June 2021, 15 June 2021: the first and the last day of it. */
bool dates_read_period(const char *text, size_t size, day_t *from, day_t *to);

/* A period, FROM..TO of two periods (either may be missing), 'since PERIOD', 'until PERIOD',
 * 'last 90 days' (also weeks, months, years; today counts). DAY_NONE is an open end. A
 * range whose periods stand in the wrong order is '*reversed' and read in the right one. False,
 * outputs untouched, for anything else. */
bool dates_read(const char *text, size_t size, day_t today, day_t *from, day_t *to, bool *reversed);

/* The shortest form of a span that dates_read reads back: 2023, 2023-11, 2023-11-15, or
 * 2023-08-01..2023-11-30. */
#define DATES_TEXT_ROOM 24
char *dates_format(day_t from, day_t to, char out[DATES_TEXT_ROOM]);

#endif
