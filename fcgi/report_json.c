#include "fcgi/report_json.h"

#include <stdlib.h>

#include "fcgi/view.h"

static json_t *tags(struct view *view, enum field_id field, char *const *ids, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        view_add(view, list,
                 json_pack("{s:o, s:o}", "id", text_json(ids[i]), "label",
                           text_json(view_label(view->site, field, ids[i]))));
    return list;
}

/* Offsets are bytes of the UTF-8 text of the part, as the index has them. */
static json_t *mentions(struct view *view, const struct report *report)
{
    static const char *const kinds[] = {
        [MENTION_ACTOR] = "actor", [MENTION_REGION] = "region", [MENTION_DATE] = "date"};
    json_t *list = json_array();

    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        size_t size;
        const char *form = view_form(report, mention, &size);
        json_t *item = json_object();
        view_set(view, item, "kind", json_string(kinds[mention->kind]));
        view_set(view, item, "id", text_json(mention->id));
        view_set(view, item, "rule", text_json(mention->rule));
        view_set(view, item, "confidence", json_integer(mention->confidence));
        if (form) {
            view_set(view, item, "part",
                     json_string(mention->part == PART_TITLE ? "title" : "body"));
            view_set(view, item, "begin", json_integer(mention->begin));
            view_set(view, item, "end", json_integer(mention->end));
            view_set(view, item, "text", text_json_bytes(form, size));
        }
        view_add(view, list, item);
    }
    return list;
}

json_t *report_json(const struct site *site, const struct report *report,
                    const struct neighbours *neighbours)
{
    struct view view = {.site = site};
    json_t *json = json_object(), *links = json_object();
    char *self = view_report_address(report->id, ".json");
    char *html = view_report_address(report->id, "");
    char day[DAY_TEXT_ROOM];

    view_set(&view, links, "self", self ? text_json(self) : NULL);
    view_set(&view, links, "html", html ? text_json(html) : NULL);
    free(self);
    free(html);
    view_set(&view, json, "id", text_json(report->id));
    view_set(&view, json, "date",
             report->day == DAY_NONE
                 ? json_null()
                 : json_string(day_format_to(report->day, report->precision, day)));
    view_set(&view, json, "title", text_json(report->title));
    view_set(&view, json, "title_derived", json_boolean(report->title_derived));
    view_set(&view, json, "body", text_json_bytes(report->body, report->body_size));
    view_set(&view, json, "source", text_json(report->source));
    view_set(&view, json, "url", text_json(report->url));
    view_set(&view, json, "language", text_json(report->language));
    view_set(&view, json, "origin", text_json(report->origin));
    view_set(&view, json, "same", text_json(report->same));
    view_set(&view, json, "actors", tags(&view, FIELD_ACTOR, report->actors, report->actor_count));
    view_set(&view, json, "regions",
             tags(&view, FIELD_REGION, report->regions, report->region_count));
    view_set(&view, json, "mentioned",
             tags(&view, FIELD_MENTIONED, report->mentioned, report->mentioned_count));
    view_set(&view, json, "mentions", mentions(&view, report));
    view_set(&view, json, "neighbours", view_neighbours(&view, neighbours));
    view_set(&view, json, "generation", text_json(snapshot_name(site->snapshot)));
    view_set(&view, json, "links", links);
    return view_end(&view, json);
}
