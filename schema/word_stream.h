/* word_stream.h: the words of a report in order, as bytes: what phrases and NEAR look into, and
 * what a report says is read out of.
 *
 * A word is written as a code of its own: bytes below 0x80 and a last one above. So where a code
 * is found behind a last byte, or at the beginning, it is that word and no other, and a phrase is
 * a run of bytes to look for, with nothing to decode. Words of the list have one or two bytes
 * (Brisaboa, Farina, Navarro and Esteller, "(S,C)-Dense Coding", 2003, with s = c = 128), others
 * are a 0 and their letters.
 *
 * A stream is a mark that says whether the title is part of the text, the words of the title, a
 * gap, and the words of the body with a gap where a section starts.
 */
#ifndef SITREP_WORD_STREAM_H
#define SITREP_WORD_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/word_list.h"

/* What are no words; each is one byte. */
#define WORD_STREAM_GAP   0xffu           /* the words around it do not stand side by side */
#define WORD_STREAM_APART 0xfeu           /* the mark of a title that is not part of the text */
#define WORD_STREAM_WHOLE WORD_STREAM_GAP /* and of one that is */

/* Positions that a gap stands for: more than NEAR reaches over. */
#define WORD_STREAM_GAP_WORDS 100u

#define WORD_CODE_ROOM (1 + 2 * LIMIT_WORD_BYTES)

/* The code of a folded word and its number in the word list (-1 for none); returns its bytes. */
size_t word_code(int number, const char *word, size_t size, unsigned char out[WORD_CODE_ROOM]);

/* A stream in the making. Zero it before first use, free its bytes. */
struct word_stream {
    struct buffer bytes; /* failed: out of memory */
    bool gap;            /* before the next word */
};

/* Empties it, keeping the memory, and begins with the mark. */
void word_stream_start(struct word_stream *stream, bool title_in_text);
void word_stream_add(struct word_stream *stream, int number, const char *word, size_t size);
/* Once, after the words of the title. */
void word_stream_end_title(struct word_stream *stream);
/* A section ends. */
void word_stream_gap(struct word_stream *stream);

/* Codes side by side. Whoever reads them stays inside, whatever the bytes are. */
struct word_span {
    const unsigned char *begin, *end;
};

/* Whether a byte is the last of a code. */
static inline bool word_code_ends(unsigned char byte)
{
    return byte >= 0x80;
}

/* Whether a code begins at a byte of a span that starts at 'begin'. */
static inline bool word_code_begins(const unsigned char *begin, const unsigned char *at)
{
    return at == begin || word_code_ends(at[-1]);
}

static inline bool word_code_is_gap(const unsigned char *begin, const unsigned char *at)
{
    return *at >= WORD_STREAM_APART && word_code_begins(begin, at);
}

struct word_span word_stream_title(const char *bytes, size_t size);
struct word_span word_stream_text(const char *bytes, size_t size);
/* Takes the next word off a span: a folded word, of the list or spelt into 'room'; NULL where there
 * is none any more. '*number' is its number in the list, -1 for none. Gaps, and what is no code of
 * a word, are passed over. */
const char *word_stream_next(struct word_span *span, const struct word_list *list,
                             char room[WORD_CODE_ROOM], int *number);
/* Whether the bytes are a stream whose numbers are those of a list of 'words'. */
bool word_stream_is_sound(const char *bytes, size_t size, size_t words);

#endif
