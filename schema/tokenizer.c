#include "schema/tokenizer.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "schema/letter.h"

/* Beside the token flags, 'pending_flags' remembers of the gap before the next word: */
#define GAP_NONE_YET (1u << 16) /* a word ended here and nothing but skipped characters since */
#define GAP_NEWLINE  (1u << 17) /* since the last newline only blanks */

/* A run of a script without spaces is segmented in pieces of this size at most, so that hostile
 * text cannot make ICU allocate without bound. */
#define RUN_BYTES 4096u

struct segmenter {
    UBreakIterator *breaks;
    UText text;
    size_t base; /* where in the text the run starts */
};

/* A word while it is read. */
struct word {
    size_t size;      /* bytes of folded form */
    size_t letters;   /* marks not counted */
    size_t capitals;  /* of these */
    size_t since_dot; /* letters and digits since the word's start or its last dot */
    size_t digits;    /* digits since the word's start or its last comma */
    unsigned flags;
    bool is_number;  /* digits only, so far */
    bool is_capital; /* the last letter */
    bool is_digit;   /* the last character */
    bool is_cut;
};

void tokenizer_start(struct tokenizer *tokenizer, const char *text, size_t size)
{
    letters_prepare();
    memset(tokenizer, 0, offsetof(struct tokenizer, folded));
    tokenizer->text = text;
    tokenizer->size = size;
    tokenizer->pending_flags = TOKEN_PARAGRAPH | TOKEN_SENTENCE;
}

void tokenizer_end(struct tokenizer *tokenizer)
{
    struct segmenter *segmenter = tokenizer->segmenter;
    if (segmenter) {
        ubrk_close(segmenter->breaks);
        utext_close(&segmenter->text);
        free(segmenter);
        tokenizer->segmenter = NULL;
    }
}

/* ---- the gap before a word -------------------------------------------------- */

static unsigned gap_flags(unsigned flags, enum letter_class class)
{
    bool was_word = flags & GAP_NONE_YET;
    if (class == LETTER_SKIP)
        return flags;
    flags &= ~(GAP_NONE_YET | TOKEN_AFTER_HYPHEN);
    if (class == LETTER_NEWLINE)
        return flags & GAP_NEWLINE ? flags | TOKEN_PARAGRAPH | TOKEN_SENTENCE : flags | GAP_NEWLINE;
    if (class == LETTER_SPACE)
        return flags;
    flags &= ~GAP_NEWLINE;
    if (class == LETTER_DOT || class == LETTER_STOP)
        return flags | TOKEN_SENTENCE;
    return class == LETTER_HYPHEN && was_word ? flags | TOKEN_AFTER_HYPHEN : flags;
}

static bool is_wordlike(enum letter_class class)
{
    return class == LETTER_WORD || class == LETTER_DIGIT;
}

/* Moves to the first character of the next word and returns its class; LETTER_BREAK at the end
 * of the text. */
static enum letter_class skip_gap(struct tokenizer *tokenizer)
{
    size_t at = tokenizer->at, size = tokenizer->size;
    const char *text = tokenizer->text;
    unsigned flags = tokenizer->pending_flags;
    enum letter_class class = LETTER_BREAK;
    while (at < size) {
        struct letter scratch;
        size_t after = at;
        class = (enum letter_class)letter_read(text, size, &after, &scratch)->class;
        if (is_wordlike(class) || class == LETTER_UNSPACED)
            break;
        flags = gap_flags(flags, class);
        class = LETTER_BREAK;
        at = after;
    }
    tokenizer->at = at;
    tokenizer->pending_flags = flags;
    return class;
}

/* The fast path: one blank and a letter or digit of ASCII. */
static bool skip_blank(struct tokenizer *tokenizer)
{
    const char *at = tokenizer->text + tokenizer->at;
    if (tokenizer->size - tokenizer->at < 2 || at[0] != ' ' ||
        letter_ascii[(unsigned char)at[1]] == 0)
        return false;
    tokenizer->at++;
    tokenizer->pending_flags &= ~(GAP_NONE_YET | TOKEN_AFTER_HYPHEN);
    return true;
}

/* ---- words ------------------------------------------------------------------ */

