/* follow.h: drains a feed (feed.h) into the current generation, a commit at a time, for as
 * long as it runs.
 *
 * What is acknowledged to the feed is on disk there, and leaves FEED/new only after its commit is
 * on disk too. A crash in between does it again, which changes nothing: the reports are
 * unchanged by then.
 *
 * Pace: a reader of a revision survives the next commit and not the one after it. So a commit
 * is at least FOLLOW_PACE_MS after the one before, in which time readers move on; an item that
 * comes after a pause does not wait at all.
 */
#ifndef SITREP_FOLLOW_H
#define SITREP_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/update.h"
#include "schema/feed.h"

#define FOLLOW_PACE_MS 400u
#define FOLLOW_SETTLE_NS                                                                           \
    3000.0                     /* a report: after a swap, until readers have opened what is new    \
                                */
#define FOLLOW_POLL_MS   500u  /* looks for items so often, should it hear of none */
#define FOLLOW_BEHIND    4000u /* reports in a commit where more than UPDATE_STEPS items wait */
#define FOLLOW_KEEP_DONE 7u    /* days */

struct follow_options {
    const char *index, *feed; /* directories */
    unsigned keep_done;       /* days that done items are kept */
    bool drain;               /* end when nothing waits any more */
};

struct follow_batch {
    size_t done, failed; /* items */
    size_t waiting;      /* items left for the next */
    struct update_commit commit;
    const char *generation;
    double seconds;
};

struct follow_observer {
    void *context;
    void (*committed)(void *context, const struct follow_batch *batch);
    /* An item that is moved to 'failed': the first reason. */
    void (*failed)(void *context, const char *item, const char *reason);
    /* Said once: the index is locked by another for long. */
    void (*waiting)(void *context, const struct error *why);
};

/* Follows until SIGTERM or SIGINT, of which it finishes the batch in hand. ERROR_LOCKED where
 * another process follows this feed. A commit that fails ends it: what is not committed waits
 * in the feed for the next run. */
bool follow_run(const struct follow_options *options, const struct follow_observer *observer,
                struct error *err);

#endif
