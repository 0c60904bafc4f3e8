/* counting.h: how many reports of a set have each value of a field. What was counted lately is
 * kept: a filter that is taken off again, or chosen in the field itself, is counted no more; a set
 * that lies in one counted before, and is more than half of it, is counted by what it lacks; and of
 * a set of few reports is kept what each has, of which parts are counted.
 */
#ifndef SITREP_COUNTING_H
#define SITREP_COUNTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/docset.h"
#include "search/snapshot.h"
#include "search/tally.h"

struct counting;

/* 'budget': bytes of sets and counts that are kept. ERROR_MEMORY. */
bool counting_new(size_t budget, struct counting **out, struct error *err);
void counting_free(struct counting *counting);

/* The values of a field that any report of the set has, in no order. Borrowed until the next
 * counting_count or counting_forget. ERROR_MEMORY. */
struct value_counts {
    struct value_count *items;
    size_t count;
};
bool counting_count(const struct snapshot *snapshot, enum field_id field, const struct docset *set,
                    struct value_counts *out, struct error *err);
/* All but the counts of everything. */
void counting_forget(struct counting *counting);
/* Bytes of memory. */
size_t counting_memory(const struct counting *counting);

#endif
