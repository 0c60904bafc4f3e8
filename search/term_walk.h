/* term_walk.h: the terms of an index that begin with some letters, in byte order, wherever their
 * postings are (postings.h).
 */
#ifndef SITREP_TERM_WALK_H
#define SITREP_TERM_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/postings.h"

struct term_walk;

/* Borrows the source; 'prefix' may be empty. ERROR_MEMORY, ERROR_STALE. */
bool term_walk_open(const struct postings_source *source, const char *prefix,
                    struct term_walk **out, struct error *err);
/* The next term, borrowed until the next call, and how many reports it indexes, which are never
 * none; NULL past the last one. ERROR_STALE. */
bool term_walk_next(struct term_walk *walk, const char **term, uint32_t *freq, struct error *err);
/* To the first term that is not less than this one; never back. ERROR_STALE. */
bool term_walk_skip_to(struct term_walk *walk, const char *term, struct error *err);
void term_walk_close(struct term_walk *walk);

#endif
