/* report_file.h: a string of bytes for each report that a generation was built of, as one file that
 * is mapped: 'words' holds their word streams, since a phrase looks into thousands of them, and
 * 'texts' their stored form. Those of reports that were added since are in the database: docids
 * never change their report, so the files stay as they are.
 *
 * Strings one behind the other in the order of docids, from 1 on; where each ends, eight bytes; the
 * number of strings, eight bytes; and REPORT_FILE_MAGIC. Numbers have their lowest byte first.
 */
#ifndef SITREP_REPORT_FILE_H
#define SITREP_REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define REPORT_FILE_MAGIC "SitrepR1"

struct report_file;

/* Maps the file, which must not be written to while it is open. ERROR_IO, ERROR_CORRUPT,
 * ERROR_MEMORY. */
bool report_file_open(const char *path, struct report_file **out, struct error *err);
void report_file_close(struct report_file *file);
/* As mapping_let_go. */
void report_file_let_go(const struct report_file *file);

/* The last docid that has its string here. */
uint32_t report_file_last(const struct report_file *file);
/* The string of a docid up to the last, lent; of a damaged file any bytes that are in it. */
const char *report_file_bytes(const struct report_file *file, uint32_t docid, size_t *size);
/* Asks for a string that is read soon: most of the time of a phrase is waiting for memory. */
void report_file_fetch(const struct report_file *file, uint32_t docid);

#endif
