/* segment.h: a run of reports to one small Xapian database.
 *
 * Xapian keeps what is not committed in trees that slow down once they outgrow the processor's
 * caches, and so do its tables: many small databases, each committed often and merged at the end,
 * are built several times faster than a big one (docs/performance.md has the figures).
 */
#ifndef SITREP_SEGMENT_H
#define SITREP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/choices.h"
#include "indexer/document.h"
#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/vocabulary.h"

struct extraction_options;

/* A segment ends at whichever comes first. Each has an entry for every frequent term, and lists of
 * reports are merged without being joined: the fewer segments, the less of both. */
#define SEGMENT_REPORTS 20000u
#define SEGMENT_BYTES   (16u << 20) /* at most */
#define SEGMENT_LEAST   (256u << 10)
/* Of reports that are held in memory before they are committed to the segment. */
#define SEGMENT_COMMIT_BYTES (256u << 10)

/* Where each segment ends: report numbers of the spool, ascending, the last one being the
 * number of reports. */
struct segment_plan {
    size_t *ends;
    size_t count;
};
bool segment_plan_make(const struct spool *spool, unsigned workers, struct segment_plan *out,
                       struct error *err);
void segment_plan_clear(struct segment_plan *plan);

/* What a process needs to write segments. */
struct segment_writer;

/* 'previous' is the database of the index as it is now, NULL where there is none: reports
 * that stand there as they are count as unchanged. Borrows the rest. */
bool segment_writer_open(const struct spool *spool, const struct vocabulary *vocabulary,
                         const struct extraction_options *extraction, const struct choices *choices,
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

/* Writes reports [begin, end) of the spool into a new database at 'path', and into its directory
 * their files (report_writer.h) and that of frequent terms. Not forced to disk: they are only there
 * to be merged. */
bool segment_write(struct segment_writer *writer, size_t begin, size_t end, const char *path,
                   const struct segment_events *events, struct error *err);

#endif
