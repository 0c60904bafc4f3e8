/* publication.h: the one writer of an index directory (generation.h has its layout). What
 * is built stands aside until it is whole, verified and on disk; readers see it from one
 * rename on. A process killed at any moment leaves the published generation as it was.
 */
#ifndef SITREP_PUBLICATION_H
#define SITREP_PUBLICATION_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/manifest.h"
#include "schema/error.h"
#include "schema/generation.h"

#define PUBLICATION_KEEP 3u /* generations kept, the current one included */

struct publication;

/* Makes the directory where it is missing and takes its lock: ERROR_LOCKED names the process
 * that has it. The lock ends with the process. */
bool publication_open(const char *index, struct publication **out, struct error *err);
/* Also removes what was begun and not published. */
void publication_close(struct publication *publication);

/* Clears away what an earlier run left and starts a generation. */
bool publication_begin(struct publication *publication, struct error *err);
/* Starts a generation, with the workspace as an earlier run left it. */
bool publication_resume(struct publication *publication, struct error *err);
/* What was begun shall stay when the publication is closed. */
void publication_keep_work(struct publication *publication);
/* Where to put the generation's files ("database", "vocabulary" ...), and where to work;
 * borrowed. */
const char *publication_directory(const struct publication *publication);
const char *publication_workspace(const struct publication *publication);
/* Writes the manifest (its facts' generation is filled in), verifies, forces all to disk,
 * swaps 'current' and removes all but the 'keep' newest generations. The new one's name goes to
 * 'name'. After a failure the published generation is what it was. */
bool publication_publish(struct publication *publication, const struct manifest_facts *facts,
                         unsigned keep, char name[GENERATION_NAME_ROOM], struct error *err);

/* Something to be done to the verified generation in 'directory' when nobody else writes any
 * more, just before the swap. Called once by publication_publish. */
typedef bool publication_step(void *context, const char *directory, struct error *err);
void publication_before_swap(struct publication *publication, publication_step *step,
                             void *context);

/* Points 'current' to another generation: 'to', or the one before the current one where 'to'
 * is NULL. It must open and have its number of reports. */
bool publication_rollback(struct publication *publication, const char *to,
                          char name[GENERATION_NAME_ROOM], struct error *err);
/* Removes all but the 'keep' newest generations; the current one stays whatever its age. */
bool publication_prune(struct publication *publication, unsigned keep, size_t *removed,
                       struct error *err);

/* The process that has the index's lock, 0 for none. */
long publication_writer(const char *index);

#endif
