/* snapshot_fixture.h: the one snapshot that a test program of search/ asks, made of a fixture's
 * reports. To be included once a program.
 */
#ifndef SITREP_SNAPSHOT_FIXTURE_H
#define SITREP_SNAPSHOT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "search/snapshot.h"
#include "tests/flow/fixture.h"

static struct fixture fixture;
static struct snapshot *snapshot;

/* The end of a test's set-up: publishes the reports, if they were 'made', and opens the
 * snapshot. Ends the reports' life, and says what went wrong. 0 or -1, as cmocka wants it. */
static inline int open_snapshot(struct report *reports, size_t count, bool made, struct error *err)
{
    bool ok = made && fixture_publish(&fixture, reports, count, err) &&
              snapshot_open(fixture.path, &snapshot, err);
    for (size_t i = 0; i < count; i++)
        report_clear(&reports[i]);
    if (!ok)
        fprintf(stderr, "%s: %s\n", err->where, err->text);
    return ok ? 0 : -1;
}

/* A whole set-up: a snapshot of as many reports as 'make' is given room for. */
static inline int make_snapshot_of(size_t count, const char *regions,
                                   bool (*make)(struct report *reports, struct error *err))
{
    struct report *reports = calloc(count, sizeof reports[0]);
    struct error err = {0};
    bool ok = fixture_init(&fixture, NULL, regions, &err) && make(reports, &err);
    int status = open_snapshot(reports, count, ok, &err);
    free(reports);
    return status;
}

static inline int close_snapshot(void **state)
{
    (void)state;
    snapshot_close(snapshot);
    fixture_clear(&fixture);
    return 0;
}

#endif
