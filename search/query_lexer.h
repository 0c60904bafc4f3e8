/* query_lexer.h: the marks of the query language in a question: brackets, quotes, operators,
 * field names, and the chunks of text between them. Words are not cut here; that is the
 * tokenizer's work.
 */
#ifndef SITREP_QUERY_LEXER_H
#define SITREP_QUERY_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/field.h"

enum lexeme_kind {
    LEX_END,
    LEX_CHUNK,  /* text without spaces, brackets and quotes */
    LEX_QUOTED, /* text between quotes */
    LEX_FIELD,  /* a known field's name and its colon */
    LEX_OPEN,   /* ( */
    LEX_CLOSE,  /* ) */
    LEX_MINUS,  /* - before something */
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_NEAR,        /* near/N */
    LEX_STRAY_QUOTE, /* a quote that nothing closes */
};

struct lexeme {
    enum lexeme_kind kind;
    size_t begin, end;           /* bytes of the question, quotes included */
    size_t text_begin, text_end; /* of LEX_QUOTED: between the quotes */
    enum field_id field;         /* of LEX_FIELD */
    unsigned window;             /* of LEX_NEAR; UINT_MAX where it is larger */
    size_t unknown_field;        /* of LEX_CHUNK: bytes of a name that is no field's, or 0 */
};

/* All lexemes of a text, LEX_END last, in an array that the caller frees; NULL out of memory.
 * Every byte string has some. Curly, angled and full-width forms of the marks count too. */
struct lexeme *lexemes_read(const char *text, size_t size, size_t *count);

#endif
