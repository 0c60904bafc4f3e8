/* difference.h: what a generation says that the one before it did not (schema/story.h).
 *
 * The two databases are compared before the switch, while a feed may still write to the one before;
 * when nobody does any more, the ids that its log of changes names are looked at once more. So a
 * feed waits for as long as these take, whatever the number of reports. In memory are 16 bytes a
 * report of each database while they are compared, and the ids that differ.
 */
#ifndef SITREP_DIFFERENCE_H
#define SITREP_DIFFERENCE_H

#include "schema/buffer.h"
#include "schema/error.h"
#include "schema/generation.h"

/* Zero it before first use. */
struct difference {
    struct buffer ids; /* a kind's sign, the id, and a NUL, in byte order of the ids */
};

/* Compares two databases. Commits to the first one meanwhile do no harm. */
bool difference_find(const char *before, const char *after, struct difference *out,
                     struct error *err);
/* Writes differences.jsonl of the generation in 'directory', forced to disk and listed in its
 * manifest. Nobody may write to either any more. */
bool difference_write(const struct difference *difference, const struct generation *before,
                      const char *directory, struct error *err);
void difference_clear(struct difference *difference);

#endif
