/* lexicon.h: the common words that tell what a name beside them is: a village, a person's
 * first name, a street. Classes of words, not names of things; those are the vocabulary's.
 */
#ifndef SITREP_LEXICON_H
#define SITREP_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_class {
    WORD_MEMBER = 1 << 0,     /* fighters: may part "Islamic State ... in the Greater Sahara" */
    WORD_SMALL = 1 << 1,      /* of, the, al: may be in lower case inside a name */
    WORD_TITLE = 1 << 2,      /* Mr, General: a person follows */
    WORD_SETTLEMENT = 1 << 3, /* village, town, city */
    WORD_DIVISION = 1 << 4,   /* province, governorate, county */
    WORD_STREET = 1 << 5,     /* street, avenue: what stands before is no town */
    WORD_WITHIN = 1 << 6,     /* in, near, from: a place follows */
    WORD_BODY = 1 << 7,       /* university, police: goes by the name of its town */
    WORD_SPEAKING = 1 << 8,   /* said, told: a person stands before */
    WORD_COMPASS = 1 << 9,    /* north, eastern */
    WORD_OFFICE = 1 << 10,    /* army, government: may be in lower case in an actor's name */
    WORD_PAPER = 1 << 11,     /* Times, Herald: a newspaper */
    WORD_QUARTER = 1 << 12,   /* neighborhood, square: a part of a town goes by that name */
    WORD_ARTICLE = 1 << 13,   /* El, Los: part of the name behind it */
    WORD_ARMY = 1 << 14,      /* soldiers, troops: of the country at hand */
    WORD_POLICE = 1 << 15,
    WORD_LINK = 1 << 16, /* del, al: between the words of a place's name */
};

struct lexicon;

/* NULL out of memory. */
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *lexicon);
/* The classes of a folded word, 0 for most. */
unsigned lexicon_classes(const struct lexicon *lexicon, const char *folded, size_t size);

#endif
