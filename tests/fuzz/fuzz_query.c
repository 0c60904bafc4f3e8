/* Any question has a tree or passes a limit, and its description is read as a question again.
 * The first byte chooses how words side by side are joined. */
#include <string.h>

#include "schema/limits.h"
#include "search/query.h"
#include "tests/fuzz/fuzz.h"

static void check_tree(const struct query_node *node, size_t size)
{
    FUZZ_CHECK(node->begin <= node->end && node->end <= size);
    for (size_t i = 0; i < node->child_count; i++)
        check_tree(node->children[i], size);
}

static bool parse(const char *text, size_t size, enum match match, struct query **out)
{
    struct error err = {0};
    bool parsed = query_parse(text, size, match, 19797, out, &err);
    FUZZ_CHECK(parsed || err.code == ERROR_LIMIT);
    return parsed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct query *query = NULL, *again = NULL;
    if (size == 0)
        return 0;
    if (!parse((const char *)data + 1, size - 1, data[0] & 1 ? MATCH_ANY : MATCH_ALL, &query))
        return 0;
    check_tree(query->root, size - 1);
    for (size_t i = 0; i < query->note_count; i++)
        FUZZ_CHECK(query->notes[i].begin <= query->notes[i].end && query->notes[i].end <= size - 1);
    char *described = query_describe(query->root);
    FUZZ_CHECK(described);
    if (strlen(described) <= LIMIT_QUESTION_BYTES) {
        FUZZ_CHECK(parse(described, strlen(described), MATCH_ANY, &again));
        char *second = query_describe(again->root);
        FUZZ_CHECK(second && strcmp(described, second) == 0);
        free(second);
    }
    free(described);
    query_free(query);
    query_free(again);
    return 0;
}
