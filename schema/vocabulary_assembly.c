/* From the stanzas and lines of a vocabulary's files to its concepts and names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "schema/vocabulary_builder.h"

static int compare_ids(const struct concept *a, const struct concept *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* By id, what adds to a concept behind it, else as read. */
static int compare_drafts(const void *left, const void *right, void *builder)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const struct concept *concepts = ((const struct vocabulary_builder *)builder)->concepts;
    const struct draft *drafts = ((const struct vocabulary_builder *)builder)->drafts;
    int order = compare_ids(&concepts[a], &concepts[b]);
    if (order == 0)
        order = drafts[a].is_more - drafts[b].is_more;
    return order ? order : (a < b ? -1 : a > b);
}

/* Keeps a name behind those already kept. */
static void keep_name(struct vocabulary *vocabulary, const struct vocabulary_builder *builder,
                      struct line *lines, size_t from, uint32_t owner)
{
    struct concept_name *name = &vocabulary->names[vocabulary->name_count];
    *name = builder->names[from];
    name->owner = owner;
    lines[vocabulary->name_count++] = builder->name_lines[from];
}

/* Where a "more" stanza repeats a name, its dates and options stand in place of the first
 * ones. */
static bool replace_name(struct vocabulary *vocabulary, const struct vocabulary_builder *builder,
                         struct line *lines, size_t from, struct concept *concept)
{
    const struct concept_name *name = &builder->names[from];
    size_t first = (size_t)(concept->names - vocabulary->names);
    for (size_t i = first; i < first + concept->name_count; i++) {
        struct concept_name *kept = &vocabulary->names[i];
        if (strcmp(kept->text, name->text) != 0 ||
            (kept->flags & NAME_DEMONYM) != (name->flags & NAME_DEMONYM))
            continue;
        kept->from = name->from;
        kept->to = name->to;
        kept->flags = name->flags;
        lines[i] = builder->name_lines[from];
        return true;
    }
    return false;
}

/* Adds what a "more" stanza says to its concept. */
static void merge(struct concept *concept, const struct concept *more)
{
    concept->label = more->label ? more->label : concept->label;
    concept->kind = more->kind ? more->kind : concept->kind;
    if (!isnan(more->latitude)) {
        concept->latitude = more->latitude;
        concept->longitude = more->longitude;
    }
    concept->population = more->population ? more->population : concept->population;
}

/* The box around a region's places. */
struct box {
    double south, north, west, east;
};

/* A country or division without a position gets the middle of the places in it. */
static bool place_regions(struct vocabulary *vocabulary)
{
    struct box *boxes = calloc(vocabulary->count + 1, sizeof *boxes);
    if (!boxes)
        return false;
    struct concept *concepts = vocabulary->concepts;
    for (size_t i = 0; i < vocabulary->count; i++)
        boxes[i] = (struct box){90, -90, 180, -180};
    for (size_t i = vocabulary->actor_count; i < vocabulary->count; i++) {
        const struct concept *parent = concepts[i].parent_count ? concepts[i].parents[0] : NULL;
        bool has_own = !isnan(concepts[i].latitude) && strcmp(concepts[i].kind, "place") == 0;
        for (; has_own && parent; parent = parent->parent_count ? parent->parents[0] : NULL) {
            struct box *box = &boxes[parent - concepts];
            box->south = fmin(box->south, concepts[i].latitude);
            box->north = fmax(box->north, concepts[i].latitude);
            box->west = fmin(box->west, concepts[i].longitude);
            box->east = fmax(box->east, concepts[i].longitude);
            if (strcmp(parent->kind, "division") != 0)
                break;
        }
    }
    for (size_t i = vocabulary->actor_count; i < vocabulary->count; i++) {
        if (!isnan(concepts[i].latitude) || boxes[i].south > boxes[i].north ||
            strcmp(concepts[i].kind, "area") == 0)
            continue;
        concepts[i].latitude = (boxes[i].south + boxes[i].north) / 2;
        concepts[i].longitude = (boxes[i].west + boxes[i].east) / 2;
    }
    free(boxes);
    return true;
}

/* What put_together works with: by final number, or by draft. */
struct sorting {
    uint32_t *order;         /* the drafts, sorted */
    uint32_t *numbers;       /* by draft: the concept it went into */
    struct line *lines;      /* by concept */
    struct line *name_lines; /* by name, as kept */
};

