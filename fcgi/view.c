#include "fcgi/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search/labels.h"

void view_set(struct view *view, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) < 0)
        view->failed = true;
}

void view_add(struct view *view, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) < 0)
        view->failed = true;
}

json_t *view_end(struct view *view, json_t *object)
{
    if (!view->failed)
        return object;
    json_decref(object);
    return NULL;
}

json_t *view_count(uint64_t count)
{
    char plain[24], grouped[32];
    size_t used = 0;

    size_t digits = (size_t)snprintf(plain, sizeof(plain), "%" PRIu64, count);
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            grouped[used++] = ',';
        grouped[used++] = plain[i];
    }
    return json_stringn(grouped, used);
}

json_t *view_frame(struct view *view, const char *title)
{
    json_t *frame = json_object();
    const char *version = templates_version(view->site->templates);

    view_set(view, frame, "page_title", text_json(title));
    view_set(view, frame, "style_href", json_sprintf("/static/style.css?v=%s", version));
    view_set(view, frame, "json_href", json_null());
    view_set(view, frame, "q", json_string(""));
    view_set(view, frame, "generation", json_null());
    return frame;
}

void view_encode(struct buffer *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (; *text; text++) {
        if (strchr(plain, *text))
            buffer_char(out, *text);
        else
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

char *view_question_address(const char *path, const struct question *question)
{
    struct buffer address = {0};
    char *url = question_url(question);

    if (!url)
        return NULL;
    buffer_text(&address, path);
    if (*url)
        buffer_format(&address, "?%s", url);
    free(url);
    return buffer_take(&address, NULL);
}

char *view_report_address(const char *id, const char *suffix)
{
    struct buffer address = {0};
    static const char json[] = ".json";
    size_t size = strlen(id);

    buffer_text(&address, "/reports/");
    view_encode(&address, id);
    /* An id that ends like a format must not be taken for one. */
    if (size >= strlen(json) && !strcmp(id + size - strlen(json), json) && !address.failed) {
        address.size -= strlen(json);
        buffer_text(&address, "%2Ejson");
    }
    buffer_text(&address, suffix);
    return buffer_take(&address, NULL);
}

json_t *view_tag_href(enum field_id field, const char *id)
{
    struct buffer address = {0};

    buffer_format(&address, "/search?%s=", fields[field].name);
    view_encode(&address, id);
    json_t *href = address.failed ? NULL : json_stringn(address.bytes, address.size);
    buffer_free(&address);
    return href;
}

const char *view_label(const struct site *site, enum field_id field, const char *value)
{
    const struct concept *concept =
        labels_concept(snapshot_vocabulary(site->snapshot), field, value);
    return concept && concept->label ? concept->label : value;
}

const char *view_form(const struct report *report, const struct mention *mention, size_t *size)
{
    const char *text = mention->part == PART_TITLE ? report->title : report->body;

    if (!text || mention->end <= mention->begin || mention->end > strlen(text))
        return NULL;
    *size = mention->end - mention->begin;
    return text + mention->begin;
}

json_t *view_problem(const struct site *site, const struct request *request,
                     const struct problem *problem)
{
    struct view view = {.site = site};
    json_t *page = view_frame(&view, problem_title(problem));

    /* The question stays in its field, to be put right there. */
    char *q = request_parameter(request, "q");
    view_set(&view, page, "q", text_json(q ? q : ""));
    free(q);
    view_set(&view, page, "status", json_integer((json_int_t)problem_status(problem)));
    view_set(&view, page, "problem", text_json(problem_title(problem)));
    view_set(&view, page, "detail", problem->detail[0] ? text_json(problem->detail) : json_null());
    view_set(&view, page, "parameter",
             problem->parameter[0] ? text_json(problem->parameter) : json_null());
    return view_end(&view, page);
}
