/* How the server is: for people who type its address, load balancers and Prometheus. */
#include <stdio.h>
#include <string.h>

#include "fcgi/pages.h"
#include "fcgi/problem.h"

bool page_home(struct site *site, const struct request *request, const char *id,
               struct reply *reply, struct error *err)
{
    (void)site, (void)request, (void)id, (void)err;
    reply_start(reply, 302, NULL);
    reply_header(reply, "Location", "/search");
    reply_header(reply, "Cache-Control", "public, max-age=3600");
    return true;
}

static bool reply_state(struct reply *reply, const json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    reply_start(reply, 200, "application/json");
    reply_header(reply, "Cache-Control", "no-store");
    reply_take_body(reply, text, text ? strlen(text) : 0);
    return true;
}

/* A worker answers: that is all it says. */
bool page_healthz(struct site *site, const struct request *request, const char *id,
                  struct reply *reply, struct error *err)
{
    (void)site, (void)request, (void)id, (void)err;
    json_t *json = json_pack("{s:s}", "status", "ok");
    reply_state(reply, json);
    json_decref(json);
    return true;
}

/* Whether searches would be answered, and from what. */
bool page_readyz(struct site *site, const struct request *request, const char *id,
                 struct reply *reply, struct error *err)
{
    (void)request, (void)id, (void)err;
    json_t *json =
        json_pack("{s:s, s:s, s:I}", "status", "ready", "generation", snapshot_name(site->snapshot),
                  "reports", (json_int_t)snapshot_reports(site->snapshot));
    reply_state(reply, json);
    json_decref(json);
    return true;
}

bool page_metrics(struct site *site, const struct request *request, const char *id,
                  struct reply *reply, struct error *err)
{
    (void)request, (void)id, (void)err;
    size_t count;
    const char *const *names = route_names(&count);

    reply_start(reply, 200, "text/plain; version=0.0.4; charset=utf-8");
    reply_header(reply, "Cache-Control", "no-store");
    scoreboard_describe(site->scoreboard, names, count, &reply->body);
    return true;
}
