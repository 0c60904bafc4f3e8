#include "indexer/sentence.h"

#include <stdbool.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

#define ELLIPSIS "…"

static bool ends_sentence(const char *text, size_t at)
{
    return text[at] == '\n' ||
           (strchr(".!?", text[at]) != NULL && (text[at + 1] == ' ' || text[at + 1] == '\n'));
}

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Where the sentence begins, or a word as far before 'begin' as will be shown. */
static size_t find_begin(const char *text, size_t begin, bool *cut)
{
    size_t at = begin, least = begin > SENTENCE_SIDE ? begin - SENTENCE_SIDE : 0;
    while (at > least && !ends_sentence(text, at - 1))
        at--;
    *cut = at > 0 && at == least && !ends_sentence(text, at - 1);
    while (*cut && at < begin && text[at - 1] != ' ' && text[at] != ' ')
        at++;
    while (at < begin && (text[at] == ' ' || is_inside_character(text[at])))
        at++;
    return at;
}

static size_t find_end(const char *text, size_t size, size_t end, bool *cut)
{
    size_t at = end, most = size - end > SENTENCE_SIDE ? end + SENTENCE_SIDE : size;
    while (at < most && !ends_sentence(text, at))
        at++;
    *cut = at == most && most < size;
    if (!*cut)
        return at < size && text[at] != '\n' ? at + 1 : at;
    while (at > end && text[at] != ' ')
        at--;
    return at > end ? at : end + text_cut(text + end, size - end, most - end);
}

char *sentence_around(const char *text, size_t size, size_t begin, size_t end)
{
    struct buffer out = {0};
    bool cut_before, cut_behind;
    size_t from = find_begin(text, begin, &cut_before);
    size_t to = find_end(text, size, end, &cut_behind);
    if (cut_before)
        buffer_text(&out, ELLIPSIS);
    for (size_t i = from; i < to; i++)
        buffer_char(&out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
    if (cut_behind)
        buffer_text(&out, ELLIPSIS);
    return buffer_take(&out, NULL);
}
