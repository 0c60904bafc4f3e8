#include "search/expansion.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/function_words.h"
#include "schema/gazetteer.h"
#include "search/names.h"

#define ACRONYM_LETTERS 4u /* so many are no everyday word in small letters either, mostly */

struct expander {
    const struct snapshot *snapshot;
    const struct vocabulary *vocabulary;
    const char *text;
    enum match match;
    struct expansion *items;
    size_t count, room;
    struct error *err;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- which names count -------------------------------------------------------- */

/* Some words of the question, as they were typed and folded. */
struct stretch {
    const struct expander *expander;
    struct query_node *const *nodes;
    size_t count;
    uint32_t place; /* in the gazetteer */
};

static bool is_kind(const struct concept *concept, const char *kind)
{
    return concept->kind && strcmp(concept->kind, kind) == 0;
}

/* "WHO" is the organisation and "who" is not; "jnim" can be nothing else. */
static bool counts_as_acronym(const struct stretch *stretch)
{
    const struct query_node *first = stretch->nodes[0];
    const char *text = stretch->expander->text;
    bool is_capital = true;
    for (size_t at = first->begin; at < stretch->nodes[stretch->count - 1]->end; at++)
        is_capital = is_capital && !(text[at] >= 'a' && text[at] <= 'z');
    return is_capital ||
           (stretch->count == 1 && first->word_count == 1 &&
            strlen(first->words[0]) >= ACRONYM_LETTERS && !function_words_have(first->words[0]));
}

/* Whether a name of the concept stands at the stretch's place that can be told from other uses. */
static bool is_plain_name(const struct stretch *stretch, const struct concept *concept)
{
    const struct vocabulary *vocabulary = stretch->expander->vocabulary;
    const unsigned other = NAME_EVERYDAY | NAME_FORENAME | NAME_SURNAME;
    bool is_large = is_kind(concept, "country") || is_kind(concept, "area"), found = false;
    const uint32_t *values;
    size_t count = gazetteer_values(vocabulary_gazetteer(vocabulary), stretch->place, &values);
    for (size_t i = 0; i < count; i++) {
        const struct concept_name *name = vocabulary_name(vocabulary, values[i]);
        const struct concept *owner = vocabulary_owner(vocabulary, name);
        if ((name->flags & NAME_NEGATIVE) || (!owner && (name->flags & other) && !is_large))
            return false;
        found |= owner == concept && !(name->flags & (NAME_DEMONYM | NAME_AMBIGUOUS)) &&
                 (!(name->flags & NAME_ACRONYM) || counts_as_acronym(stretch));
    }
    return found;
}

static bool find_concept(const struct stretch *stretch, enum mention_kind type,
                         const struct concept **out)
{
    struct buffer name = {0};
    for (size_t i = 0; i < stretch->count; i++)
        for (size_t word = 0; word < stretch->nodes[i]->word_count; word++)
            buffer_format(&name, "%s%s", name.size ? " " : "", stretch->nodes[i]->words[word]);
    if (name.failed)
        return no_memory(stretch->expander->err);
    const struct concept *found =
        vocabulary_find_name(stretch->expander->vocabulary, type, name.bytes);
    *out = found && is_plain_name(stretch, found) ? found : NULL;
    buffer_free(&name);
    return true;
}

/* What the stretch names and some report is tagged with; NULL for nothing. A country goes before
 * an actor of its name, and that before a town. */
static bool name_stretch(const struct stretch *stretch, const struct concept **out)
{
    const struct concept *actor, *region;
    bool used = false;
    if (!find_concept(stretch, MENTION_ACTOR, &actor) ||
        !find_concept(stretch, MENTION_REGION, &region))
        return false;
    const struct concept *concept = region && !(actor && is_kind(region, "place")) ? region : actor;
    if (concept &&
        !names_is_used(stretch->expander->snapshot, concept == region ? FIELD_REGION : FIELD_ACTOR,
                       concept->id, &used, stretch->expander->err))
        return false;
    *out = used ? concept : NULL;
    return true;
}

static bool can_name(const struct query_node *node)
{
    return node->field == FIELD_TEXT &&
           ((node->kind == QUERY_WORD && !node->exact) || node->kind == QUERY_PHRASE);
}

/* The longest name that begins at the first of some nodes; '*length' nodes, 0 where none does. */
static bool find_name(const struct expander *expander, struct query_node *const *nodes,
                      size_t count, const struct concept **out, size_t *length)
{
    const struct gazetteer *gazetteer = vocabulary_gazetteer(expander->vocabulary);
    struct stretch stretch = {expander, nodes, 0, GAZETTEER_ROOT};
    *length = 0;
    while (stretch.count < count && can_name(nodes[stretch.count])) {
        const struct query_node *node = nodes[stretch.count++];
        const struct concept *concept;
        for (size_t i = 0; i < node->word_count && stretch.place != GAZETTEER_NONE; i++) {
            uint32_t word = gazetteer_word(gazetteer, node->words[i], strlen(node->words[i]));
            stretch.place = word == GAZETTEER_NONE ? GAZETTEER_NONE
                                                   : gazetteer_step(gazetteer, stretch.place, word);
        }
        if (stretch.place == GAZETTEER_NONE)
            return true;
        if (!name_stretch(&stretch, &concept))
            return false;
        if (concept) {
            *out = concept;
            *length = stretch.count;
        }
    }
    return true;
}

/* ---- the tree ------------------------------------------------------------------ */

static struct query_node *join_new(enum query_kind kind, size_t room)
{
    struct query_node *join = calloc(1, sizeof *join);
    if (join && !(join->children = calloc(room, sizeof join->children[0]))) {
        free(join);
        return NULL;
    }
    if (join)
        join->kind = kind;
    return join;
}

static struct query_node *value_new(enum field_id field, const char *value, size_t begin,
                                    size_t end)
{
    struct query_node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    *node = (struct query_node){.kind = QUERY_VALUE,
                                .field = field,
                                .added = true,
                                .words = calloc(1, sizeof node->words[0]),
                                .begin = begin,
                                .end = end};
    if (node->words && (node->words[0] = strdup(value))) {
        node->word_count = 1;
        return node;
    }
    query_node_free(node);
    return NULL;
}

static bool note_name(struct expander *expander, const struct query_node *value,
                      const struct concept *concept)
{
    for (size_t i = 0; i < expander->count; i++)
        if (expander->items[i].field == value->field &&
            strcmp(expander->items[i].value, concept->id) == 0)
            return true;
    if (!array_reserve(&expander->items, &expander->room, expander->count + 1,
                       sizeof expander->items[0]))
        return no_memory(expander->err);
    struct expansion *item = &expander->items[expander->count++];
    *item = (struct expansion){.field = value->field,
                               .value = strdup(concept->id),
                               .label = strdup(concept->label),
                               .begin = value->begin,
                               .end = value->end};
    return (item->value && item->label) || no_memory(expander->err);
}

/* The value that some nodes name, NULL where they name none; '*length' of them. */
static bool value_of(struct expander *expander, struct query_node *const *nodes, size_t count,
                     struct query_node **out, size_t *length)
{
    const struct concept *concept = NULL;
    *out = NULL;
    if (!find_name(expander, nodes, count, &concept, length))
        return false;
    if (!concept)
        return true;
    struct query_node *value =
        value_new(concept->type == MENTION_ACTOR ? FIELD_ACTOR : FIELD_REGION, concept->id,
                  nodes[0]->begin, nodes[*length - 1]->end);
    if (!value)
        return no_memory(expander->err);
    *out = value;
    return note_name(expander, value, concept);
}

/* An OR of some nodes, joined by AND, and the value that they name. Takes both. */
static struct query_node *alternative_take(struct query_node *const *nodes, size_t count,
                                           struct query_node *value)
{
    struct query_node *either = join_new(QUERY_OR, 2);
    struct query_node *words = count == 1 ? nodes[0] : join_new(QUERY_AND, count);
    if (!either || !words) {
        query_node_free(either);
        query_node_free(count == 1 ? NULL : words);
        return NULL;
    }
    if (count > 1) {
        memcpy(words->children, nodes, count * sizeof nodes[0]);
        words->child_count = count;
    }
    words->begin = either->begin = value->begin;
    words->end = either->end = value->end;
    either->children[0] = words;
    either->children[1] = value;
    either->child_count = 2;
    return either;
}

static bool expand_node(struct expander *expander, struct query_node **slot);

/* Names within an AND take the place of their words. */
static bool expand_and(struct expander *expander, struct query_node *node)
{
    for (size_t i = 0; i < node->child_count; i++) {
        struct query_node **at = node->children + i, *value;
        size_t length;
        if (!value_of(expander, at, node->child_count - i, &value, &length)) {
            query_node_free(value);
            return false;
        }
        if (value) {
            struct query_node *either = alternative_take(at, length, value);
            if (!either) {
                query_node_free(value);
                return no_memory(expander->err);
            }
            *at = either;
            memmove(at + 1, at + length, (node->child_count - i - length) * sizeof *at);
            node->child_count -= length - 1;
        } else if (!expand_node(expander, at)) {
            return false;
        }
    }
    return true;
}

/* Names within an OR are children more. Of several words they are only where words side by side
 * are joined by OR. */
static bool expand_or(struct expander *expander, struct query_node *node)
{
    size_t typed = node->child_count;
    for (size_t i = 0, length; i < typed; i += length ? length : 1) {
        size_t most = expander->match == MATCH_ANY ? typed - i : 1;
        struct query_node *value;
        bool ok = value_of(expander, node->children + i, most, &value, &length);
        if (!ok || !value) {
            query_node_free(value);
            if (!ok || (!can_name(node->children[i]) && !expand_node(expander, node->children + i)))
                return false;
            continue;
        }
        struct query_node **children =
            realloc(node->children, (node->child_count + 1) * sizeof children[0]);
        if (!children) {
            query_node_free(value);
            return no_memory(expander->err);
        }
        node->children = children;
        children[node->child_count++] = value;
    }
    return true;
}

static bool expand_node(struct expander *expander, struct query_node **slot)
{
    struct query_node *node = *slot, *value;
    size_t length;
    if (node->kind == QUERY_AND)
        return expand_and(expander, node);
    if (node->kind == QUERY_OR)
        return expand_or(expander, node);
    if (node->kind == QUERY_NOT)
        return expand_node(expander, &node->children[0]);
    bool ok = value_of(expander, slot, 1, &value, &length);
    struct query_node *either = ok && value ? alternative_take(slot, 1, value) : NULL;
    if (either)
        *slot = either;
    else if (value)
        query_node_free(value);
    return ok && (either || !value || no_memory(expander->err));
}

/* ---- the door ------------------------------------------------------------------ */

bool expansions_make(const struct snapshot *snapshot, struct query *query, const char *text,
                     enum match match, struct expansion **out, size_t *count, struct error *err)
{
    struct expander expander = {.snapshot = snapshot,
                                .vocabulary = snapshot_vocabulary(snapshot),
                                .text = text,
                                .match = match,
                                .err = err};
    if (!expand_node(&expander, &query->root)) {
        expansions_free(expander.items, expander.count);
        return false;
    }
    *out = expander.items;
    *count = expander.count;
    return true;
}

void expansions_free(struct expansion *expansions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(expansions[i].value);
        free(expansions[i].label);
    }
    free(expansions);
}
