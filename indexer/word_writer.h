/* word_writer.h: writes word_file.h: of a segment, and of a generation out of its segments'.
 */
#ifndef SITREP_WORD_WRITER_H
#define SITREP_WORD_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct word_writer;

/* Over a file that is there already. */
bool word_writer_open(const char *path, struct word_writer **out, struct error *err);
/* The stream of the next report. */
bool word_writer_add(struct word_writer *writer, const char *stream, size_t size,
                     struct error *err);
/* All streams of a file, as those of the next reports. */
bool word_writer_add_file(struct word_writer *writer, const char *path, struct error *err);
/* Ends the file; not forced to disk. */
bool word_writer_finish(struct word_writer *writer, struct error *err);
/* Also after a failure; what was not finished is no word file. */
void word_writer_close(struct word_writer *writer);

#endif