/* A draft becomes the next concept, or adds to the last. */
static void keep_draft(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                       struct sorting *sorting, uint32_t at)
{
    const struct draft *draft = &builder->drafts[at];
    const struct concept *concept = &builder->concepts[at];
    struct concept *last = vocabulary->count ? &vocabulary->concepts[vocabulary->count - 1] : NULL;
    bool adds = draft->is_more && last && compare_ids(last, concept) == 0;
    if (draft->is_more && !adds)
        vocabulary_complain(builder, draft->line,
                            "there is no %s to say more of: begin it with %s:", concept->id,
                            concept->type == MENTION_ACTOR ? "actor" : "region");
    if (adds) {
        merge(last, concept);
    } else {
        last = &vocabulary->concepts[vocabulary->count];
        *last = *concept;
        last->names = vocabulary->names + vocabulary->name_count;
        last->name_count = 0;
        sorting->lines[vocabulary->count++] = draft->line;
        vocabulary->actor_count += concept->type == MENTION_ACTOR;
    }
    uint32_t number = (uint32_t)vocabulary->count - 1;
    sorting->numbers[at] = number;
    for (size_t i = 0; i < concept->name_count; i++) {
        size_t from = draft->first_name + i;
        if (adds && replace_name(vocabulary, builder, sorting->name_lines, from, last))
            continue;
        keep_name(vocabulary, builder, sorting->name_lines, from, number);
        last->name_count++;
    }
}

/* Sorts the drafts into concepts, each with its names side by side. */
static void sort_concepts(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                          struct sorting *sorting)
{
    size_t count = builder->count;
    bool sorted = true;
    for (uint32_t i = 0; i < count; i++) {
        sorting->order[i] = i;
        sorted = sorted && (i == 0 || compare_drafts(&sorting->order[i - 1], &sorting->order[i],
                                                     builder) < 0);
    }
    if (!sorted)
        qsort_r(sorting->order, count, sizeof *sorting->order, compare_drafts, builder);
    for (size_t i = 0; i < count; i++)
        keep_draft(vocabulary, builder, sorting, sorting->order[i]);
    /* Those that no concept owns. */
    for (size_t i = 0; i < builder->name_count; i++)
        if (builder->names[i].flags & NAME_UNOWNED)
            keep_name(vocabulary, builder, sorting->name_lines, i, NO_OWNER);
}

/* What each role of a reference must name. */
static const struct {
    const char *word;
    bool to_region; /* else to the concept's own type */
} roles[] = {
    [REFERENCE_PARENT] = {"parent", false},
    [REFERENCE_HOME] = {"home", true},
    [REFERENCE_SUCCESSOR] = {"successor", false},
    [REFERENCE_CAPITAL] = {"capital", true},
};

static const struct concept *resolve(struct vocabulary *vocabulary,
                                     struct vocabulary_builder *builder,
                                     const struct reference *reference,
                                     const struct concept *concept)
{
    enum mention_kind type = roles[reference->role].to_region ? MENTION_REGION : concept->type;
    const struct concept *found =
        vocabulary_find_sized(vocabulary, type, reference->id, reference->size);
    if (!found)
        vocabulary_complain(builder, reference->line,
                            "the %s \"%.*s\" of %s is not in the vocabulary: add it or mend the "
                            "id",
                            roles[reference->role].word, (int)reference->size, reference->id,
                            concept->id);
    return found;
}

static bool same_target(const struct reference *a, const struct reference *b)
{
    return a->role == b->role && a->size == b->size && memcmp(a->id, b->id, a->size) == 0;
}

static bool is_area(const struct concept *region)
{
    return region->type == MENTION_REGION && region->kind && strcmp(region->kind, "area") == 0;
}

