/* extraction.h: finds the actors and regions that a report names, with the evidence for
 * each.
 *
 * scan.c finds where names of the vocabulary stand, with what they could mean; placing.c settles
 * which region each means, by the others around it; focus.c tells where a short report is from
 * what it speaks of; extraction.c settles the actors and writes it all into the report.
 * docs/extraction.md tells of the rules.
 */
#ifndef SITREP_EXTRACTION_H
#define SITREP_EXTRACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/report.h"
#include "schema/vocabulary.h"

struct extraction;

struct extraction_options {
    bool no_demonyms; /* "Malian" is no evidence for Mali */
};

struct extraction_stats {
    uint64_t reports, bytes;
    uint64_t mentions;
    uint64_t given, given_unknown; /* tags that came with the reports; not in the vocabulary */
};

/* 'options' may be NULL. Borrows the vocabulary. Use one for each process. */
bool extraction_open(const struct vocabulary *vocabulary, const struct extraction_options *options,
                     struct extraction **out, struct error *err);
void extraction_close(struct extraction *extraction);

/* Fills the report's mentions, actors and regions, in place of what stood there. Given tags
 * that the vocabulary does not know are counted and left out. Fails out of memory only. */
bool extraction_run(struct extraction *extraction, struct report *report, struct error *err);

const struct extraction_stats *extraction_stats(const struct extraction *extraction);

#endif