static void append(struct tokenizer *tokenizer, struct word *word, const char *bytes, size_t size)
{
    if (word->is_cut || word->size + size > LIMIT_WORD_BYTES) {
        word->is_cut = true;
        return;
    }
    memcpy(tokenizer->folded + word->size, bytes, size);
    word->size += size;
}

/* Keeps the character boundary where a folded form of several characters passes the limit. */
static void take_letter(struct tokenizer *tokenizer, struct word *word, const struct letter *letter)
{
    if (letter->size == 0)
        return;
    for (size_t at = 0; at < letter->size;) {
        size_t end = at + 1;
        while (end < letter->size && ((unsigned char)letter->folded[end] & 0xC0) == 0x80)
            end++;
        append(tokenizer, word, letter->folded + at, end - at);
        at = end;
    }
    word->is_digit = letter->class == LETTER_DIGIT;
    if (word->is_digit) {
        word->digits++;
        word->since_dot++;
        word->is_capital = false;
    } else if (!letter->is_mark) {
        word->is_number = false;
        word->letters++;
        word->since_dot++;
        word->is_capital = letter->is_capital;
        word->capitals += letter->is_capital;
        if (letter->is_capital && word->letters == 1)
            word->flags |= TOKEN_CAPITAL;
    } else {
        word->is_number = false;
    }
}

/* Counts the letters and digits of ASCII in [begin, end), which just went into the word. */
static void count_ascii(struct word *word, const char *text, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at++) {
        if (text[at] <= '9') {
            word->digits++;
            continue;
        }
        bool is_capital = text[at] <= 'Z';
        if (is_capital && word->letters == 0)
            word->flags |= TOKEN_CAPITAL;
        word->letters++;
        word->capitals += is_capital;
    }
    word->is_number = word->is_number && word->letters == 0;
    word->is_digit = text[end - 1] <= '9';
    word->is_capital = !word->is_digit && text[end - 1] <= 'Z';
}

/* The fast path: letters and digits of ASCII. Returns where they end. */
static size_t take_ascii(struct tokenizer *tokenizer, struct word *word, size_t begin)
{
    const char *text = tokenizer->text;
    size_t at = begin, end = tokenizer->size, used = word->size;
    size_t room = word->is_cut ? 0 : LIMIT_WORD_BYTES - used;
    char *folded = tokenizer->folded, c, changed = 0, common = 0x7F;
    if (end - at > room)
        end = at + room;
    while (at < end && (c = letter_ascii[(unsigned char)text[at]]) != 0) {
        folded[used++] = c;
        changed = (char)(changed | (c ^ text[at]));
        common &= c;
        at++;
    }
    if (at == begin)
        return at;
    word->size = used;
    word->since_dot += at - begin;
    if (changed == 0 && (common & 0x40) != 0) { /* small letters only */
        word->letters += at - begin;
        word->is_number = word->is_digit = word->is_capital = false;
    } else {
        count_ascii(word, text, begin, at);
    }
    return at;
}

/* The character at 'at' that is not skipped; its class is LETTER_BREAK at the end of the text.
 * Moves '*at' past it. */
static struct letter peek(const struct tokenizer *tokenizer, size_t *at)
{
    while (*at < tokenizer->size) {
        struct letter scratch;
        const struct letter *letter = letter_read(tokenizer->text, tokenizer->size, at, &scratch);
        if (letter->class != LETTER_SKIP)
            return *letter;
    }
    return (struct letter){0};
}

/* The elided words of French: c d j l m n s t, and all that end in qu. */
static bool is_elision(const struct tokenizer *tokenizer, const struct word *word)
{
    const char *folded = tokenizer->folded;
    if (word->size == 1)
        return memchr("cdjlmnst", folded[0], 8) != NULL;
    return word->size >= 2 && memcmp(folded + word->size - 2, "qu", 2) == 0;
}

/* What follows a separator inside a word: where the word goes on, or ends. */
struct step {
    bool goes_on;
    size_t end;  /* of the word, where it ends */
    size_t next; /* where reading goes on */
};

