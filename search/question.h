/* question.h: one question with its filters, order and page. The web form, the JSON API and
 * the terminal fill it through the same table of parameters, so they mean the same.
 */
#ifndef SITREP_QUESTION_H
#define SITREP_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/day.h"
#include "schema/error.h"
#include "schema/field.h"
#include "search/query.h"

enum sort { SORT_RELEVANCE, SORT_NEWEST, SORT_OLDEST };

/* One value asked for, or not wanted, in a boolean field. */
struct filter {
    enum field_id field;
    bool exclude;
    char *value;
};

/* What is listed of one facet. */
struct facet_choice {
    char *q;       /* only values that have its words; NULL for all */
    uint32_t size; /* at most so many; 0: as many as of any facet */
    bool by_name;  /* in the order of their labels, not of their counts */
};

/* The hit that a page of hits comes after, in the order of days. */
struct cursor {
    char generation[48]; /* the snapshot's name */
    uint32_t docid;      /* 0: none */
};

struct question {
    char *q;                /* as typed; "" for none */
    struct filter *filters; /* in the order given, without repetition */
    size_t filter_count;
    day_t from, to; /* inclusive; DAY_NONE for an open end */
    enum match match;
    char *like;     /* id of a report that others are to be like; NULL */
    bool names_off; /* words do not find what is tagged with what they name */
    enum sort sort;
    bool sort_given;     /* without it: relevance for words, newest for none */
    uint32_t first;      /* hits to pass over: (page - 1) * size */
    struct cursor after; /* instead of 'first' */
    uint32_t size;       /* hits wanted */
    uint32_t facet_size; /* values listed per facet */
    struct facet_choice facets[FIELD_COUNT];
    const struct interval *interval; /* of the date facet; NULL: what fits the span */
    uint64_t given, repeated;        /* parameters set once, set again: a bit each; private */
};

#define QUESTION_SIZE       10u /* hits a page, where nothing is said */
#define QUESTION_FACET_SIZE 10u

/* One row a parameter, for parsing, the API description and the help. */
struct question_parameter {
    const char *name; /* "q", "actor", "-actor", "from", "page" ... */
    bool repeats;     /* may be given more than once: OR */
    const char *help, *example;
};
extern const struct question_parameter question_parameters[];
extern const size_t question_parameter_count;
/* NULL where no parameter has that name. */
const struct question_parameter *question_parameter_find(const char *name);

/* No words, no filters, page 1 of 10. */
bool question_init(struct question *question, struct error *err);
void question_clear(struct question *question);
/* The copy may be given every parameter anew. */
bool question_copy(const struct question *from, struct question *out, struct error *err);
/* One parameter. ERROR_USAGE for an unknown name or a bad value, ERROR_LIMIT past a limit;
 * the error's 'where' is the parameter's name. */
bool question_set(struct question *question, const char *name, const char *value,
                  struct error *err);
/* The parameters of a query string or a form (application/x-www-form-urlencoded), into an
 * initialised question. Parameters without a value are passed over, as forms send them. Fails as
 * question_set does, and with ERROR_USAGE for what is no UTF-8 without NUL, percent-encoded. Does
 * not question_check. */
bool question_parse_url(const char *bytes, size_t size, struct question *question,
                        struct error *err);
/* What can only be said of all parameters together: from <= to, first + size <= LIMIT_WINDOW,
 * a parameter that does not repeat given twice. */
bool question_check(const struct question *question, struct error *err);

/* To the first page. */
void question_rewind(struct question *question);

/* Adds a filter unless it is there, or takes it away; used for links. */
bool question_add_filter(struct question *question, enum field_id field, bool exclude,
                         const char *value, struct error *err);
void question_remove_filter(struct question *question, enum field_id field, bool exclude,
                            const char *value);
bool question_has_filter(const struct question *question, enum field_id field, bool exclude,
                         const char *value);

/* The question as a query string ("q=peace+deal&actor=jnim&page=2"): parameters in the
 * table's order, values of one parameter in byte order, defaults left out. Two questions that
 * mean the same give the same string: it is also the key of caches. malloc()ed; NULL out of
 * memory. */
char *question_url(const struct question *question);

#endif
