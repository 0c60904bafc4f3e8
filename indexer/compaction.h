/* compaction.h: many segments to one database, documents in the order of the segments. */
#ifndef SITREP_COMPACTION_H
#define SITREP_COMPACTION_H

#include <stddef.h>

#include "schema/error.h"

/* Where segment 'number' of a folder is kept; the caller frees, NULL out of memory. */
char *compaction_segment_path(const char *folder, size_t number);
/* Merges segments 0 to count - 1 of a folder into a new database, which must not be there,
 * which takes as much room again. More than 1,024 are merged in groups first, by 'workers'
 * processes (0: one a core), and those groups' sources are removed. Xapian forces the result to
 * disk; the directory it stands in is the caller's. */
bool compaction_run(const char *folder, size_t count, const char *destination, unsigned workers,
                    struct error *err);

#endif
