/* request.h: what a client asked, copied out of the FastCGI environment.
 */
#ifndef SITREP_REQUEST_H
#define SITREP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"

/* All strings are malloc()ed and never NULL. */
struct request {
    char *method;
    char *path;          /* as sent, still percent-encoded, without the query string */
    char *query;         /* as sent, without the '?' */
    char *accept;        /* the Accept header */
    char *if_none_match; /* the If-None-Match header */
};

/* From the "NAME=value" strings of the environment. ERROR_LIMIT where path or query string
 * pass LIMIT_REQUEST_BYTES, ERROR_DATA where method or path are missing. 'out' can be cleared
 * in any case. */
bool request_read(char *const *environment, struct request *out, struct error *err);
void request_clear(struct request *request);

/* Percent-decodes 'size' bytes into a malloc()ed string. ERROR_USAGE for a bad escape, a NUL
 * or what is not UTF-8. */
bool request_decode(const char *text, size_t size, char **out, struct error *err);
/* The first value of a parameter of the query string, decoded as a form's is; malloc()ed. NULL
 * where there is none that can be read. */
char *request_parameter(const struct request *request, const char *name);

#endif
