#include "search/query_describe.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/query_dates.h"

static bool is_negative(const struct query_node *node)
{
    return node->kind == QUERY_AND && node->child_count == 2 &&
           node->children[0]->kind == QUERY_ALL;
}

/* Whether a node needs brackets among other things. 'NOT x', which is all reports and a NOT,
 * needs none. */
static bool needs_brackets(const struct query_node *node)
{
    return (node->kind == QUERY_AND && !is_negative(node)) || node->kind == QUERY_OR ||
           node->kind == QUERY_NEAR;
}

size_t query_described_depth(const struct query_node *node)
{
    size_t depth = 0;
    for (size_t i = 0; i < node->child_count; i++) {
        size_t child =
            query_described_depth(node->children[i]) + (needs_brackets(node->children[i]) ? 1 : 0);
        if (child > depth)
            depth = child;
    }
    return depth;
}

static void describe(struct buffer *out, const struct query_node *node);

/* What was typed where a node is an alternative to it. */
static const struct query_node *typed_of(const struct query_node *node)
{
    const struct query_node *typed = node;
    size_t count = 0;
    for (size_t i = 0; i < node->child_count; i++)
        if (!node->children[i]->added) {
            typed = node->children[i];
            count++;
        }
    return count == 1 && count < node->child_count ? typed_of(typed) : node;
}

/* Among the parts of a join of some kind, or after a NOT. */
static void describe_part(struct buffer *out, const struct query_node *node, enum query_kind among)
{
    node = typed_of(node);
    bool brackets = needs_brackets(node) && node->kind != among;
    buffer_text(out, brackets ? "(" : "");
    describe(out, node);
    buffer_text(out, brackets ? ")" : "");
}

static void describe_join(struct buffer *out, const struct query_node *node, const char *join)
{
    bool first = true;
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->children[i]->kind == QUERY_ALL || node->children[i]->added)
            continue; /* all reports stand before NOTs only */
        buffer_text(out, first ? "" : join);
        describe_part(out, node->children[i], node->kind);
        first = false;
    }
}

static void describe_field(struct buffer *out, enum field_id field)
{
    if (field != FIELD_TEXT)
        buffer_format(out, "%s:", fields[field].name);
}

static void describe_words(struct buffer *out, const struct query_node *node)
{
    bool quoted = node->exact || node->kind == QUERY_PHRASE;
    for (size_t i = 0; i < node->word_count; i++) {
        if (node->kind == QUERY_NEAR && i > 0)
            buffer_format(out, " near/%u ", node->window);
        else if (i > 0)
            buffer_char(out, ' ');
        if (i == 0 || node->kind == QUERY_NEAR)
            describe_field(out, node->field);
        buffer_text(out, quoted && i == 0 ? "\"" : "");
        buffer_text(out, node->words[i]);
    }
    buffer_text(out, quoted ? "\"" : "");
    buffer_text(out, node->kind == QUERY_PREFIX ? "*" : "");
}

static void describe_value(struct buffer *out, const struct query_node *node)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/@";
    const char *value = node->words[0];
    const char *quote = value[0] != '-' && value[strspn(value, plain)] == '\0' ? "" : "\"";
    describe_field(out, node->field);
    buffer_format(out, "%s%s%s", quote, value, quote);
}

static void describe(struct buffer *out, const struct query_node *node)
{
    char dates[DATES_TEXT_ROOM];
    switch (node->kind) {
    case QUERY_ALL:
        break;
    case QUERY_NOTHING:
        buffer_text(out, "NOT *"); /* no question is read as this */
        break;
    case QUERY_WORD:
    case QUERY_PHRASE:
    case QUERY_NEAR:
    case QUERY_PREFIX:
        describe_words(out, node);
        break;
    case QUERY_VALUE:
        describe_value(out, node);
        break;
    case QUERY_DATES:
        describe_field(out, node->field);
        buffer_text(out, dates_format(node->from, node->to, dates));
        break;
    case QUERY_AND:
        describe_join(out, node, " AND ");
        break;
    case QUERY_OR:
        describe_join(out, node, " OR ");
        break;
    case QUERY_NOT:
        buffer_text(out, "NOT ");
        describe_part(out, node->children[0], QUERY_NOT);
        break;
    }
}

char *query_describe(const struct query_node *root)
{
    struct buffer out = {0};
    describe(&out, typed_of(root));
    return buffer_take(&out, NULL);
}
