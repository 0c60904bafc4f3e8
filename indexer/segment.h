/* segment.h: a run of reports to one small Xapian database.
 *
 * Xapian keeps what is not committed in a tree that slows down once it outgrows the
 * processor's caches: many small databases, merged at the end, are built several times
 * faster than a big one (docs/architecture.md has the figures).
 */
#ifndef SITREP_SEGMENT_H
#define SITREP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/dictionary.h"
#include "indexer/document.h"
#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/vocabulary.h"

struct extraction_options;

/* A segment ends at whichever comes first. Measured on 50,554 reports, 128 MB: 2 to 4 MB take
 * the least CPU (512 KB 55 s, 2 MB 47, 4 MB 52, 8 MB 65), and as lists of reports are merged
 * without being joined, the fewer segments the smaller they are (87, 66, 60, 56 MB). */
#define SEGMENT_REPORTS 10000u
#define SEGMENT_BYTES   (4u << 20) /* at most; the caller may choose less */

/* Where each segment ends: report numbers of the spool, ascending, the last one being the
 * number of reports. */
struct segment_plan {
    size_t *ends;
    size_t count;
};
bool segment_plan_make(const struct spool *spool, size_t segment_bytes, struct segment_plan *out,
                       struct error *err);
void segment_plan_clear(struct segment_plan *plan);

/* What a process needs to write segments. */
struct segment_writer;

/* 'previous' is the database of the index as it is now, NULL where there is none: reports
 * that stand there as they are count as unchanged. Borrows the rest.
 * 'pair_words' are as document_kit_set_pairs takes them. */
bool segment_writer_open(const struct spool *spool, const struct vocabulary *vocabulary,
                         const struct extraction_options *extraction,
                         const struct dictionary *dictionary, const char *pair_words,
                         const char *previous, struct segment_writer **out, struct error *err);
void segment_writer_close(struct segment_writer *writer);

/* What went into a segment. */
struct segment_counts {
    size_t accepted;             /* reports that are new or changed */
    size_t unchanged;            /* and those that are not */
    size_t given, given_unknown; /* tags that came with them; not in the vocabulary */
};

struct segment_events {
    void *context;
    void (*written)(void *context, const struct segment_counts *counts);
    /* One report could not be indexed; the rest goes on without it. */
    void (*rejected)(void *context, const struct error *why);
};

/* Writes reports [begin, end) of the spool into a new database at 'path'. Not forced to disk:
 * it is only there to be merged. */
bool segment_write(struct segment_writer *writer, size_t begin, size_t end, const char *path,
                   const struct segment_events *events, struct error *err);

#endif
