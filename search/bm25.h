/* bm25.h: how much a word adds to the score of a report that has it: Okapi BM25 (Robertson and
 * Zaragoza, "The Probabilistic Relevance Framework", 2009). The numbers are those of Xapian's
 * BM25Weight with the same parameters, so that either may rank; a test compares them.
 */
#ifndef SITREP_BM25_H
#define SITREP_BM25_H

#include <stdint.h>

#include "schema/error.h"
#include "search/lengths.h"
#include "search/snapshot.h"
#include "search/terms.h"

#define BM25_K1 1.2
#define BM25_B  0.6
/* A report shorter than this share of the average counts as so long. */
#define BM25_SHORTEST 0.2

/* Some terms that count as one word. */
struct bm25 {
    double weight; /* it adds weight * wdf / (wdf + bm25_norm) */
    double most;   /* that it can add */
};

/* ERROR_STALE. */
bool bm25_of(const struct snapshot *snapshot, const struct terms *terms, double factor,
             struct bm25 *out, struct error *err);

static inline double bm25_norm(const struct lengths *lengths, uint32_t length)
{
    double normal = (double)length * lengths->factor;
    return BM25_K1 * ((normal > BM25_SHORTEST ? normal : BM25_SHORTEST) * BM25_B + (1 - BM25_B));
}

#endif
