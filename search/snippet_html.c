/* Text and highlights as HTML that is safe whatever the text is. */
#include <stdlib.h>
#include <string.h>

#include "schema/tokenizer.h"
#include "search/snippet.h"

/* Embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069): what they turn does not
 * end with the text, and a passage may hold one without its end. */
static bool turns_direction(const char *bytes, size_t size)
{
    const unsigned char *c = (const unsigned char *)bytes;
    return size >= 3 && c[0] == 0xe2 &&
           ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
            (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

static void escape(struct buffer *out, const char *text, size_t size)
{
    static const char *const entities[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    size_t clean_size = 0;
    char *clean = text_clean(text, size, &clean_size, NULL);
    if (!clean)
        out->failed = true;
    for (size_t i = 0; i < clean_size; i++) {
        unsigned char c = (unsigned char)clean[i];
        if (turns_direction(clean + i, clean_size - i))
            i += 2;
        else if (c < 128 && entities[c])
            buffer_text(out, entities[c]);
        else
            buffer_char(out, clean[i]);
    }
    free(clean);
}

void snippet_html(struct buffer *out, const char *text, size_t size, const struct highlight *marks,
                  size_t mark_count)
{
    size_t at = 0;
    for (size_t i = 0; i < mark_count; i++) {
        size_t begin = marks[i].begin, end = marks[i].end;
        if (begin < at || end > size || begin >= end)
            continue;
        escape(out, text + at, begin - at);
        buffer_text(out, "<mark>");
        escape(out, text + begin, end - begin);
        buffer_text(out, "</mark>");
        at = end;
    }
    escape(out, text + at, size - at);
}
