/* feed.h: a spool of reports on their way into an index, one file an item, in the manner of
 * a maildir: who hands over knows, when the call returns, that the item is on disk and stays.
 *
 *   FEED/tmp      being written
 *        new      handed over, waiting for 'sitrep-index follow'
 *        done     in the index
 *        failed   not or not wholly in the index; ITEM.reason beside it says why
 *
 * An item is a file of any format that sitrep-index reads. Its name is that of its task.
 */
#ifndef SITREP_FEED_H
#define SITREP_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define FEED_NAME_ROOM 200
#define FEED_REASON    ".reason" /* what stands behind a failed item's name */

enum feed_state { FEED_UNKNOWN, FEED_NEW, FEED_DONE, FEED_FAILED };

struct feed;

/* Opens the spool at a directory, and makes what is missing of it. */
bool feed_open(const char *directory, struct feed **out, struct error *err);
void feed_close(struct feed *feed);

/* The directory of the items in a state; borrowed. FEED_UNKNOWN: those being written. */
const char *feed_folder(const struct feed *feed, enum feed_state state);
/* Items waiting, or of another state. */
bool feed_count(const struct feed *feed, enum feed_state state, size_t *out, struct error *err);

/* Hands over an item. 'label' is a file's name, which ends in that of its format; 'key' (may be
 * NULL) tells it from others: what has the key and label of an item that waits, or that is
 * done and still kept, is that item, and is not stored again; '*stored' says which. On return the
 * item is on disk. ERROR_BUSY where LIMIT_FEED_ITEMS wait already, ERROR_LIMIT past
 * LIMIT_FEED_BYTES. */
bool feed_put(struct feed *feed, const char *key, const char *label, const char *bytes, size_t size,
              char name[FEED_NAME_ROOM], bool *stored, struct error *err);
/* What became of an item, by its name. */
enum feed_state feed_find(const struct feed *feed, const char *name);
/* The label in an item's name. */
const char *feed_label(const char *name);

struct feed_item {
    char name[FEED_NAME_ROOM];
    int64_t put; /* when it was handed over: nanoseconds since 1970 */
};
/* The items of a state, first come first; the caller frees. */
bool feed_list(const struct feed *feed, enum feed_state state, struct feed_item **out,
               size_t *count, struct error *err);
/* Moves an item that waits to FEED_DONE or FEED_FAILED, with the reason, which goes to disk
 * before it. The move itself is on disk after feed_sync. */
bool feed_settle(const struct feed *feed, const char *name, enum feed_state state,
                 const char *reason, struct error *err);
bool feed_sync(const struct feed *feed, struct error *err);
/* Removes done items that were handed over before a time, and what writers left unfinished more
 * than a day ago. */
bool feed_prune(const struct feed *feed, int64_t before, size_t *removed, struct error *err);

#endif
