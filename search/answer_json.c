/* An answer as JSON; docs/api.md describes the members. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"
#include "search/answer.h"
#include "search/snippet.h"

#define PATH_JSON    "/search.json"
#define PATH_HTML    "/search"
#define PATH_REPORTS "/reports/"

/* Sets a member, taking the value; a NULL value, or a failure, clears '*ok'. */
static void put(json_t *object, const char *key, json_t *value, bool *ok)
{
    if (json_object_set_new(object, key, value) != 0)
        *ok = false;
}

static void append(json_t *array, json_t *value, bool *ok)
{
    if (json_array_append_new(array, value) != 0)
        *ok = false;
}

/* A string, ill-formed bytes repaired; null for NULL. */
static json_t *text_json(const char *text)
{
    json_t *string = text ? json_string(text) : json_null();
    if (string)
        return string;
    size_t size;
    char *clean = text_clean(text, strlen(text), &size, NULL);
    string = clean ? json_stringn(clean, size) : NULL;
    free(clean);
    return string;
}

/* Takes the buffer. */
static json_t *buffer_json(struct buffer *buffer)
{
    size_t size;
    char *text = buffer_take(buffer, &size);
    json_t *string = text ? json_stringn(text, size) : NULL;
    free(text);
    return string;
}

static json_t *day_json(day_t day)
{
    char text[DAY_TEXT_ROOM];
    return day == DAY_NONE ? json_null() : json_string(day_format(day, text));
}

static json_t *rounded_json(double number, double steps)
{
    return json_real(round(number * steps) / steps);
}

static json_t *link_json(const char *path, const struct question *question)
{
    struct buffer link = {0};
    char *url = question_url(question);
    if (!url)
        return NULL;
    buffer_text(&link, path);
    if (url[0])
        buffer_char(&link, '?');
    buffer_text(&link, url);
    free(url);
    return buffer_json(&link);
}

static json_t *filters_json(const struct question *question, bool *ok)
{
    json_t *filters = json_object();
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *filter = &question->filters[i];
        struct buffer name = {0};
        buffer_format(&name, "%s%s", filter->exclude ? "-" : "", fields[filter->field].name);
        char *key = buffer_take(&name, NULL);
        if (!key) {
            *ok = false;
            break;
        }
        if (!json_object_get(filters, key))
            put(filters, key, json_array(), ok);
        append(json_object_get(filters, key), text_json(filter->value), ok);
        free(key);
    }
    if (question->from != DAY_NONE)
        put(filters, "from", day_json(question->from), ok);
    if (question->to != DAY_NONE)
        put(filters, "to", day_json(question->to), ok);
    return filters;
}

static json_t *notes_json(const struct query *query, bool *ok)
{
    json_t *notes = json_array();
    for (size_t i = 0; i < query->note_count; i++) {
        json_t *note = json_object();
        put(note, "text", text_json(query->notes[i].text), ok);
        put(note, "begin", json_integer((json_int_t)query->notes[i].begin), ok);
        put(note, "end", json_integer((json_int_t)query->notes[i].end), ok);
        append(notes, note, ok);
    }
    return notes;
}

static json_t *names_json(const struct answer *answer, bool *ok)
{
    json_t *names = json_array();
    for (size_t i = 0; i < answer->name_count; i++) {
        const struct expansion *name = &answer->names[i];
        json_t *item = json_object();
        put(item, "field", json_string(fields[name->field].name), ok);
        put(item, "value", text_json(name->value), ok);
        put(item, "label", text_json(name->label), ok);
        put(item, "begin", json_integer((json_int_t)name->begin), ok);
        put(item, "end", json_integer((json_int_t)name->end), ok);
        put(item, "reports", json_integer(name->reports), ok);
        append(names, item, ok);
    }
    return names;
}

static json_t *question_json(const struct answer *answer, bool *ok)
{
    static const char *const sort_names[] = {"relevance", "newest", "oldest"};
    const struct question *question = &answer->question;
    json_t *out = json_object();
    put(out, "q", text_json(question->q), ok);
    put(out, "read_as", text_json(answer->read_as), ok);
    put(out, "notes", notes_json(answer->query, ok), ok);
    put(out, "names", names_json(answer, ok), ok);
    if (question->like)
        put(out, "like", text_json(question->like), ok);
    put(out, "filters", filters_json(question, ok), ok);
    put(out, "match", json_string(question->match == MATCH_ANY ? "any" : "all"), ok);
    put(out, "sort", json_string(sort_names[answer->order]), ok);
    put(out, "first", json_integer(question->first), ok);
    put(out, "size", json_integer(question->size), ok);
    return out;
}

/* A link to the question with the filters of a value's field replaced by the value ('alone'),
 * or with the value chosen, no longer chosen, or no longer excluded. Null where the question
 * would then have too many filters. */
