/* lexicon.h: the common words that tell what a name beside them is: a village, a person's
 * first name, a street. Classes of words, not names of things; those are the vocabulary's.
 */
#ifndef SITREP_LEXICON_H
#define SITREP_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_class {
    WORD_MEMBER = 1 << 0,     /* fighters, militants: may part "Islamic State ... in the ..." */
    WORD_SMALL = 1 << 1,      /* of, the, al, de: may be in lower case inside a name */
    WORD_TITLE = 1 << 2,      /* Mr, President: a person follows */
    WORD_FORENAME = 1 << 3,   /* a person's first name */
    WORD_SETTLEMENT = 1 << 4, /* village, town, city */
    WORD_DIVISION = 1 << 5,   /* province, governorate, county */
    WORD_STREET = 1 << 6,     /* street, avenue: what stands before is no town */
    WORD_WITHIN = 1 << 7,     /* in, near, from, at: a place follows */
    WORD_EVERYDAY = 1 << 8,   /* an everyday word that is also a place: reading, nice, mobile */
    WORD_BODY = 1 << 9,       /* university, bank, hotel: names take a town's name without it */
    WORD_SPEAKING = 1 << 10,  /* said, told: a person stands before */
    WORD_COMPASS = 1 << 11,   /* north, eastern */
    WORD_OFFICE = 1 << 12,    /* army, government: may be in lower case in an actor's name */
};

struct lexicon;

/* NULL out of memory. */
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *lexicon);
/* The classes of a folded word, 0 for most. */
unsigned lexicon_classes(const struct lexicon *lexicon, const char *folded, size_t size);

#endif
