/* histogram.h: a question's reports by calendar interval, without gaps.
 *
 * It covers the days asked for (from, to) as far as the index has reports, else the days of
 * the reports that match; the first and last bucket are cut at 'from' and 'to'. So a bucket's
 * count is the total of the question with the bucket's days as its dates, whether or not it
 * had dates before, and the buckets and the undated reports add up to the question's total.
 */
#ifndef SITREP_HISTOGRAM_H
#define SITREP_HISTOGRAM_H

#include <stdbool.h>

#include "schema/error.h"
#include "search/answer.h"
#include "search/docset.h"
#include "search/question.h"
#include "search/snapshot.h"

/* More buckets than this are ERROR_LIMIT where the question names the interval. */
#define HISTOGRAM_BUCKETS_MAX 1000u

/* Fills '*out', which histogram_clear ends. */
bool histogram_make(const struct snapshot *snapshot, const struct docset *matches,
                    const struct question *question, struct histogram *out, struct error *err);
void histogram_clear(struct histogram *histogram);

#endif
