/* changes.h: what each commit did to a generation, out of the log beside its database.
 *
 * changes.jsonl has one JSON object a line, appended and never rewritten:
 *
 *   {"sequence": 17, "revision": 9, "time": "2026-11-22T08:00:00Z", "reports": 1204,
 *    "added": ["id"...], "replaced": [...], "removed": [...]}
 *
 * A line is forced to disk before its commit, and the commit itself says in the database how
 * much of the log is true: what stands behind is of a commit that never came to be, and is no
 * part of the log. So log and database agree after a crash at any moment.
 */
#ifndef SITREP_CHANGES_H
#define SITREP_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/generation.h"
#include "xapian/xap.h"

#define CHANGES_NAME "changes.jsonl"
#define CHANGES_KEY  "sitrep.changes" /* metadata: "SEQUENCE BYTES", a changes_mark */

/* How much of the log is true. All zero where nothing was committed since the build. */
struct changes_mark {
    uint64_t sequence; /* of the last commit */
    uint64_t bytes;    /* of the log, up to and with that commit's line */
};
bool changes_mark_read(const struct xap_db *db, struct changes_mark *out, struct error *err);

enum change_kind { CHANGE_ADDED, CHANGE_REPLACED, CHANGE_REMOVED, CHANGE_KINDS };
extern const char *const change_kind_names[CHANGE_KINDS];

struct change {
    uint64_t sequence;
    uint64_t revision; /* of the database; a snapshot's name ends in it */
    uint64_t reports;  /* there are afterwards */
    int64_t time;      /* seconds since 1970 */
    struct change_ids {
        const char **ids;
        size_t count;
    } ids[CHANGE_KINDS]; /* each id in one of the three at most */
};

struct changes;

/* Reads a generation's log, from the first commit whose sequence is at least 'from'. One that
 * nothing was committed to since it was built has no changes. */
bool changes_open(const struct generation *generation, uint64_t from, struct changes **out,
                  struct error *err);
void changes_close(struct changes *changes);
/* The next commit, borrowed until the next call; NULL at the end. ERROR_CORRUPT where the log
 * is damaged. */
bool changes_next(struct changes *changes, const struct change **out, struct error *err);

#endif
