/* choices.h: what a build chooses on samples of its reports before it indexes them: the dictionary
 * that they are packed with, the words that have numbers, and the terms that are frequent.
 */
#ifndef SITREP_CHOICES_H
#define SITREP_CHOICES_H

#include <stdbool.h>

#include "indexer/dictionary.h"
#include "indexer/spool.h"
#include "schema/error.h"
#include "schema/vocabulary.h"

/* Zero it before first use. The same of the same spool. */
struct choices {
    struct dictionary dictionary;
    char *words;    /* as word_list_new takes them */
    char *frequent; /* as frequent_lists_new takes them */
};

/* Of a spool that is sorted, in several threads. 'vocabulary' is NULL where the dictionary is there
 * already, from an earlier run. */
bool choices_make(const struct spool *spool, const struct vocabulary *vocabulary,
                  struct choices *out, struct error *err);
void choices_clear(struct choices *choices);

#endif
