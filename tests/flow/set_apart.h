/* set_apart.h: an index whose frequent words only its file of frequent terms has. */
#ifndef SITREP_SET_APART_H
#define SITREP_SET_APART_H

#include <stdbool.h>

#include "schema/error.h"

/* Takes the words, stems and pairs that more than one report in 128 has out of the database of an
 * index to which nothing was added yet, and lists them in the file alone, other terms as frequent
 * beside them. The lengths of reports stay what they were. */
bool set_apart(const char *index, struct error *err);

#endif
