/* What must hold between the lines of a vocabulary. */
#include <string.h>

#include "schema/vocabulary_builder.h"

void vocabulary_check_ids(struct vocabulary_builder *builder, const struct vocabulary *vocabulary,
                          const struct line *lines)
{
    for (size_t i = 1; i < vocabulary->count; i++) {
        const struct concept *last = &vocabulary->concepts[i - 1];
        const struct concept *concept = &vocabulary->concepts[i];
        if (last->type == concept->type && strcmp(last->id, concept->id) == 0)
            vocabulary_complain(builder, lines[i],
                                "%s is there already, at line %u of %s: join the two or rename one",
                                concept->id, (unsigned)lines[i - 1].number,
                                builder->paths[lines[i - 1].file]);
    }
}

/* How many generations stand above; VOCABULARY_DEPTH_MAX where they do not end. */
static unsigned height(const struct concept *concept, unsigned depth)
{
    unsigned highest = 0;
    for (size_t i = 0; depth < VOCABULARY_DEPTH_MAX && i < concept->parent_count; i++) {
        unsigned above = 1 + height(concept->parents[i], depth + 1);
        highest = above > highest ? above : highest;
    }
    return depth == VOCABULARY_DEPTH_MAX ? VOCABULARY_DEPTH_MAX : highest;
}

void vocabulary_check_cycles(struct vocabulary_builder *builder,
                             const struct vocabulary *vocabulary, const struct line *lines)
{
    for (size_t i = 0; i < vocabulary->count; i++) {
        const struct concept *concept = &vocabulary->concepts[i];
        /* The many places lie under divisions, which are checked themselves. */
        if (concept->kind && strcmp(concept->kind, "place") == 0)
            continue;
        if (height(concept, 0) >= VOCABULARY_DEPTH_MAX)
            vocabulary_complain(builder, lines[i],
                                "%s is its own ancestor, or has more than %d generations above: "
                                "look along its parents",
                                concept->id, VOCABULARY_DEPTH_MAX);
    }
}

static bool spans_meet(const struct concept_name *a, const struct concept_name *b)
{
    return (a->to == DAY_NONE || b->from == DAY_NONE || b->from <= a->to) &&
           (b->to == DAY_NONE || a->from == DAY_NONE || a->from <= b->to);
}

/* Names of divisions and places recur all over the world and are told apart by context. */
static bool recurs(const struct concept *concept)
{
    return concept->kind &&
           (strcmp(concept->kind, "place") == 0 || strcmp(concept->kind, "division") == 0);
}

static void check_pair(struct vocabulary_builder *builder, const struct vocabulary *vocabulary,
                       const struct line *lines, uint32_t first, uint32_t second)
{
    const struct concept_name *a = &vocabulary->names[first], *b = &vocabulary->names[second];
    const struct concept *owner = vocabulary_owner(vocabulary, a);
    const struct concept *other = vocabulary_owner(vocabulary, b);
    struct line line = lines[second];
    unsigned at = (unsigned)lines[first].number;
    const char *path = builder->paths[lines[first].file];
    if (!spans_meet(a, b))
        return;
    if (!owner || !other) {
        if (a->flags & b->flags & NAME_UNOWNED)
            vocabulary_complain(builder, line,
                                "\"%s\" is there already, at line %u of "
                                "%s: drop one",
                                b->text, at, path);
        return;
    }
    if (owner == other) {
        if (strcmp(a->text, b->text) == 0 && !((a->flags ^ b->flags) & NAME_DEMONYM))
            vocabulary_complain(builder, line,
                                "%s has the name \"%s\" already, at line %u of %s, "
                                "with overlapping dates: drop one",
                                other->id, b->text, at, path);
        return;
    }
    if (owner->type != other->type || recurs(owner) || recurs(other) ||
        (a->flags & b->flags & NAME_AMBIGUOUS))
        return;
    vocabulary_complain(builder, line,
                        "\"%s\" is also a name of %s, at line %u of %s: mark both "
                        "\"| ambiguous\", or give them dates that do not overlap",
                        b->text, owner->id, at, path);
}

void vocabulary_check_names(struct vocabulary_builder *builder, const struct vocabulary *vocabulary,
                            const struct line *lines)
{
    /* A name borne by this many is a place's, and comparing all pairs would take long. */
    enum { PAIRS_MAX = 64 };
    size_t nodes = gazetteer_node_count(vocabulary->gazetteer);
    for (uint32_t node = 0; node < nodes && !builder->stopped; node++) {
        const uint32_t *values;
        size_t count = gazetteer_values(vocabulary->gazetteer, node, &values);
        count = count < PAIRS_MAX ? count : PAIRS_MAX;
        for (size_t i = 0; i < count; i++)
            for (size_t j = i + 1; j < count; j++)
                check_pair(builder, vocabulary, lines, values[i], values[j]);
    }
}
