/* fixture.h: a small index made by a test: a directory as sitrep-index would leave it, its
 * documents made by the indexer's own code, the tags chosen by the test.
 */
#ifndef SITREP_FIXTURE_H
#define SITREP_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "schema/report.h"
#include "xapian/xap.h"

struct fixture {
    char path[64];                /* of the index; removed by fixture_clear */
    const char *actors, *regions; /* text of the vocabulary's two files, or NULL */
};

/* Makes an empty directory. */
bool fixture_init(struct fixture *fixture, const char *actors, const char *regions,
                  struct error *err);
void fixture_clear(struct fixture *fixture);

/* Publishes a generation that holds the reports, in the order given: docids 1 to 'count'. */
bool fixture_publish(struct fixture *fixture, const struct report *reports, size_t count,
                     struct error *err);
/* Adds reports to the current generation in one commit, or takes away the one with an id. */
bool fixture_add(struct fixture *fixture, const struct report *reports, size_t count,
                 struct error *err);
bool fixture_delete(struct fixture *fixture, const char *id, struct error *err);

/* A database of Xapian's own, in the directory of the index but no part of it, that has every term
 * of the reports: docids 1 to 'count'. To be closed before fixture_clear. */
bool fixture_plain(const struct fixture *fixture, const struct report *reports, size_t count,
                   struct xap_writer **out, struct error *err);

/* A report with the given parts, completed as a reader does; 'title' and 'date' may be NULL.
 * Tags are added with report_add_tag. */
bool fixture_report(const char *id, const char *date, const char *title, const char *body,
                    struct report *out, struct error *err);

#endif
