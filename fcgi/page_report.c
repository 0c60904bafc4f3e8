/* /reports/ID and /reports/ID.json: one report. */
#include <stdlib.h>
#include <string.h>

#include "fcgi/etag.h"
#include "fcgi/pages.h"
#include "fcgi/problem.h"
#include "fcgi/report_json.h"
#include "fcgi/view.h"

#define CACHING "public, no-cache" /* keep it, and ask each time whether it still holds */

static bool render_json(struct site *site, const struct report *report,
                        const struct neighbours *neighbours, struct reply *reply, struct error *err)
{
    json_t *json = report_json(site, report, neighbours);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    json_decref(json);
    if (!text)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    reply_take_body(reply, text, strlen(text));
    return true;
}

static bool render_html(struct site *site, const struct report *report,
                        const struct neighbours *neighbours, struct reply *reply, struct error *err)
{
    json_t *view = view_report(site, report, neighbours);
    char *page = NULL;
    size_t size;

    if (!view)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    bool ok = templates_render(site->templates, TEMPLATE_REPORT, view, &page, &size, err);
    json_decref(view);
    if (ok)
        reply_take_body(reply, page, size);
    return ok;
}

struct format {
    const char *suffix, *type, *other_suffix;
    bool (*render)(struct site *site, const struct report *report,
                   const struct neighbours *neighbours, struct reply *reply, struct error *err);
};

static void start(struct reply *reply, unsigned status, const char *type, const char *etag)
{
    reply_start(reply, status, type);
    reply_header(reply, "ETag", etag);
    reply_header(reply, "Cache-Control", CACHING);
}

static bool answer_report(struct site *site, const struct request *request, const char *id,
                          const struct format *format, struct reply *reply, struct error *err)
{
    struct report report = {0};
    struct neighbours neighbours = {0};
    char *address = view_report_address(id, format->suffix);
    char *other = view_report_address(id, format->other_suffix);
    char etag[ETAG_ROOM];
    bool found = false, ok = false;

    if (!address || !other) {
        error_set(err, ERROR_MEMORY, "", "out of memory");
        goto done;
    }
    if (!etag_make(snapshot_name(site->snapshot), templates_version(site->templates), address, etag,
                   err) ||
        !snapshot_report(site->snapshot, id, &report, &found, err))
        goto done;
    ok = true;
    if (!found)
        reply_start(reply, 404, NULL);
    else if (etag_matches(request->if_none_match, etag))
        start(reply, 304, NULL, etag);
    else if ((ok = neighbours_find(site->snapshot, &report, &neighbours, err))) {
        start(reply, 200, format->type, etag);
        buffer_format(&reply->headers, "Link: <%s>; rel=\"alternate\"\r\n", other);
        ok = format->render(site, &report, &neighbours, reply, err);
    }

done:
    neighbours_clear(&neighbours);
    report_clear(&report);
    free(address);
    free(other);
    return ok;
}

bool page_report_html(struct site *site, const struct request *request, const char *id,
                      struct reply *reply, struct error *err)
{
    static const struct format html = {"", "text/html; charset=utf-8", ".json", render_html};
    return answer_report(site, request, id, &html, reply, err);
}

bool page_report_json(struct site *site, const struct request *request, const char *id,
                      struct reply *reply, struct error *err)
{
    static const struct format json = {".json", "application/json", "", render_json};
    return answer_report(site, request, id, &json, reply, err);
}
