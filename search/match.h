/* match.h: the tree of a question evaluated over a snapshot: exactly which reports match.
 */
#ifndef SITREP_MATCH_H
#define SITREP_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/docset.h"
#include "search/query.h"
#include "search/snapshot.h"

/* The reports that match a node. ERROR_LIMIT where a prefix stands for too many words,
 * ERROR_STALE, ERROR_MEMORY. */
bool match_tree(const struct snapshot *snapshot, const struct query_node *node, struct docset **out,
                struct error *err);
/* At least the number of reports that match, about, in some microseconds a word: by the lengths of
 * lists, none of which is read. The same errors. */
bool match_estimate(const struct snapshot *snapshot, const struct query_node *node, uint64_t *out,
                    struct error *err);

#endif
