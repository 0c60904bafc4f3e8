/* frequent_writer.h: writes a file of frequent terms (frequent_file.h), of a segment or of a
 * generation. */
#ifndef SITREP_FREQUENT_WRITER_H
#define SITREP_FREQUENT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

struct frequent_writer;

/* Over a file that is there already, of reports with docids 1 to 'last'. ERROR_IO, ERROR_MEMORY. */
bool frequent_writer_open(const char *path, uint32_t last, struct frequent_writer **out,
                          struct error *err);
/* A term, with its postings in the order of docids; 'alone' where the database
 * has none of them. ERROR_IO, ERROR_MEMORY. */
bool frequent_writer_add(struct frequent_writer *writer, const char *term, bool alone,
                         const uint32_t *docids, const uint32_t *wdfs, uint32_t count,
                         struct error *err);
/* Ends the file; not forced to disk. */
bool frequent_writer_finish(struct frequent_writer *writer, struct error *err);
/* Also after a failure; what was not finished is no file of frequent terms. */
void frequent_writer_close(struct frequent_writer *writer);

#endif
