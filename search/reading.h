/* reading.h: a question's text and parameters as the one tree that is matched and ranked: the
 * words as they were typed, what their names add, and the words of a report to find others like.
 */
#ifndef SITREP_READING_H
#define SITREP_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "search/expansion.h"
#include "search/query.h"
#include "search/question.h"
#include "search/snapshot.h"

/* Words of a report that others like it are found by. */
#define READING_LIKE_WORDS 20u

struct reading {
    struct query *query;
    struct expansion *names;
    size_t name_count;
};

/* With 'like', a report must have any of the words that tell that report best from the rest, and
 * is not that report; with an id that no report has, none matches. ERROR_LIMIT, ERROR_STALE,
 * ERROR_MEMORY. */
bool reading_make(const struct snapshot *snapshot, const struct question *question,
                  struct reading *out, struct error *err);
void reading_clear(struct reading *reading);

#endif
