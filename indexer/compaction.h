/* compaction.h: many segments to one database, documents in the order of the segments. */
#ifndef SITREP_COMPACTION_H
#define SITREP_COMPACTION_H

#include <stddef.h>

#include "schema/error.h"

/* Where segment 'number' of a folder is kept; the caller frees, NULL out of memory. */
char *compaction_segment_path(const char *folder, size_t number);
/* Segments on their way to one database. */
struct compaction;

/* Begins to merge segments 0 to count - 1 of a folder into a new database, which must not be there,
 * which takes as much room again, by processes of their own. More than 1,024 are merged in groups
 * first, by 'workers' at once (0: one a core). Borrows the paths. */
bool compaction_begin(const char *folder, size_t count, const char *destination, unsigned workers,
                      struct compaction **out, struct error *err);
/* Returns when all are merged, and frees the compaction whatever it returns. Of groups, the sources
 * are removed. Xapian forces the result to disk; the directory it stands in is the caller's. */
bool compaction_end(struct compaction *compaction, struct error *err);
/* In place of compaction_end. NULL is fine. */
void compaction_cancel(struct compaction *compaction);

#endif
