/* explain.h: what extraction found in a report and why, for people and for programs.
 */
#ifndef SITREP_EXPLAIN_H
#define SITREP_EXPLAIN_H

#include "schema/buffer.h"
#include "schema/report.h"
#include "schema/vocabulary.h"

/* For a report that went through extraction: one line a mention with its place, confidence,
 * surface, tag, rule and what the rule says, then the tags with their labels. Appends. */
void explain_text(const struct report *report, const struct vocabulary *vocabulary,
                  struct buffer *out);
/* The same as one JSON object on one line:
 *  {"id", "date", "mentions": [{"part", "begin", "end", "surface", "kind", "id", "label",
 *   "rule", "confidence", "why"}], "actors": [...], "regions": [...]}
 * A given tag has no begin, end and surface. */
bool explain_json(const struct report *report, const struct vocabulary *vocabulary,
                  struct buffer *out, struct error *err);

/* What a rule says, in one sentence without its end; "" for a rule that is not known. */
const char *explain_rule(const char *rule);

#endif
