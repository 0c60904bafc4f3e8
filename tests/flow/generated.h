/* generated.h: reports made from a seed, for the property test: words that share stems and
 * beginnings, texts with titles, sections and languages, skewed tags, days in heaps.
 */
#ifndef SITREP_GENERATED_H
#define SITREP_GENERATED_H

#include "schema/error.h"
#include "schema/report.h"
#include "tests/flow/asking.h"

/* Text of the vocabulary that the tags are from; static. Some tags are not in it. */
extern const char generated_actors[], generated_regions[];

/* 'count' reports in an array that generated_free ends; in the order of their days where
 * 'ordered', as sitrep-index leaves them. */
bool generated_make(struct dice *dice, size_t count, bool ordered, struct report **out,
                    struct error *err);
void generated_free(struct report *reports, size_t count);

#endif
