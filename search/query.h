/* query.h: what the user typed, as a small tree. First of the steps of a question:
 * query -> plan -> docset -> facets + hits -> answer.
 *
 * The language is lenient: every byte string gives a tree. What could not be
 * understood is left out and said in a note. Only a limit of limits.h is an error.
 *
 *   words joined by AND; OR, NOT, -word; ( ); "a phrase"; near/5; prefix*;
 *   title:word actor:jnim actor:"Wagner Group" region:ML-7 source:un.org lang:en id:...
 *   date:2023 date:2023-11 date:2023-11-15 date:2023-08..2023-11 date:..2023
 *   date:"last 90 days" date:"since June 2021"
 */
#ifndef SITREP_QUERY_H
#define SITREP_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/day.h"
#include "schema/error.h"
#include "schema/field.h"

enum query_kind {
    QUERY_ALL,     /* every report: the empty question, and what a NOT alone takes from */
    QUERY_NOTHING, /* matches none */
    QUERY_WORD,    /* one word: matched by its stem, or exactly where 'exact' */
    QUERY_PHRASE,  /* two words or more, next to each other, in this order, exactly */
    QUERY_NEAR,    /* words within 'window' positions of each other, any order */
    QUERY_PREFIX,  /* words that begin with words[0] */
    QUERY_VALUE,   /* words[0] is a value of a boolean field */
    QUERY_DATES,   /* from <= date <= to; DAY_NONE for an open end */
    QUERY_AND,     /* children; a QUERY_NOT child takes away */
    QUERY_OR,
    QUERY_NOT, /* one child; stands only in a QUERY_AND with something to take from */
};

struct query_node {
    enum query_kind kind;
    enum field_id field; /* of words, phrases, prefixes, values */
    bool exact;          /* the word was quoted: its stem does not count */
    bool added;          /* it was not typed: what a name stands for, words of a report */
    unsigned window;
    day_t from, to;
    char **words; /* folded; the value as typed for QUERY_VALUE */
    size_t word_count;
    struct query_node **children;
    size_t child_count;
    size_t begin, end; /* bytes of the question it was read from */
};

struct query_note {
    char *text;        /* one sentence for the user */
    size_t begin, end; /* bytes of the question it speaks of */
};

struct query {
    struct query_node *root; /* never NULL */
    struct query_note *notes;
    size_t note_count;
};

enum match { MATCH_ALL, MATCH_ANY };

/* 'match' says how words side by side are joined; 'today' is what relative dates count
 * from. Fails with ERROR_LIMIT or ERROR_MEMORY only. */
bool query_parse(const char *text, size_t size, enum match match, day_t today, struct query **out,
                 struct error *err);
void query_free(struct query *query);
void query_node_free(struct query_node *node);

/* The tree in the query language, with every join and bracket written out; parsing it, where that
 * is within the limits, gives the same tree. What was added to others is left out. "" for all
 * reports. malloc()ed. NULL out of memory. */
char *query_describe(const struct query_node *root);

#endif
