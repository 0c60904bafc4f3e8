/* etag.h: names for answers, so that a client that has one is not sent it again.
 */
#ifndef SITREP_ETAG_H
#define SITREP_ETAG_H

#include <stdbool.h>

#include "schema/error.h"

#define ETAG_ROOM 24

/* The tag of what 'snapshot' (its name) has at the address 'canonical', shown with templates of
 * 'version': W/"16 hex digits". It is weak, as answers tell how long they took. */
bool etag_make(const char *snapshot, const char *version, const char *canonical,
               char out[ETAG_ROOM], struct error *err);
/* Whether an If-None-Match header names the tag; weak and strong count the same (RFC 9110,
 * 13.1.2). */
bool etag_matches(const char *if_none_match, const char *tag);

#endif