static json_t *value_link(const struct question *asked, enum field_id field,
                          const struct facet_value *value, bool alone)
{
    struct question question;
    struct error error = {0};
    if (!question_copy(asked, &question, NULL))
        return NULL;
    for (size_t i = 0; alone && i < asked->filter_count; i++)
        if (asked->filters[i].field == field && !asked->filters[i].exclude)
            question_remove_filter(&question, field, false, asked->filters[i].value);
    question_rewind(&question);
    bool ok = true;
    if (!alone && value->excluded)
        question_remove_filter(&question, field, true, value->value);
    else if (!alone && value->selected)
        question_remove_filter(&question, field, false, value->value);
    else
        ok = question_add_filter(&question, field, false, value->value, &error);
    json_t *link = ok                          ? link_json(PATH_HTML, &question)
                   : error.code == ERROR_LIMIT ? json_null()
                                               : NULL;
    question_clear(&question);
    return link;
}

/* What part of the index's reports of a value or some days was found. */
static void put_share(json_t *object, uint32_t reports, uint32_t of, bool *ok)
{
    put(object, "of", json_integer(of), ok);
    put(object, "share", rounded_json(of ? (double)reports / of : 0, 1e6), ok);
}

static json_t *value_json(const struct question *question, enum field_id field,
                          const struct facet_value *value, bool *ok)
{
    json_t *out = json_object();
    put(out, "value", text_json(value->value), ok);
    put(out, "label", text_json(value->label), ok);
    if (value->parent)
        put(out, "parent", text_json(value->parent), ok);
    put(out, "reports", json_integer(value->reports), ok);
    if (field == FIELD_REGION)
        put(out, "direct", json_integer(value->direct), ok);
    put_share(out, value->reports, value->of, ok);
    put(out, "selected", json_boolean(value->selected), ok);
    if (value->excluded)
        put(out, "excluded", json_true(), ok);
    put(out, "href", value_link(question, field, value, true), ok);
    put(out, "toggle", value_link(question, field, value, false), ok);
    return out;
}

static json_t *facet_json(const struct question *question, const struct facet *facet, bool *ok)
{
    json_t *out = json_object(), *values = json_array();
    put(out, "total_values", json_integer((json_int_t)facet->total_values), ok);
    put(out, "other", json_integer((json_int_t)facet->other), ok);
    put(out, "truncated", json_boolean(facet->truncated), ok);
    for (size_t i = 0; i < facet->value_count; i++)
        append(values, value_json(question, facet->field, &facet->values[i], ok), ok);
    put(out, "values", values, ok);
    return out;
}

static json_t *histogram_json(const struct question *asked, const struct histogram *histogram,
                              bool *ok)
{
    json_t *out = json_object(), *buckets = json_array();
    struct question question;
    put(out, "interval", json_string(histogram->interval->name), ok);
    put(out, "undated", json_integer(histogram->undated), ok);
    if (!question_copy(asked, &question, NULL)) {
        json_decref(buckets);
        *ok = false;
        return out;
    }
    question_rewind(&question);
    question.interval = NULL;
    for (size_t i = 0; i < histogram->bucket_count; i++) {
        const struct bucket *bucket = &histogram->buckets[i];
        json_t *item = json_object();
        question.from = bucket->from;
        question.to = bucket->to;
        put(item, "from", day_json(bucket->from), ok);
        put(item, "to", day_json(bucket->to), ok);
        put(item, "reports", json_integer(bucket->reports), ok);
        put_share(item, bucket->reports, bucket->of, ok);
        put(item, "href", link_json(PATH_HTML, &question), ok);
        append(buckets, item, ok);
    }
    put(out, "buckets", buckets, ok);
    question_clear(&question);
    return out;
}

static json_t *facets_json(const struct answer *answer, bool *ok)
{
    json_t *out = json_object();
    for (size_t i = 0; i < answer->facet_count; i++)
        put(out, fields[answer->facets[i].field].name,
            facet_json(&answer->question, &answer->facets[i], ok), ok);
    put(out, fields[FIELD_DATE].name, histogram_json(&answer->question, &answer->dates, ok), ok);
    return out;
}

static json_t *html_json(const char *text, const struct highlight *marks, size_t count)
{
    struct buffer html = {0};
    snippet_html(&html, text, strlen(text), marks, count);
    return buffer_json(&html);
}

static json_t *marks_json(const struct highlight *marks, size_t count, bool *ok)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        append(out, json_pack("[II]", (json_int_t)marks[i].begin, (json_int_t)marks[i].end), ok);
    return out;
}

static json_t *ids_json(char *const *ids, size_t count, bool *ok)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        append(out, text_json(ids[i]), ok);
    return out;
}

/* All but unreserved characters (RFC 3986) as %XX, so that an id is one segment of a path. */
static json_t *report_link(const char *id)
{
    struct buffer link = {0};
    buffer_text(&link, PATH_REPORTS);
    for (; *id; id++) {
        unsigned char c = (unsigned char)*id;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr("-._~", c);
        if (plain)
            buffer_char(&link, *id);
        else
            buffer_format(&link, "%%%02X", c);
    }
    return buffer_json(&link);
}

