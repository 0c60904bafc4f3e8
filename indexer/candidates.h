/* candidates.h: names in reports that look like actors' and that the vocabulary does not have,
 * such as "Azawad Liberation Front (ALF)", to be looked at by who keeps the vocabulary.
 *
 * A candidate is a run of capitalised words, small ones such as "of" between them, in which a
 * word says what kind of group it is: at its end ("... Front"), or at its beginning with a small
 * word behind it ("Movement for ..."). It needs a word that is not itself of the common
 * ones ("Armed Forces" is none), and none of its words may be part of an actor that was found.
 */
#ifndef SITREP_CANDIDATES_H
#define SITREP_CANDIDATES_H

#include <stdbool.h>

#include "schema/buffer.h"
#include "schema/error.h"
#include "schema/report.h"

struct candidates;

bool candidates_open(struct candidates **out, struct error *err);
void candidates_close(struct candidates *candidates);

/* Looks through a report that went through extraction. */
bool candidates_add(struct candidates *candidates, const struct report *report, struct error *err);

/* Each with the number of reports and of times, and a sentence; most reports first. Both
 * append. */
void candidates_text(const struct candidates *candidates, struct buffer *out);
bool candidates_json(const struct candidates *candidates, struct buffer *out, struct error *err);

#endif
