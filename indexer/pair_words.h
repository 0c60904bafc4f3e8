/* pair_words.h: chooses the words of pairs.h for a new index, by the share of some of its reports
 * that have them.
 *
 * A phrase takes long where many reports have both its words. Function words would make half of
 * all pairs and are hardly asked for in twos.
 */
#ifndef SITREP_PAIR_WORDS_H
#define SITREP_PAIR_WORDS_H

#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/report.h"

#define PAIR_WORDS_SAMPLE 2000u /* reports looked at, spread over all */
#define PAIR_WORDS_SHARE  0.1   /* of them has a word that is chosen, at least */
#define PAIR_WORDS_LEAST  20u   /* reports too */

/* Words counted so far. */
struct pair_words;

bool pair_words_new(struct pair_words **out, struct error *err);
bool pair_words_count(struct pair_words *words, const struct report *report, struct error *err);
/* Those that are chosen, malloc()ed, as pairs_new takes them; NULL out of memory. */
char *pair_words_choose(const struct pair_words *words);
void pair_words_free(struct pair_words *words);

/* All three for a spool that is sorted. */
bool pair_words_of_spool(const struct spool *spool, char **out, struct error *err);

#endif
