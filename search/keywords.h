/* keywords.h: the terms that tell some reports from all others.
 *
 * A term weighs as its relevance weight (Robertson and Sparck Jones, "Relevance Weighting of Search
 * Terms", 1976) times how many of the reports have it, as in Robertson's offer weight ("On Term
 * Selection for Query Expansion", 1990), each of which counts the more, up to 2, the more often it
 * has the term for its length. The numbers are those of Xapian's TradEWeight (its expand sets); a
 * test compares them.
 */
#ifndef SITREP_KEYWORDS_H
#define SITREP_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/snapshot.h"

struct keyword {
    char term[FIELD_TERM_ROOM];
    double weight; /* more than 0 */
};

enum keyword_kind { KEYWORD_WORDS, KEYWORD_STEMS };

/* The 'room' best terms of the texts of 'count' different reports, best first, those of one weight
 * in byte order: words as they are written, or their stems. 'accept' (NULL: all) says which terms
 * will do. What it costs grows with the length of the reports. ERROR_STALE, ERROR_MEMORY. */
bool keywords_find(const struct snapshot *snapshot, const uint32_t *docids, size_t count,
                   enum keyword_kind kind, bool (*accept)(const char *term), struct keyword *out,
                   size_t room, size_t *found, struct error *err);

#endif
