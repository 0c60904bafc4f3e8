/* ranking.h: the tree of a question as what its words weigh: how well a report fits that is
 * known to match.
 */
#ifndef SITREP_RANKING_H
#define SITREP_RANKING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "search/bm25.h"
#include "search/query.h"
#include "search/snapshot.h"
#include "search/terms.h"

/* The terms that one word stands for. A report's score is the sum of what each weight that it
 * has adds to it. */
struct weight {
    struct terms terms; /* whose occurrences count together; never none */
    struct bm25 bm25;
};

/* A word of the question, and the same as a word of the title. */
struct weights {
    struct weight text, title; /* title.terms may be none */
    double factor;             /* that its weights are multiplied by */
};

struct ranking {
    struct weights *items;
    size_t count, room;
    size_t words; /* that weigh, those that no report has too */
};

/* A word of the title counts for itself and RANKING_TITLE_WEIGHT times more as a word of
 * the title, where it is rarer and so weighs more. A stop list's words do not weigh, unless they
 * are quoted or all there is. docs/relevance.md tells what each of these adds. */
#define RANKING_TITLE_WEIGHT 0.3
/* Where any of many words will do, those that can weigh most are weighed. More do not improve
 * the order, and take time. */
#define RANKING_PARTS 32

bool ranking_make(const struct snapshot *snapshot, const struct query_node *node,
                  struct ranking *out, struct error *err);
/* Adds a word whose terms are taken; 'titles' may be none. For rankings that no question made. */
bool ranking_add_take(const struct snapshot *snapshot, struct ranking *ranking, struct terms *text,
                      struct terms *titles, double factor, struct error *err);
void ranking_clear(struct ranking *ranking);

#endif
