/* facet.h: the values of one field over a question's reports, counted exactly. */
#ifndef SITREP_FACET_H
#define SITREP_FACET_H

#include <stdbool.h>

#include "schema/error.h"
#include "search/answer.h"
#include "search/plan.h"
#include "search/question.h"
#include "search/snapshot.h"

/* Fills '*out', which facet_clear ends. */
bool facet_make(const struct snapshot *snapshot, const struct plan *plan,
                const struct question *question, enum field_id field, struct facet *out,
                struct error *err);
void facet_clear(struct facet *facet);

#endif
