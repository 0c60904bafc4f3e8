/* view.h: what the templates are rendered from: JSON made of an answer, a report or a
 * problem. No HTML is made here; the templates escape all text.
 */
#ifndef SITREP_VIEW_H
#define SITREP_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/problem.h"
#include "fcgi/request.h"
#include "fcgi/site.h"
#include "fcgi/text_json.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "search/answer.h"
#include "search/neighbours.h"
#include "search/question.h"

/* The three pages. Each is a new reference; NULL out of memory. */
json_t *view_search(const struct site *site, const struct answer *answer);
json_t *view_report(const struct site *site, const struct report *report,
                    const struct neighbours *neighbours);
json_t *view_problem(const struct site *site, const struct request *request,
                     const struct problem *problem);

/* The pieces they are made of. A builder that has failed does nothing more, so one look at
 * 'failed' at the end is enough. */
struct view {
    const struct site *site;
    bool failed; /* out of memory */
};

/* Take over 'value', NULL included. */
void view_set(struct view *view, json_t *object, const char *name, json_t *value);
void view_add(struct view *view, json_t *array, json_t *value);
/* The end of a view: 'object', or NULL after a failure. */
json_t *view_end(struct view *view, json_t *object);

/* "1,234". */
json_t *view_count(uint64_t count);

/* What every page has: its title, the style sheet's address, the field for the question. */
json_t *view_frame(struct view *view, const char *title);

/* Percent-encodes all but letters, digits and "-._~". */
void view_encode(struct buffer *out, const char *text);
/* PATH?QUESTION, and the address of a report with 'suffix' ("" or ".json"). malloc()ed; NULL out
 * of memory. */
char *view_question_address(const char *path, const struct question *question);
char *view_report_address(const char *id, const char *suffix);
/* The address of all reports with one tag. */
json_t *view_tag_href(enum field_id field, const char *id);
/* How a value of a field is shown: its label where the vocabulary has one, else itself. */
const char *view_label(const struct site *site, enum field_id field, const char *value);
/* {"total", "from", "to", "reports": [...], "href"}, of the API and of the page; null without any.
 */
json_t *view_neighbours(struct view *view, const struct neighbours *neighbours);
/* The words of the report that are the mention, '*size' bytes of them; NULL for a given tag. */
const char *view_form(const struct report *report, const struct mention *mention, size_t *size);

#endif
