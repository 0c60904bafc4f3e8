/* frequent_merge.h: the file of frequent terms of a generation. */
#ifndef SITREP_FREQUENT_MERGE_H
#define SITREP_FREQUENT_MERGE_H

#include <stdbool.h>

#include "schema/error.h"

/* GENERATION_FREQUENT of a generation's directory, out of the database in it, whose docids are 1
 * and the next; not forced to disk. ERROR_IO, ERROR_MEMORY. */
bool frequent_merge_run(const char *directory, struct error *err);

#endif
