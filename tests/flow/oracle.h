/* oracle.h: a search engine too simple to be wrong: all reports in arrays, every question
 * answered by looking at each of them in turn. It shares the tokenizer, the stemmers and the
 * vocabulary's labels with search/, and nothing else. Out of memory, it stops the program.
 */
#ifndef SITREP_ORACLE_H
#define SITREP_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/day.h"
#include "schema/field.h"
#include "schema/report.h"
#include "search/question.h"

/* A question as a tree. Its text is what search/ is asked. */
enum ask_kind {
    ASK_WORD,
    ASK_EXACT,
    ASK_PHRASE,
    ASK_NEAR,
    ASK_PREFIX,
    ASK_NAME, /* two words that no report has, then the value that they name */
    ASK_VALUE,
    ASK_DATES,
    ASK_AND,
    ASK_OR,
    ASK_NOT,
};

#define ASK_PARTS 4

struct ask_node {
    enum ask_kind kind;
    enum field_id field;
    char words[ASK_PARTS][72];
    size_t word_count;
    unsigned window;
    day_t from, to;
    struct ask_node *children[ASK_PARTS];
    size_t child_count;
    unsigned style; /* how it is written down */
};

struct ask_filter {
    enum field_id field;
    bool exclude;
    char value[256];
};

struct ask {
    struct ask_node *root; /* NULL: all reports */
    bool any;              /* match=any: the root is an OR, written without the word */
    bool exact_words;      /* names=off */
    struct ask_filter filters[6];
    size_t filter_count;
    day_t from, to;
    const char *sort, *interval; /* NULL: not given */
    uint32_t page, size;
};

struct ask_node *ask_node_new(enum ask_kind kind, enum field_id field);
struct ask_node *ask_node_copy(const struct ask_node *node);
void ask_node_free(struct ask_node *node);
/* Names of the generated vocabulary: single words that reports have, and pairs that none has. */
struct ask_name {
    const char *words;
    enum field_id field;
    const char *value;
    const char *alone; /* what its last word names by itself; NULL: nothing */
};
extern const struct ask_name ask_names[];
extern const size_t ask_name_count;

/* The question's words, in the query language; the caller frees. */
char *ask_text(const struct ask *ask);
/* The whole question, as the parameters of /search. Fails as question_set does. */
bool ask_question(const struct ask *ask, struct question *out, struct error *err);

struct oracle;

struct oracle *oracle_new(void);
void oracle_free(struct oracle *oracle);
void oracle_add(struct oracle *oracle, uint32_t docid, const struct report *report);
size_t oracle_count(const struct oracle *oracle);
/* For making questions; borrowed. A report that is not there has nothing. */
const char *oracle_word(const struct oracle *oracle, size_t number);
size_t oracle_word_count(const struct oracle *oracle);
/* Words that stand side by side in report number 'number' from word 'at' on. */
bool oracle_phrase(const struct oracle *oracle, size_t number, size_t at, size_t count,
                   const char *words[]);
/* A value of a boolean field that a report has; NULL where it has none. */
const char *oracle_value(const struct oracle *oracle, size_t number, enum field_id field,
                         size_t pick);
day_t oracle_day(const struct oracle *oracle, size_t number);

struct expected_value {
    const char *value;
    uint32_t reports;
};

struct expected {
    uint32_t *docids; /* of the matches, ascending */
    day_t *days;
    uint32_t total;
    struct expected_value *values[FIELD_COUNT]; /* of facets, by value; zeros left out */
    size_t value_counts[FIELD_COUNT];
    bool wide_prefix; /* a prefix stands for more words than allowed */
    day_t index_first, index_last;
};

void oracle_answer(struct oracle *oracle, const struct ask *ask, struct expected *out);
void expected_clear(struct expected *expected);

#endif
