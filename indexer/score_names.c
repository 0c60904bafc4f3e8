#include "indexer/score_names.h"

#include <stdlib.h>
#include <string.h>

#include "schema/gazetteer.h"
#include "schema/tokenizer.h"

bool score_names_fit(const struct concept *concept, enum score_field field)
{
    if (field == SCORE_ACTORS)
    return concept->type == MENTION_ACTOR;
    if (concept->type != MENTION_REGION)
        return false;
    if (field == SCORE_COUNTRY)
        return strcmp(concept->kind, "country") == 0;
    return field == SCORE_PLACE || strcmp(concept->kind, "division") == 0;
}

bool score_names_lie_in(const struct concept *region, const struct bearers *countries)
{
    const struct concept *above[16];
    size_t count = vocabulary_ancestors(region, above, ARRAY_LEN(above));
    count = count < ARRAY_LEN(above) ? count : ARRAY_LEN(above);
    for (size_t i = 0; i < countries->count; i++) {
        if (countries->concepts[i] == region)
            return true;
        for (size_t j = 0; j < count; j++)
            if (above[j] == countries->concepts[i])
                return true;
    }
    return countries->count == 0;
}

/* One gold name in the looking up. */
struct search {
    const struct score_names *names;
    enum score_field field;
    const struct bearers *countries;
    struct bearers found;
};

/* The West Bank is an area of its country, where others have divisions. */
static bool is_area_within(const struct concept *concept, const struct search *search)
{
    return search->field == SCORE_ADMIN1 && concept->type == MENTION_REGION &&
           strcmp(concept->kind, "area") == 0 && search->countries->count > 0;
}

static bool look_up(struct search *search, const char *text, size_t size)
{
    const struct vocabulary *vocabulary = search->names->vocabulary;
    const struct gazetteer *gazetteer = vocabulary_gazetteer(vocabulary);
    struct bearers *found = &search->found;
    const uint32_t *values;
    uint32_t node = gazetteer_find(gazetteer, text, size);
    size_t count = node == GAZETTEER_NONE ? 0 : gazetteer_values(gazetteer, node, &values);
    bool anywhere = search->field == SCORE_ACTORS || search->field == SCORE_COUNTRY;
    for (size_t i = 0; i < count && found->count < ARRAY_LEN(found->concepts); i++) {
        const struct concept_name *name = vocabulary_name(vocabulary, values[i]);
        const struct concept *concept = vocabulary_owner(vocabulary, name);
        if (concept && !(name->flags & NAME_DEMONYM) &&
            (score_names_fit(concept, search->field) || is_area_within(concept, search)) &&
            (anywhere || score_names_lie_in(concept, search->countries)))
        found->concepts[found->count++] = concept;
    }
    return found->count > 0;
}

/* Without its brackets and what is in them. */
static void drop_brackets(const char *name, struct buffer *out)
{
    for (const char *at = name; *at; at++) {
        const char *close = *at == '(' ? strchr(at, ')') : NULL;
        if (close)
            at = close;
        else
            buffer_char(out, *at);
    }
}

/* A name of 'size' bytes, of a region also without a last word that tells its kind. */
static bool look_up_kindless(struct search *search, const char *text, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    size_t last = 0;
    bool is_kind = false;
    if (look_up(search, text, size) || search->field == SCORE_ACTORS)
        return search->found.count > 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        last = token.begin;
        is_kind = lexicon_classes(search->names->lexicon, token.folded, token.size) &
                  (WORD_SETTLEMENT | WORD_DIVISION);
    }
    tokenizer_end(&tokenizer);
    return is_kind && last > 0 && look_up(search, text, last);
}

/* What is behind a mark, then what is before it. */
static bool look_up_parts(struct search *search, const char *text)
{
    static const char *const marks[] = {": ", " - "};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        const char *mark = strstr(text, marks[i]);
        const char *behind = mark ? mark + strlen(marks[i]) : NULL;
        if (mark && (look_up_kindless(search, behind, strlen(behind)) ||
                     look_up_kindless(search, text, (size_t)(mark - text))))
            return true;
    }
    return false;
}

static bool look_up_forms(struct search *search, const char *name)
{
    struct buffer plain = {.bytes = NULL};
    if (look_up(search, name, strlen(name)))
        return true;
    drop_brackets(name, &plain);
    const char *text = plain.bytes ? plain.bytes : "";
    bool found = look_up_kindless(search, text, strlen(text)) || look_up_parts(search, name) ||
                 look_up_parts(search, text) || look_up(search, name, strcspn(name, "("));
    buffer_free(&plain);
    return found;
}

/* "JNIM and/or Islamic State (Sahel)", "KNU/KNLA": either will do. */
static bool look_up_either(struct search *search, const char *name)
{
    static const char *const marks[] = {" and/or ", "/"};
    if (look_up_forms(search, name))
        return true;
    for (size_t i = 0; search->field == SCORE_ACTORS && i < ARRAY_LEN(marks); i++) {
        const char *mark = strstr(name, marks[i]);
        char *first = mark ? strndup(name, (size_t)(mark - name)) : NULL;
        if (!first)
            continue;
        look_up_forms(search, first);
        look_up_either(search, mark + strlen(marks[i]));
        free(first);
        return search->found.count > 0;
    }
    return false;
}

struct bearers score_names_find(const struct score_names *names, const json_t *item,
                                enum score_field field, const struct bearers *countries)
{
    struct search search = {.names = names, .field = field, .countries = countries};
    size_t i;
    json_t *name;
    bool found = json_is_string(item) && look_up_either(&search, json_string_value(item));
    json_array_foreach(item, i, name)
    {
        if (!found && json_is_string(name))
            found = look_up_either(&search, json_string_value(name));
    }
    return search.found;
}

bool score_names_describe(const char *name)
{
    static const char *const words[] = {"unidentified", "unknown", "protesters", "rioters",
                                        "civilians"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t size = strlen(words[i]);
        if (strncasecmp(name, words[i], size) == 0 && (name[size] == '\0' || name[size] == ' '))
            return true;
    }
    return false;
}
