/* placing.h: the second step of extraction: which region a name means, settled by the
 * countries, divisions and places that the report names beside it.
 */
#ifndef SITREP_PLACING_H
#define SITREP_PLACING_H

#include "indexer/scan.h"

struct placing;

/* NULL out of memory. Borrows the rules and their vocabulary. */
struct placing *placing_new(const struct scan_rules *rules);
void placing_free(struct placing *placing);

/* What a span was found to mean. */
struct placed {
    const struct concept *region; /* NULL where it is none */
    const char *rule;
    uint8_t confidence; /* percent */
};

/* Settles the regions of all parts of one report together. 'placed[part]' has an entry for
 * each span of 'scans[part]'. False out of memory. */
bool placing_run(struct placing *placing, const struct scan scans[2],
                 struct placed *const placed[2]);

/* What the report that was settled last says for a region: some 2 for each time that its
 * country is named, less for its places and actors; 0 for nothing. 'id' may be NULL. */
float placing_support(const struct placing *placing, const char *id);
/* The country that most of what the report names lies in; NULL where there is no such. */
const struct concept *placing_main_country(const struct placing *placing);

#endif
