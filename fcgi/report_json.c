#include "fcgi/report_json.h"

#include <stdlib.h>

#include "fcgi/view.h"

static json_t *tags(struct view *view, enum field_id field, char *const *ids, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        view_add(view, list,
                 json_pack("{s:o, s:o}", "id", view_text(ids[i]), "label",
                           view_text(view_label(view->site, field, ids[i]))));
    return list;
}

/* Offsets are bytes of the UTF-8 text of the part, as the index has them. */
static json_t *mentions(struct view *view, const struct report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        size_t size;
        const char *form = view_form(report, mention, &size);
        json_t *item = json_object();
        view_set(view, item, "kind",
                 json_string(mention->kind == MENTION_ACTOR ? "actor" : "region"));
        view_set(view, item, "id", view_text(mention->id));
        view_set(view, item, "rule", view_text(mention->rule));
        view_set(view, item, "confidence", json_integer(mention->confidence));
        if (form) {
            view_set(view, item, "part",
                     json_string(mention->part == PART_TITLE ? "title" : "body"));
            view_set(view, item, "begin", json_integer(mention->begin));
            view_set(view, item, "end", json_integer(mention->end));
            view_set(view, item, "text", view_bytes(form, size));
        }
        view_add(view, list, item);
    }
    return list;
}

json_t *report_json(const struct site *site, const struct report *report)
{
    struct view view = {.site = site};
    json_t *json = json_object(), *links = json_object();
    char *self = view_report_address(report->id, ".json");
    char *html = view_report_address(report->id, "");
    char day[DAY_TEXT_ROOM];

    view_set(&view, links, "self", self ? view_text(self) : NULL);
    view_set(&view, links, "html", html ? view_text(html) : NULL);
    free(self);
    free(html);
    view_set(&view, json, "id", view_text(report->id));
    view_set(&view, json, "date",
             report->day == DAY_NONE ? json_null() : json_string(day_format(report->day, day)));
    view_set(&view, json, "title", view_text(report->title));
    view_set(&view, json, "title_derived", json_boolean(report->title_derived));
    view_set(&view, json, "body", view_bytes(report->body, report->body_size));
    view_set(&view, json, "source", view_text(report->source));
    view_set(&view, json, "url", view_text(report->url));
    view_set(&view, json, "language", view_text(report->language));
    view_set(&view, json, "origin", view_text(report->origin));
    view_set(&view, json, "actors", tags(&view, FIELD_ACTOR, report->actors, report->actor_count));
    view_set(&view, json, "regions",
             tags(&view, FIELD_REGION, report->regions, report->region_count));
    view_set(&view, json, "mentions", mentions(&view, report));
    view_set(&view, json, "generation", view_text(snapshot_name(site->snapshot)));
    view_set(&view, json, "links", links);
    return view_end(&view, json);
}
