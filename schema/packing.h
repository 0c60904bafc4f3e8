/* packing.h: the stored form of a report, made small: one Zstandard frame (RFC 8878) a report,
 * with a dictionary that was trained on reports of the same index and stands in its metadata.
 * Reports are short: without what they have in common each would be compressed by itself alone.
 */
#ifndef SITREP_PACKING_H
#define SITREP_PACKING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/buffer.h"
#include "schema/error.h"

#define PACKING_KEY "sitrep.dictionary" /* in the database's metadata */

struct xap_db;

/* One a process. */
struct packing;

/* Copies the dictionary; with 'size' 0 there is none. A frame names its dictionary, so that
 * frames made without one can stand among others. */
bool packing_new(const char *dictionary, size_t size, struct packing **out, struct error *err);
/* With the dictionary of a database, if it has one. */
bool packing_of(const struct xap_db *db, struct packing **out, struct error *err);
void packing_free(struct packing *packing);

/* Over what 'out' holds. */
bool packing_pack(struct packing *packing, const char *bytes, size_t size, struct buffer *out,
                  struct error *err);
/* 'out' is malloc()ed and a NUL follows it. What was not packed with this dictionary, or is
 * damaged, is ERROR_CORRUPT. */
bool packing_unpack(struct packing *packing, const char *bytes, size_t size, char **out,
                    size_t *out_size, struct error *err);

#endif
