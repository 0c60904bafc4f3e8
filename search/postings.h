/* postings.h: the reports that a term indexes, in the order of docids, wherever that stands. If a
 * generation's file of frequent terms (schema/frequent_file.h) lists a term, it has those of the
 * reports that the generation was built of, and the database those that were added since; else all
 * are in the database. Reports that are gone are left out.
 */
#ifndef SITREP_POSTINGS_H
#define SITREP_POSTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/frequent_file.h"
#include "search/docset.h"
#include "xapian/xap.h"

/* Where the postings of an index are. */
struct postings_source {
    const struct xap_db *db;
    const struct frequent_file *file; /* NULL for none */
    const struct docset *all;         /* the reports there are */
    struct docset *gone; /* reports that the file knows and that are no more; or NULL */
};

/* Borrows all three; the file may be NULL. ERROR_MEMORY. */
bool postings_source_make(const struct xap_db *db, const struct frequent_file *file,
                          const struct docset *all, struct postings_source *out, struct error *err);
void postings_source_clear(struct postings_source *source);

/* How many reports a term indexes. ERROR_STALE. */
bool postings_freq(const struct postings_source *source, const char *term, uint32_t *out,
                   struct error *err);
/* At least the number of its occurrences in any one of them. ERROR_STALE. */
bool postings_most(const struct postings_source *source, const char *term, uint32_t *out,
                   struct error *err);
/* What the file lists of a term; false where it does not list it. */
bool postings_find(const struct postings_source *source, const char *term,
                   struct frequent_postings *out);
/* Whether it lists it as codes. */
bool postings_are_codes(const struct postings_source *source, const char *term);
/* How many it lists, less those that are gone. */
uint32_t postings_listed(const struct postings_source *source,
                         const struct frequent_postings *list);

struct postings;

/* At the first posting; borrows the source. ERROR_MEMORY, ERROR_STALE. */
bool postings_open(const struct postings_source *source, const char *term, struct postings **out,
                   struct error *err);
/* Reads up to 'room' postings; '*count' less than 'room' means the list has ended. 'wdfs' may be
 * NULL. ERROR_STALE. */
bool postings_read(struct postings *postings, size_t room, uint32_t *docids, uint32_t *wdfs,
                   size_t *count, struct error *err);
/* The next read starts at the first posting whose docid is at least 'docid'; never back.
 * ERROR_STALE. */
bool postings_skip_to(struct postings *postings, uint32_t docid, struct error *err);
void postings_close(struct postings *postings);

/* Adds all reports of a term to a set. ERROR_MEMORY, ERROR_STALE. */
bool postings_add(const struct postings_source *source, const char *term, struct docset *set,
                  struct error *err);

#endif
