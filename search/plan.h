/* plan.h: a question as sets of reports: what its words match, what each field's filters
 * select, and what all of it leaves.
 *
 * Values chosen in one field are joined by OR, fields by AND, exclusions always count. A
 * field's own facet is counted over what the question would leave without that field's
 * choices, exclusions and all else kept: so the count of a value is the total of the question
 * in which that value is the field's only choice.
 */
#ifndef SITREP_PLAN_H
#define SITREP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/docset.h"
#include "search/query.h"
#include "search/question.h"
#include "search/snapshot.h"

struct plan {
    struct docset *kept;                  /* by words, dates and exclusions */
    struct docset *selected[FIELD_COUNT]; /* have a value chosen in the field; NULL: no choice */
    struct docset *matches;               /* 'kept' and all of 'selected' */
    uint32_t total;                       /* of 'matches' */
    uint32_t text_total;                  /* reports that the words alone match */
};

/* The filters' values must be resolved (names.h). ERROR_LIMIT, ERROR_STALE, ERROR_MEMORY. */
bool plan_make(const struct snapshot *snapshot, const struct query *query,
               const struct question *question, struct plan *out, struct error *err);
void plan_clear(struct plan *plan);

/* About how many reports a plan has to find and count, at least those that it leaves: 0 where this
 * process knows already what the words match. The same errors. */
bool plan_estimate(const struct snapshot *snapshot, const struct query *query,
                   const struct question *question, uint64_t *out, struct error *err);

/* The reports that a field's facet counts; the caller frees them. */
bool plan_matches_without(const struct plan *plan, enum field_id field, struct docset **out,
                          struct error *err);

#endif
