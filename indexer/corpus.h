/* corpus.h: the files that hold the reports. The paths are walked in the order given,
 * directories recursively, their entries in byte order, so that a run is repeatable.
 */
#ifndef SITREP_CORPUS_H
#define SITREP_CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct corpus;

struct corpus_item {
    const char *path;   /* to open it by, and to name it; "-" is standard input */
    const char *origin; /* relative to the path that it was found under; "-" likewise */
    bool named;         /* the caller named this very file */
    /* Why it is passed over (a FIFO, a symbolic link ...), or NULL for a file to read. */
    const char *skipped;
    /* It cannot be reached (no such file, no permission): why, or ERROR_NONE. */
    struct error failure;
};

/* Borrows 'paths'. */
bool corpus_open(const char *const *paths, size_t count, struct corpus **out, struct error *err);
void corpus_close(struct corpus *corpus);

/* The next file, or thing passed over; borrowed until the next call. NULL at the end. Names
 * that begin with a dot are passed over without a word. Symbolic links are followed where
 * they were named and not below: no loop, no way out of the directory. */
const struct corpus_item *corpus_next(struct corpus *corpus);

#endif
