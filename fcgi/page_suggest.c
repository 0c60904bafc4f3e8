/* /suggest: what somebody who types may mean; docs/api.md describes it. */
#include <stdlib.h>
#include <string.h>

#include "fcgi/pages.h"
#include "fcgi/view.h"
#include "schema/limits.h"
#include "search/suggestion.h"

/* Also the question with its last word completed. */
static json_t *words_json(struct view *view, const char *q, const struct suggestions *found)
{
    json_t *list = json_array();

    for (size_t i = 0; i < found->word_count; i++) {
        const struct suggestion *word = &found->words[i];
        json_t *item = json_object();
        view_set(view, item, "word", text_json(word->value));
        view_set(view, item, "reports", json_integer(word->reports));
        view_set(view, item, "q", json_sprintf("%.*s%s", (int)found->prefix, q, word->value));
        view_add(view, list, item);
    }
    return list;
}

static json_t *values_json(struct view *view, enum field_id field, const struct suggestion *items,
                           size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        view_set(view, item, "value", text_json(items[i].value));
        view_set(view, item, "label", text_json(items[i].label));
        view_set(view, item, "reports", json_integer(items[i].reports));
        view_set(view, item, "href", view_tag_href(field, items[i].value));
        view_add(view, list, item);
    }
    return list;
}

static bool suggest(struct site *site, const char *q, struct reply *reply, struct error *err)
{
    struct suggestions found;
    struct view view = {.site = site};

    if (strlen(q) > LIMIT_QUESTION_BYTES)
        return error_set(err, ERROR_LIMIT, "q", "the question is too long: at most %u bytes",
                         LIMIT_QUESTION_BYTES);
    if (!suggestions_make(site->snapshot, q, &found, err))
        return false;
    json_t *json = json_object();
    view_set(&view, json, "q", text_json(q));
    view_set(&view, json, "words", words_json(&view, q, &found));
    view_set(&view, json, "actors",
             values_json(&view, FIELD_ACTOR, found.actors, found.actor_count));
    view_set(&view, json, "regions",
             values_json(&view, FIELD_REGION, found.regions, found.region_count));
    json = view_end(&view, json);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text)
        return error_set(err, ERROR_MEMORY, "", "out of memory");
    reply_start(reply, 200, "application/json");
    reply_header(reply, "Cache-Control", "public, max-age=60");
    reply_take_body(reply, text, strlen(text));
    return true;
}

bool page_suggest(struct site *site, const struct request *request, const char *id,
                  struct reply *reply, struct error *err)
{
    char *q = request_parameter(request, "q");
    (void)id;
    bool ok = suggest(site, q ? q : "", reply, err);
    free(q);
    return ok;
}
