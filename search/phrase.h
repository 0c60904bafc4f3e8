/* phrase.h: phrases and NEAR. What a report must have to match one, by posting lists alone; and
 * which of those reports do match, by their word streams.
 */
#ifndef SITREP_PHRASE_H
#define SITREP_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "schema/field.h"
#include "schema/limits.h"
#include "search/docset.h"
#include "search/query.h"
#include "search/snapshot.h"

#define PHRASE_PARTS (2 * LIMIT_PHRASE_WORDS)

struct phrase {
    struct query_node parts; /* an AND of words, pairs instead of them, and classes of pairs */
    bool is_pair;            /* it is one pair: no order to look into */
    /* what 'parts' points to */
    struct query_node nodes[PHRASE_PARTS], *children[PHRASE_PARTS];
    char terms[PHRASE_PARTS][FIELD_TERM_ROOM], *words[PHRASE_PARTS];
};

/* Of a QUERY_PHRASE or QUERY_NEAR. ERROR_LIMIT. 'out' points into itself. */
bool phrase_make(const struct snapshot *snapshot, const struct query_node *node, struct phrase *out,
                 struct error *err);
/* Those of 'candidates' that match. */
bool phrase_match(const struct snapshot *snapshot, const struct query_node *node,
                  const struct docset *candidates, struct docset **out, struct error *err);

#endif
