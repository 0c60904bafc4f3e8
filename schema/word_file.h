/* word_file.h: the word streams of the reports that a generation was built of, as one file that
 * is mapped: a phrase looks into thousands of them. Those of reports that were added since are in
 * a value slot of the database (field.h): docids never change their report, so the file stays as
 * it is.
 *
 * Streams one behind the other in the order of docids, from 1 on; where each ends, eight bytes; the
 * number of streams, eight bytes; and WORD_FILE_MAGIC. Numbers have their lowest byte first.
 */
#ifndef SITREP_WORD_FILE_H
#define SITREP_WORD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define WORD_FILE_MAGIC "SitrepW1"

struct word_file;

/* Maps the file, which must not be written to while it is open. ERROR_IO, ERROR_CORRUPT,
 * ERROR_MEMORY. */
bool word_file_open(const char *path, struct word_file **out, struct error *err);
void word_file_close(struct word_file *file);

/* The last docid that has its stream here. */
uint32_t word_file_last(const struct word_file *file);
/* The stream of a docid up to the last, lent; of a damaged file any bytes that are in it. */
const char *word_file_stream(const struct word_file *file, uint32_t docid, size_t *size);
/* Asks for a stream that is read soon: most of the time of a phrase is waiting for memory. */
void word_file_fetch(const struct word_file *file, uint32_t docid);

#endif
