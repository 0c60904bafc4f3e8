/* tally.h: how often each of a few names came up, for the summary of a run. */
#ifndef SITREP_TALLY_H
#define SITREP_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_NAMES      64
#define TALLY_NAME_BYTES 64 /* longer names are cut */

/* Zero it before first use. */
struct tally {
    struct tally_row {
        char name[TALLY_NAME_BYTES];
        uint64_t count;
    } rows[TALLY_NAMES]; /* in the order they first came up */
    size_t count;
    uint64_t others; /* of names that had no room any more */
};

void tally_add(struct tally *tally, const char *name, size_t size, uint64_t count);

#endif
