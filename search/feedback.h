/* feedback.h: the first hits of a long question are put in a better order by what the very first
 * ones have in common: pseudo-relevance feedback.
 *
 * The stems that tell the first FEEDBACK_REPORTS hits from all other reports (keywords.h) weigh a
 * little in the first FEEDBACK_DEPTH. So it costs the same however much matches, no report comes
 * or goes, and what lies deeper keeps its place. docs/relevance.md tells what it adds.
 */
#ifndef SITREP_FEEDBACK_H
#define SITREP_FEEDBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/question.h"
#include "search/ranking.h"
#include "search/scoring.h"
#include "search/snapshot.h"

#define FEEDBACK_REPORTS 10u
#define FEEDBACK_DEPTH   200u
#define FEEDBACK_TERMS   30u
/* The best of them weighs so much of what it would weigh in the question. */
#define FEEDBACK_WEIGHT 0.5
/* A question of fewer words says exactly what it wants. */
#define FEEDBACK_WORDS 3u

/* Only where any word will do, and some weighing words were given. */
bool feedback_is_wanted(const struct question *question, const struct ranking *ranking);
/* Puts the first hits, best first, in their new order, with their new scores. 'count' of
 * FEEDBACK_DEPTH, or all hits there are. ERROR_STALE, ERROR_MEMORY. */
bool feedback_apply(const struct snapshot *snapshot, struct place *places, size_t count,
                    struct error *err);

#endif
