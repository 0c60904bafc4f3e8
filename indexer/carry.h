/* carry.h: what was added to a generation goes along into the one that is built in its place.
 *
 * A build holds what its paths hold, and the generation before may have more: reports that were fed
 * or added, which nobody may lose. So of each id that the log of changes names
 *
 *   since the build began to read   the last word counts: the report goes along in place of
 *                                   what the build read, and what was removed is removed
 *   before that                     what the build read counts; a report it did not read goes along
 *
 * What goes along is in the log of the new generation, so that it goes along the next time too.
 */
#ifndef SITREP_CARRY_H
#define SITREP_CARRY_H

#include "indexer/update.h"
#include "schema/generation.h"

struct carry_counts {
    uint64_t carried; /* reports that went along */
    uint64_t removed; /* taken out again */
    uint64_t reports; /* in the new generation; untouched where nothing went along */
};

/* The last commit to the generation before the build reads, kept in its workspace so that a build
 * that goes on knows it too. */
bool carry_mark(const struct generation *before, const char *workspace, bool resumed,
                uint64_t *sequence, struct error *err);
/* Brings along what is to; 'since' is what carry_mark gave. Nobody may write to the generation
 * before any more. */
bool carry_over(const struct generation *before, uint64_t since, const struct update_target *to,
                struct carry_counts *out, struct error *err);

#endif
