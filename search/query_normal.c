#include "search/query_normal.h"

#include <string.h>

static bool is_join(const struct query_node *node)
{
    return node->kind == QUERY_AND || node->kind == QUERY_OR;
}

/* Gives up a node for its only child. */
static struct query_node *only_child_take(struct query_node *node)
{
    struct query_node *child = node->children[0];
    node->child_count = 0;
    query_node_free(node);
    return child;
}

struct query_node *query_flatten_take(struct query_builder *builder, struct query_node *node)
{
    if (!node)
        return NULL;
    if (node->kind == QUERY_NOT) {
        node->children[0] = query_flatten_take(builder, node->children[0]);
        if (node->children[0] && node->children[0]->kind != QUERY_NOT)
            return node;
        struct query_node *child = node->children[0] ? only_child_take(node->children[0]) : NULL;
        node->child_count = 0;
        query_node_free(node);
        return child;
    }
    if (!is_join(node))
        return node;
    struct query_node *flat = builder_node(builder, node->kind, node->begin, node->end);
    for (size_t i = 0; i < node->child_count; i++) {
        struct query_node *child = query_flatten_take(builder, node->children[i]);
        bool splice = child && child->kind == node->kind;
        for (size_t j = 0; splice && j < child->child_count; j++)
            builder_add_take(builder, flat, child->children[j]);
        if (splice) {
            child->child_count = 0;
            query_node_free(child);
        } else {
            builder_add_take(builder, flat, child);
        }
    }
    node->child_count = 0;
    query_node_free(node);
    if (flat && flat->child_count == 1)
        return only_child_take(flat);
    if (flat && flat->child_count > 0)
        return flat;
    query_node_free(flat);
    return NULL;
}

/* All reports and a part taken away, for a part that has nothing else to be taken from. */
static struct query_node *all_without_take(struct query_builder *builder,
                                           struct query_node *negative)
{
    struct query_node *join = builder_node(builder, QUERY_AND, 0, 0);
    builder_add_take(builder, join,
                     builder_node(builder, QUERY_ALL, negative->begin, negative->begin));
    builder_add_take(builder, join, negative);
    return join;
}

/* An AND of nothing but NOTs takes away from all reports. */
static void complete_and(struct query_builder *builder, struct query_node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        if (node->children[i]->kind != QUERY_NOT)
            return;
    builder_add_take(builder, node, builder_node(builder, QUERY_ALL, node->begin, node->begin));
    struct query_node *all = node->children[node->child_count - 1];
    memmove(node->children + 1, node->children, (node->child_count - 1) * sizeof *node->children);
    node->children[0] = all;
}

static struct query_node *complete_take(struct query_builder *builder, struct query_node *node,
                                        bool in_and)
{
    for (size_t i = 0; node && i < node->child_count; i++) {
        node->children[i] = complete_take(builder, node->children[i], node->kind == QUERY_AND);
        if (!node->children[i]) {
            memmove(node->children + i, node->children + i + 1,
                    (node->child_count - i - 1) * sizeof *node->children);
            node->child_count--;
            i--;
        }
    }
    if (node && node->kind == QUERY_AND && !builder->failed)
        complete_and(builder, node);
    return node && node->kind == QUERY_NOT && !in_and ? all_without_take(builder, node) : node;
}

struct query_node *query_complete_take(struct query_builder *builder, struct query_node *node)
{
    return complete_take(builder, node, false);
}
