#include "indexer/paragraphs.h"

#include <ctype.h>
#include <string.h>

void paragraphs_gap(struct paragraphs *out, enum gap gap)
{
    if (gap > out->gap)
        out->gap = gap;
}

void paragraphs_add(struct paragraphs *out, const char *text, size_t size)
{
    static const char *const gaps[] = {
        [GAP_NONE] = "", [GAP_BLANK] = " ", [GAP_LINE] = "\n", [GAP_PARAGRAPH] = "\n\n"};
    for (size_t at = 0; at < size;) {
        if (isspace((unsigned char)text[at])) {
            paragraphs_gap(out, GAP_BLANK);
            at++;
            continue;
        }
        size_t begin = at;
        while (at < size && !isspace((unsigned char)text[at]))
            at++;
        if (out->text.size > 0)
            buffer_text(&out->text, gaps[out->gap]);
        out->gap = GAP_NONE;
        buffer_append(&out->text, text + begin, at - begin);
    }
}

void paragraphs_add_lines(struct paragraphs *out, const char *text, size_t size)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t line = end ? (size_t)(end - text) : size;
        paragraphs_add(out, text, line);
        if (!end)
            return;
        paragraphs_gap(out, line > 0 ? GAP_LINE : GAP_PARAGRAPH);
        text += line + 1;
        size -= line + 1;
    }
}
