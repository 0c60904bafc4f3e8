/* The page of one report: its text with the evidence of its tags marked, and for each tag the
 * forms on the page and the rules that made it.
 */
#include <stdlib.h>
#include <string.h>

#include "fcgi/view.h"

static enum field_id field_of(enum mention_kind kind)
{
    static const enum field_id ids[] = {[MENTION_ACTOR] = FIELD_ACTOR,
                                        [MENTION_REGION] = FIELD_REGION,
                                        [MENTION_DATE] = FIELD_MENTIONED};
    return ids[kind];
}

static int by_place(const void *a, const void *b)
{
    const struct mention *left = *(const struct mention *const *)a;
    const struct mention *right = *(const struct mention *const *)b;

    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    /* The longer one first: it is the one that is marked. */
    return (left->end < right->end) - (left->end > right->end);
}

/* The mentions of one part in the order of the text; '*count' of them. Free the array. */
static const struct mention **sort_mentions(const struct report *report, enum report_part part,
                                            size_t *count)
{
    const struct mention **sorted = calloc(report->mention_count + 1, sizeof(*sorted));

    *count = 0;
    if (!sorted)
        return NULL;
    for (size_t i = 0; i < report->mention_count; i++)
        if (report->mentions[i].part == part && report->mentions[i].end > report->mentions[i].begin)
            sorted[(*count)++] = &report->mentions[i];
    qsort(sorted, *count, sizeof(*sorted), by_place);
    return sorted;
}

static json_t *plain_piece(struct view *view, const char *bytes, size_t size)
{
    json_t *piece = json_object();
    view_set(view, piece, "mention", json_false());
    view_set(view, piece, "text", text_json_bytes(bytes, size));
    return piece;
}

static json_t *mention_piece(struct view *view, const struct mention *mention, const char *bytes,
                             size_t size)
{
    enum field_id field = field_of(mention->kind);
    json_t *piece = json_object();

    view_set(view, piece, "mention", json_true());
    view_set(view, piece, "text", text_json_bytes(bytes, size));
    view_set(view, piece, "kind", json_string(fields[field].name));
    view_set(view, piece, "href", view_tag_href(field, mention->id));
    view_set(view, piece, "label", text_json(view_label(view->site, field, mention->id)));
    view_set(view, piece, "rule", text_json(mention->rule));
    return piece;
}

/* A text cut at the mentions in it. What lies inside a mention that is marked already is not
 * marked again. */
struct cutter {
    const char *text;
    const struct mention **mentions;
    size_t count, next;
};

static json_t *cut(struct view *view, struct cutter *cutter, size_t begin, size_t end)
{
    json_t *pieces = json_array();
    size_t at = begin;

    for (; cutter->next < cutter->count; cutter->next++) {
        const struct mention *mention = cutter->mentions[cutter->next];
        if (mention->begin >= end)
            break;
        if (mention->begin < at || mention->end > end)
            continue;
        if (mention->begin > at)
            view_add(view, pieces, plain_piece(view, cutter->text + at, mention->begin - at));
        view_add(view, pieces,
                 mention_piece(view, mention, cutter->text + mention->begin,
                               mention->end - mention->begin));
        at = mention->end;
    }
    if (end > at)
        view_add(view, pieces, plain_piece(view, cutter->text + at, end - at));
    return pieces;
}

/* Where the paragraph that starts at 'begin' ends: at an empty line or the text's end. */
static size_t paragraph_end(const char *text, size_t begin, size_t size)
{
    const char *gap = memmem(text + begin, size - begin, "\n\n", 2);
    return gap ? (size_t)(gap - text) : size;
}

static json_t *paragraphs(struct view *view, const struct report *report)
{
    json_t *list = json_array();
    struct cutter cutter = {.text = report->body};
    size_t begin = 0;

    cutter.mentions = sort_mentions(report, PART_BODY, &cutter.count);
    if (!cutter.mentions) {
        view->failed = true;
        return list;
    }
    while (begin < report->body_size) {
        size_t end = paragraph_end(report->body, begin, report->body_size);
        json_t *paragraph = json_object();
        view_set(view, paragraph, "section",
                 json_boolean(begin > 0 &&
                              (begin == report->faq_begin || begin == report->sources_begin)));
        view_set(view, paragraph, "pieces", cut(view, &cutter, begin, end));
        view_add(view, list, paragraph);
        begin = end;
        while (begin < report->body_size && report->body[begin] == '\n')
            begin++;
    }
    free(cutter.mentions);
    return list;
}

