#include "schema/word_stream.h"

#include <string.h>

#define LAST 0x80u /* in the last byte of a code */

/* Codes of one byte, and of two: the first of which is not SPELT. */
enum { SHORT_CODES = WORD_STREAM_APART - LAST, LONG_CODES = 0x7f * 0x80 };
_Static_assert(WORD_LIST_WORDS == SHORT_CODES + LONG_CODES, "as many words as codes");

#define SPELT 0x00u /* before the letters of a word that is not in the list */
/* In letters: from here on the bytes are 0x80 more, or no more. 0xff is in no UTF-8, and no word
 * has a DEL. */
#define SHIFT 0x7fu

static size_t spell(const char *word, size_t size, unsigned char *out)
{
    size_t used = 0;
    unsigned high = 0;
    out[used++] = SPELT;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)word[i];
        if ((byte & 0x80u) != high)
            out[used++] = SHIFT;
        high = byte & 0x80u;
        out[used++] = byte & 0x7fu;
    }
    return used;
}

size_t word_code(int number, const char *word, size_t size, unsigned char out[WORD_CODE_ROOM])
{
    size_t used = 0;
    if (number < 0) {
        used = spell(word, size, out);
    } else if (number < SHORT_CODES) {
        out[used++] = (unsigned char)number;
    } else {
        number -= SHORT_CODES;
        out[used++] = (unsigned char)(1 + number / 0x80);
        out[used++] = (unsigned char)(number % 0x80);
    }
    out[used - 1] |= LAST;
    return used;
}

/* ---- writing ----------------------------------------------------------------- */

static void add_byte(struct word_stream *stream, unsigned char byte)
{
    buffer_append(&stream->bytes, (const char *)&byte, 1);
}

void word_stream_start(struct word_stream *stream, bool title_in_text)
{
    buffer_reset(&stream->bytes);
    add_byte(stream, title_in_text ? WORD_STREAM_WHOLE : WORD_STREAM_APART);
    stream->gap = false;
}

void word_stream_add(struct word_stream *stream, int number, const char *word, size_t size)
{
    unsigned char code[WORD_CODE_ROOM];
    if (stream->gap)
        add_byte(stream, WORD_STREAM_GAP);
    stream->gap = false;
    buffer_append(&stream->bytes, (const char *)code, word_code(number, word, size, code));
}

void word_stream_end_title(struct word_stream *stream)
{
    add_byte(stream, WORD_STREAM_GAP);
    stream->gap = false;
}

void word_stream_gap(struct word_stream *stream)
{
    stream->gap = true;
}

/* ---- reading ------------------------------------------------------------------- */

struct word_span word_stream_title(const char *bytes, size_t size)
{
    const unsigned char *begin = (const unsigned char *)bytes, *end = begin + size;
    begin += size > 0;
    const unsigned char *at = begin;
    while (at < end && !word_code_is_gap(begin, at))
        at++;
    return (struct word_span){begin, at};
}

struct word_span word_stream_text(const char *bytes, size_t size)
{
    const unsigned char *begin = (const unsigned char *)bytes, *end = begin + size;
    if (size > 0 && *begin == WORD_STREAM_WHOLE)
        return (struct word_span){begin + 1, end};
    return (struct word_span){word_stream_title(bytes, size).end, end};
}

/* The number of the list that a code of one or two bytes stands for. */
static size_t number_of(const unsigned char *code, size_t size)
{
    return size == 1 ? code[0] - LAST : SHORT_CODES + (code[0] - 1u) * 0x80 + (code[1] - LAST);
}

static bool is_code(const unsigned char *code, size_t size, size_t words)
{
    if (code[0] == SPELT)
        return size > 1 && size <= WORD_CODE_ROOM;
    if (size == 1)
        return code[0] == WORD_STREAM_GAP || number_of(code, size) < words;
    return size == 2 && number_of(code, size) < words;
}

/* The other way than spell(). */
static void unspell(const unsigned char *code, size_t size, char out[WORD_CODE_ROOM])
{
    unsigned high = 0;
    for (size_t i = 1; i < size; i++) {
        unsigned byte = code[i] & 0x7fu;
        if (byte == SHIFT)
            high ^= 0x80u;
        else
            *out++ = (char)(byte | high);
    }
    *out = '\0';
}

/* The bytes of the code that a span begins with; 0 for none that ends in it. */
static size_t code_size(struct word_span span)
{
    for (const unsigned char *at = span.begin; at < span.end; at++)
        if (word_code_ends(*at))
            return (size_t)(at + 1 - span.begin);
    return 0;
}

const char *word_stream_next(struct word_span *span, const struct word_list *list,
                             char room[WORD_CODE_ROOM], int *number)
{
    size_t size;
    while ((size = code_size(*span)) > 0) {
        const unsigned char *code = span->begin;
        span->begin += size;
        if (word_code_is_gap(code, code) || !is_code(code, size, word_list_count(list)))
            continue;
        if (code[0] != SPELT) {
            *number = (int)number_of(code, size);
            return word_list_word(list, *number);
        }
        *number = -1;
        unspell(code, size, room);
        return room;
    }
    return NULL;
}

bool word_stream_is_sound(const char *bytes, size_t size, size_t words)
{
    struct word_span title = word_stream_title(bytes, size);
    const unsigned char *code = title.begin, *end = (const unsigned char *)bytes + size;
    if (title.end == end || (unsigned char)bytes[0] < WORD_STREAM_APART)
        return false;
    for (const unsigned char *at = code; at < end; at++) {
        if (!word_code_ends(*at))
            continue;
        if (!is_code(code, (size_t)(at + 1 - code), words))
            return false;
        code = at + 1;
    }
    return code == end;
}
