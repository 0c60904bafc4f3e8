/* parking.h: where connections wait whose questions are long, so that quick ones pass: one queue of
 * all processes, first come first served. The kernel holds it, as descriptors that are under way in
 * a socket (unix(7), SCM_RIGHTS), so what waits outlives the process that put it there.
 */
#ifndef SITREP_PARKING_H
#define SITREP_PARKING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct parking {
    int in, out; /* non-blocking, closed on exec; 'out' can be read where something waits */
    size_t room; /* connections; with more it is full, and still takes some */
};

/* Shared by all processes forked afterwards. ERROR_SYSTEM. */
bool parking_open(size_t room, struct parking *out, struct error *err);
void parking_close(struct parking *parking);

/* Takes a connection, with what was not read of it; false where it cannot, and the connection is
 * the caller's still. */
bool parking_take(const struct parking *parking, int fd);
/* The connection that waited longest, now the caller's; -1 where none waits. */
int parking_next(const struct parking *parking);
bool parking_is_full(const struct parking *parking);

#endif
