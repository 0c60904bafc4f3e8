/* worker.h: one process that answers one request at a time. The only user of libfcgi.
 */
#ifndef SITREP_WORKER_H
#define SITREP_WORKER_H

#include "fcgi/scoreboard.h"
#include "fcgi/site.h"

/* Answers requests from the listening socket 'fd' until SIGTERM, and never leaves one it has
 * accepted. SIGTERM must be blocked by the caller. A worker of a scoreboard that drains first
 * empties the socket's queue. */
void worker_run(struct site *site, int fd, struct worker_slot *slot);

#endif
