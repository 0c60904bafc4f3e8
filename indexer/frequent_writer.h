/* frequent_writer.h: writes the file of frequent terms (frequent_file.h) of a generation. */
#ifndef SITREP_FREQUENT_WRITER_H
#define SITREP_FREQUENT_WRITER_H

#include <stdbool.h>

#include "schema/error.h"

/* GENERATION_FREQUENT of a generation's directory, out of the database in it, whose docids are 1
 * and the next; not forced to disk. ERROR_IO, ERROR_MEMORY. */
bool frequent_writer_run(const char *directory, struct error *err);

#endif
