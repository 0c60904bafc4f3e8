/* templates.h: the pages of web/templates, read and parsed once per process.
 */
#ifndef SITREP_TEMPLATES_H
#define SITREP_TEMPLATES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

enum template_id { TEMPLATE_SEARCH, TEMPLATE_REPORT, TEMPLATE_ERROR, TEMPLATE_COUNT };

struct templates;

/* Reads the files of WEB/templates/. '{{> NAME}}' stands for the file NAME.html beside it.
 * ERROR_NO_INPUT where one is missing, ERROR_DATA where one cannot be parsed. */
bool templates_open(const char *web, struct templates **out, struct error *err);
void templates_close(struct templates *templates);
/* 16 hex digits that change when a template or the style sheet does. */
const char *templates_version(const struct templates *templates);
/* 'out' is a malloc()ed page. */
bool templates_render(struct templates *templates, enum template_id id, const json_t *view,
                      char **out, size_t *size, struct error *err);

#endif
