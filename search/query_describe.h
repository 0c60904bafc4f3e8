/* query_describe.h: what the describer of query.h also knows of a tree. */
#ifndef SITREP_QUERY_DESCRIBE_H
#define SITREP_QUERY_DESCRIBE_H

#include "search/query.h"

/* How deep the brackets nest in the node's description. */
size_t query_described_depth(const struct query_node *node);

#endif
