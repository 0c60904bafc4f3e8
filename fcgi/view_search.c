/* The search page: form, filters in force, facets, hits, paging. Every link on it is the
 * address of a question, so each state can be kept, shared and cited.
 */
#include <stdlib.h>
#include <string.h>

#include "fcgi/paging.h"
#include "fcgi/view.h"
#include "fcgi/view_facets.h"
#include "search/labels.h"

static json_t *marked(struct view *view, const char *text, const struct highlight *marks,
                      size_t mark_count)
{
    json_t *pieces = json_array();
    size_t at = 0, size = strlen(text);

    for (size_t i = 0; i <= mark_count; i++) {
        size_t begin = i < mark_count ? marks[i].begin : size;
        size_t end = i < mark_count ? marks[i].end : size;
        if (begin > at)
            view_add(
                view, pieces,
                json_pack("{s:o, s:b}", "text", text_json_bytes(text + at, begin - at), "mark", 0));
        if (end > begin)
            view_add(view, pieces,
                     json_pack("{s:o, s:b}", "text", text_json_bytes(text + begin, end - begin),
                               "mark", 1));
        at = end;
    }
    return pieces;
}

static json_t *tag(struct view *view, const struct answer *answer, enum field_id field,
                   const char *id)
{
    bool selected = question_has_filter(&answer->question, field, false, id);
    json_t *item = json_object();

    view_set(view, item, "label", text_json(view_label(view->site, field, id)));
    view_set(view, item, "kind", json_string(fields[field].name));
    view_set(view, item, "selected", json_boolean(selected));
    view_set(view, item, "href", facet_toggle_href(&answer->question, field, false, id, true));
    return item;
}

/* Whether a region says no more than another tag of the hit: a world area that a country or place
 * among them lies in. */
static bool is_implied(const struct view *view, const struct hit *hit, const char *id)
{
    const struct vocabulary *vocabulary = snapshot_vocabulary(view->site->snapshot);
    const struct concept *area = labels_concept(vocabulary, FIELD_REGION, id);
    const struct concept *around[32];

    if (!area || !area->kind || strcmp(area->kind, "area") != 0)
        return false;
    for (size_t i = 0; i < hit->region_count; i++) {
        const struct concept *other = labels_concept(vocabulary, FIELD_REGION, hit->regions[i]);
        size_t count = other ? vocabulary_ancestors(other, around, ARRAY_LEN(around)) : 0;
        for (size_t k = 0; k < count && k < ARRAY_LEN(around); k++)
            if (around[k] == area)
                return true;
    }
    return false;
}

static json_t *tags(struct view *view, const struct answer *answer, const struct hit *hit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hit->actor_count; i++)
        view_add(view, list, tag(view, answer, FIELD_ACTOR, hit->actors[i]));
    for (size_t i = 0; i < hit->region_count; i++)
        if (!is_implied(view, hit, hit->regions[i]))
            view_add(view, list, tag(view, answer, FIELD_REGION, hit->regions[i]));
    return list;
}

static json_t *hits(struct view *view, const struct answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->hit_count; i++) {
        const struct hit *hit = &answer->hits[i];
        char day[DAY_TEXT_ROOM];
        char *address = view_report_address(hit->id, "");
        json_t *item = json_object();

        view_set(view, item, "href", address ? text_json(address) : NULL);
        free(address);
        view_set(view, item, "title",
                 marked(view, hit->title ? hit->title : hit->id, hit->title_marks,
                        hit->title ? hit->title_mark_count : 0));
        view_set(view, item, "snippet",
                 marked(view, hit->snippet ? hit->snippet : "", hit->snippet_marks,
                        hit->snippet ? hit->snippet_mark_count : 0));
        view_set(view, item, "date",
                 hit->day == DAY_NONE ? json_null() : json_string(day_format(hit->day, day)));
        view_set(view, item, "source", text_json(hit->source));
        view_set(view, item, "tagged", json_boolean(hit->actor_count + hit->region_count > 0));
        view_set(view, item, "tags", tags(view, answer, hit));
        view_add(view, list, item);
    }
    return list;
}

/* The question with a change, as an address. */
static json_t *href_at(const struct question *question, uint32_t first)
{
    struct question other = *question; /* shares what it points to; only read */
    other.first = first;
    return facet_href(&other);
}

static json_t *href_without_days(const struct question *question)
{
    struct question other = *question;
    question_rewind(&other);
    other.from = other.to = DAY_NONE;
    return facet_href(&other);
}

