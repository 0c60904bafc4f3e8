#include "fcgi/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/log.h"
#include "fcgi/pages.h"
#include "fcgi/problem.h"
#include "fcgi/view.h"

static const struct route routes[] = {
    {"home", "/", ROUTE_HTML, false, page_home, NULL},
    {"search", "/search", ROUTE_HTML, true, page_search_html, page_search_estimate},
    {"search.json", "/search.json", ROUTE_JSON, true, page_search_json, page_search_estimate},
    {"suggest", "/suggest", ROUTE_JSON, true, page_suggest, NULL},
    {"report.json", "/reports/*.json", ROUTE_JSON, true, page_report_json, NULL},
    {"report", "/reports/*", ROUTE_HTML, true, page_report_html, NULL},
    {"healthz", "/healthz", ROUTE_JSON, false, page_healthz, NULL},
    {"readyz", "/readyz", ROUTE_JSON, true, page_readyz, NULL},
    {"metrics", "/metrics", ROUTE_JSON, false, page_metrics, NULL},
};
#define ROUTE_OTHER ARRAY_LEN(routes)
_Static_assert(ROUTE_OTHER < SCOREBOARD_ROUTES, "the scoreboard has too few routes");

#define METHODS     "GET, HEAD"
#define RETRY_AFTER "5" /* seconds */
#define STALE_TRIES 4   /* each on what is newest then; a commit a try would have to come between */

const char *const *route_names(size_t *count)
{
    static const char *names[ROUTE_OTHER + 1];

    for (size_t i = 0; i < ROUTE_OTHER; i++)
        names[i] = routes[i].name;
    names[ROUTE_OTHER] = "other";
    *count = ROUTE_OTHER + 1;
    return names;
}

/* Whether the path is the pattern's; '*id' is what stands at its star. */
static bool matches(const char *pattern, const char *path, const char **id, size_t *id_size)
{
    const char *star = strchr(pattern, '*');

    *id = NULL;
    if (!star)
        return !strcmp(pattern, path);
    size_t before = (size_t)(star - pattern), after = strlen(star + 1), size = strlen(path);
    if (size <= before + after || strncmp(path, pattern, before) != 0 ||
        strcmp(path + size - after, star + 1) != 0)
        return false;
    *id = path + before;
    *id_size = size - before - after;
    return !memchr(*id, '/', *id_size);
}

static const struct route *find_route(const char *path, const char **id, size_t *id_size)
{
    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        if (matches(routes[i].path, path, id, id_size))
            return &routes[i];
    return NULL;
}

/* The problem as a page for people; false where even that fails. */
static bool reply_page(struct site *site, const struct request *request,
                       const struct problem *problem, struct reply *reply)
{
    struct error err = {0};
    char *page = NULL;
    size_t size = 0;

    json_t *view = view_problem(site, request, problem);
    if (!view || !templates_render(site->templates, TEMPLATE_ERROR, view, &page, &size, &err)) {
        log_line("error page: %s", err.text);
        json_decref(view);
        return false;
    }
    json_decref(view);
    reply_start(reply, problem_status(problem), "text/html; charset=utf-8");
    reply_header(reply, "Cache-Control", "no-store");
    reply_take_body(reply, page, size);
    return true;
}

static void reply_problem(struct site *site, const struct request *request,
                          enum route_format format, const struct problem *problem,
                          struct reply *reply)
{
    if (format != ROUTE_HTML || !reply_page(site, request, problem, reply))
        problem_reply(problem, reply);
    if (problem->kind == PROBLEM_METHOD)
        reply_header(reply, "Allow", METHODS);
    if (problem_status(problem) == 503)
        reply_header(reply, "Retry-After", RETRY_AFTER);
}

/* Runs the handler. Where the index was overwritten under its reader, the worker opens what is
 * there now and asks again; the master replaces the worker soon after. */
static bool handle(struct site *site, const struct route *route, const struct request *request,
                   const char *id, struct reply *reply, struct error *err)
{
    for (unsigned tries = 1;; tries++) {
        if (route->handle(site, request, id, reply, err))
            return true;
        if (err->code != ERROR_STALE || tries == STALE_TRIES)
            return false;
        error_clear(err);
        if (!snapshot_refresh(&site->snapshot, err))
            return false;
    }
}

static void answer_route(struct site *site, const struct route *route,
                         const struct request *request, const char *raw_id, size_t id_size,
                         struct reply *reply)
{
    struct problem problem = {.kind = PROBLEM_NO_INDEX};
    struct error err = {0};
    char *id = NULL;

    if (route->needs_index && !site->snapshot) {
        reply_problem(site, request, route->format, &problem, reply);
        return;
    }
    bool ok = (!raw_id || request_decode(raw_id, id_size, &id, &err)) &&
              handle(site, route, request, id, reply, &err);
    if (ok && reply_failed(reply))
        ok = error_set(&err, ERROR_MEMORY, "", "out of memory");
    if (ok && reply->status == 404) {
        problem.kind = PROBLEM_NO_REPORT;
        reply_problem(site, request, route->format, &problem, reply);
    }
    if (!ok) {
        problem_from_error(&err, &problem);
        if (problem_status(&problem) >= 500)
            log_line("%s?%s: %s: %s%s%s", request->path, request->query, error_code_name(err.code),
                     err.where, err.where[0] ? ": " : "", err.text);
        reply_problem(site, request, route->format, &problem, reply);
    }
    free(id);
}

size_t route_answer(struct site *site, const struct request *request, struct reply *reply)
{
    const char *id = NULL;
    size_t id_size = 0;
    const struct route *route = find_route(request->path, &id, &id_size);
    bool known = !strcmp(request->method, "GET") || !strcmp(request->method, "HEAD");

    if (route && known) {
        answer_route(site, route, request, id, id_size, reply);
        return (size_t)(route - routes);
    }
    struct problem problem = {.kind = route ? PROBLEM_METHOD : PROBLEM_NO_ROUTE};
    enum route_format format = route                                  ? route->format
                               : strstr(request->accept, "text/html") ? ROUTE_HTML
                                                                      : ROUTE_JSON;
    reply_problem(site, request, format, &problem, reply);
    return route ? (size_t)(route - routes) : ROUTE_OTHER;
}

uint64_t route_estimate(struct site *site, const struct request *request)
{
    const char *id = NULL;
    size_t id_size = 0;
    const struct route *route = find_route(request->path, &id, &id_size);

    return route && route->estimate && site->snapshot ? route->estimate(site, request) : 0;
}

size_t route_refuse(const struct error *error, struct reply *reply)
{
    struct problem problem = {.kind = error->code == ERROR_LIMIT    ? PROBLEM_TOO_LONG
                                      : error->code == ERROR_MEMORY ? PROBLEM_FAULT
                                                                    : PROBLEM_MALFORMED};

    snprintf(problem.detail, sizeof(problem.detail), "%s", error->text);
    problem_reply(&problem, reply);
    return ROUTE_OTHER;
}
