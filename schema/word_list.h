/* word_list.h: the frequent words of an index, by number. Texts are written down with the numbers
 * (word_stream.h); and some of the words are so frequent that neighbours among them are indexed as
 * one term, so that a phrase of two is read and not looked for. Williams, Zobel and Bahle, "Fast
 * Phrase Querying with Combined Indexes", 2004.
 *
 * The words are chosen once for a database and stand in its metadata; every report in it is
 * indexed by the same.
 */
#ifndef SITREP_WORD_LIST_H
#define SITREP_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "xapian/xap.h"

/* In the database's metadata: a word a line, the most frequent first, with this mark behind those
 * that make pairs. */
#define WORD_LIST_KEY   "sitrep.words"
#define WORD_LIST_PAIRS "*"
/* The numbers that pairs are made of, and that word_stream.h has short codes for. */
#define WORD_LIST_PAIR_WORDS 4096
#define WORD_LIST_WORDS      16382 /* those that come after are left out */

/* The term of a pair is the prefix and two characters a word. Most pairs are rare: those share a
 * term with the others of their class, the prefix and three characters, which leaves few reports to
 * look into. */
#define PAIR_PREFIX               "XP"
#define WORD_LIST_PAIR_CLASS_BITS 14
#define PAIR_TERM_ROOM            (sizeof PAIR_PREFIX + 4)

struct word_list;

/* 'text' is as the metadata has it. ERROR_MEMORY. */
bool word_list_new(const char *text, struct word_list **out, struct error *err);
/* Of a database; empty where it has no such metadata. */
bool word_list_load(const struct xap_db *db, struct word_list **out, struct error *err);
void word_list_free(struct word_list *list);

size_t word_list_count(const struct word_list *list);
/* The number of a folded word; -1 where it is not in the list. */
int word_list_number(const struct word_list *list, const char *word);
/* The word of a number that word_list_number gave, lent. */
const char *word_list_word(const struct word_list *list, int number);
/* Whether words of these numbers make a pair where they stand side by side. */
bool word_list_makes_pair(const struct word_list *list, int first, int second);
/* The terms of two words that make a pair: of it alone, and of its class. */
void word_list_pair(int first, int second, char out[PAIR_TERM_ROOM]);
void word_list_pair_class(int first, int second, char out[PAIR_TERM_ROOM]);
/* The number of a pair. */
static inline uint32_t word_list_pair_number(int first, int second)
{
    return (uint32_t)first * WORD_LIST_PAIR_WORDS + (uint32_t)second;
}

/* So many bits of a hash of it, of WORD_LIST_PAIR_CLASS_BITS the number of its class: the high bits
 * of a product (Knuth, "The Art of Computer Programming", volume 3, 6.4). */
static inline uint32_t word_list_pair_hash(uint32_t pair, unsigned bits)
{
    return pair * 2654435761u >> (32 - bits);
}

/* The number that a term is made of; false where it is no term of a pair alone, or of a class. */
bool word_list_read_pair(const char *term, uint32_t *pair);
bool word_list_read_class(const char *term, uint32_t *number);

#endif
