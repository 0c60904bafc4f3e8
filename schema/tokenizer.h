/* tokenizer.h: text to words. Indexing, questions, highlighting and name matching
 * all cut and fold text here, so that they always agree.
 *
 * A word is a run of letters, digits and marks. Folding (Unicode NFKD, full case
 * folding, combining marks removed) makes 'Ménaka' and 'MENAKA' the word 'menaka'.
 *  - An apostrophe (' ’ ‘ ʼ ʻ and their kin) inside a word vanishes: Jama’at = jamaat;
 *    a possessive 's or ’ at the end is not part of the word: Mali’s = mali; the elisions
 *    c' d' j' l' m' n' s' t' qu' before a vowel or h are words of their own:
 *    l'armée = l armee, while N'Djamena = ndjamena.
 *  - A hyphen parts words: al-Qaeda = al qaeda.
 *  - Dots between single capital letters vanish: U.N. = un. Dots and commas between
 *    digits: 4,350 = 4350, 1.4.22 = 1.4.22.
 *  - Runs of a script written without spaces (Han, Hiragana, Katakana, Thai, Lao,
 *    Khmer, Burmese) are cut into words by ICU.
 *  - A byte that is not UTF-8 parts words. Words longer than LIMIT_WORD_BYTES are
 *    cut at a character.
 */
#ifndef SITREP_TOKENIZER_H
#define SITREP_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/limits.h"

enum token_flags {
    TOKEN_CAPITAL = 1,        /* its first letter is a capital */
    TOKEN_UPPER = 2,          /* two letters or more, all of them capitals */
    TOKEN_NUMBER = 4,         /* begins with a digit */
    TOKEN_POSSESSIVE = 8,     /* a possessive was cut off: 'end' includes it not */
    TOKEN_DOTTED = 16,        /* letters with dots: U.N. */
    TOKEN_PARAGRAPH = 32,     /* first word after a blank line, or of the text */
    TOKEN_SENTENCE = 64,      /* first word after . ! ? or of a paragraph */
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
    char folded[LIMIT_WORD_BYTES + 32];
};

void tokenizer_start(struct tokenizer *tokenizer, const char *text, size_t size);
/* The next word; false at the end of the text. Never fails. */
bool tokenizer_next(struct tokenizer *tokenizer, struct token *out);
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
