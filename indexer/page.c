#include "indexer/page.h"

#include <ctype.h>
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

#include "indexer/paragraphs.h"
#include "schema/tokenizer.h"

#define HEAD_BYTES     4096u /* a page says its encoding in these */
#define JSON_LD_LEVELS 8u
/* libxml2 ends a page that is nested deeper than 256 elements, so walks may recurse. */

struct reading {
    struct page *page;
    htmlDocPtr document;
    const char *heading; /* the text's first <h1> */
    bool with_forms;
    struct paragraphs text;
    int best; /* the rank of the date found so far, -1 for none */
};

/* ---- encodings -------------------------------------------------------------------- */

/* The word after "charset=", in a <meta> near the beginning. */
static bool find_declared(const char *bytes, size_t size, char out[64])
{
    static const char key[] = "charset";
    size_t most = size < HEAD_BYTES ? size : HEAD_BYTES;
    for (size_t at = 0; at + sizeof key < most; at++) {
        if (strncasecmp(bytes + at, key, sizeof key - 1) != 0)
            continue;
        size_t begin = at + sizeof key - 1, length = 0;
        while (begin < most && memchr(" \t\r\n=\"'", bytes[begin], 7))
            begin++;
        while (begin + length < most && length < 63 &&
               (isalnum((unsigned char)bytes[begin + length]) ||
                memchr("-_:.", bytes[begin + length], 4)))
            length++;
        memcpy(out, bytes + begin, length);
        out[length] = '\0';
        if (length > 0)
            return true;
    }
    return false;
}

/* The name of an encoding that ICU has. Latin-1 and ASCII mean windows-1252 on pages, as the
 * Encoding standard of WHATWG says. */
static const char *encoding_of(const char *bytes, size_t size, char room[64])
{
    static const char *const means_windows[] = {"ISO-8859-1", "US-ASCII"};
    static const char fallback[] = "windows-1252";
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return "UTF-16";
    if (text_is_utf8(bytes, size))
        return "UTF-8";
    if (!find_declared(bytes, size, room))
        return fallback;
    UErrorCode status = U_ZERO_ERROR;
    const char *name = ucnv_getAlias(room, 0, &status); /* ICU's own name for it */
    for (size_t i = 0; name && i < ARRAY_LEN(means_windows); i++)
        if (strcmp(name, means_windows[i]) == 0)
            name = NULL;
    return name ? name : fallback;
}

/* The page as UTF-8 that can be parsed. */
static char *to_utf8(const char *bytes, size_t size, size_t *out_size, struct error *err)
{
    char room[64], *converted = NULL;
    const char *encoding = encoding_of(bytes, size, room);
    if (strcmp(encoding, "UTF-8") != 0) {
        UErrorCode status = U_ZERO_ERROR;
        /* No encoding has more than three bytes of UTF-8 for one of its own. */
        int32_t most = (int32_t)(3 * size + 16);
        converted = malloc((size_t)most);
        int32_t got = converted ? ucnv_convert("UTF-8", encoding, converted, most, bytes,
                                               (int32_t)size, &status)
                                : 0;
        if (converted && !U_FAILURE(status)) {
            bytes = converted;
            size = (size_t)got;
        }
    }
    char *clean = text_clean(bytes, size, out_size, NULL);
    free(converted);
    if (!clean)
        error_set(err, ERROR_MEMORY, NULL, "out of memory");
    return clean;
}

/* ---- the tree --------------------------------------------------------------------- */

static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

/* An attribute's value, or NULL; libxml2 keeps one text node behind it. */
static const char *attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (strcasecmp((const char *)at->name, name) == 0)
            return at->children ? (const char *)at->children->content : NULL;
    return NULL;
}

