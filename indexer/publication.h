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

#define PUBLICATION_REHEARSED "rehearsed" /* where a rehearsed generation stands in an index */
#define PUBLICATION_KEEP      3u          /* generations kept, the current one included */

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
/* Begins to verify the generation's database, which does not change any more, while the caller
 * writes what else there is of it. It may be left to the publication. */
bool publication_verify_ahead(struct publication *publication, struct error *err);
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

/* Does the same up to the swap, the step before it included, and puts the generation into
 * INDEX/rehearsed instead, in the place of an earlier one: an index of its own, which every program
 * can open. */
bool publication_rehearse(struct publication *publication, const struct manifest_facts *facts,
                          char name[GENERATION_NAME_ROOM], struct error *err);
/* Verifies the rehearsed generation once more and makes it current. Where something else is
 * current than when it was put aside, or was committed to that since, it is ERROR_DATA unless
 * 'force'. */
bool publication_publish_rehearsed(struct publication *publication, bool force, unsigned keep,
                                   char name[GENERATION_NAME_ROOM], struct error *err);

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
