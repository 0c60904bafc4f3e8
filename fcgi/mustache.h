/* mustache.h: mustache templates, rendered from JSON: a door to the header-only C++
 * library by Kevin Wojniak. Variables are escaped for HTML; templates here have no
 * unescaped ones, and a test keeps it so.
 */
#ifndef SITREP_MUSTACHE_H
#define SITREP_MUSTACHE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

/* A parsed template. */
struct mustache;

/* Parses a template. ERROR_DATA with the parser's words, named 'name', where it is wrong. */
bool mustache_open(const char *name, const char *text, struct mustache **out, struct error *err);
void mustache_close(struct mustache *mustache);
/* Renders it: objects, arrays, strings, integers, true, false; null counts as false. A name
 * that an object lacks is looked up in the objects around it. 'out' is a malloc()ed string. */
bool mustache_render(struct mustache *mustache, const json_t *view, char **out, size_t *size,
                     struct error *err);

#endif
