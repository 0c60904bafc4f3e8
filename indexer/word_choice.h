/* word_choice.h: chooses the words of word_list.h for a new index, out of some of its reports.
 *
 * Listed are words that occur more than once. Pairs are made of those in many reports, where a
 * phrase would take long; but function words would make half of all pairs and are hardly asked for
 * in twos.
 */
#ifndef SITREP_WORD_CHOICE_H
#define SITREP_WORD_CHOICE_H

#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/report.h"

#define WORD_CHOICE_SAMPLE 2000u /* reports looked at, spread over all */
#define WORD_CHOICE_SHARE  0.1   /* of them has a word that makes pairs, at least */
#define WORD_CHOICE_LEAST  20u   /* reports too */

/* Words counted so far. */
struct word_choice;

bool word_choice_new(struct word_choice **out, struct error *err);
bool word_choice_count(struct word_choice *choice, const struct report *report, struct error *err);
/* Those that are chosen, malloc()ed, as word_list_new takes them; NULL out of memory. */
char *word_choice_make(const struct word_choice *choice);
void word_choice_free(struct word_choice *choice);

/* All three for a spool that is sorted. */
bool word_choice_of_spool(const struct spool *spool, char **out, struct error *err);

#endif
