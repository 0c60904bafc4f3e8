/* frequent_lists.h: the postings of frequent terms on their way past the database. Of a build's
 * terms a few thousand make two thirds of all postings, of which Xapian takes a tree and a string
 * each; so they are noted here, sorted by term, and stand in the file of frequent terms alone.
 */
#ifndef SITREP_FREQUENT_LISTS_H
#define SITREP_FREQUENT_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"

/* The postings of a run of reports. */
struct frequent_lists;

/* 'terms' are those that are listed, a line each, in byte order (frequent_choice.h). */
bool frequent_lists_new(const char *terms, struct frequent_lists **out, struct error *err);
void frequent_lists_free(struct frequent_lists *lists);

/* The number of a term; -1 where it is none of those listed, as where 'lists' is NULL. */
int frequent_lists_number(const struct frequent_lists *lists, const char *term);
/* How many there are, and the term of a number, lent. */
int frequent_lists_terms(const struct frequent_lists *lists);
const char *frequent_lists_term(const struct frequent_lists *lists, int number);

/* The next three are about the report in the making. 'wdf' more of a term are in it; 0: it is there
 * and does not count. */
void frequent_lists_count(struct frequent_lists *lists, int number, uint32_t wdf);
/* The sum of the wdfs that were counted: what its document lacks. */
uint32_t frequent_lists_length(const struct frequent_lists *lists);
/* It has this docid, higher than any before: what was counted becomes its postings. */
bool frequent_lists_keep(struct frequent_lists *lists, uint32_t docid, struct error *err);
/* It comes to nothing, or another begins. */
void frequent_lists_drop(struct frequent_lists *lists);

/* Writes the postings of reports 1 to 'last' into a file, with all terms in their order; not forced
 * to disk. */
bool frequent_lists_write(const struct frequent_lists *lists, const char *path, uint32_t last,
                          struct error *err);
/* Leaves no postings. */
void frequent_lists_reset(struct frequent_lists *lists);

#endif
