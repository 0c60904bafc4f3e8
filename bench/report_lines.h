/* report_lines.h: reports in JSON Lines, as bench/export_reports.c writes them, for the peers. */
#ifndef SITREP_BENCH_REPORT_LINES_H
#define SITREP_BENCH_REPORT_LINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

/* One report; borrowed for the call. */
struct report_line {
    uint32_t number;                      /* from 1, in the order of the file: oldest first */
    const char *id, *date, *title, *text; /* date YYYY-MM-DD, "" where there is none */
    const json_t *actors, *regions;       /* arrays of ids */
    json_t *json;
};

typedef bool report_taker(void *context, const struct report_line *report, struct error *err);

/* Gives every report of a file to 'take', which ends the reading with false. */
bool report_lines_read(const char *path, report_taker *take, void *context, struct error *err);
/* 20231115; 0 where there is no date. */
uint32_t report_line_day(const struct report_line *report);

/* The values of a facet by number, from 1: for peers that count numbers. Zero it before first
 * use. */
struct value_list {
    char **values;
    size_t count, room;
    void *tree; /* of the values, for tsearch */
};
/* The number of a value, added where it is new; 0 out of memory. */
uint32_t value_list_number(struct value_list *list, const char *value);
/* "" where there is none. */
const char *value_list_at(const struct value_list *list, uint32_t number);
/* One value a line. */
bool value_list_write(const struct value_list *list, const char *path, struct error *err);
bool value_list_read(const char *path, struct value_list *out, struct error *err);
void value_list_clear(struct value_list *list);

#endif
