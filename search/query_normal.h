/* query_normal.h: a tree as it was read becomes the one that means the same and is simplest. */
#ifndef SITREP_QUERY_NORMAL_H
#define SITREP_QUERY_NORMAL_H

#include "search/query_builder.h"

/* Joins within a join of their kind are spliced into it, joins of one vanish, and so does a NOT of
 * a NOT. Takes the node; NULL where nothing is left of it. */
struct query_node *query_flatten_take(struct query_builder *builder, struct query_node *node);

/* Gives every NOT of a flat tree an AND in which it has something to take away from: all reports,
 * where there is nothing else. Takes the node. */
struct query_node *query_complete_take(struct query_builder *builder, struct query_node *node);

#endif
