/* vocabulary_syntax.h: how ids, dates and numbers look in vocabulary files.
 */
#ifndef SITREP_VOCABULARY_SYNTAX_H
#define SITREP_VOCABULARY_SYNTAX_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/day.h"

/* Lower-case ASCII letters and digits, parted by single hyphens. */
bool syntax_is_slug(const char *text);
/* ISO 3166-2 with the hyphen: ML-7. */
bool syntax_is_division(const char *id);
/* DIVISION-OR-COUNTRY.slug */
bool syntax_is_place(const char *id);

/* The kinds of region, and how the ids of each look. */
struct region_kind {
    const char *kind;
    bool (*is_id)(const char *id);
    const char *form; /* for messages */
};
/* NULL where no kind has that name. */
const struct region_kind *syntax_region_kind(const char *kind);

/* FROM..TO, each YYYY, YYYY-MM or YYYY-MM-DD; either may be missing, then the end is
 * DAY_NONE. Cuts the text. */
bool syntax_span(char *text, day_t *from, day_t *to);
/* "JNIM": one word of two to eight capitals and digits. */
bool syntax_looks_like_acronym(const char *text);
/* Two letters, or several such parted by commas. */
bool syntax_is_languages(const char *text);
/* A decimal number, at most 'limit' either way; NaN for anything else. */
double syntax_degrees(const char *text, double limit);
/* Digits only, below 2^32. */
bool syntax_population(const char *text, uint32_t *out);

#endif
