/* language.h: the language of a text, where its report does not say. Words that only English has
 * in such numbers tell English at once; else libexttextcat compares the n-grams of the
 * beginning with those of the languages in a table (Cavnar and Trenkle, "N-Gram-Based Text
 * Categorization", 1994). What is not clearly one of them stays unknown.
 */
#ifndef SITREP_LANGUAGE_H
#define SITREP_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

struct language;

/* Loads the models of the languages. */
bool language_open(struct language **out, struct error *err);
void language_close(struct language *language);

/* The ISO 639-1 code of the text's language, which is static; NULL where it is not clear. Only
 * the first LANGUAGE_BYTES count. */
#define LANGUAGE_BYTES 600u
const char *language_find(struct language *language, const char *text, size_t size);

#endif