static json_t *href_without_filters(const struct question *question)
{
    struct question other = *question;
    question_rewind(&other);
    other.from = other.to = DAY_NONE;
    other.like = NULL;
    other.filters = NULL;
    other.filter_count = 0;
    return facet_href(&other);
}

static json_t *chip(struct view *view, const char *name, const char *value, bool exclude,
                    json_t *href)
{
    json_t *item = json_object();

    view_set(view, item, "name", text_json(name));
    view_set(view, item, "value", text_json(value));
    view_set(view, item, "exclude", json_boolean(exclude));
    view_set(view, item, "href", href);
    return item;
}

static json_t *href_without_like(const struct question *question)
{
    struct question other = *question;
    question_rewind(&other);
    other.like = NULL;
    return facet_href(&other);
}

/* What narrows the answer, each with the address of the question without it. */
static json_t *chips(struct view *view, const struct question *question)
{
    json_t *list = json_array();
    char span[2 * DAY_TEXT_ROOM + 8], day[DAY_TEXT_ROOM];

    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        view_add(view, list,
                 chip(view, fields[filter->field].name,
                      view_label(view->site, filter->field, filter->value), filter->exclude,
                      facet_toggle_href(question, filter->field, filter->exclude, filter->value,
                                        false)));
    }
    if (question->like)
        view_add(view, list,
                 chip(view, "like", question->like, false, href_without_like(question)));
    if (question->from != DAY_NONE || question->to != DAY_NONE) {
        strcpy(span, question->from == DAY_NONE ? "…" : day_format(question->from, day));
        strcat(span, " – ");
        strcat(span, question->to == DAY_NONE ? "…" : day_format(question->to, day));
        view_add(view, list, chip(view, "date", span, false, href_without_days(question)));
    }
    return list;
}

/* What the form must send along with what is typed into it. */
static json_t *hidden_fields(struct view *view, const struct question *question)
{
    json_t *list = json_array();

    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        view_add(
            view, list,
            json_pack("{s:o, s:o}", "name",
                      json_sprintf("%s%s", filter->exclude ? "-" : "", fields[filter->field].name),
                      "value", text_json(filter->value)));
    }
    if (question->match == MATCH_ANY)
        view_add(view, list, json_pack("{s:s, s:s}", "name", "match", "value", "any"));
    if (question->names_off)
        view_add(view, list, json_pack("{s:s, s:s}", "name", "names", "value", "off"));
    if (question->like)
        view_add(view, list,
                 json_pack("{s:s, s:o}", "name", "like", "value", text_json(question->like)));
    return list;
}

/* Names that also found what is tagged with them, as links to that. */
static json_t *names(struct view *view, const struct answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->name_count; i++) {
        const struct expansion *name = &answer->names[i];
        json_t *item = json_object();
        view_set(view, item, "kind", json_string(fields[name->field].name));
        view_set(view, item, "label", text_json(name->label));
        view_set(view, item, "count", view_count(name->reports));
        view_set(view, item, "last", json_boolean(i + 1 == answer->name_count));
        view_set(view, item, "href",
                 facet_toggle_href(&answer->question, name->field, false, name->value, true));
        view_add(view, list, item);
    }
    return list;
}

static json_t *href_of_exact_words(const struct question *question)
{
    struct question other = *question; /* shares what it points to; only read */
    question_rewind(&other);
    other.names_off = true;
    return facet_href(&other);
}

/* What to ask instead of a question that finds nothing, or not much. */
static void set_diagnosis(struct view *view, json_t *page, const struct diagnosis *diagnosis)
{
    json_t *list = json_array();
    const struct remedy *any = diagnosis->any, *spelt = diagnosis->spelt;

    for (size_t i = 0; i < diagnosis->without_count; i++) {
        const struct remedy *remedy = &diagnosis->without[i];
        json_t *item = json_object();
        view_set(view, item, "part", text_json(remedy->part));
        view_set(view, item, "count", view_count(remedy->reports));
        view_set(view, item, "href", facet_href(&remedy->question));
        view_add(view, list, item);
    }
    view_set(view, page, "without", list);
    view_set(view, page, "spelt_href", spelt ? facet_href(&spelt->question) : json_null());
    view_set(view, page, "spelt_q", spelt ? text_json(spelt->question.q) : json_null());
    view_set(view, page, "spelt_count", spelt ? view_count(spelt->reports) : json_null());
    view_set(view, page, "any_href", any ? facet_href(&any->question) : json_null());
    view_set(view, page, "any_count", any ? view_count(any->reports) : json_null());
}

