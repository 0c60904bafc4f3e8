/* hits.h: the page of reports that an answer shows, in the order asked for. Stored text is
 * read for these reports only.
 */
#ifndef SITREP_HITS_H
#define SITREP_HITS_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "search/answer.h"
#include "search/feedback.h"
#include "search/plan.h"
#include "search/query.h"
#include "search/question.h"
#include "search/snapshot.h"

/* The order that a question means: without words nothing is more relevant than the rest. */
enum sort hits_order(const struct query *query, const struct question *question);

/* Hits number 'first' to 'first' + 'size' - 1 of a question's matches; none past the end.
 * Reports of one day stand in the order of their docids, falling for SORT_NEWEST and rising
 * for SORT_OLDEST; undated ones come last in both. ERROR_STALE, ERROR_MEMORY. */
bool hits_make(const struct snapshot *snapshot, const struct plan *plan, const struct query *query,
               const struct question *question, struct hit **out, size_t *count, struct error *err);
/* The same hits by docid and score alone, without their text. Room for 'size' places. */
bool hits_find(const struct snapshot *snapshot, const struct plan *plan, const struct query *query,
               const struct question *question, struct place *places, size_t *count,
               struct error *err);
void hits_free(struct hit *hits, size_t count);

#endif