/* Finds whom the references name. Parents are counted, given room, then filled in. */
static bool resolve_all(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                        const struct sorting *sorting)
{
    const struct concept **found = calloc(builder->reference_count + 1, sizeof(void *));
    vocabulary->parents = malloc((builder->reference_count + 1) * sizeof(void *));
    bool ok = found && vocabulary->parents;
    for (size_t i = 0; ok && i < builder->reference_count; i++) {
        const struct reference *reference = &builder->references[i];
        /* Left over from a stanza whose head could not be read. */
        if (reference->draft >= builder->count)
            continue;
        struct concept *concept = &vocabulary->concepts[sorting->numbers[reference->draft]];
        /* Places of one division stand together. */
        if (i > 0 && found[i - 1] && reference->role == REFERENCE_PARENT &&
            found[i - 1]->type == concept->type && same_target(reference - 1, reference))
            found[i] = found[i - 1];
        else
            found[i] = resolve(vocabulary, builder, reference, concept);
        if (found[i] && reference->role == REFERENCE_HOME)
        concept->home = found[i]->id;
        concept->parent_count += found[i] && reference->role == REFERENCE_PARENT;
    }
    for (size_t i = 0; ok && i < vocabulary->count; i++) {
        struct concept *concept = &vocabulary->concepts[i];
        concept->parents = vocabulary->parents + vocabulary->parent_count;
        vocabulary->parent_count += concept->parent_count;
        concept->parent_count = 0;
    }
    for (size_t i = 0; ok && i < builder->reference_count; i++) {
        const struct reference *reference = &builder->references[i];
        if (!found[i] || reference->role != REFERENCE_PARENT)
            continue;
        struct concept *concept = &vocabulary->concepts[sorting->numbers[reference->draft]];
        size_t first = (size_t)(concept->parents - vocabulary->parents);
        size_t at = first + concept->parent_count++;
        vocabulary->parents[at] = found[i];
        /* The country or division comes before the areas, whichever file named it first. */
        if (is_area(vocabulary->parents[first]) && !is_area(found[i])) {
            vocabulary->parents[at] = vocabulary->parents[first];
            vocabulary->parents[first] = found[i];
        }
    }
    free(found);
    return ok;
}

static bool add_names(struct vocabulary *vocabulary, struct vocabulary_builder *builder,
                      const struct line *lines)
{
    struct gazetteer_builder *gazetteer = gazetteer_builder_new();
    bool ok = gazetteer != NULL;
    for (uint32_t i = 0; ok && i < vocabulary->name_count; i++) {
        const char *text = vocabulary->names[i].text;
        size_t words = 0;
        ok = gazetteer_builder_add(gazetteer, text, strlen(text), i, &words);
        if (ok && words == 0)
            vocabulary_complain(builder, lines[i],
                                "the name \"%s\" holds no word: write letters or digits", text);
        else if (ok && words == GAZETTEER_NAME_WORDS)
            vocabulary_complain(builder, lines[i],
                                "the name \"%.80s\" has %u words or more: shorten it", text,
                                GAZETTEER_NAME_WORDS);
    }
    if (!ok) {
        gazetteer_builder_free(gazetteer);
        return false;
    }
    vocabulary->gazetteer = gazetteer_build_take(gazetteer);
    return vocabulary->gazetteer != NULL;
}

bool vocabulary_assemble(struct vocabulary *vocabulary, struct vocabulary_builder *builder)
{
    size_t room = builder->count + 1, name_room = builder->name_count + 1;
    struct sorting sorting = {
        .order = malloc(room * sizeof *sorting.order),
        .numbers = malloc(room * sizeof *sorting.numbers),
        .lines = malloc(room * sizeof *sorting.lines),
        .name_lines = malloc(name_room * sizeof *sorting.name_lines),
    };
    vocabulary->concepts = malloc(room * sizeof *vocabulary->concepts);
    vocabulary->names = malloc(name_room * sizeof *vocabulary->names);
    bool ok = sorting.order && sorting.numbers && sorting.lines && sorting.name_lines &&
              vocabulary->concepts && vocabulary->names;
    if (ok) {
        sort_concepts(vocabulary, builder, &sorting);
        vocabulary_check_ids(builder, vocabulary, sorting.lines);
        ok = resolve_all(vocabulary, builder, &sorting);
    }
    if (ok) {
        vocabulary_check_cycles(builder, vocabulary, sorting.lines);
        if (builder->problems == 0)
            ok = place_regions(vocabulary);
        ok = ok && add_names(vocabulary, builder, sorting.name_lines);
    }
    if (ok)
        vocabulary_check_names(builder, vocabulary, sorting.name_lines);
    free(sorting.order);
    free(sorting.numbers);
    free(sorting.lines);
    free(sorting.name_lines);
    return ok;
}
