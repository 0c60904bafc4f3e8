#include "search/query_lexer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

enum mark { MARK_NONE, MARK_SPACE, MARK_OPEN, MARK_CLOSE, MARK_QUOTE };

/* What phones, word processors and input methods put in place of the ASCII marks. */
static const struct {
    const char *bytes;
    enum mark mark;
} wide_marks[] = {
    {"\u00a0", MARK_SPACE}, {"\u2002", MARK_SPACE}, {"\u2003", MARK_SPACE}, {"\u2009", MARK_SPACE},
    {"\u200b", MARK_SPACE}, {"\u2028", MARK_SPACE}, {"\u2029", MARK_SPACE}, {"\u202f", MARK_SPACE},
    {"\u3000", MARK_SPACE}, {"\ufeff", MARK_SPACE}, {"\u00ab", MARK_QUOTE}, {"\u00bb", MARK_QUOTE},
    {"\u201c", MARK_QUOTE}, {"\u201d", MARK_QUOTE}, {"\u201e", MARK_QUOTE}, {"\u201f", MARK_QUOTE},
    {"\uff02", MARK_QUOTE}, {"\uff08", MARK_OPEN},  {"\uff09", MARK_CLOSE},
};

struct lexer {
    const char *text;
    size_t size, at;
    struct lexeme *lexemes;
    size_t count, room;
    bool failed;
};

/* The mark at a place, and how many bytes it takes. */
static enum mark mark_at(const struct lexer *lexer, size_t at, size_t *length)
{
    unsigned char c = (unsigned char)lexer->text[at];
    *length = 1;
    if (c <= ' ' || c == 0x7f)
        return MARK_SPACE;
    if (c == '(')
        return MARK_OPEN;
    if (c == ')')
        return MARK_CLOSE;
    if (c == '"')
        return MARK_QUOTE;
    if (c < 0x80)
        return MARK_NONE;
    for (size_t i = 0; i < ARRAY_LEN(wide_marks); i++) {
        size_t size = strlen(wide_marks[i].bytes);
        if (size <= lexer->size - at && memcmp(lexer->text + at, wide_marks[i].bytes, size) == 0) {
            *length = size;
            return wide_marks[i].mark;
        }
    }
    return MARK_NONE;
}

static struct lexeme *add(struct lexer *lexer, enum lexeme_kind kind, size_t begin, size_t end)
{
    static struct lexeme spare; /* written to and never read once memory has run out */
    if (lexer->failed ||
        !array_reserve(&lexer->lexemes, &lexer->room, lexer->count + 1, sizeof *lexer->lexemes)) {
        lexer->failed = true;
        return &spare;
    }
    struct lexeme *lexeme = &lexer->lexemes[lexer->count++];
    *lexeme = (struct lexeme){.kind = kind, .begin = begin, .end = end};
    return lexeme;
}

/* The end of the chunk that starts at 'at'. */
static size_t chunk_end(const struct lexer *lexer, size_t at)
{
    size_t length;
    while (at < lexer->size && mark_at(lexer, at, &length) == MARK_NONE)
        at += length;
    return at;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* near/N, in any case of its letters. */
static bool read_near(const char *chunk, size_t size, unsigned *window)
{
    static const char name[] = "near/";
    size_t at = sizeof name - 1;
    if (size <= at)
        return false;
    for (size_t i = 0; i < at; i++)
        if ((chunk[i] | 0x20) != (name[i] | 0x20))
            return false;
    unsigned number = 0;
    for (; at < size; at++) {
        if (!is_digit(chunk[at]))
            return false;
        unsigned digit = (unsigned)(chunk[at] - '0');
        number = number > (UINT_MAX - digit) / 10 ? UINT_MAX : number * 10 + digit;
    }
    *window = number;
    return true;
}

/* The length of a name before a colon, without the colon; 0 where the chunk has none. */
static size_t name_length(const char *chunk, size_t size)
{
    size_t length = 0;
    while (length < size && (is_letter(chunk[length]) || (length > 0 && is_digit(chunk[length]))))
        length++;
    return length < size && chunk[length] == ':' ? length : 0;
}

static const struct field *find_field(const char *name, size_t size)
{
    char lower[16];
    if (size >= sizeof lower)
        return NULL;
    for (size_t i = 0; i < size; i++)
        lower[i] = (char)(is_digit(name[i]) ? name[i] : name[i] | 0x20);
    return field_find(lower, size);
}

static bool is_operator(const char *chunk, size_t size, enum lexeme_kind *kind)
{
    static const struct {
        const char *word;
        enum lexeme_kind kind;
    } operators[] = {{"AND", LEX_AND}, {"OR", LEX_OR}, {"NOT", LEX_NOT}};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (strlen(operators[i].word) == size && memcmp(chunk, operators[i].word, size) == 0) {
            *kind = operators[i].kind;
            return true;
        }
    }
    return false;
}

