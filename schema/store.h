/* store.h: the reports of an index as they are stored: the frames of packing.h, in the file 'texts'
 * of those that the generation was built of, in the document's data of those added since.
 */
#ifndef SITREP_STORE_H
#define SITREP_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/generation.h"
#include "xapian/xap.h"

/* One a process. */
struct store;

/* 'db' is the generation's database, in any of its revisions. */
bool store_open(const struct generation *generation, const struct xap_db *db, struct store **out,
                struct error *err);
void store_close(struct store *store);

/* What report_decode reads, malloc()ed. ERROR_STALE where the revision was overwritten meanwhile,
 * ERROR_CORRUPT. */
bool store_read(struct store *store, const struct xap_db *db, uint32_t docid, char **out,
                size_t *size, struct error *err);

#endif