static struct step at_apostrophe(struct tokenizer *tokenizer, struct word *word, size_t at,
                                 size_t after)
{
    size_t past_next = after;
    struct letter next = peek(tokenizer, &past_next);
    if (!is_wordlike((enum letter_class)next.class)) {
        if (tokenizer->folded[word->size - 1] != 's')
            return (struct step){false, at, at};
        word->flags |= TOKEN_POSSESSIVE;
        return (struct step){false, at, after};
    }
    if (next.size == 1 && next.folded[0] == 's') {
        size_t past_second = past_next;
        struct letter second = peek(tokenizer, &past_second);
        if (!is_wordlike((enum letter_class)second.class)) {
            word->flags |= TOKEN_POSSESSIVE;
            return (struct step){false, at, past_next};
        }
    }
    if (is_elision(tokenizer, word) && memchr("aeiouyh", next.folded[0], 7))
        return (struct step){false, at, after};
    return (struct step){true, at, after};
}

static struct step at_dot(struct tokenizer *tokenizer, struct word *word, size_t at, size_t after)
{
    size_t past = after;
    struct letter next = peek(tokenizer, &past);
    if (word->is_digit && next.class == LETTER_DIGIT) {
        append(tokenizer, word, ".", 1);
        word->is_number = false;
        return (struct step){true, at, after};
    }
    if (!word->is_capital || word->since_dot != 1)
        return (struct step){false, at, at};
    if (next.class == LETTER_WORD && next.is_capital) {
        struct letter second = peek(tokenizer, &past);
        while (second.is_mark)
            second = peek(tokenizer, &past);
        if (!is_wordlike((enum letter_class)second.class)) {
            word->flags |= TOKEN_DOTTED;
            word->since_dot = 0;
            return (struct step){true, at, after};
        }
    }
    if (!(word->flags & TOKEN_DOTTED))
        return (struct step){false, at, at};
    if (next.class == LETTER_APOSTROPHE) { /* U.S.'s */
        size_t past_apostrophe = after;
        peek(tokenizer, &past_apostrophe);
        struct step step = at_apostrophe(tokenizer, word, after, past_apostrophe);
        if (!step.goes_on)
            return step;
    }
    return (struct step){false, after, after};
}

/* A comma vanishes before a group of three digits. */
static struct step at_comma(const struct tokenizer *tokenizer, struct word *word, size_t at,
                            size_t after)
{
    size_t past = after, digits = 0;
    while (digits < 4 && peek(tokenizer, &past).class == LETTER_DIGIT)
        digits++;
    if (!word->is_number || word->digits > 3 || digits != 3)
        return (struct step){false, at, at};
    word->digits = 0;
    return (struct step){true, at, after};
}

/* The fast path: the bytes that end a word whatever follows. */
static bool ends_word(const struct word *word, char byte)
{
    return byte == ' ' || byte == '\n' || byte == '-' ||
           ((byte == ',' || byte == '.') && !word->is_digit && !word->is_capital);
}

static struct step at_letter(struct tokenizer *tokenizer, struct word *word, size_t at)
{
    struct letter scratch;
    size_t after = at;
    const struct letter *letter = letter_read(tokenizer->text, tokenizer->size, &after, &scratch);
    switch ((enum letter_class)letter->class) {
    case LETTER_WORD:
    case LETTER_DIGIT:
        take_letter(tokenizer, word, letter);
        return (struct step){true, after, after};
    case LETTER_SKIP:
        return (struct step){true, after, after};
    case LETTER_APOSTROPHE:
        return at_apostrophe(tokenizer, word, at, after);
    case LETTER_DOT:
        return at_dot(tokenizer, word, at, after);
    case LETTER_COMMA:
        return at_comma(tokenizer, word, at, after);
    default:
        return (struct step){false, at, at};
    }
}

static void emit(struct tokenizer *tokenizer, const struct word *word, size_t begin, size_t end,
                 struct token *out)
{
    size_t size = word->size;
    unsigned flags = word->flags | (tokenizer->pending_flags &
                                    (TOKEN_PARAGRAPH | TOKEN_SENTENCE | TOKEN_AFTER_HYPHEN));
    if (word->letters >= 2 && word->capitals == word->letters)
        flags |= TOKEN_UPPER;
    if (tokenizer->folded[0] <= '9' && tokenizer->folded[0] >= '0')
        flags |= TOKEN_NUMBER;
    if (tokenizer->folded[size - 1] == '.') /* where the word was cut */
        size--;
    tokenizer->folded[size] = '\0';
    tokenizer->pending_flags = GAP_NONE_YET;
    *out = (struct token){begin, end, tokenizer->folded, size, flags};
}