static json_t *hit_json(const struct answer *answer, const struct hit *hit, bool *ok)
{
    json_t *out = json_object(), *highlights = json_object();
    put(out, "id", text_json(hit->id), ok);
    put(out, "title", text_json(hit->title), ok);
    put(out, "date", day_json(hit->day), ok);
    if (answer->order == SORT_RELEVANCE)
        put(out, "score", rounded_json(hit->score, 1e4), ok);
    put(out, "snippet", html_json(hit->snippet, hit->snippet_marks, hit->snippet_mark_count), ok);
    put(out, "snippet_text", text_json(hit->snippet), ok);
    put(highlights, "title", marks_json(hit->title_marks, hit->title_mark_count, ok), ok);
    put(highlights, "snippet", marks_json(hit->snippet_marks, hit->snippet_mark_count, ok), ok);
    put(out, "highlights", highlights, ok);
    put(out, "actors", ids_json(hit->actors, hit->actor_count, ok), ok);
    put(out, "regions", ids_json(hit->regions, hit->region_count, ok), ok);
    put(out, "source", text_json(hit->source), ok);
    put(out, "url", text_json(hit->url), ok);
    put(out, "language", text_json(hit->language), ok);
    put(out, "href", report_link(hit->id), ok);
    return out;
}

/* Whether a page may follow, in an order that can be gone on in. */
static bool has_more(const struct answer *answer)
{
    const struct question *question = &answer->question;
    uint64_t end = (uint64_t)question->first + answer->hit_count;
    return answer->order != SORT_RELEVANCE && answer->hit_count > 0 &&
           answer->hit_count == question->size && (question->after.docid || end < answer->total);
}

/* The page after the last hit, however far that is. */
static json_t *after_json(const struct answer *answer)
{
    struct question question = answer->question; /* shares what it points to; only read */
    question.first = 0;
    question.after.docid = answer->hits[answer->hit_count - 1].docid;
    snprintf(question.after.generation, sizeof question.after.generation, "%s", answer->generation);
    return link_json(PATH_JSON, &question);
}

static json_t *links_json(const struct answer *answer, bool *ok)
{
    json_t *out = json_object();
    struct question question;
    uint32_t first = answer->question.first, size = answer->question.size;
    if (!question_copy(&answer->question, &question, NULL)) {
        *ok = false;
        return out;
    }
    put(out, "self", link_json(PATH_JSON, &question), ok);
    put(out, "html", link_json(PATH_HTML, &question), ok);
    if (size && first > 0) {
        question.first = first > size ? first - size : 0;
        put(out, "previous", link_json(PATH_JSON, &question), ok);
    }
    question.first = first + size;
    if (size && !question.after.docid && question.first < answer->total &&
        question.first + size <= LIMIT_WINDOW)
        put(out, "next", link_json(PATH_JSON, &question), ok);
    question_rewind(&question);
    question.names_off = true;
    if (has_more(answer))
        put(out, "after", after_json(answer), ok);
    if (answer->name_count)
        put(out, "exact_words", link_json(PATH_HTML, &question), ok);
    question_clear(&question);
    return out;
}

static json_t *remedy_json(const struct remedy *remedy, bool *ok)
{
    json_t *out = json_object();
    if (remedy->part)
        put(out, "part", text_json(remedy->part), ok);
    put(out, "reports", json_integer(remedy->reports), ok);
    put(out, "href", link_json(PATH_HTML, &remedy->question), ok);
    return out;
}

static json_t *spelling_json(const struct remedy *spelt, bool *ok)
{
    json_t *out = remedy_json(spelt, ok);
    put(out, "q", text_json(spelt->question.q), ok);
    return out;
}

static json_t *diagnosis_json(const struct diagnosis *diagnosis, bool *ok)
{
    json_t *out = json_object(), *without = json_array();
    for (size_t i = 0; i < diagnosis->without_count; i++)
        append(without, remedy_json(&diagnosis->without[i], ok), ok);
    put(out, "without", without, ok);
    put(out, "spelling", diagnosis->spelt ? spelling_json(diagnosis->spelt, ok) : json_null(), ok);
    put(out, "any_words", diagnosis->any ? remedy_json(diagnosis->any, ok) : json_null(), ok);
    return out;
}

json_t *answer_json(const struct answer *answer, const struct snapshot *snapshot)
{
    bool ok = true;
    json_t *out = json_object(), *total = json_object(), *hits = json_array();
    put(out, "question", question_json(answer, &ok), &ok);
    put(out, "generation", text_json(answer->generation), &ok);
    put(out, "took_ms", rounded_json(answer->took_ms, 1e3), &ok);
    put(total, "reports", json_integer(answer->total), &ok);
    put(total, "exact", json_true(), &ok);
    put(total, "of", json_integer(snapshot_reports(snapshot)), &ok);
    put(out, "total", total, &ok);
    put(out, "facets", facets_json(answer, &ok), &ok);
    for (size_t i = 0; i < answer->hit_count; i++)
        append(hits, hit_json(answer, &answer->hits[i], &ok), &ok);
    put(out, "hits", hits, &ok);
    put(out, "diagnosis", diagnosis_json(&answer->diagnosis, &ok), &ok);
    put(out, "links", links_json(answer, &ok), &ok);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}
