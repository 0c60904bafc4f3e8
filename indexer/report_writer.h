/* report_writer.h: writes the two report files (report_file.h) of a directory, GENERATION_WORDS and
 * GENERATION_TEXTS: of a segment, and of a generation out of its segments'.
 */
#ifndef SITREP_REPORT_WRITER_H
#define SITREP_REPORT_WRITER_H

#include <stdbool.h>

#include "schema/buffer.h"
#include "schema/error.h"

struct report_writer;

/* Over files that are there already. */
bool report_writer_open(const char *directory, struct report_writer **out, struct error *err);
/* The word stream and the stored form of the next report. */
bool report_writer_add(struct report_writer *writer, const struct buffer *words,
                       const struct buffer *text, struct error *err);
/* All that the files of another directory hold, as of the next reports. */
bool report_writer_add_all(struct report_writer *writer, const char *directory, struct error *err);
/* Ends the files; not forced to disk. */
bool report_writer_finish(struct report_writer *writer, struct error *err);
/* Also after a failure; what was not finished is no report file. */
void report_writer_close(struct report_writer *writer);

#endif