/* The next node of the document in the order of its text; 'into' says whether below this one. */
static xmlNode *next_node(xmlNode *node, const xmlNode *root, bool into)
{
    if (into && node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node != root && !node->next)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static xmlNode *find_element(xmlNode *root, const char *name, size_t *count)
{
    xmlNode *first = NULL;
    *count = 0;
    for (xmlNode *node = root; node; node = next_node(node, root, true))
        if (is_element(node, name) && ++*count == 1)
            first = node;
    return first;
}

/* All text below a node, blanks folded; the caller frees. NULL out of memory. */
static char *text_of(xmlNode *root)
{
    struct paragraphs text = {0};
    for (xmlNode *node = root; node; node = next_node(node, root, true))
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            paragraphs_add(&text, (const char *)node->content, strlen((const char *)node->content));
    return buffer_take(&text.text, NULL);
}

/* ---- text ------------------------------------------------------------------------- */

enum part {
    PART_INLINE,
    PART_PARAGRAPH,
    PART_LINE,
    PART_CELL,
    PART_LINES, /* its line breaks count */
    PART_AROUND /* no text of the page */
};

static const struct element {
    const char *name;
    enum part part;
} elements[] = {
    {"address", PART_PARAGRAPH},
    {"article", PART_PARAGRAPH},
    {"aside", PART_AROUND},
    {"audio", PART_AROUND},
    {"blockquote", PART_PARAGRAPH},
    {"br", PART_LINE},
    {"button", PART_AROUND},
    {"canvas", PART_AROUND},
    {"caption", PART_PARAGRAPH},
    {"dd", PART_LINE},
    {"dialog", PART_AROUND},
    {"div", PART_PARAGRAPH},
    {"dl", PART_PARAGRAPH},
    {"dt", PART_LINE},
    {"figcaption", PART_PARAGRAPH},
    {"figure", PART_PARAGRAPH},
    {"footer", PART_AROUND},
    {"form", PART_AROUND},
    {"h1", PART_PARAGRAPH},
    {"h2", PART_PARAGRAPH},
    {"h3", PART_PARAGRAPH},
    {"h4", PART_PARAGRAPH},
    {"h5", PART_PARAGRAPH},
    {"h6", PART_PARAGRAPH},
    {"head", PART_AROUND},
    {"header", PART_AROUND},
    {"hr", PART_PARAGRAPH},
    {"iframe", PART_AROUND},
    {"input", PART_AROUND},
    {"li", PART_LINE},
    {"main", PART_PARAGRAPH},
    {"math", PART_AROUND},
    {"menu", PART_AROUND},
    {"nav", PART_AROUND},
    {"noscript", PART_AROUND},
    {"object", PART_AROUND},
    {"ol", PART_PARAGRAPH},
    {"p", PART_PARAGRAPH},
    {"pre", PART_LINES},
    {"script", PART_AROUND},
    {"section", PART_PARAGRAPH},
    {"select", PART_AROUND},
    {"style", PART_AROUND},
    {"svg", PART_AROUND},
    {"table", PART_PARAGRAPH},
    {"td", PART_CELL},
    {"template", PART_AROUND},
    {"textarea", PART_AROUND},
    {"th", PART_CELL},
    {"title", PART_AROUND},
    {"tr", PART_LINE},
    {"ul", PART_PARAGRAPH},
    {"video", PART_AROUND},
};

/* Landmarks of ARIA that stand around a text. */
static const char *const roles_around[] = {"banner",     "complementary", "contentinfo",
                                           "navigation", "search",        "dialog"};

static enum part part_of(const struct reading *reading, const xmlNode *node)
{
    const char *role = attribute(node, "role"), *is_hidden = attribute(node, "aria-hidden");
    for (size_t i = 0; role && i < ARRAY_LEN(roles_around); i++)
        if (strcasecmp(role, roles_around[i]) == 0)
            return PART_AROUND;
    if (is_hidden && strcasecmp(is_hidden, "true") == 0)
        return PART_AROUND;
    if (reading->with_forms && is_element(node, "form"))
        return PART_PARAGRAPH;
    for (size_t i = 0; i < ARRAY_LEN(elements); i++)
        if (is_element(node, elements[i].name))
            return elements[i].part;
    return PART_INLINE;
}

static void add_node(struct reading *reading, xmlNode *node, bool is_lines);

static void add_children(struct reading *reading, const xmlNode *node, bool is_lines)
{
    for (xmlNode *child = node->children; child; child = child->next)
        add_node(reading, child, is_lines);
}

/* A heading that is the title is not said twice. */
static bool is_the_title(const struct reading *reading, xmlNode *node)
{
    if (!is_element(node, "h1") || !reading->page->title)
        return false;
    char *heading = text_of(node);
    bool is_same = heading && strcmp(heading, reading->page->title) == 0;
    free(heading);
    return is_same;
}

static void add_node(struct reading *reading, xmlNode *node, bool is_lines)
{
    static const enum gap gaps[] = {[PART_INLINE] = GAP_NONE,
                                    [PART_PARAGRAPH] = GAP_PARAGRAPH,
                                    [PART_LINE] = GAP_LINE,
                                    [PART_CELL] = GAP_BLANK,
                                    [PART_LINES] = GAP_PARAGRAPH};
    struct paragraphs *text = &reading->text;
    const char *content = (const char *)node->content;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        (is_lines ? paragraphs_add_lines : paragraphs_add)(text, content, strlen(content));
        return;
    }
    if (node->type != XML_ELEMENT_NODE)
        return;
    enum part part = part_of(reading, node);
    if (part == PART_AROUND || is_the_title(reading, node))
        return;
    paragraphs_gap(text, gaps[part]);
    add_children(reading, node, is_lines || part == PART_LINES);
    paragraphs_gap(text, gaps[part]);
}

