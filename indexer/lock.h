/* lock.h: the locks of an index directory: files held with flock, with the owner's process
 * number in them. The kernel ends a lock with its owner, so none is ever stale.
 *
 *   lock        of the one process that makes or chooses generations; held for a whole build
 *   write.lock  of the one that writes to the current generation, or swaps it: held for a
 *               commit, so that a build, a feed and an 'add' get on beside each other
 *   follow.lock of the one that drains a feed; in the feed's directory
 */
#ifndef SITREP_LOCK_H
#define SITREP_LOCK_H

#include <stdbool.h>

#include "schema/error.h"

#define LOCK_GENERATIONS "lock"
#define LOCK_WRITER      "write.lock"
#define LOCK_FOLLOW      "follow.lock"

#define LOCK_POLL_MS  20u                /* between two tries */
#define LOCK_WAIT_MS  3000u              /* a commit that takes longer is no reason to wait on */
#define LOCK_PAUSE_MS (3 * LOCK_POLL_MS) /* who writes often leaves it free for so long */
#define LOCK_FOREVER  (~0u >> 1)         /* milliseconds */

/* Takes the lock file 'name' of a directory, waiting up to 'wait_ms' for its owner, and as long
 * as it takes the kernel where that was killed. ERROR_LOCKED says "process N is DOING". '*fd'
 * is for lock_release. */
bool lock_take(const char *directory, const char *name, unsigned wait_ms, const char *doing,
               int *fd, struct error *err);
/* -1 is no lock. */
void lock_release(int fd);
/* The process that has it, 0 for none. */
long lock_owner(const char *directory, const char *name);

#endif
