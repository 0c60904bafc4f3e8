/* query_key.h: a tree as bytes, to find again what it matched. */
#ifndef SITREP_QUERY_KEY_H
#define SITREP_QUERY_KEY_H

#include "schema/buffer.h"
#include "search/query.h"

/* Appends bytes that two trees have in common only where they match the same. Where in the
 * question a node was read, and whether it was typed, does not count. */
void query_key(const struct query_node *node, struct buffer *out);

#endif
