/* Markdown (CommonMark): one report a file, maybe with a head of values between lines "---". */
#include <cmark.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/paragraphs.h"
#include "indexer/reader.h"
#include "indexer/record.h"

struct line {
    const char *bytes;
    size_t size;
};

/* Takes a line off the text, and the white space off the line's end. */
static struct line take_line(const char **text, size_t *size)
{
    const char *newline = memchr(*text, '\n', *size);
    size_t taken = newline ? (size_t)(newline - *text) + 1 : *size;
    struct line line = {*text, taken};
    *text += taken;
    *size -= taken;
    while (line.size > 0 && isspace((unsigned char)line.bytes[line.size - 1]))
        line.size--;
    return line;
}

static bool is_rule(struct line line)
{
    return line.size == 3 &&
           (memcmp(line.bytes, "---", 3) == 0 || memcmp(line.bytes, "...", 3) == 0);
}

static struct line trim(struct line line, const char *off)
{
    while (line.size > 0 && strchr(off, line.bytes[0])) {
        line.bytes++;
        line.size--;
    }
    while (line.size > 0 && strchr(off, line.bytes[line.size - 1]))
        line.size--;
    return line;
}

/* ---- the head --------------------------------------------------------------------- */

static bool set_value(struct report *out, const struct record_name *name, struct line value,
                      struct error *why)
{
    value = trim(value, " \t\"'");
    return record_set(out, name, value.bytes, value.size, why);
}

/* One value, or a list: [a, b]. */
static bool set_values(struct report *out, const struct record_name *name, struct line value,
                       struct error *why)
{
    if (!record_is_list(name) || value.size < 2 || value.bytes[0] != '[')
        return set_value(out, name, value, why);
    value = trim(value, "[]");
    while (value.size > 0) {
        const char *comma = memchr(value.bytes, ',', value.size);
        size_t part = comma ? (size_t)(comma - value.bytes) : value.size;
        if (!set_value(out, name, (struct line){value.bytes, part}, why))
            return false;
        value.bytes += comma ? part + 1 : part;
        value.size -= comma ? part + 1 : part;
    }
    return true;
}

/* "key: value", or "- value" of the key before it, which '*name' is. */
static bool set_line(struct reader *reader, struct report *out, struct line line,
                     const struct record_name **name, struct error *why)
{
    struct line item = trim(line, " \t");
    if (item.size > 1 && item.bytes[0] == '-' && item.bytes[1] == ' ')
        return !*name || set_value(out, *name, (struct line){item.bytes + 1, item.size - 1}, why);
    const char *colon = memchr(line.bytes, ':', line.size);
    if (!colon || line.bytes[0] == '#' || isspace((unsigned char)line.bytes[0]))
        return true;
    char key[32];
    size_t size = 0;
    for (const char *at = line.bytes; at < colon && size < sizeof key; at++)
        key[size++] = (char)tolower((unsigned char)*at);
    *name = record_find(key, size);
    if (*name && record_is_text(*name))
        *name = NULL; /* the text stands below the head */
    if (!*name) {
        tally_add(reader->ignored, key, size, 1);
        return true;
    }
    struct line value = {colon + 1, (size_t)(line.bytes + line.size - colon) - 1};
    return set_values(out, *name, trim(value, " \t"), why);
}

/* Takes the head, if there is one, off the text. Only what a line with a lone "---" ends is one. */
static bool read_head(struct reader *reader, const char **text, size_t *size, struct report *out,
                      struct error *why)
{
    const char *end = *text;
    size_t left = *size;
    if (!is_rule(take_line(&end, &left)))
        return true;
    const char *begin = end;
    struct line line = {0};
    while (left > 0 && !is_rule(line = take_line(&end, &left)))
        ;
    if (!is_rule(line))
        return true;
    const struct record_name *name = NULL;
    size_t head = (size_t)(line.bytes - begin);
    bool ok = true;
    while (ok && head > 0)
        ok = set_line(reader, out, take_line(&begin, &head), &name, why);
    *text = end;
    *size = left;
    return ok;
}

