/* score_sheet.h: what comparing with gold adds up to: figures by field, the names that the
 * vocabulary does not know, and what went wrong most often.
 */
#ifndef SITREP_SCORE_SHEET_H
#define SITREP_SCORE_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "schema/buffer.h"

enum score_field {
    SCORE_COUNTRY,
    SCORE_ADMIN1,
    SCORE_PLACE,
    SCORE_ACTORS,
    SCORE_DATES,
    SCORE_TOPONYMS,
    SCORE_TOPONYMS_WIDE, /* demonyms count as toponyms */
    SCORE_ORGANISATIONS,
    SCORE_FIELDS
};

enum score_fault {
    FAULT_MISSED,
    FAULT_EXTRA,
    FAULT_CUT,       /* a span found with other ends */
    FAULT_TAKEN,     /* the one thing missed, and the one extra: "Mali as Niger" */
    FAULT_UNCOVERED, /* a gold name that the vocabulary does not have */
    SCORE_FAULTS
};

/* One report's counts in one field. */
struct score_counts {
    size_t found, extra, missed;
    size_t uncovered; /* of the missed */
    size_t touching;  /* gold spans that a found span overlaps */
};

struct score_sheet;

/* NULL out of memory. */
struct score_sheet *score_sheet_new(void);
void score_sheet_free(struct score_sheet *sheet);

void score_sheet_add(struct score_sheet *sheet, enum score_field field,
                     const struct score_counts *counts);
void score_sheet_fault(struct score_sheet *sheet, enum score_field field, enum score_fault fault,
                       const char *name, size_t size);
/* How far a found toponym lies from its gold, in kilometres. */
void score_sheet_distance(struct score_sheet *sheet, double kilometres);

/* A line a field, then what is not covered and what went wrong most. Appends. False out of
 * memory, also where it ran out before. */
bool score_sheet_text(struct score_sheet *sheet, struct buffer *out);
/* The same; NULL out of memory. docs/extraction.md describes it. */
json_t *score_sheet_json(struct score_sheet *sheet);

#endif
