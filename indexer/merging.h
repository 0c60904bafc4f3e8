/* merging.h: the segments of a build become one generation.
 */
#ifndef SITREP_MERGING_H
#define SITREP_MERGING_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/publication.h"
#include "schema/error.h"

/* What is merged; all is borrowed. */
struct merging {
    struct publication *publication; /* into its directory */
    const char *folder;              /* of the segments, which compaction.h names */
    char *const *segments;           /* their paths */
    size_t count;
    const char *database; /* that they become */
    unsigned workers;
};

/* Databases, lists and the files of reports are merged side by side, and the database is verified
 * (publication_verify_ahead) as soon as it is there. */
bool merging_run(struct merging *merging, struct error *err);

#endif
