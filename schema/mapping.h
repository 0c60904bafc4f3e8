/* mapping.h: a file as bytes in memory, which are read when they are looked at. */
#ifndef SITREP_MAPPING_H
#define SITREP_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct mapping {
    const char *bytes; /* at the beginning of a page; NULL of an empty file */
    size_t size;
};

/* The file must not be written to while it is mapped. ERROR_IO. */
bool mapping_open(const char *path, struct mapping *out, struct error *err);
/* Lets go of what was looked at, for who goes through many files or large ones: it stays in the
 * page cache and is there again when it is looked at, but is no part of the process. */
void mapping_let_go(const struct mapping *mapping);
/* Also of one that is all zero. */
void mapping_close(struct mapping *mapping);

#endif
