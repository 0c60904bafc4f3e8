/* comparison.h: two indexes beside each other, before one takes the other's place: how far the
 * facets have drifted, and which of the first hits of questions have changed.
 */
#ifndef SITREP_COMPARISON_H
#define SITREP_COMPARISON_H

#include <stdbool.h>

#include "schema/buffer.h"
#include "schema/error.h"
#include "search/snapshot.h"

/* For every facet, and the years: how many values have other counts than before, and those that
 * changed most. Plain text, as comparison_question's is. */
bool comparison_facets(const struct snapshot *before, const struct snapshot *after,
                       struct buffer *out, struct error *err);
/* One saved question: as it is typed, or as a query string ("?q=peace&actor=jnim"). What is not
 * a question is said in its place. */
bool comparison_question(const struct snapshot *before, const struct snapshot *after,
                         const char *line, struct buffer *out, struct error *err);

#endif