static void read_word(struct tokenizer *tokenizer, struct token *out)
{
    struct word word = {.is_number = true};
    size_t begin = tokenizer->at;
    struct step step = {true, begin, begin};
    while (step.goes_on) {
        step.next = step.end = take_ascii(tokenizer, &word, step.next);
        if (step.next == tokenizer->size || ends_word(&word, tokenizer->text[step.next]))
            break;
        step = at_letter(tokenizer, &word, step.next);
    }
    tokenizer->at = step.next;
    emit(tokenizer, &word, begin, step.end, out);
}

/* ---- scripts without spaces --------------------------------------------------- */

static void start_run(struct tokenizer *tokenizer)
{
    size_t at = tokenizer->at, end = at;
    while (at < tokenizer->size && at - tokenizer->at < RUN_BYTES) {
        struct letter scratch;
        const struct letter *letter = letter_read(tokenizer->text, tokenizer->size, &at, &scratch);
        if (letter->class != LETTER_UNSPACED && letter->class != LETTER_SKIP)
            break;
        end = at;
    }
    tokenizer->run_end = end;

    UErrorCode status = U_ZERO_ERROR;
    struct segmenter *segmenter = tokenizer->segmenter;
    if (!segmenter) {
        segmenter = calloc(1, sizeof *segmenter);
        if (!segmenter)
            return;
        segmenter->text = (UText)UTEXT_INITIALIZER;
        segmenter->breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
        tokenizer->segmenter = segmenter;
    }
    segmenter->base = tokenizer->at;
    utext_openUTF8(&segmenter->text, tokenizer->text + tokenizer->at,
                   (int64_t)(end - tokenizer->at), &status);
    if (segmenter->breaks)
        ubrk_setUText(segmenter->breaks, &segmenter->text, &status);
    if (U_FAILURE(status))
        tokenizer_end(tokenizer);
    else
        ubrk_first(segmenter->breaks);
}

/* Where the piece that starts at 'at' ends. Without ICU every character is a piece. */
static size_t piece_end(const struct tokenizer *tokenizer)
{
    const struct segmenter *segmenter = tokenizer->segmenter;
    if (!segmenter) {
        struct letter scratch;
        size_t after = tokenizer->at;
        letter_read(tokenizer->text, tokenizer->size, &after, &scratch);
        return after;
    }
    int32_t end = ubrk_next(segmenter->breaks);
    return end == UBRK_DONE ? tokenizer->run_end : segmenter->base + (size_t)end;
}

/* False where the run has ended. */
static bool read_piece(struct tokenizer *tokenizer, struct token *out)
{
    while (tokenizer->at < tokenizer->run_end) {
        struct word word = {0};
        size_t begin = tokenizer->at, end = piece_end(tokenizer);
        while (tokenizer->at < end) {
            struct letter scratch;
            take_letter(tokenizer, &word,
                        letter_read(tokenizer->text, end, &tokenizer->at, &scratch));
        }
        if (word.size > 0) {
            emit(tokenizer, &word, begin, end, out);
            return true;
        }
    }
    return false;
}

bool tokenizer_next(struct tokenizer *tokenizer, struct token *out)
{
    if (tokenizer->run_end > tokenizer->at && read_piece(tokenizer, out))
        return true;
    if (skip_blank(tokenizer)) {
        read_word(tokenizer, out);
        return true;
    }
    enum letter_class class = skip_gap(tokenizer);
    if (class == LETTER_BREAK)
        return false;
    if (class == LETTER_UNSPACED) {
        start_run(tokenizer);
        return read_piece(tokenizer, out);
    }
    read_word(tokenizer, out);
    return true;
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

size_t tokenizer_skip(struct tokenizer *tokenizer, const bool wanted[UCHAR_MAX + 1])
{
    const char *text = tokenizer->text;
    size_t at = tokenizer->at, size = tokenizer->size, skipped = 0;
    if (tokenizer->pending_flags != GAP_NONE_YET) /* the next word has flags of its own */
        return 0;
    while (size - at > 2 && text[at] == ' ' && is_small(text[at + 1]) &&
           !wanted[(unsigned char)text[at + 1]]) {
        size_t end = at + 2;
        while (end < size && is_small(text[end]))
            end++;
        if (end == size || text[end] != ' ')
            break;
        at = end;
        skipped++;
    }
    tokenizer->at = at;
    return skipped;
}
