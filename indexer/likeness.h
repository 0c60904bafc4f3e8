/* likeness.h: which texts are nearly the same. A text's likeness is a sketch of its shingles, the
 * runs of four words in it (Broder, "On the resemblance and containment of documents", 1997): a
 * MinHash by one permutation (Li, Owen and Zhang, 2012; empty bins filled after Shrivastava and
 * Li, 2014), of which bands serve to find candidates and one bit a bin to compare them (Li and
 * Koenig, "b-Bit Minwise Hashing", 2010). The cost of grouping grows as the number of texts.
 *
 * Texts that share all but one in twenty of their shingles are nearly always found to be alike,
 * those that share less than seven in ten nearly never. Case, marks and white space do not count.
 */
#ifndef SITREP_LIKENESS_H
#define SITREP_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

#define LIKENESS_BYTES (64u << 10) /* of a text count; the rest does not */
#define LIKENESS_WORDS 20u         /* a text of fewer is like no other */
#define LIKENESS_BANDS 6u

struct likeness {
    uint64_t sketch;
    uint32_t bands[LIKENESS_BANDS]; /* all 0 for a text that is too short */
};

void likeness_of(const char *text, size_t size, struct likeness *out);
bool likeness_is_near(const struct likeness *a, const struct likeness *b);

/* Gives for each of 'count' texts the number of the first that it is near to, its own where there
 * is none before it. The likenesses stand 'stride' bytes apart. */
bool likeness_group(const struct likeness *first, size_t stride, size_t count, uint32_t *out,
                    struct error *err);

#endif
