/* stored.h: single reports of a generation, by their ids. */
#ifndef SITREP_STORED_H
#define SITREP_STORED_H

#include <stdbool.h>

#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/generation.h"
#include "schema/report.h"

struct stored;

bool stored_open(const struct generation *generation, struct stored **out, struct error *err);
void stored_close(struct stored *stored);

bool stored_has(const struct stored *stored, const char *id, bool *found, struct error *err);
/* The hash of what the report says, as spool_hash makes it. */
bool stored_hash(const struct stored *stored, const char *id, bool *found,
                 unsigned char out[SPOOL_HASH_BYTES], struct error *err);
/* The report, as it was stored. '*found' says whether there is one; 'out' is untouched where
 * not. */
bool stored_read(const struct stored *stored, const char *id, bool *found, struct report *out,
                 struct error *err);

#endif
