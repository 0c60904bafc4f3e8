/* pairs.h: words so frequent that neighbours among them are indexed as one term, so that a
 * phrase of them is read and not looked for: one posting list, no positions.
 *
 * The words are chosen once for a database and stand in its metadata; every report in it is
 * indexed by the same. Williams, Zobel and Bahle, "Fast Phrase Querying with Combined Indexes",
 * 2004.
 */
#ifndef SITREP_PAIRS_H
#define SITREP_PAIRS_H

#include <stdbool.h>

#include "schema/error.h"
#include "xapian/xap.h"

#define PAIRS_KEY    "sitrep.pair_words" /* in the database's metadata: the words, a line each */
#define PAIRS_PREFIX "XP"
/* A term is the prefix and two characters a word. It is as short as can be: Xapian writes it down
 * for each few hundred reports anew. */
#define PAIRS_TERM_ROOM (sizeof PAIRS_PREFIX + 4)
#define PAIRS_WORDS     4096 /* those that come after are none */

struct pairs;

/* 'text' is words, each ended by a newline, in byte order. ERROR_MEMORY. */
bool pairs_new(const char *text, struct pairs **out, struct error *err);
/* Of a database; none where it has no such metadata. */
bool pairs_load(const struct xap_db *db, struct pairs **out, struct error *err);
void pairs_free(struct pairs *pairs);

/* The number of a folded word among them; -1 where it is none, as in NULL. */
int pairs_number(const struct pairs *pairs, const char *word);
/* The term of two of them, by their numbers, that stand side by side in the text. */
void pairs_term(int first, int second, char out[PAIRS_TERM_ROOM]);

#endif
