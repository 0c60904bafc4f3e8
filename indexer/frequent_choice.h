/* frequent_choice.h: chooses the terms of a new index whose postings stand in its file of frequent
 * terms: those of texts and titles that many of some of its reports have. How many reports have
 * them in the end makes no difference to what is found. Of words as they are written, only those of
 * the word list can be chosen.
 */
#ifndef SITREP_FREQUENT_CHOICE_H
#define SITREP_FREQUENT_CHOICE_H

#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/report.h"

#define FREQUENT_CHOICE_SAMPLE 6000u  /* reports looked at, spread over all */
#define FREQUENT_CHOICE_ONE_IN 1500u  /* of them has a term that is chosen */
#define FREQUENT_CHOICE_LEAST  4u     /* reports, too */
#define FREQUENT_CHOICE_TERMS  81920u /* at most: the most frequent */

/* Terms counted so far. */
struct frequent_choice;

/* 'words' are those that the reports are indexed with, as document_kit_set_words takes them. */
bool frequent_choice_new(const char *words, struct frequent_choice **out, struct error *err);
bool frequent_choice_count(struct frequent_choice *choice, const struct report *report,
                           struct error *err);
/* Those that are chosen, malloc()ed, as frequent_lists_new takes them; NULL out of memory. */
char *frequent_choice_make(const struct frequent_choice *choice);
void frequent_choice_free(struct frequent_choice *choice);

/* All three for a spool that is sorted. */
bool frequent_choice_of_spool(const struct spool *spool, const char *words, char **out,
                              struct error *err);

#endif
