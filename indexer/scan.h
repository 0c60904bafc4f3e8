/* scan.h: the first step of extraction: a text's words, and where names of the vocabulary
 * stand among them.
 */
#ifndef SITREP_SCAN_H
#define SITREP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/lexicon.h"
#include "schema/gazetteer.h"
#include "schema/report.h"
#include "schema/vocabulary.h"

struct word {
    uint32_t begin, end; /* bytes */
    uint32_t number;     /* in the gazetteer */
    uint32_t singular;   /* the same without its last s; GAZETTEER_NONE where it has none */
    uint32_t classes;    /* of the lexicon */
    uint16_t flags;      /* of the token */
};

/* One thing that the name at a span can mean. */
struct meaning {
    const struct concept *concept;
    const struct concept_name *name;
};

/* Where a name stands: words [first, last). */
struct span {
    uint32_t first, last;
    uint32_t meanings;      /* where they begin in the scan's array */
    uint16_t meaning_count; /* those that the case and the date allow */
    bool plural;            /* found without its last s */
    bool split;             /* "Islamic State fighters in the Greater Sahara" */
    bool defined;           /* by the report itself: "Long Name (LN)" */
    bool inside;            /* of the span before it */
    bool dot;               /* an abbreviation: "Ky." */
    uint8_t also;           /* NAME_EVERYDAY, NAME_FORENAME, NAME_SURNAME: what else it may be */
    uint32_t node;          /* of the gazetteer: the same for the same name */
};

/* The words looked up last: most words of a text are among them. */
#define RECENT_WORDS 16384u /* a power of two */
#define RECENT_BYTES 16u    /* longer ones are looked up each time */

struct recent_word {
    uint64_t bytes[RECENT_BYTES / 8]; /* NULs behind it; all 0 where the slot is empty */
    uint32_t number, singular;
    uint32_t classes;
};

struct scan {
    const char *text;
    struct word *words;
    size_t word_count, word_room;
    struct span *spans; /* by first word */
    size_t span_count, span_room;
    struct meaning *meanings;
    size_t meaning_count, meaning_room;
    bool failed; /* out of memory */
};

/* What a scan needs to know. */
struct scan_rules {
    const struct vocabulary *vocabulary;
    const struct gazetteer *gazetteer;
    const struct lexicon *lexicon;
    const uint8_t *word_kinds;  /* by number of the gazetteer's word; scan_word_kinds makes it */
    struct recent_word *recent; /* RECENT_WORDS of them, all zero at first */
    bool no_demonyms;
};

/* A byte for each word of the gazetteer: what names begin with it, and what it is besides, so
 * that most words of a text cost one look-up. NULL out of memory; the caller frees it. */
uint8_t *scan_word_kinds(const struct vocabulary *vocabulary);

/* Replaces what the scan holds by the words and spans of a text. 'day' is the report's: names
 * that were not in use then are passed over. */
void scan_run(struct scan *scan, const struct scan_rules *rules, const char *text, size_t size,
              day_t day);
void scan_clear(struct scan *scan);

/* Whether a word begins with a capital, or is in a script that has none. */
bool scan_is_capital(const struct scan *scan, const struct word *word);
/* Whether a word is these bytes, not folded. */
bool scan_is_word(const struct scan *scan, const struct word *word, const char *text);
/* What a word may be besides a name: of NAME_EVERYDAY, NAME_FORENAME and NAME_SURNAME. */
unsigned scan_word_is_also(const struct scan_rules *rules, const struct word *word);

#endif
