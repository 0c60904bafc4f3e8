/* letter.h: what one character is to the tokenizer, and its folded form. Private to schema/. */
#ifndef SITREP_LETTER_H
#define SITREP_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum letter_class {
    LETTER_BREAK, /* punctuation, symbols, and what is not a character */
    LETTER_SPACE,
    LETTER_NEWLINE,
    LETTER_WORD,
    LETTER_DIGIT,
    LETTER_UNSPACED, /* of a script written without spaces */
    LETTER_SKIP,     /* accents, points, format characters: as if it were not there */
    LETTER_APOSTROPHE,
    LETTER_HYPHEN,
    LETTER_DOT,
    LETTER_COMMA,
    LETTER_STOP, /* ends a sentence, and is no dot */
    LETTER_CLASS_COUNT
};

struct letter {
    uint8_t class;
    bool is_capital;
    bool is_mark;
    uint8_t size; /* of 'folded'; 0 but for words, digits and unspaced */
    char folded[12];
};

/* The tables are to be read after letters_prepare. */
#define LETTER_TABLE_SIZE 0x2100
extern struct letter letter_table[LETTER_TABLE_SIZE];
/* A letter's or digit's folded form, 0 for all other bytes. */
extern char letter_ascii[256];

/* Fills the tables once in a process: about 1 ms. Thread-safe. */
void letters_prepare(void);
/* Works out what is not in the table. */
void letter_make(int32_t code_point, struct letter *out);

/* Reads the code point at 'text[*at]' and moves '*at' past it; -1, and past one byte, where
 * there is no UTF-8. '*at' must be less than 'size'. */
int32_t letter_code_point(const char *text, size_t size, size_t *at);
/* Reads the character at 'text[*at]' and moves '*at' past it; a byte that is not UTF-8 is a
 * LETTER_BREAK. '*at' must be less than 'size'. The result is in the table or in 'scratch'. */
const struct letter *letter_read(const char *text, size_t size, size_t *at, struct letter *scratch);

#endif
