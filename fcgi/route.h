/* route.h: the table of addresses, and the composer of fcgi/: request -> route -> page ->
 * reply. What is not in the table does not exist.
 */
#ifndef SITREP_ROUTE_H
#define SITREP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/reply.h"
#include "fcgi/request.h"
#include "fcgi/site.h"

enum route_format { ROUTE_HTML, ROUTE_JSON };

/* Makes the reply, or fails with an error that becomes a problem. 'id' is what stands at the
 * star of the path, decoded; NULL where the path has none. A reply of status 404 becomes a
 * problem, too. */
typedef bool route_handler(struct site *site, const struct request *request, const char *id,
                           struct reply *reply, struct error *err);

/* What answer_estimate says of the request, in reports; 0 where that fails. */
typedef uint64_t route_estimator(struct site *site, const struct request *request);

struct route {
    const char *name;         /* its label in the metrics */
    const char *path;         /* one '*' stands for one segment */
    enum route_format format; /* of its errors, too */
    bool needs_index;
    route_handler *handle;
    route_estimator *estimate; /* NULL: it is always quick */
};

/* Answers a request, whatever it is. Returns the route's number for the scoreboard. */
size_t route_answer(struct site *site, const struct request *request, struct reply *reply);
/* About how many reports the answer to it costs: 0 for what is always quick, or no request. */
uint64_t route_estimate(struct site *site, const struct request *request);
/* The answer to what could not be read as a request; the same. */
size_t route_refuse(const struct error *error, struct reply *reply);

/* The names of all routes by number; '*count' of them. The last one is "other". */
const char *const *route_names(size_t *count);

#endif
