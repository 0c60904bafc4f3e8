/* listener.h: the one Unix socket that nginx talks to. Never TCP: libfcgi trusts
 * whoever can connect.
 */
#ifndef SITREP_LISTENER_H
#define SITREP_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

#include "schema/error.h"

struct listener {
    int fd;     /* listening, non-blocking, closed on exec */
    char *path; /* NULL where the socket was inherited */
    dev_t device;
    ino_t inode;
};

/* Makes the socket at 'path', for its owner and group only (mode 0660). A socket that nobody
 * listens on is replaced; one with a live server is ERROR_LOCKED; anything that is not a socket
 * stays untouched: ERROR_CREATE. */
bool listener_open(const char *path, struct listener *out, struct error *err);
/* The socket that systemd passed (LISTEN_FDS) or that stands at descriptor 0, as spawn-fcgi
 * leaves it. '*found' says whether there is one; ERROR_USAGE where it is no listening Unix
 * socket. */
bool listener_inherit(struct listener *out, bool *found, struct error *err);
/* Takes the path away, so that nobody new can connect; who is connected stays so. Nothing
 * happens where the path is another's by now, or the socket was inherited. */
void listener_unlink(struct listener *listener);
/* Unlinks and closes. */
void listener_close(struct listener *listener);

#endif
