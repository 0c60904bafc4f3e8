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

struct phrase {
    struct query_node parts; /* an AND of the words, and of pairs instead of those in one */
    bool is_pair;            /* it is one pair: no order to look into */
    /* what 'parts' points to */
    struct query_node nodes[LIMIT_PHRASE_WORDS], *children[LIMIT_PHRASE_WORDS];
    char terms[LIMIT_PHRASE_WORDS][FIELD_TERM_ROOM], *words[LIMIT_PHRASE_WORDS];
};

/* Of a QUERY_PHRASE or QUERY_NEAR. ERROR_LIMIT. 'out' points into itself. */
bool phrase_make(const struct snapshot *snapshot, const struct query_node *node, struct phrase *out,
                 struct error *err);
/* Those of 'candidates' that match. */
bool phrase_match(const struct snapshot *snapshot, const struct query_node *node,
                  const struct docset *candidates, struct docset **out, struct error *err);

#endif
