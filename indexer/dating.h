/* dating.h: the date of a report whose input gives none: of its dateline, else of its file's
 * name.
 */
#ifndef SITREP_DATING_H
#define SITREP_DATING_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/dates.h"

/* A dateline with a year ("BAMAKO, 15 Nov 2023 (AFP) -"), a day in the name of the file
 * ("2023-11-15-title.txt", "20231115.txt"), a dateline with the year of the name, and last a
 * month or year that the name begins with. 'path' may be NULL. False, 'out' untouched, where there
 * is none. */
bool dating_find(const char *path, const char *text, size_t size, struct date_anchor *out);

#endif
