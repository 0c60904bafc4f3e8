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
    size_t words;            /* that weigh */
};

/* BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) sums over the
 * words; a word of the title counts for itself and RANKING_TITLE_WEIGHT times more as a word of
 * the title, where it is rarer and so weighs more. A stop list's words do not weigh, unless they
 * are quoted or all there is. docs/relevance.md tells what each of these adds. */
#define RANKING_TITLE_WEIGHT 0.3
/* Where any of many words will do, those that can weigh most are weighed. More do not improve
 * the order, and take time. */
#define RANKING_PARTS 32

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err);
void ranking_clear(struct ranking *ranking);
/* The weights of a ranking's words. */
bool ranking_set_weights(struct xap_enquire *enquire, struct error *err);

#endif
