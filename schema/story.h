/* story.h: what is new in an index since some moment, whatever generations were published
 * meanwhile.
 *
 * A generation that is published in the place of another has differences.jsonl: what it says that
 * the one before did not, down to the hash of what a report says. Its first line is
 *
 *   {"before": "000041", "sequence": 17, "covers": 2, "time": "2026-11-22T08:00:00Z",
 *    "reports": 1204}
 *
 * the generation before with its last commit, and the last of its own commits that the difference
 * covers: those brought along what was added to the one before. All others have at most
 * DIFFERENCES_IDS ids, each id in one list of one line:
 *
 *   {"added": ["id"...], "replaced": [...], "removed": [...]}
 *
 * So the moment is a generation and a commit, and the story goes from there by the logs of changes
 * and the differences to the current generation. There is none of what a rollback undid, and none
 * from a generation that was removed.
 */
#ifndef SITREP_STORY_H
#define SITREP_STORY_H

#include "schema/changes.h"

#define DIFFERENCES_NAME "differences.jsonl"
#define DIFFERENCES_IDS  1000u

struct story_step {
    char generation[GENERATION_NAME_ROOM];
    char before[GENERATION_NAME_ROOM]; /* it was published in the place of that, "" for a commit */
    const struct change *change; /* for a difference the sequence is that it covers, the revision 0;
                                    one with more ids comes in several steps */
};

struct story;

/* From the commit 'sequence' of a generation, which is not part of it any more, or from the one
 * before the current generation where 'since' is NULL. ERROR_NO_INPUT where no way leads from there
 * to the current generation: who asks has to read all reports anew. */
bool story_open(const char *index, const char *since, uint64_t sequence, struct story **out,
                struct error *err);
void story_close(struct story *story);
/* Borrowed until the next call; '*out' is NULL at the end. */
bool story_next(struct story *story, const struct story_step **out, struct error *err);

#endif
