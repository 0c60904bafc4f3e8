/* paragraphs.h: the text of a marked-up document in the making: white space is folded, lines and
 * paragraphs part where the markup says so.
 */
#ifndef SITREP_PARAGRAPHS_H
#define SITREP_PARAGRAPHS_H

#include <stddef.h>

#include "schema/buffer.h"

/* What comes before the next word; the largest wins. */
enum gap { GAP_NONE, GAP_BLANK, GAP_LINE, GAP_PARAGRAPH };

/* Zero it before first use; 'text' is the result. */
struct paragraphs {
    struct buffer text;
    enum gap gap;
};

void paragraphs_gap(struct paragraphs *out, enum gap gap);
/* Appends text, each run of white space as one blank. */
void paragraphs_add(struct paragraphs *out, const char *text, size_t size);
/* Appends text whose lines are to stay lines. */
void paragraphs_add_lines(struct paragraphs *out, const char *text, size_t size);

#endif
