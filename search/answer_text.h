/* answer_text.h: an answer, and how it came about, as plain text for a terminal. What comes
 * out of reports is made harmless: no control character, nor one that turns the direction of
 * the text, gets through.
 */
#ifndef SITREP_ANSWER_TEXT_H
#define SITREP_ANSWER_TEXT_H

#include <stdbool.h>

#include "schema/buffer.h"
#include "search/answer.h"
#include "search/snapshot.h"

/* One line of text made harmless. */
void answer_text_plain(const char *text, struct buffer *out);
/* 'bold': the question's words and the titles in bold (ANSI escapes). */
void answer_text(const struct answer *answer, const struct snapshot *snapshot, bool bold,
                 struct buffer *out);

#endif