static json_t *sort_options(struct view *view, const struct question *question)
{
    static const struct {
        enum sort sort;
        const char *value, *label;
    } sorts[] = {{SORT_RELEVANCE, "relevance", "Most relevant"},
                 {SORT_NEWEST, "newest", "Newest first"},
                 {SORT_OLDEST, "oldest", "Oldest first"}};
    json_t *list = json_array();

    for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
        view_add(view, list,
                 json_pack("{s:s, s:s, s:b}", "value", sorts[i].value, "label", sorts[i].label,
                           "selected", question->sort_given && question->sort == sorts[i].sort));
    return list;
}

static void set_form(struct view *view, json_t *page, const struct question *question)
{
    char day[DAY_TEXT_ROOM];

    view_set(view, page, "q", text_json(question->q));
    view_set(view, page, "hidden", hidden_fields(view, question));
    view_set(view, page, "from", json_string(day_format(question->from, day)));
    view_set(view, page, "to", json_string(day_format(question->to, day)));
    view_set(view, page, "sort_given", json_boolean(question->sort_given));
    view_set(view, page, "sorts", sort_options(view, question));
}

static void set_summary(struct view *view, json_t *page, const struct answer *answer)
{
    const struct question *question = &answer->question;
    json_t *filters = chips(view, question);
    json_t *notes = json_array();
    size_t note_count = answer->query ? answer->query->note_count : 0;

    for (size_t i = 0; i < note_count; i++)
        view_add(view, notes, json_pack("{s:o}", "text", text_json(answer->query->notes[i].text)));
    view_set(view, page, "total", view_count(answer->total));
    view_set(view, page, "one", json_boolean(answer->total == 1));
    view_set(view, page, "none", json_boolean(answer->total == 0));
    view_set(view, page, "beyond", json_boolean(answer->total > 0 && answer->hit_count == 0));
    view_set(view, page, "has_q", json_boolean(question->q[0] != '\0'));
    view_set(view, page, "has_chips", json_boolean(json_array_size(filters) > 0));
    view_set(view, page, "chips", filters);
    view_set(view, page, "clear_href", href_without_filters(question));
    view_set(view, page, "first_page_href", href_at(question, 0));
    view_set(view, page, "read_as",
             question->q[0] && answer->read_as && strcmp(question->q, answer->read_as) != 0
                 ? text_json(answer->read_as)
                 : json_null());
    view_set(view, page, "has_names", json_boolean(answer->name_count > 0));
    view_set(view, page, "names", names(view, answer));
    view_set(view, page, "exact_words_href", href_of_exact_words(question));
    set_diagnosis(view, page, &answer->diagnosis);
    view_set(view, page, "notes", notes);
    view_set(view, page, "generation", text_json(answer->generation));
    view_set(view, page, "index_reports", view_count(snapshot_reports(view->site->snapshot)));
}

static void set_paging(struct view *view, json_t *page, const struct answer *answer)
{
    const struct question *question = &answer->question;
    struct paging paging;

    paging_find(answer, &paging);
    view_set(view, page, "shown_from", view_count((uint64_t)question->first + 1));
    view_set(view, page, "shown_to", view_count((uint64_t)question->first + answer->hit_count));
    view_set(view, page, "shown", json_boolean(answer->hit_count > 0));
    view_set(view, page, "previous",
             paging.has_previous ? href_at(question, paging.previous) : json_null());
    view_set(view, page, "next", paging.has_next ? href_at(question, paging.next) : json_null());
    view_set(view, page, "window_end", json_boolean(paging.window_end));
}

json_t *view_search(const struct site *site, const struct answer *answer)
{
    struct view view = {.site = site};
    char *json_address = view_question_address("/search.json", &answer->question);
    json_t *page = view_frame(&view, answer->question.q[0] ? answer->question.q : "All reports");

    view_set(&view, page, "json_href", json_address ? text_json(json_address) : NULL);
    free(json_address);
    set_form(&view, page, &answer->question);
    set_summary(&view, page, answer);
    view_set(&view, page, "facets", facet_lists(&view, answer));
    view_set(&view, page, "histogram", facet_histogram(&view, answer));
    view_set(&view, page, "hits", hits(&view, answer));
    set_paging(&view, page, answer);
    return view_end(&view, page);
}
