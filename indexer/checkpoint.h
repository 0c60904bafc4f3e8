/* checkpoint.h: what a build has got done, kept in its workspace, so that the same build goes on
 * from there when it is started again after a kill.
 *
 *   plan.json               which build it is, and what its reading came to: written when all
 *                           reports are in the spool
 *   spool, spool.keys       the reports, in their order
 *   dictionary              what they are packed with
 *   rejects.jsonl           begins with what reading rejected
 *   segments/0-000012       a segment, and 0-000012.json once it is whole: its counts, what it
 *                           rejected, and a hash of its files
 */
#ifndef SITREP_CHECKPOINT_H
#define SITREP_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/extraction.h"
#include "indexer/segment.h"
#include "indexer/tally.h"
#include "schema/error.h"
#include "schema/hash.h"

/* What makes a build the same as another. */
struct checkpoint_build {
    const char *const *paths;
    size_t path_count;
    const char *vocabulary_hash;
    struct extraction_options extraction;
    const char *previous; /* the generation that is published, "" for none */
    uint64_t memory;
    unsigned workers;
};

/* A hash of that, and of the names, sizes and times of all files under the paths. "" where a
 * build cannot be repeated: it reads standard input. */
bool checkpoint_identify(const struct checkpoint_build *build, char out[HASH_ROOM],
                         struct error *err);

/* What reading came to. */
struct checkpoint_reading {
    uint64_t seen, rejected, skipped, files, bytes;
    uint64_t rejects_bytes; /* of rejects.jsonl */
    struct tally ignored;
};

/* Writes plan.json and forces it to disk; all that it speaks of is there already. */
bool checkpoint_write(const char *workspace, const char identity[HASH_ROOM],
                      const struct checkpoint_reading *reading, struct error *err);
/* Whether the workspace holds this build, read to its end. */
bool checkpoint_read(const char *workspace, const char identity[HASH_ROOM],
                     struct checkpoint_reading *out);

/* What became of a segment. */
struct checkpoint_segment {
    struct segment_counts counts;
    struct error *rejects;
    size_t reject_count, reject_room;
};
void checkpoint_segment_clear(struct checkpoint_segment *segment);
/* Notes one; false out of memory. */
bool checkpoint_segment_reject(struct checkpoint_segment *segment, const struct error *why);
bool checkpoint_segment_write(const char *path, const struct checkpoint_segment *segment,
                              struct error *err);
/* Whether the segment at 'path' is whole: every byte of it is as it was written. */
bool checkpoint_segment_read(const char *path, struct checkpoint_segment *out);

#endif
