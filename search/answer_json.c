/* An answer as JSON; docs/api.md describes the members. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/answer.h"
#include "search/json_writer.h"
#include "search/snippet.h"

#define PATH_JSON    "/search.json"
#define PATH_HTML    "/search"
#define PATH_REPORTS "/reports/"

static void put_day(struct json_writer *json, const char *key, day_t day)
{
    char text[DAY_TEXT_ROOM];
    json_write_text(json, key, day == DAY_NONE ? NULL : day_format(day, text));
}

/* What was gathered in a buffer, which is freed. */
static void put_gathered(struct json_writer *json, const char *key, struct buffer *text)
{
    buffer_append(text, "", 0);
    json->out->failed |= text->failed;
    json_write_text(json, key, text->failed ? NULL : text->bytes);
    buffer_free(text);
}

static void put_link(struct json_writer *json, const char *key, const char *path,
                     const struct question *question)
{
    char *url = question_url(question);
    json_write_link(json, key, path, url ? url : "");
    json->out->failed |= !url;
    free(url);
}

static bool is_same_choice(const struct filter *a, const struct filter *b)
{
    return a->field == b->field && a->exclude == b->exclude;
}

/* Whether an earlier filter is of the same field and kind. */
static bool is_listed(const struct question *question, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (is_same_choice(&question->filters[i], &question->filters[number]))
            return true;
    return false;
}

static void put_filters(struct json_writer *json, const struct question *question)
{
    json_begin(json, "filters", '{');
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter *first = &question->filters[i];
        char key[32];
        if (is_listed(question, i))
            continue;
        snprintf(key, sizeof key, "%s%s", first->exclude ? "-" : "", fields[first->field].name);
        json_begin(json, key, '[');
        for (size_t j = i; j < question->filter_count; j++)
            if (is_same_choice(first, &question->filters[j]))
                json_write_text(json, NULL, question->filters[j].value);
        json_end(json, ']');
    }
    if (question->from != DAY_NONE)
        put_day(json, "from", question->from);
    if (question->to != DAY_NONE)
        put_day(json, "to", question->to);
    json_end(json, '}');
}

