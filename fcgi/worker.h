/* worker.h: one process that answers one request at a time. The only user of libfcgi.
 */
#ifndef SITREP_WORKER_H
#define SITREP_WORKER_H

#include "fcgi/scoreboard.h"
#include "fcgi/site.h"

/* Answers requests from the listening socket 'fd' until SIGTERM, and never leaves one it has
 * accepted. Where others wait, long questions are parked, and who has no quick one to answer takes
 * them up. SIGTERM must be blocked by the caller. When the server ends, what is parked is
 * answered first, and when it drains, the socket's queue too. */
void worker_run(struct site *site, int fd, struct worker_slot *slot);

#endif