static json_t *title_pieces(struct view *view, const struct report *report)
{
    struct cutter cutter = {.text = report->title ? report->title : report->id};
    json_t *pieces;

    cutter.mentions = sort_mentions(report, PART_TITLE, &cutter.count);
    if (!cutter.mentions) {
        view->failed = true;
        return NULL;
    }
    if (!report->title)
        cutter.count = 0;
    pieces = cut(view, &cutter, 0, strlen(cutter.text));
    free(cutter.mentions);
    return pieces;
}

/* Why a tag is there. */

struct evidence {
    const struct mention *mention; /* the first of its form and rule */
    const char *form;              /* NULL for a given tag */
    size_t form_size, count;
};

static bool same_evidence(const struct evidence *a, const struct evidence *b)
{
    return a->form_size == b->form_size &&
           (!a->form_size || !memcmp(a->form, b->form, a->form_size)) &&
           !strcmp(a->mention->rule, b->mention->rule);
}

/* The different forms and rules of one tag, at most 'room'; returns their number. */
static size_t collect(const struct report *report, enum mention_kind kind, const char *id,
                      struct evidence *out, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        struct evidence evidence = {.mention = mention, .count = 1};
        size_t known = 0;
        if (mention->kind != kind || strcmp(mention->id, id) != 0)
            continue;
        evidence.form = view_form(report, mention, &evidence.form_size);
        while (known < count && !same_evidence(&out[known], &evidence))
            known++;
        if (known < count)
            out[known].count++;
        else if (count < room)
            out[count++] = evidence;
    }
    return count;
}

static json_t *tag(struct view *view, const struct report *report, enum mention_kind kind,
                   const char *id)
{
    static const size_t room = 16; /* forms of one tag that are listed */
    struct evidence found[16];
    enum field_id field = field_of(kind);
    size_t count = collect(report, kind, id, found, room);
    json_t *item = json_object(), *forms = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *form = json_object();
        view_set(view, form, "form",
                 found[i].form_size ? text_json_bytes(found[i].form, found[i].form_size)
                                    : json_null());
        view_set(view, form, "rule", text_json(found[i].mention->rule));
        view_set(view, form, "confidence", json_integer(found[i].mention->confidence));
        view_set(view, form, "times", view_count(found[i].count));
        view_set(view, form, "once", json_boolean(found[i].count == 1));
        view_add(view, forms, form);
    }
    view_set(view, item, "label", text_json(view_label(view->site, field, id)));
    view_set(view, item, "id", text_json(id));
    view_set(view, item, "kind", json_string(fields[field].name));
    view_set(view, item, "href", view_tag_href(field, id));
    view_set(view, item, "inferred", json_boolean(count == 0));
    view_set(view, item, "forms", forms);
    return item;
}

static json_t *tags(struct view *view, const struct report *report, enum mention_kind kind,
                    char *const *ids, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        view_add(view, list, tag(view, report, kind, ids[i]));
    return list;
}

static bool has_id(char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/* Regions that are named and no tags: the report speaks of them, and is about another place. */
static json_t *topics(struct view *view, const struct report *report)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        bool again = false;
        if (mention->kind != MENTION_REGION ||
            has_id(report->regions, report->region_count, mention->id))
            continue;
        for (size_t j = 0; j < i && !again; j++)
            again = report->mentions[j].kind == MENTION_REGION &&
                    strcmp(report->mentions[j].id, mention->id) == 0;
        if (!again)
            view_add(view, list, tag(view, report, MENTION_REGION, mention->id));
    }
    return list;
}

static bool has_inferred(json_t *list)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (json_is_true(json_object_get(item, "inferred")))
            return true;
    }
    return false;
}

