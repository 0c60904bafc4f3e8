/* ranking.h: the tree of a question as a Xapian query that says how well a report fits, for
 * reports that are known to match.
 */
#ifndef SITREP_RANKING_H
#define SITREP_RANKING_H

#include <stdbool.h>

#include "schema/error.h"
#include "search/query.h"
#include "search/snapshot.h"
#include "xapian/xap.h"

struct ranking {
    struct xap_query *query; /* NULL where nothing in the question weighs */
    bool covers;             /* every report that matches the tree matches the query */
    bool exact;              /* and no other one does */
};

/* BM25 (Robertson and Zaragoza 2009) sums over the words; a word of the title counts for
 * itself and RANKING_TITLE_WEIGHT times more as a word of the title. */
#define RANKING_TITLE_WEIGHT 2.0

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err);
void ranking_clear(struct ranking *ranking);

#endif
