/* /search and /search.json: question -> answer -> page. */
#include <stdlib.h>
#include <string.h>

#include "fcgi/etag.h"
#include "fcgi/pages.h"
#include "fcgi/paging.h"
#include "fcgi/view.h"

#define CACHING "public, no-cache" /* keep it, and ask each time whether it still holds */

struct format {
    const char *path, *type;
    const char *other_path; /* of the same answer in the other format */
    bool (*render)(struct site *site, const struct answer *answer, struct reply *reply,
                   struct error *err);
};

/* The reply's head, so far as it can be said before there is an answer. */
static void start(struct reply *reply, unsigned status, const char *type, const char *etag)
{
    reply_start(reply, status, type);
    reply_header(reply, "ETag", etag);
    reply_header(reply, "Cache-Control", CACHING);
}

static void add_link(struct buffer *links, const char *path, const struct question *question,
                     uint32_t first, const char *relation)
{
    struct question other = *question; /* shares what it points to; only read */
    other.first = first;
    char *address = view_question_address(path, &other);

    if (!address) {
        links->failed = true;
        return;
    }
    buffer_format(links, "%s<%s>; rel=\"%s\"", links->size ? ", " : "", address, relation);
    free(address);
}

/* RFC 8288: the pages beside this one, and the same answer in the other format. */
static void add_links(struct reply *reply, const struct format *format, const struct answer *answer)
{
    struct buffer links = {0};
    struct paging paging;

    paging_find(answer, &paging);
    if (paging.has_previous)
        add_link(&links, format->path, &answer->question, paging.previous, "prev");
    if (paging.has_next)
        add_link(&links, format->path, &answer->question, paging.next, "next");
    add_link(&links, format->other_path, &answer->question, answer->question.first, "alternate");
    if (links.failed)
        reply->headers.failed = true;
    else
        reply_header(reply, "Link", links.bytes);
    buffer_free(&links);
}

static void add_timing(struct reply *reply, const struct answer *answer)
{
    buffer_format(&reply->headers, "Server-Timing: search;dur=%.3f\r\n", answer->took_ms);
}

static bool render_json(struct site *site, const struct answer *answer, struct reply *reply,
                        struct error *err)
{
    size_t size;
    char *text = answer_json(answer, site->snapshot, &size);

    if (!text)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    reply_take_body(reply, text, size);
    return true;
}

static bool render_html(struct site *site, const struct answer *answer, struct reply *reply,
                        struct error *err)
{
    json_t *view = view_search(site, answer);
    char *page = NULL;
    size_t size;

    if (!view)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    bool ok = templates_render(site->templates, TEMPLATE_SEARCH, view, &page, &size, err);
    json_decref(view);
    if (ok)
        reply_take_body(reply, page, size);
    return ok;
}

/* The question of a request, and its answer's tag. */
static bool read_question(const struct site *site, const struct request *request,
                          struct question *question, char etag[ETAG_ROOM], struct error *err)
{
    if (!question_init(question, err) ||
        !question_parse_url(request->query, strlen(request->query), question, err) ||
        !question_check(question, err))
        return false;
    char *canonical = view_question_address(request->path, question);
    if (!canonical)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    bool ok = etag_make(snapshot_name(site->snapshot), templates_version(site->templates),
                        canonical, etag, err);
    free(canonical);
    return ok;
}

/* The steps of an answer; the tag is known before the search, so that who has the answer already
 * costs none. */
static bool answer_question(struct site *site, const struct request *request,
                            const struct format *format, struct reply *reply, struct error *err)
{
    struct question question = {0};
    struct answer *answer = NULL;
    char etag[ETAG_ROOM];
    bool ok = false;

    if (!read_question(site, request, &question, etag, err))
        goto done;
    if (etag_matches(request->if_none_match, etag)) {
        start(reply, 304, NULL, etag);
        ok = true;
        goto done;
    }
    if (!answer_make(site->snapshot, &question, &answer, err))
        goto done;
    start(reply, 200, format->type, etag);
    add_links(reply, format, answer);
    add_timing(reply, answer);
    ok = format->render(site, answer, reply, err);

done:
    answer_free(answer);
    question_clear(&question);
    return ok;
}

uint64_t page_search_estimate(struct site *site, const struct request *request)
{
    struct question question = {0};
    struct error err = {0};
    char etag[ETAG_ROOM];
    uint64_t reports = 0;

    if (read_question(site, request, &question, etag, &err) &&
        !etag_matches(request->if_none_match, etag))
        answer_estimate(site->snapshot, &question, &reports, &err);
    question_clear(&question);
    return reports;
}

bool page_search_html(struct site *site, const struct request *request, const char *id,
                      struct reply *reply, struct error *err)
{
    static const struct format html = {"/search", "text/html; charset=utf-8", "/search.json",
                                       render_html};
    (void)id;
    return answer_question(site, request, &html, reply, err);
}

bool page_search_json(struct site *site, const struct request *request, const char *id,
                      struct reply *reply, struct error *err)
{
    static const struct format json = {"/search.json", "application/json", "/search", render_json};
    (void)id;
    return answer_question(site, request, &json, reply, err);
}
