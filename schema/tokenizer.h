/* tokenizer.h: text to words. Indexing, questions, highlighting and name matching
 * all cut and fold text here, so that they always agree.
 *
 * A word is a run of letters, digits and marks. Folding (Unicode NFKD, full case
 * folding, accents and points removed) makes 'Ménaka' and 'MENAKA' the word 'menaka',
 * composed or not. What is folded folds to itself.
 *  - An apostrophe (' ’ ‘ ʼ ʻ and their kin) inside a word vanishes: Jama’at = jamaat;
 *    a possessive 's, or ’ after an s, at the end is not part of the word: Mali’s = mali;
 *    the elisions c' d' j' l' m' n' s' t' and all in qu' before a vowel, y or h are words
 *    of their own: l'armée = l armee, while N'Djamena = ndjamena.
 *  - A hyphen or en dash parts words: al-Qaeda = al qaeda.
 *  - Dots between and after single capital letters vanish: U.N. = un; the last one is part
 *    of the word, and ends no sentence. A dot between digits stays, a comma before a group
 *    of three digits vanishes: 4,350 = 4350, 1.4.22 = 1.4.22.
 *  - Letters that Unicode does not decompose become the plain ones people type for them:
 *    ø o, ł l, đ d, æ ae, ß ss, Hausa ɓ ɗ ƙ b d k. All four Turkish i are one: İSTANBUL,
 *    ıstanbul = istanbul. In Arabic hamza, alef wasla, harakat and tatweel go, alef maksura
 *    and the Persian yeh are yeh, keheh is kaf, and teh marbuta stays. Digits of all scripts
 *    are 0 to 9. Vowel signs of Indic scripts and the voicing marks of kana stay; nukta and
 *    virama go. Hangul comes apart into jamo.
 *  - Soft hyphens, joiners and direction marks are as if they were not there.
 *  - Runs of a script written without spaces (Han, Hiragana, Katakana, Thai, Lao,
 *    Khmer, Burmese) are cut into words by ICU, so a word of these is not always one word
 *    again when it stands alone.
 *  - A byte that is not UTF-8 parts words. Words longer than LIMIT_WORD_BYTES are
 *    cut at a character.
 */
#ifndef SITREP_TOKENIZER_H
#define SITREP_TOKENIZER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/limits.h"

enum token_flags {
    TOKEN_CAPITAL = 1,        /* its first letter is a capital */
    TOKEN_UPPER = 2,          /* two letters or more, all of them capitals */
    TOKEN_NUMBER = 4,         /* begins with a digit */
    TOKEN_POSSESSIVE = 8,     /* a possessive was cut off: 'end' does not include it */
    TOKEN_DOTTED = 16,        /* letters with dots: U.N. */
    TOKEN_PARAGRAPH = 32,     /* first word after a blank line, or of the text */
    TOKEN_SENTENCE = 64,      /* first word after . ! ? of any script, or of a paragraph */
    TOKEN_AFTER_HYPHEN = 128, /* only a hyphen stands between it and the word before */
};

struct token {
    size_t begin, end;  /* bytes of the text that the word stands in: [begin, end) */
    const char *folded; /* NUL-terminated, valid until the next call */
    size_t size;        /* bytes of 'folded' */
    unsigned flags;
};

/* The caller keeps the tokenizer (on the stack) and the text. Members are private. */
struct tokenizer {
    const char *text;
    size_t size, at;
    unsigned pending_flags;
    void *segmenter; /* lazily made, for scripts without spaces */
    size_t run_end;
    char folded[LIMIT_WORD_BYTES + 1];
};

void tokenizer_start(struct tokenizer *tokenizer, const char *text, size_t size);
/* The next word; false at the end of the text. Never fails. */
bool tokenizer_next(struct tokenizer *tokenizer, struct token *out);
/* Moves past the next words that are plain, small letters of ASCII between two single blanks, and
 * whose first letter is not wanted; returns their number. For who looks for few words of many. */
size_t tokenizer_skip(struct tokenizer *tokenizer, const bool wanted[UCHAR_MAX + 1]);
/* Frees what the segmenter took. Needed after tokenizer_start, also mid-text. */
void tokenizer_end(struct tokenizer *tokenizer);

/* All of a text's words, folded and joined by single spaces: the key under which
 * names are compared. Returns a malloc()ed string, NULL out of memory. */
char *text_fold(const char *text, size_t size);

/* How many bytes of the text fit into 'room' bytes without cutting a character in two. */
size_t text_cut(const char *text, size_t size, size_t room);
/* Well-formed UTF-8 without NUL? */
bool text_is_utf8(const char *text, size_t size);
/* A malloc()ed copy in which ill-formed bytes, NUL and control characters other than
 * tab and newline are U+FFFD, CR LF is newline and a byte-order mark at the start is
 * dropped. '*repaired' (may be NULL) says whether any byte was ill-formed or NUL. */
char *text_clean(const char *text, size_t size, size_t *out_size, bool *repaired);

#endif
