/* neighbours.h: what else happened around a report: others with one of its actors, a week before
 * or after it.
 */
#ifndef SITREP_NEIGHBOURS_H
#define SITREP_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/report.h"
#include "search/answer.h"
#include "search/question.h"
#include "search/snapshot.h"

#define NEIGHBOURS_SIZE 5u  /* listed, at most */
#define NEIGHBOURS_DAYS 7   /* before the report and after it */
#define NEIGHBOURS_TAGS 32u /* tags that one may share, at most */

struct neighbours {
    struct question question; /* that finds them all; of the usual page size */
    uint32_t total;
    struct hit *hits; /* the newest */
    size_t count;
};

/* A report without actors shares the regions that it names; one without a date or tags has no
 * neighbours. Zeroes 'out' on failure. ERROR_STALE, ERROR_CORRUPT, ERROR_MEMORY. */
bool neighbours_find(const struct snapshot *snapshot, const struct report *report,
                     struct neighbours *out, struct error *err);
void neighbours_clear(struct neighbours *neighbours);

#endif
