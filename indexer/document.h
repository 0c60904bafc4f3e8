/* document.h: a report to a Xapian document, as SCHEMA.md describes the index.
 *
 * The terms it makes are within Xapian's limits whatever the report says, so that no report
 * can make the writer throw away the batch it is in.
 */
#ifndef SITREP_DOCUMENT_H
#define SITREP_DOCUMENT_H

#include <stdbool.h>

#include "indexer/spool.h"
#include "schema/buffer.h"
#include "schema/error.h"
#include "schema/field.h"
#include "schema/report.h"
#include "xapian/xap.h"

/* The value slot that holds spool_note's hash: what the report said when it was indexed. */
#define DOCUMENT_HASH_SLOT 1u
struct frequent_lists;
/* The stemmers and the packing, kept from report to report. One per process. */
struct document_kit;

/* Copies the dictionary that reports are packed with (packing.h); 'size' 0: none. */
bool document_kit_new(const char *dictionary, size_t size, struct document_kit **out,
                      struct error *err);
/* Reports made from now on are indexed with these words (word_list.h), and their terms that are
 * among 'frequent' are counted there and left out of the documents; NULL: none are. It is
 * borrowed. */
bool document_kit_set_words(struct document_kit *kit, const char *words,
                            struct frequent_lists *frequent, struct error *err);
/* A kit that makes documents as those of a database were made. */
bool document_kit_of(const char *database, struct document_kit **out, struct error *err);
void document_kit_free(struct document_kit *kit);

/* Makes the document of a report that went through extraction. */
bool document_make(struct document_kit *kit, const struct report *report,
                   const unsigned char hash[SPOOL_HASH_BYTES], struct xap_document **out,
                   struct error *err);
/* The word stream (word_stream.h) and the stored form (store.h) of the report whose document was
 * made last, lent until the next one. They go into the files of a generation that is built, and
 * into the document of a report that is added to one. */
const struct buffer *document_words(const struct document_kit *kit);
const struct buffer *document_text(const struct document_kit *kit);
bool document_embed(const struct document_kit *kit, struct xap_document *doc,
                    struct xap_error *err);
/* Whether an error that a report met on its way into a database is its own fault, so that the
 * rest can go on without it. */
bool document_is_to_blame(enum error_code code);
/* Whether the document of a docid has this hash. */
bool document_has_hash(const struct xap_db *db, uint32_t docid,
                       const unsigned char hash[SPOOL_HASH_BYTES], bool *same,
                       struct xap_error *err);
/* The term of a report's id, NUL-terminated. */
void document_id_term(const char *id, char out[FIELD_TERM_ROOM]);

#endif
