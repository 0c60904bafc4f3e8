#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/letter.h"
#include "schema/tokenizer.h"

char *text_fold(const char *text, size_t size)
{
    struct buffer key = {0};
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        if (key.size > 0)
            buffer_char(&key, ' ');
        buffer_append(&key, token.folded, token.size);
    }
    tokenizer_end(&tokenizer);
    return buffer_take(&key, NULL);
}

size_t text_cut(const char *text, size_t size, size_t room)
{
    if (size <= room)
        return size;
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--;
    return room;
}

/* Past printable ASCII, in steps of eight bytes. */
static size_t skip_ascii(const char *text, size_t size, size_t at)
{
    while (size - at >= 8) {
        uint64_t eight;
        memcpy(&eight, text + at, sizeof eight);
        /* A byte's high bit is set in one of the three where it is not ASCII, below the blank,
         * or DEL (Anderson, "Bit Twiddling Hacks"). */
        if ((eight | (eight - 0x2020202020202020u) | (eight + 0x0101010101010101u)) &
            0x8080808080808080u)
            break;
        at += 8;
    }
    return at;
}

bool text_is_utf8(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        at = skip_ascii(text, size, at);
        if (at == size)
            break;
        if (letter_code_point(text, size, &at) <= 0)
            return false;
    }
    return true;
}

static bool is_clean(int32_t c)
{
    return c == '\t' || c == '\n' || (c >= ' ' && c < 0x7F) || c >= 0xA0;
}

/* What stays as it is is copied at once, mostly all of the text. */
char *text_clean(const char *text, size_t size, size_t *out_size, bool *repaired)
{
    struct buffer clean = {0};
    bool is_repaired = false;
    size_t at = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, kept = at;
    while ((at = skip_ascii(text, size, at)) < size) {
        size_t begin = at;
        int32_t c = letter_code_point(text, size, &at);
        if (is_clean(c))
            continue;
        is_repaired = is_repaired || c <= 0;
        buffer_append(&clean, text + kept, begin - kept);
        kept = at;
        if (c != '\r')
            buffer_text(&clean, "\uFFFD");
        else if (at == size || text[at] != '\n')
            buffer_char(&clean, '\n');
    }
    buffer_append(&clean, text + kept, size - kept);
    char *bytes = buffer_take(&clean, out_size);
    if (bytes && repaired)
        *repaired = is_repaired;
    return bytes;
}