/* Only addresses of the web are made links: the text came from outside. */
static bool is_web_address(const char *url)
{
    return url && (!strncasecmp(url, "https://", 8) || !strncasecmp(url, "http://", 7));
}

static json_t *like_href(const struct report *report)
{
    struct buffer address = {0};

    buffer_text(&address, "/search?like=");
    view_encode(&address, report->id);
    json_t *href = address.failed ? NULL : json_stringn(address.bytes, address.size);
    buffer_free(&address);
    return href;
}

/* The search for all reports with nearly the same text. */
static json_t *same_href(const struct report *report)
{
    struct buffer address = {0};

    if (!report->same)
        return json_null();
    buffer_text(&address, "/search?q=");
    view_encode(&address, "same:");
    view_encode(&address, report->same);
    json_t *href = address.failed ? NULL : json_stringn(address.bytes, address.size);
    buffer_free(&address);
    return href;
}

static json_t *neighbour(struct view *view, const struct hit *hit)
{
    json_t *item = json_object();
    char *address = view_report_address(hit->id, "");
    char day[DAY_TEXT_ROOM];

    view_set(view, item, "id", text_json(hit->id));
    view_set(view, item, "date", json_string(day_format(hit->day, day)));
    view_set(view, item, "title", text_json(hit->title));
    view_set(view, item, "source", text_json(hit->source));
    view_set(view, item, "href", address ? text_json(address) : NULL);
    free(address);
    return item;
}

json_t *view_neighbours(struct view *view, const struct neighbours *neighbours)
{
    if (!neighbours->total)
        return json_null();

    json_t *json = json_object(), *list = json_array();
    char *address = view_question_address("/search", &neighbours->question);
    char day[DAY_TEXT_ROOM];
    for (size_t i = 0; i < neighbours->count; i++)
        view_add(view, list, neighbour(view, &neighbours->hits[i]));
    view_set(view, json, "total", json_integer(neighbours->total));
    view_set(view, json, "from", json_string(day_format(neighbours->question.from, day)));
    view_set(view, json, "to", json_string(day_format(neighbours->question.to, day)));
    view_set(view, json, "reports", list);
    view_set(view, json, "href", address ? text_json(address) : NULL);
    free(address);
    return json;
}

json_t *view_report(const struct site *site, const struct report *report,
                    const struct neighbours *neighbours)
{
    struct view view = {.site = site};
    json_t *page = view_frame(&view, report->title ? report->title : report->id);
    char *json_address = view_report_address(report->id, ".json");
    char day[DAY_TEXT_ROOM];

    view_set(&view, page, "json_href", json_address ? text_json(json_address) : NULL);
    free(json_address);
    view_set(&view, page, "id", text_json(report->id));
    view_set(&view, page, "title", title_pieces(&view, report));
    view_set(&view, page, "date",
             report->day == DAY_NONE
                 ? json_null()
                 : json_string(day_format_to(report->day, report->precision, day)));
    view_set(&view, page, "like_href", like_href(report));
    view_set(&view, page, "same_href", same_href(report));
    view_set(&view, page, "neighbours", view_neighbours(&view, neighbours));
    view_set(&view, page, "source", text_json(report->source));
    view_set(&view, page, "url",
             is_web_address(report->url) ? text_json(report->url) : json_null());
    view_set(&view, page, "language", text_json(report->language));
    view_set(&view, page, "origin", text_json(report->origin));
    view_set(&view, page, "paragraphs", paragraphs(&view, report));
    view_set(&view, page, "actors",
             tags(&view, report, MENTION_ACTOR, report->actors, report->actor_count));
    view_set(&view, page, "regions",
             tags(&view, report, MENTION_REGION, report->regions, report->region_count));
    view_set(&view, page, "topics", topics(&view, report));
    view_set(&view, page, "spoken_of",
             json_boolean(json_array_size(json_object_get(page, "topics")) > 0));
    view_set(&view, page, "around", json_boolean(has_inferred(json_object_get(page, "regions"))));
    view_set(&view, page, "tagged", json_boolean(report->actor_count + report->region_count > 0));
    view_set(&view, page, "generation", text_json(snapshot_name(site->snapshot)));
    return view_end(&view, page);
}
