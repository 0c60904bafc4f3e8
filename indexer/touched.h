/* touched.h: the ids that the log of changes of a generation names. */
#ifndef SITREP_TOUCHED_H
#define SITREP_TOUCHED_H

#include "schema/changes.h"
#include "schema/generation.h"

/* An id, with the last commit that named it. */
struct touched {
    char *id;
    uint64_t sequence;
};

/* Zero it before first use. */
struct touched_list {
    struct touched *items; /* each id once, in byte order */
    size_t count, room;
};

bool touched_read(const struct generation *generation, struct touched_list *out, struct error *err);
void touched_clear(struct touched_list *list);

#endif
