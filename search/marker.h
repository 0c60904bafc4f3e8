/* marker.h: finding a question's words in a text; snippet.h says what for. */
#ifndef SITREP_MARKER_H
#define SITREP_MARKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "search/snippet.h"

/* A word of the text that answers parts of the question. */
struct occurrence {
    uint64_t units;    /* the parts, a bit each */
    size_t begin, end; /* bytes of the text */
    size_t sentence;   /* where its sentence begins */
    uint32_t position; /* words before it, with a gap where a section starts */
    uint32_t number;   /* of the word in the question, where it counts only with others */
};

struct occurrences {
    struct occurrence *items; /* in order; the caller frees */
    size_t count, room;
};

#define MARKER_UNITS     64u        /* parts of a question that are looked for, at most */
#define MARKER_BYTES     (1u << 20) /* of a text are looked at, at most */
#define MARKER_POSITIONS 100u       /* the gap at a section's start, as in the index */

/* All occurrences in a text, added to 'out'. 'is_title' says whether words that were asked of the
 * title count. */
bool marker_scan(const struct marker *marker, const struct snippet_source *source, bool is_title,
                 struct xap_stemmer *stemmer, struct occurrences *out, struct error *err);

#endif
