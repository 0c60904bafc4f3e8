/* tag_diff.h: what another vocabulary would change: the tags that it adds to the reports of an
 * index and those that it takes from them, with sentences to judge by.
 */
#ifndef SITREP_TAG_DIFF_H
#define SITREP_TAG_DIFF_H

#include <stdbool.h>

#include "indexer/extraction.h"
#include "schema/buffer.h"
#include "schema/error.h"
#include "schema/report.h"
#include "schema/vocabulary.h"

/* Sentences kept for each tag, of those added and of those taken away. */
#define TAG_DIFF_EXAMPLES 3u

struct tag_diff;

/* Borrows both: the other vocabulary, and an extraction by it. */
bool tag_diff_open(const struct vocabulary *vocabulary, struct extraction *extraction,
                   struct tag_diff **out, struct error *err);
void tag_diff_close(struct tag_diff *diff);

/* Compares one report. 'stored' has the tags of the index; 'again' is the same report, and
 * gets those of the other vocabulary. */
bool tag_diff_add(struct tag_diff *diff, const struct report *stored, struct report *again,
                  struct error *err);

/* The sums, then each tag that changes, most changes first. Both append. */
void tag_diff_text(const struct tag_diff *diff, struct buffer *out);
bool tag_diff_json(const struct tag_diff *diff, struct buffer *out, struct error *err);

#endif