static void put_notes(struct json_writer *json, const struct query *query)
{
    json_begin(json, "notes", '[');
    for (size_t i = 0; i < query->note_count; i++) {
        json_begin(json, NULL, '{');
        json_write_text(json, "text", query->notes[i].text);
        json_write_integer(json, "begin", query->notes[i].begin);
        json_write_integer(json, "end", query->notes[i].end);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void put_names(struct json_writer *json, const struct answer *answer)
{
    json_begin(json, "names", '[');
    for (size_t i = 0; i < answer->name_count; i++) {
        const struct expansion *name = &answer->names[i];
        json_begin(json, NULL, '{');
        json_write_text(json, "field", fields[name->field].name);
        json_write_text(json, "value", name->value);
        json_write_text(json, "label", name->label);
        json_write_integer(json, "begin", name->begin);
        json_write_integer(json, "end", name->end);
        json_write_integer(json, "reports", name->reports);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void put_question(struct json_writer *json, const struct answer *answer)
{
    static const char *const sort_names[] = {"relevance", "newest", "oldest"};
    const struct question *question = &answer->question;
    json_begin(json, "question", '{');
    json_write_text(json, "q", question->q);
    json_write_text(json, "read_as", answer->read_as);
    put_notes(json, answer->query);
    put_names(json, answer);
    if (question->like)
        json_write_text(json, "like", question->like);
    put_filters(json, question);
    json_write_text(json, "match", question->match == MATCH_ANY ? "any" : "all");
    json_write_text(json, "sort", sort_names[answer->order]);
    json_write_integer(json, "first", question->first);
    json_write_integer(json, "size", question->size);
    json_end(json, '}');
}

/* A link to the question with the filters of a value's field replaced by the value ('alone'),
 * or with the value chosen, no longer chosen, or no longer excluded. Null where the question
 * would then have too many filters. */
static void put_value_link(struct json_writer *json, const char *key, const struct question *asked,
                           enum field_id field, const struct facet_value *value, bool alone)
{
    struct question question;
    struct error error = {0};
    if (!question_copy(asked, &question, NULL)) {
        json->out->failed = true;
        return;
    }
    for (size_t i = 0; alone && i < asked->filter_count; i++)
        if (asked->filters[i].field == field && !asked->filters[i].exclude)
            question_remove_filter(&question, field, false, asked->filters[i].value);
    question_rewind(&question);
    if (!alone && value->excluded)
        question_remove_filter(&question, field, true, value->value);
    else if (!alone && value->selected)
        question_remove_filter(&question, field, false, value->value);
    else
        question_add_filter(&question, field, false, value->value, &error);
    if (error.code == ERROR_NONE)
        put_link(json, key, PATH_HTML, &question);
    else
        json_write_null(json, key);
    json->out->failed |= error.code == ERROR_MEMORY;
    question_clear(&question);
}

/* What part of the index's reports of a value or some days was found. */
static void put_share(struct json_writer *json, uint32_t reports, uint32_t of)
{
    json_write_integer(json, "of", of);
    json_write_real(json, "share", of ? (double)reports / of : 0, 1e6);
}

static void put_value(struct json_writer *json, const struct question *question,
                      enum field_id field, const struct facet_value *value)
{
    json_begin(json, NULL, '{');
    json_write_text(json, "value", value->value);
    json_write_text(json, "label", value->label);
    if (value->parent)
        json_write_text(json, "parent", value->parent);
    json_write_integer(json, "reports", value->reports);
    if (field == FIELD_REGION)
        json_write_integer(json, "direct", value->direct);
    put_share(json, value->reports, value->of);
    json_write_bool(json, "selected", value->selected);
    if (value->excluded)
        json_write_bool(json, "excluded", true);
    put_value_link(json, "href", question, field, value, true);
    put_value_link(json, "toggle", question, field, value, false);
    json_end(json, '}');
}

static void put_facet(struct json_writer *json, const struct question *question,
                      const struct facet *facet)
{
    json_begin(json, fields[facet->field].name, '{');
    json_write_integer(json, "total_values", facet->total_values);
    json_write_integer(json, "other", facet->other);
    json_write_bool(json, "truncated", facet->truncated);
    json_begin(json, "values", '[');
    for (size_t i = 0; i < facet->value_count; i++)
        put_value(json, question, facet->field, &facet->values[i]);
    json_end(json, ']');
    json_end(json, '}');
}

static void put_bucket(struct json_writer *json, struct question *question,
                       const struct bucket *bucket)
{
    question->from = bucket->from;
    question->to = bucket->to;
    json_begin(json, NULL, '{');
    put_day(json, "from", bucket->from);
    put_day(json, "to", bucket->to);
    json_write_integer(json, "reports", bucket->reports);
    put_share(json, bucket->reports, bucket->of);
    put_link(json, "href", PATH_HTML, question);
    json_end(json, '}');
}

static void put_histogram(struct json_writer *json, const struct question *asked,
                          const struct histogram *histogram)
{
    struct question question;
    if (!question_copy(asked, &question, NULL)) {
        json->out->failed = true;
        return;
    }
    question_rewind(&question);
    question.interval = NULL;
    json_begin(json, fields[FIELD_DATE].name, '{');
    json_write_text(json, "interval", histogram->interval->name);
    json_write_integer(json, "undated", histogram->undated);
    json_begin(json, "buckets", '[');
    for (size_t i = 0; i < histogram->bucket_count; i++)
        put_bucket(json, &question, &histogram->buckets[i]);
    json_end(json, ']');
    json_end(json, '}');
    question_clear(&question);
}

static void put_facets(struct json_writer *json, const struct answer *answer)
{
    json_begin(json, "facets", '{');
    for (size_t i = 0; i < answer->facet_count; i++)
        put_facet(json, &answer->question, &answer->facets[i]);
    put_histogram(json, &answer->question, &answer->dates);
    json_end(json, '}');
}

static void put_html(struct json_writer *json, const char *key, const char *text,
                     const struct highlight *marks, size_t count)
{
    struct buffer html = {0};
    snippet_html(&html, text, strlen(text), marks, count);
    put_gathered(json, key, &html);
}

static void put_marks(struct json_writer *json, const char *key, const struct highlight *marks,
                      size_t count)
{
    json_begin(json, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_begin(json, NULL, '[');
        json_write_integer(json, NULL, marks[i].begin);
        json_write_integer(json, NULL, marks[i].end);
        json_end(json, ']');
    }
    json_end(json, ']');
}

static void put_ids(struct json_writer *json, const char *key, char *const *ids, size_t count)
{
    json_begin(json, key, '[');
    for (size_t i = 0; i < count; i++)
        json_write_text(json, NULL, ids[i]);
    json_end(json, ']');
}

/* All but unreserved characters (RFC 3986) as %XX, so that an id is one segment of a path. */
static void put_report_link(struct json_writer *json, const char *key, const char *id)
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
    put_gathered(json, key, &link);
}

static void put_hit(struct json_writer *json, const struct answer *answer, const struct hit *hit)
{
    json_begin(json, NULL, '{');
    json_write_text(json, "id", hit->id);
    json_write_text(json, "title", hit->title);
    put_day(json, "date", hit->day);
    if (answer->order == SORT_RELEVANCE)
        json_write_real(json, "score", hit->score, 1e4);
    put_html(json, "snippet", hit->snippet, hit->snippet_marks, hit->snippet_mark_count);
    json_write_text(json, "snippet_text", hit->snippet);
    json_begin(json, "highlights", '{');
    put_marks(json, "title", hit->title_marks, hit->title_mark_count);
    put_marks(json, "snippet", hit->snippet_marks, hit->snippet_mark_count);
    json_end(json, '}');
    put_ids(json, "actors", hit->actors, hit->actor_count);
    put_ids(json, "regions", hit->regions, hit->region_count);
    json_write_text(json, "source", hit->source);
    json_write_text(json, "url", hit->url);
    json_write_text(json, "language", hit->language);
    put_report_link(json, "href", hit->id);
    json_end(json, '}');
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
static void put_after(struct json_writer *json, const struct answer *answer)
{
    struct question question = answer->question; /* shares what it points to; only read */
    question.first = 0;
    question.after.docid = answer->hits[answer->hit_count - 1].docid;
    snprintf(question.after.generation, sizeof question.after.generation, "%s", answer->generation);
    put_link(json, "after", PATH_JSON, &question);
}

static void put_links(struct json_writer *json, const struct answer *answer)
{
    struct question question = answer->question; /* as above */
    uint32_t first = question.first, size = question.size;
    json_begin(json, "links", '{');
    put_link(json, "self", PATH_JSON, &question);
    put_link(json, "html", PATH_HTML, &question);
    if (size && first > 0) {
        question.first = first > size ? first - size : 0;
        put_link(json, "previous", PATH_JSON, &question);
    }
    question.first = first + size;
    if (size && !question.after.docid && question.first < answer->total &&
        question.first + size <= LIMIT_WINDOW)
        put_link(json, "next", PATH_JSON, &question);
    question_rewind(&question);
    question.names_off = true;
    if (has_more(answer))
        put_after(json, answer);
    if (answer->name_count)
        put_link(json, "exact_words", PATH_HTML, &question);
    json_end(json, '}');
}

/* 'q' is told where it is what was changed. */
static void put_remedy(struct json_writer *json, const char *key, const struct remedy *remedy,
                       bool tell_q)
{
    if (!remedy) {
        json_write_null(json, key);
        return;
    }
    json_begin(json, key, '{');
    if (remedy->part)
        json_write_text(json, "part", remedy->part);
    json_write_integer(json, "reports", remedy->reports);
    put_link(json, "href", PATH_HTML, &remedy->question);
    if (tell_q)
        json_write_text(json, "q", remedy->question.q);
    json_end(json, '}');
}

static void put_diagnosis(struct json_writer *json, const struct diagnosis *diagnosis)
{
    json_begin(json, "diagnosis", '{');
    json_begin(json, "without", '[');
    for (size_t i = 0; i < diagnosis->without_count; i++)
        put_remedy(json, NULL, &diagnosis->without[i], false);
    json_end(json, ']');
    put_remedy(json, "spelling", diagnosis->spelt, true);
    put_remedy(json, "any_words", diagnosis->any, false);
    json_end(json, '}');
}

char *answer_json(const struct answer *answer, const struct snapshot *snapshot, size_t *size)
{
    struct buffer out = {0};
    struct json_writer json = {.out = &out};
    json_begin(&json, NULL, '{');
    put_question(&json, answer);
    json_write_text(&json, "generation", answer->generation);
    json_write_real(&json, "took_ms", answer->took_ms, 1e3);
    json_begin(&json, "total", '{');
    json_write_integer(&json, "reports", answer->total);
    json_write_bool(&json, "exact", true);
    json_write_integer(&json, "of", snapshot_reports(snapshot));
    json_end(&json, '}');
    put_facets(&json, answer);
    json_begin(&json, "hits", '[');
    for (size_t i = 0; i < answer->hit_count; i++)
        put_hit(&json, answer, &answer->hits[i]);
    json_end(&json, ']');
    put_diagnosis(&json, &answer->diagnosis);
    put_links(&json, answer);
    json_end(&json, '}');
    return buffer_take(&out, size);
}
