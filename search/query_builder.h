/* query_builder.h: the nodes, words and notes of a question that is being read. What fails
 * first, a limit or memory, sticks: later calls do nothing and return NULL.
 */
#ifndef SITREP_QUERY_BUILDER_H
#define SITREP_QUERY_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "search/query.h"

struct query_builder {
    const char *text; /* the whole question */
    size_t size;
    day_t today;
    enum match match;
    struct query *query; /* takes the notes */
    size_t terms;        /* words, values and dates so far */
    size_t words;        /* single ones of which any will do */
    struct error *err;
    bool failed;
};

struct query_node *builder_node(struct query_builder *builder, enum query_kind kind, size_t begin,
                                size_t end);
/* Adds a child, unless it is NULL or a join of nothing, and widens the parent's span to hold it.
 * Takes the child. */
void builder_add_take(struct query_builder *builder, struct query_node *parent,
                      struct query_node *child);
/* One copied word more; false once the builder has failed. */
bool builder_add_word(struct query_builder *builder, struct query_node *node, const char *word,
                      size_t size);
/* Counts 'number' terms of the question against LIMIT_QUESTION_TERMS. */
bool builder_count_terms(struct query_builder *builder, size_t number);
/* Counts a word that stands alone: where any word will do, against LIMIT_ANY_WORDS. */
bool builder_count_word(struct query_builder *builder);
/* Fails with ERROR_LIMIT. */
void builder_limit(struct query_builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A sentence for the user about bytes of the question; in 'format', the one %s stands for what
 * is written there. A sentence that is there already is not said again, and the number of notes
 * is bounded. */
void builder_note(struct query_builder *builder, size_t begin, size_t end, const char *format);

/* What a stretch of text says in a words field: a word, a phrase, a prefix, or a join of
 * words where a script without spaces was cut. NULL (and a note) where it has no word. */
struct query_node *builder_read_words(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end);
/* The same for text that stood in quotes: the words exactly. */
struct query_node *builder_read_quoted(struct query_builder *builder, enum field_id field,
                                       size_t begin, size_t end);
/* A value of a boolean field, as typed but for blanks around it. */
struct query_node *builder_read_value(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end);
/* Dates; NULL and no note where they cannot be read. */
struct query_node *builder_read_dates(struct query_builder *builder, enum field_id field,
                                      size_t begin, size_t end);

#endif
