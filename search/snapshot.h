/* snapshot.h: one generation, open and ready to answer: the database, the columns and the
 * vocabulary. Read-only; processes forked after it was opened share its memory.
 */
#ifndef SITREP_SNAPSHOT_H
#define SITREP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/report.h"
#include "schema/vocabulary.h"

struct snapshot;

/* Opens the current generation of an index directory. */
bool snapshot_open(const char *index, struct snapshot **out, struct error *err);
/* Moves on to what is current now. A later revision of the same generation is reached by reading
 * what was added and noting what was removed; the words that suggestions and corrections know
 * stay those of the earlier one. Another generation is opened whole. On failure the snapshot is
 * as it was. */
bool snapshot_refresh(struct snapshot **snapshot, struct error *err);
void snapshot_close(struct snapshot *snapshot);

/* "000042.7": the generation's name and the database's revision, which grows with each
 * commit of a writer. Names the answers given from it. */
const char *snapshot_name(const struct snapshot *snapshot);
/* Whether a newer generation or revision is there: cheap, to be asked several times a second.
 * A directory that cannot be read says no. */
bool snapshot_is_outdated(const struct snapshot *snapshot);
uint32_t snapshot_reports(const struct snapshot *snapshot);
/* Bytes of memory that columns, words and names take. */
size_t snapshot_memory(const struct snapshot *snapshot);
/* Bytes that this process keeps of what questions matched and of what was counted: a question asked
 * again with other filters, dates or another page is neither matched nor counted wholly anew. */
size_t snapshot_cache_memory(const struct snapshot *snapshot);
/* Forgets both: to measure what a new one takes. */
void snapshot_forget_questions(const struct snapshot *snapshot);
/* The vocabulary its reports were tagged with: labels of tags. Borrowed, never NULL. */
const struct vocabulary *snapshot_vocabulary(const struct snapshot *snapshot);

/* One whole report by its id. '*found' says whether there is one; 'out' is zeroed where there
 * is none. ERROR_STALE where the revision is gone: open a new snapshot and ask again. */
bool snapshot_report(const struct snapshot *snapshot, const char *id, struct report *out,
                     bool *found, struct error *err);

#endif
