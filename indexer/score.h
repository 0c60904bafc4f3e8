/* score.h: extraction measured against gold reports.
 *
 * A gold report is a JSON object; what is missing is not scored:
 *   {"id", "date", "title", "text", "country": [NAME...], "admin1": [NAME...],
 *    "place": [NAME...], "actors": [NAME...], "dates": [DATE...],
 *    "toponyms": [{"start", "end", "lat", "lon"}...], "organisations": [{"start", "end"}...]}
 * Offsets are bytes of the text. Names are looked up in the vocabulary by any of their names
 * (score_names.h); a NAME can be an array of names for one thing. Names that the vocabulary
 * does not know count as missed and are listed. DATE is YYYY-MM-DD, YYYY-MM or YYYY. Toponyms
 * are scored as geoparsers are compared: the span, then how many of the found ones lie within
 * 161 km. docs/extraction.md says what counts as an error.
 */
#ifndef SITREP_SCORE_H
#define SITREP_SCORE_H

#include <jansson.h>

#include "indexer/extraction.h"
#include "schema/buffer.h"

struct score;

/* Borrows both. */
bool score_open(struct extraction *extraction, const struct vocabulary *vocabulary,
                struct score **out, struct error *err);
void score_close(struct score *score);

/* Extracts from one gold report and compares. ERROR_DATA where the line is not such an object. */
bool score_add(struct score *score, const char *line, size_t size, struct error *err);

/* The figures so far, a line each, then the names that are not covered and the most frequent
 * errors. Appends. */
bool score_text(struct score *score, struct buffer *out, struct error *err);
/* The same as one object, for '*out'. */
bool score_json(struct score *score, json_t **out, struct error *err);

#endif
