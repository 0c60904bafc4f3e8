/* snippet.h: which words of a text answer a question, and the passage that shows it best. Works
 * over byte offsets of the tokenizer that also cut the text for the index, so 'menaka' marks
 * 'Ménaka' and a stem marks all its forms. All of it is linear in the text.
 */
#ifndef SITREP_SNIPPET_H
#define SITREP_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/buffer.h"
#include "schema/error.h"
#include "search/query.h"

struct stems;
struct xap_stemmer;

struct highlight { /* bytes of a snippet or title: [begin, end) */
    uint32_t begin, end;
};

/* A stretch of plain text with its highlights: in order, apart from each other. */
struct snippet {
    char *text; /* one line, valid UTF-8 */
    size_t size;
    struct highlight *marks;
    size_t mark_count;
};
void snippet_clear(struct snippet *snippet);

/* What a question looks for in a text, made once an answer. */
struct marker;

/* 'stems' are those that the question was asked with, borrowed until marker_free: a word of the
 * text counts when its stem in its own language is one of a word of the question in the same. What
 * the question takes away is not looked for. */
bool marker_new(const struct query_node *root, const struct stems *stems, struct marker **out,
                struct error *err);
void marker_free(struct marker *marker);

/* A body, and where its sections start (its size where it has none). */
struct snippet_source {
    const char *text;
    size_t size;
    size_t faq_begin, sources_begin;
};

#define SNIPPET_BYTES 240u /* of a passage, about; "…" stands where text was cut away */

/* The best passage of a body: most of the question's words, close together, in the body proper
 * before the FAQ and the sources; where nothing is found, the beginning. 'stemmer' is that of the
 * body's language, one of the marker's; NULL for none. */
bool snippet_make(const struct marker *marker, const struct snippet_source *source,
                  struct xap_stemmer *stemmer, struct snippet *out, struct error *err);
/* The whole of a title, with its highlights. */
bool snippet_make_title(const struct marker *marker, const char *title, size_t size,
                        struct xap_stemmer *stemmer, struct snippet *out, struct error *err);

/* The text as HTML, safe in elements and in quoted attributes, the highlights in <mark>. Ill-formed
 * bytes and control characters become U+FFFD; characters that turn the direction of what follows
 * are left out. */
void snippet_html(struct buffer *out, const char *text, size_t size, const struct highlight *marks,
                  size_t mark_count);

#endif
