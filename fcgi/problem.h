/* problem.h: errors as clients see them: RFC 9457 problem details. Each kind is
 * described in web/static/problems.html, where its type points.
 */
#ifndef SITREP_PROBLEM_H
#define SITREP_PROBLEM_H

#include <jansson.h>

#include "fcgi/reply.h"
#include "schema/error.h"

enum problem_kind {
    PROBLEM_PARAMETER,
    PROBLEM_LIMIT,
    PROBLEM_NO_REPORT,
    PROBLEM_NO_ROUTE,
    PROBLEM_METHOD,
    PROBLEM_TOO_LONG,
    PROBLEM_MALFORMED,
    PROBLEM_NO_INDEX,
    PROBLEM_INDEX,
    PROBLEM_FAULT,
    PROBLEM_COUNT
};

struct problem {
    enum problem_kind kind;
    char detail[480];    /* one sentence on this very request, or "" */
    char parameter[240]; /* the parameter at fault, or "" */
};

/* What a client may know of an error: faults of the server keep their text for the log. */
void problem_from_error(const struct error *error, struct problem *out);
unsigned problem_status(const struct problem *problem);
const char *problem_title(const struct problem *problem);
/* A new reference; NULL out of memory. */
json_t *problem_json(const struct problem *problem);
/* The whole answer, as application/problem+json. */
void problem_reply(const struct problem *problem, struct reply *reply);

#endif
