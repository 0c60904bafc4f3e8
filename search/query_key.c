#include "search/query_key.h"

#include <stdint.h>
#include <string.h>

void query_key(const struct query_node *node, struct buffer *out)
{
    const int64_t numbers[] = {(int64_t)node->kind,       (int64_t)node->field,
                               (int64_t)node->exact,      (int64_t)node->window,
                               (int64_t)node->from,       (int64_t)node->to,
                               (int64_t)node->word_count, (int64_t)node->child_count};
    buffer_append(out, (const char *)numbers, sizeof numbers);
    for (size_t i = 0; i < node->word_count; i++)
        buffer_append(out, node->words[i], strlen(node->words[i]) + 1);
    for (size_t i = 0; i < node->child_count; i++)
        query_key(node->children[i], out);
}