/* Where the text of the page is. */
static xmlNode *find_content(xmlNode *root)
{
    size_t count;
    xmlNode *found = find_element(root, "article", &count);
    if (count == 1)
        return found;
    found = find_element(root, "main", &count);
    for (xmlNode *node = root; node && !found; node = next_node(node, root, true)) {
        const char *role = node->type == XML_ELEMENT_NODE ? attribute(node, "role") : NULL;
        if (role && strcasecmp(role, "main") == 0)
            found = node;
    }
    return found ? found : root;
}

static bool add_text(struct reading *reading, xmlNode *root, xmlNode *content, struct error *err)
{
    add_children(reading, content, false);
    if (reading->text.text.size == 0) {
        reading->with_forms = true;
        add_children(reading, root, false);
    }
    reading->page->text = buffer_take(&reading->text.text, NULL);
    return reading->page->text || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- what the page says of itself --------------------------------------------------- */

/* Names of the day of publication, the best first. JSON-LD comes behind the first, <time> last. */
static const char *const date_names[] = {
    "article:published_time",
    "datePublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "date",
};
#define RANK_JSON_LD 1
#define RANK_TIME    100

static void offer_date(struct reading *reading, const char *text, int rank)
{
    if (!text || (reading->best >= 0 && reading->best <= rank))
        return;
    day_t day = day_parse_loose(text, strlen(text));
    if (day == DAY_NONE)
        return;
    reading->page->published = day;
    reading->best = rank;
}

static void find_json_date(struct reading *reading, const json_t *value, unsigned level)
{
    const char *key;
    json_t *item;
    size_t i;
    if (level > JSON_LD_LEVELS)
        return;
    offer_date(reading, json_string_value(json_object_get(value, date_names[RANK_JSON_LD])),
               RANK_JSON_LD);
    if (json_is_array(value))
        json_array_foreach(value, i, item) find_json_date(reading, item, level + 1);
    else if (json_is_object(value))
        json_object_foreach((json_t *)(size_t)value, key, item)
            find_json_date(reading, item, level + 1);
}

static void see_script(struct reading *reading, xmlNode *node)
{
    const char *type = attribute(node, "type");
    if (!type || strcasecmp(type, "application/ld+json") != 0)
        return;
    char *text = text_of(node);
    json_t *value = text ? json_loads(text, 0, NULL) : NULL;
    find_json_date(reading, value, 0);
    json_decref(value);
    free(text);
}

static void keep_copy(char **member, const char *text)
{
    if (!*member && text && *text)
        *member = strdup(text);
}

static bool is_absolute(const char *url)
{
    return url && (strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0);
}

static void see_meta(struct reading *reading, const xmlNode *node)
{
    struct page *page = reading->page;
    const char *content = attribute(node, "content"), *name = attribute(node, "property");
    if (!name)
        name = attribute(node, "name");
    if (!name)
        name = attribute(node, "itemprop");
    if (!name)
        name = attribute(node, "http-equiv");
    if (!name || !content)
        return;
    for (size_t i = 0; i < ARRAY_LEN(date_names); i++)
        if (strcasecmp(name, date_names[i]) == 0)
            offer_date(reading, content, (int)i);
    if (strcasecmp(name, "og:title") == 0)
        keep_copy(&page->title, content);
    else if (strcasecmp(name, "og:site_name") == 0)
        keep_copy(&page->site, content);
    else if (strcasecmp(name, "og:url") == 0 && is_absolute(content))
        keep_copy(&page->url, content);
    else if (strcasecmp(name, "content-language") == 0)
        keep_copy(&page->language, content);
}

static void see_link(struct reading *reading, const xmlNode *node)
{
    const char *rel = attribute(node, "rel"), *href = attribute(node, "href");
    if (!rel || strcasecmp(rel, "canonical") != 0 || !is_absolute(href))
        return;
    free(reading->page->url); /* it is better than og:url */
    reading->page->url = NULL;
    keep_copy(&reading->page->url, href);
}

static void see_node(struct reading *reading, xmlNode *node)
{
    struct page *page = reading->page;
    if (is_element(node, "html")) {
        const char *language = attribute(node, "lang");
        keep_copy(&page->language, language ? language : attribute(node, "xml:lang"));
    } else if (is_element(node, "meta")) {
        see_meta(reading, node);
    } else if (is_element(node, "link")) {
        see_link(reading, node);
    } else if (is_element(node, "script")) {
        see_script(reading, node);
    }
}

/* A <time> of the text: the first that is a day. */
static void see_times(struct reading *reading, xmlNode *content)
{
    for (xmlNode *node = content; node; node = next_node(node, content, true)) {
        if (!is_element(node, "time"))
            continue;
        char *text = text_of(node);
        offer_date(reading, attribute(node, "datetime"), RANK_TIME);
        offer_date(reading, text, RANK_TIME);
        free(text);
    }
}

static void find_title(struct reading *reading, xmlNode *root, xmlNode *content)
{
    size_t count;
    xmlNode *places[] = {find_element(content, "h1", &count), find_element(root, "title", &count)};
    for (size_t i = 0; i < ARRAY_LEN(places) && !reading->page->title; i++) {
        char *text = places[i] ? text_of(places[i]) : NULL;
        keep_copy(&reading->page->title, text);
        free(text);
    }
}

bool page_read(const char *bytes, size_t size, struct page *out, struct error *err)
{
    char *text = to_utf8(bytes, size, &size, err);
    if (!text)
        return false;
    *out = (struct page){.published = DAY_NONE};
    struct reading reading = {.page = out, .best = -1};
    reading.document =
        htmlReadMemory(text, (int)size, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                           HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    xmlNode *root = reading.document ? xmlDocGetRootElement(reading.document) : NULL;
    bool ok = true;
    if (root) {
        xmlNode *content = find_content(root);
        for (xmlNode *node = root; node; node = next_node(node, root, true))
            see_node(&reading, node);
        see_times(&reading, content);
        find_title(&reading, root, content);
        ok = add_text(&reading, root, content, err);
    }
    xmlFreeDoc(reading.document);
    free(text);
    if (!ok)
        page_clear(out);
    return ok;
}

void page_clear(struct page *page)
{
    free(page->title);
    free(page->text);
    free(page->url);
    free(page->site);
    free(page->language);
    *page = (struct page){.published = DAY_NONE};
}

bool page_recognize(const char *head, size_t size)
{
    static const char *const beginnings[] = {"<!doctype html", "<html", "<head", "<body"};
    size_t at = 0;
    while (at < size) {
        const char *end;
        if (isspace((unsigned char)head[at]))
            at++;
        else if (size - at >= 4 && memcmp(head + at, "<!--", 4) == 0 &&
                 (end = memmem(head + at, size - at, "-->", 3)) != NULL)
            at = (size_t)(end - head) + 3;
        else if (size - at >= 5 && memcmp(head + at, "<?xml", 5) == 0 &&
                 (end = memchr(head + at, '>', size - at)) != NULL)
            at = (size_t)(end - head) + 1;
        else
            break;
    }
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
        if (size - at >= strlen(beginnings[i]) &&
            strncasecmp(head + at, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}