/* ---- the text --------------------------------------------------------------------- */

/* What comes before and after a node. */
static enum gap gap_of(cmark_node_type type)
{
    switch (type) {
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_HEADING:
    case CMARK_NODE_CODE_BLOCK:
    case CMARK_NODE_BLOCK_QUOTE:
    case CMARK_NODE_LIST:
    case CMARK_NODE_THEMATIC_BREAK:
        return GAP_PARAGRAPH;
    case CMARK_NODE_ITEM:
    case CMARK_NODE_LINEBREAK:
        return GAP_LINE;
    case CMARK_NODE_SOFTBREAK:
        return GAP_BLANK;
    default:
        return GAP_NONE;
    }
}

/* The paragraphs of a tight list are lines. */
static enum gap gap_around(cmark_node *node)
{
    cmark_node *list = cmark_node_parent(cmark_node_parent(node));
    bool is_tight = cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH && list &&
                    cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list);
    return is_tight ? GAP_LINE : gap_of(cmark_node_get_type(node));
}

/* The text below a node, 'without' one; marks, HTML and where links lead are left out. */
static char *text_of(cmark_node *root, cmark_node *without)
{
    struct paragraphs text = {0};
    cmark_iter *iter = cmark_iter_new(root);
    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (node == without) {
            cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
            continue;
        }
        paragraphs_gap(&text, gap_around(node));
        const char *literal = cmark_node_get_literal(node);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            paragraphs_add(&text, literal, strlen(literal));
        else if (type == CMARK_NODE_CODE_BLOCK)
            paragraphs_add_lines(&text, literal, strlen(literal));
    }
    cmark_iter_free(iter);
    return buffer_take(&text.text, NULL);
}

/* The first heading is the title, where the head gives none, and not said twice. */
static bool set_text(struct report *out, cmark_node *document, struct error *why)
{
    cmark_node *heading = cmark_node_first_child(document);
    while (heading && cmark_node_get_type(heading) != CMARK_NODE_HEADING)
        heading = cmark_node_next(heading);
    char *title = heading ? text_of(heading, NULL) : NULL;
    if (title && out->title && strcmp(title, out->title) != 0)
        heading = NULL; /* of a part of the text */
    char *text = text_of(document, heading);
    bool ok = text && (title || !heading);
    if (!ok)
        error_set(why, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && (out->title || !title || record_put(out, "title", title, strlen(title), why)) &&
         record_put(out, "text", text, strlen(text), why);
    free(title);
    free(text);
    return ok;
}

static bool parse(struct reader *reader, const char *text, size_t size, struct report *out,
                  struct error *why)
{
    if (!read_head(reader, &text, &size, out, why))
        return false;
    cmark_node *document = cmark_parse_document(text, size, CMARK_OPT_VALIDATE_UTF8);
    bool ok = document ? set_text(out, document, why)
                       : error_set(why, ERROR_MEMORY, NULL, "out of memory");
    cmark_node_free(document);
    return ok;
}

static enum read_result markdown_next(struct reader *reader, struct report *out, struct error *why)
{
    const char *text;
    size_t size;
    enum read_result result = reader_whole_markup(reader, &text, &size, why);
    if (result != READ_REPORT)
        return result;
    return parse(reader, text, size, out, why) ? READ_REPORT : READ_REJECT;
}

/* Nothing tells Markdown from plain text, or its head from YAML, but the file's name. */
static bool markdown_recognize(const char *head, size_t size)
{
    (void)head;
    (void)size;
    return false;
}

const struct format markdown_format = {
    .name = "markdown",
    .extensions = ".md .markdown",
    .help = "Markdown, with or without values between '---' lines on top",
    .recognize = markdown_recognize,
    .next = markdown_next,
};
