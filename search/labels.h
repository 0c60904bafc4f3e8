/* labels.h: how the values of a column are shown: their labels and parents, and the order of
 * the labels.
 */
#ifndef SITREP_LABELS_H
#define SITREP_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/vocabulary.h"
#include "search/column.h"

struct labels {
    const char **texts;   /* by value number; borrowed from the vocabulary or the column */
    const char **parents; /* the region, month or year it lies in; NULL where none */
    uint32_t *ranks;      /* place of the label among all labels, in byte order */
    size_t count;
};

bool labels_load(const struct column *column, enum field_id field,
                 const struct vocabulary *vocabulary, struct labels *out, struct error *err);
/* Bytes of memory. */
size_t labels_memory(const struct labels *labels);
void labels_clear(struct labels *labels);

/* The vocabulary's concept for a value of a field; NULL where there is none. */
const struct concept *labels_concept(const struct vocabulary *vocabulary, enum field_id field,
                                     const char *value);
/* The value that another lies in: a region's parent, a day's month; NULL where there is none. */
const char *labels_parent(const struct column *column, enum field_id field,
                          const struct concept *concept, const char *value);

#endif
