/* spool.h: reports parked on disk between reading and indexing, so that they can be put in
 * the order of their days, whatever their number, and be read by several processes. In
 * memory stay 64 bytes a report, and as much again while they are sorted.
 *
 * The file is private to one run: machine byte order, no version.
 */
#ifndef SITREP_SPOOL_H
#define SITREP_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/report.h"

struct spool;

#define SPOOL_HASH_BYTES 16
#define SPOOL_WHERE_ROOM 240

/* What comes with a report. */
struct spool_note {
    char where[SPOOL_WHERE_ROOM];         /* "FILE:LINE" it was read from */
    unsigned char hash[SPOOL_HASH_BYTES]; /* of all it says, its origin aside */
};

/* Makes the file, which must not be there. Its text needs as much room on disk as it has. */
bool spool_open(const char *path, struct spool **out, struct error *err);
/* Leaves the file where it is. */
void spool_close(struct spool *spool);

/* Appends a report that went through report_complete; tags and mentions are not kept. */
bool spool_append(struct spool *spool, const struct report *report, const char *where,
                  struct error *err);

/* The hash of all that such a report says, its origin aside. */
bool spool_hash(const struct report *report, unsigned char out[SPOOL_HASH_BYTES],
                struct error *err);

/* Called for a report that a later one of the same id replaces; the error says so. */
typedef void spool_replaced(void *context, const struct error *why);

/* Ends the appending: of reports with the same id only the last one appended stays, and they
 * stand in order of their days (undated first), then as appended. Those whose texts are nearly
 * the same (likeness.h) are found. */
bool spool_sort(struct spool *spool, spool_replaced *replaced, void *context, struct error *err);
/* After spool_sort: makes the spool one that spool_load opens, in another process too. Both
 * files, PATH and PATH.keys, are on disk when this returns. */
bool spool_save(struct spool *spool, struct error *err);
/* ERROR_CORRUPT where the two are not as they were saved. */
bool spool_load(const char *path, struct spool **out, struct error *err);
/* Of the reports, those whose text another one has too, and how many texts these are. */
struct spool_same {
    uint64_t reports, texts;
};
struct spool_same spool_count_same(const struct spool *spool);
/* Reports there are. */
size_t spool_count(const struct spool *spool);
/* Bytes of report number 'i' in the file: a measure of its work. */
size_t spool_size(const struct spool *spool, size_t i);
/* Reads one, its 'same' included, after spool_sort. 'out' must be zeroed or cleared. Forked
 * processes and threads may do this at the same time. */
bool spool_read(const struct spool *spool, size_t i, struct report *out, struct spool_note *note,
                struct error *err);
/* Gives a sample of at most so many to 'take', spread over all, which ends it with false. */
typedef bool spool_taker(void *context, const struct report *report, struct error *err);
bool spool_sample(const struct spool *spool, size_t most, spool_taker *take, void *context,
                  struct error *err);

#endif
