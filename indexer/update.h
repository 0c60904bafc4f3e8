/* update.h: reports put into a generation that is there, and taken out of it, in one commit.
 *
 * A report's docid never changes what it says: one that replaces another gets a new docid at
 * the end, so that who knows a revision knows the later ones from the new docids and the ones
 * that are gone. What was committed is on disk, the log of changes included.
 */
#ifndef SITREP_UPDATE_H
#define SITREP_UPDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/document.h"
#include "indexer/extraction.h"
#include "indexer/spool.h"
#include "schema/changes.h"

/* An update has enough for one commit at whichever comes first. */
#define UPDATE_STEPS 1000u
#define UPDATE_BYTES (4u << 20)

enum update_kind {
    UPDATE_PUT,     /* adds the report, in place of one with its id */
    UPDATE_ADD,     /* adds the report, and leaves one with its id as it is */
    UPDATE_REPLACE, /* as UPDATE_PUT, and rejects one whose id is not there */
    UPDATE_REMOVE,  /* takes the report with the id away */
};

enum update_outcome {
    OUTCOME_NONE, /* not applied yet */
    OUTCOME_ADDED,
    OUTCOME_REPLACED,
    OUTCOME_UNCHANGED, /* it is there, saying the same; or UPDATE_ADD found one */
    OUTCOME_REMOVED,
    OUTCOME_ABSENT, /* nothing there to remove */
    OUTCOME_REJECTED,
    OUTCOMES
};

struct update_step {
    enum update_kind kind;
    struct report report; /* of a removal only the id */
    unsigned char hash[SPOOL_HASH_BYTES];
    size_t source; /* the caller's: where it came from */
    enum update_outcome outcome;
    bool was_there;   /* before this step */
    struct error why; /* of a reject; its 'where' is the report's */
};

/* Zero it before first use. Steps are done in their order. */
struct update {
    struct update_step *steps;
    size_t count, room;
    size_t bytes; /* of text */
};

/* Takes over the report, which went through report_complete, and leaves it empty. */
bool update_put(struct update *update, enum update_kind kind, struct report *report,
                const char *where, size_t source, struct error *err);
bool update_remove(struct update *update, const char *id, size_t source, struct error *err);
bool update_is_full(const struct update *update);
/* Empties it, keeping the memory of its steps. */
void update_reset(struct update *update);
void update_clear(struct update *update);

/* Where to, and by what. */
struct update_target {
    const char *directory; /* of the generation */
    struct extraction *extraction;
    struct document_kit *kit;
};

struct update_commit {
    uint64_t sequence; /* of the last commit there is */
    uint64_t reports;  /* in the generation */
    size_t outcomes[OUTCOMES];
};

/* Does all steps and commits them, where they change anything; the outcomes are in the steps.
 * A report that the database refuses is rejected, and all others are done again without it. After
 * a failure nothing of the update is in the generation, unless only forcing it to disk
 * failed. The process should end then: Xapian's writer is of no more use, and what it has
 * forced to disk is not known. */
bool update_apply(struct update *update, const struct update_target *target,
                  struct update_commit *out, struct error *err);

#endif