/* A name and a colon at the chunk's start: the field, and what stands behind it. False where
 * the chunk is no such thing; '*unknown' is then the length of a name that looks like one. */
static bool read_field(struct lexer *lexer, size_t end, size_t *unknown)
{
    const char *chunk = lexer->text + lexer->at;
    size_t size = end - lexer->at, name = name_length(chunk, size), length;
    *unknown = 0;
    if (name == 0)
        return false;
    const struct field *field = find_field(chunk, name);
    if (!field) {
        bool is_url = size >= name + 3 && memcmp(chunk + name, "://", 3) == 0;
        bool is_sentence =
            size == name + 1 && (end == lexer->size || mark_at(lexer, end, &length) == MARK_SPACE);
        *unknown = is_url || is_sentence ? 0 : name;
        return false;
    }
    size_t value = lexer->at + name + 1;
    add(lexer, LEX_FIELD, lexer->at, value)->field = field->id;
    if (value < end)
        add(lexer, LEX_CHUNK, value, end);
    return true;
}

static void read_chunk(struct lexer *lexer, bool after_space)
{
    size_t end = chunk_end(lexer, lexer->at), dashes = lexer->at, length;
    while (dashes < end && lexer->text[dashes] == '-')
        dashes++;
    bool before_something =
        dashes < lexer->size && (dashes < end || mark_at(lexer, end, &length) == MARK_QUOTE ||
                                 mark_at(lexer, end, &length) == MARK_OPEN);
    if (after_space && dashes > lexer->at && before_something) {
        add(lexer, LEX_MINUS, lexer->at, dashes);
        lexer->at = dashes;
    }
    size_t size = end - lexer->at, unknown;
    enum lexeme_kind kind;
    unsigned window;
    if (size == 0)
        return;
    if (is_operator(lexer->text + lexer->at, size, &kind))
        add(lexer, kind, lexer->at, end);
    else if (read_near(lexer->text + lexer->at, size, &window))
        add(lexer, LEX_NEAR, lexer->at, end)->window = window;
    else if (!read_field(lexer, end, &unknown))
        add(lexer, LEX_CHUNK, lexer->at, end)->unknown_field = unknown;
    lexer->at = end;
}

/* What starts with a quote: up to the next quote, or a stray one where no other follows. */
static void read_quoted(struct lexer *lexer, size_t open_length)
{
    size_t begin = lexer->at, inner = begin + open_length, length;
    for (size_t at = inner; at < lexer->size; at += length) {
        if (mark_at(lexer, at, &length) != MARK_QUOTE)
            continue;
        struct lexeme *lexeme = add(lexer, LEX_QUOTED, begin, at + length);
        lexeme->text_begin = inner;
        lexeme->text_end = at;
        lexer->at = at + length;
        return;
    }
    add(lexer, LEX_STRAY_QUOTE, begin, inner);
    lexer->at = inner;
}

struct lexeme *lexemes_read(const char *text, size_t size, size_t *count)
{
    struct lexer lexer = {.text = text, .size = size};
    bool after_space = true; /* or after an opening bracket: where a minus can stand */
    while (lexer.at < size) {
        size_t length;
        enum mark mark = mark_at(&lexer, lexer.at, &length);
        if (mark == MARK_NONE) {
            read_chunk(&lexer, after_space);
        } else if (mark == MARK_QUOTE) {
            read_quoted(&lexer, length);
        } else {
            if (mark != MARK_SPACE)
                add(&lexer, mark == MARK_OPEN ? LEX_OPEN : LEX_CLOSE, lexer.at, lexer.at + length);
            lexer.at += length;
        }
        after_space = mark == MARK_SPACE || mark == MARK_OPEN;
    }
    add(&lexer, LEX_END, size, size);
    if (lexer.failed) {
        free(lexer.lexemes);
        return NULL;
    }
    *count = lexer.count;
    return lexer.lexemes;
}
