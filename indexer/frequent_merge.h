/* frequent_merge.h: the file of frequent terms of a generation, out of those of its segments and of
 * the tags in its database.
 */
#ifndef SITREP_FREQUENT_MERGE_H
#define SITREP_FREQUENT_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct frequent_merge;

/* Begins GENERATION_FREQUENT of a generation's directory with the lists of the segments, which
 * stand in so many directories, in the order of their reports. ERROR_IO, ERROR_CORRUPT,
 * ERROR_MEMORY. */
bool frequent_merge_begin(const char *directory, char *const *segments, size_t count,
                          struct frequent_merge **out, struct error *err);
/* Adds the lists of frequent tags in the database, which is there by now, and ends the file; not
 * forced to disk. */
bool frequent_merge_finish(struct frequent_merge *merge, struct error *err);
/* Also after a failure. */
void frequent_merge_close(struct frequent_merge *merge);

#endif
