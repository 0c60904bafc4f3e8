#include "fcgi/problem.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/text_json.h"

static const struct {
    unsigned status;
    const char *slug;
    const char *title;
} kinds[PROBLEM_COUNT] = {
    [PROBLEM_PARAMETER] = {400, "bad-parameter", "A parameter cannot be used"},
    [PROBLEM_LIMIT] = {400, "limit", "A limit was passed"},
    [PROBLEM_NO_REPORT] = {404, "no-report", "There is no such report"},
    [PROBLEM_NO_ROUTE] = {404, "not-found", "There is nothing at this address"},
    [PROBLEM_METHOD] = {405, "method", "This address cannot be asked that way"},
    [PROBLEM_TOO_LONG] = {414, "too-long", "The address is too long"},
    [PROBLEM_MALFORMED] = {400, "malformed", "The request is malformed"},
    [PROBLEM_NO_INDEX] = {503, "no-index", "There is no index yet"},
    [PROBLEM_INDEX] = {503, "index", "The index cannot be read"},
    [PROBLEM_FAULT] = {500, "fault", "Something went wrong here"},
};

static enum problem_kind kind_of(enum error_code code)
{
    switch (code) {
    case ERROR_USAGE:
        return PROBLEM_PARAMETER;
    case ERROR_LIMIT:
        return PROBLEM_LIMIT;
    case ERROR_NO_INPUT:
        return PROBLEM_NO_INDEX;
    case ERROR_DATA: /* of a vocabulary or a stored report: never what a client sent */
    case ERROR_STALE:
    case ERROR_CORRUPT:
    case ERROR_VERSION:
    case ERROR_IO:
        return PROBLEM_INDEX;
    default:
        return PROBLEM_FAULT;
    }
}

void problem_from_error(const struct error *error, struct problem *out)
{
    *out = (struct problem){.kind = kind_of(error->code)};
    if (problem_status(out) >= 500)
        return;
    snprintf(out->detail, sizeof(out->detail), "%s", error->text);
    snprintf(out->parameter, sizeof(out->parameter), "%s", error->where);
}

unsigned problem_status(const struct problem *problem)
{
    return kinds[problem->kind].status;
}

const char *problem_title(const struct problem *problem)
{
    return kinds[problem->kind].title;
}

json_t *problem_json(const struct problem *problem)
{
    char type[64];

    snprintf(type, sizeof(type), "/problems#%s", kinds[problem->kind].slug);
    json_t *json = json_pack("{s:s, s:s, s:i}", "type", type, "title", problem_title(problem),
                             "status", (int)problem_status(problem));
    if (json && problem->detail[0])
        json_object_set_new(json, "detail", text_json(problem->detail));
    if (json && problem->parameter[0])
        json_object_set_new(json, "parameter", text_json(problem->parameter));
    return json;
}

void problem_reply(const struct problem *problem, struct reply *reply)
{
    json_t *json = problem_json(problem);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    reply_start(reply, problem_status(problem), "application/problem+json");
    reply_header(reply, "Cache-Control", "no-store");
    reply_take_body(reply, text, text ? strlen(text) : 0);
    json_decref(json);
}
