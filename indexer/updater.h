/* updater.h: writes to whatever generation is current, a commit at a time. The index is
 * locked for that commit only, so that several updaters and a build take turns.
 */
#ifndef SITREP_UPDATER_H
#define SITREP_UPDATER_H

#include "indexer/update.h"
#include "schema/generation.h"

struct updater;

/* ERROR_NO_INPUT where there is no index. */
bool updater_open(const char *index, struct updater **out, struct error *err);
void updater_close(struct updater *updater);

/* Applies the update to the generation that is current now, with that one's vocabulary.
 * ERROR_LOCKED where another process writes for longer than LOCK_WAIT_MS: try again then. After
 * any other failure the process should end. */
bool updater_apply(struct updater *updater, struct update *update, struct update_commit *out,
                   struct error *err);
/* The generation that was written to last. */
const char *updater_generation(const struct updater *updater);

#endif
