#include "indexer/focus.h"

#include <string.h>

#include "schema/buffer.h"

/* A report of one event is short; a longer one has room for several countries. */
#define SHORT_WORDS 250

#define TOPIC_CONFIDENCE 40

/* A country or division that the report names, or a place in it. */
struct seen {
    const struct concept *unit;
    bool scene;  /* something in it is named, other than as a dateline */
    bool titled; /* it is named in the title */
};

enum { SEEN_MAX = 16 };

/* The units of one kind, in the report at hand. */
struct level {
    const char *kind; /* "country" or "division" */
    struct seen seen[SEEN_MAX];
    size_t count, scenes;
    const struct concept *scene; /* one of them */
};

static const struct concept *unit_of(const struct concept *region, const char *kind)
{
    enum { DEPTH = 4 };
    for (int i = 0; i < DEPTH && strcmp(region->kind, kind) != 0; i++) {
        if (region->parent_count == 0)
            return NULL;
        region = region->parents[0];
    }
    return strcmp(region->kind, kind) == 0 ? region : NULL;
}

static struct seen *find(struct level *level, const struct concept *unit)
{
    for (size_t i = 0; i < level->count; i++)
        if (level->seen[i].unit == unit)
            return &level->seen[i];
    if (level->count == SEEN_MAX)
        return NULL;
    level->seen[level->count] = (struct seen){.unit = unit};
    return &level->seen[level->count++];
}

/* Whether a mention says that something was in the unit: a place in it, or, of divisions, words
 * beside its name. "The war in Ukraine" can be a topic. */
static bool is_scene(const struct placed *at, const struct concept *unit)
{
    if (strcmp(at->rule, "dateline") == 0)
        return false;
    return at->region != unit ||
           (strcmp(unit->kind, "division") == 0 &&
            (strcmp(at->rule, "within") == 0 || strcmp(at->rule, "located") == 0));
}

/* False where there are too many units to tell. */
static bool look(const struct scan scans[2], struct placed *const placed[2], struct level *level)
{
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < scans[part].span_count; i++) {
            const struct placed *at = &placed[part][i];
            const struct concept *unit = at->region ? unit_of(at->region, level->kind) : NULL;
            if (!unit)
                continue;
            struct seen *one = find(level, unit);
            if (!one)
                return false;
            one->titled = one->titled || part == PART_TITLE;
            one->scene = one->scene || is_scene(at, unit);
        }
    }
    for (size_t i = 0; i < level->count; i++) {
        level->scenes += level->seen[i].scene;
        level->scene = level->seen[i].scene ? level->seen[i].unit : level->scene;
    }
    return true;
}

/* Whether another unit has a scene: of divisions, one of the same country. */
static bool is_elsewhere(const struct level *level, const struct concept *unit)
{
    bool is_division = strcmp(level->kind, "division") == 0;
    for (size_t i = 0; i < level->count; i++)
        if (level->seen[i].scene &&
            (!is_division || unit_of(level->seen[i].unit, "country") == unit_of(unit, "country")))
            return true;
    return false;
}

/* Units without a scene, where others have one, are topics. */
static void tell_topics(const struct scan *scan, struct placed *placed, struct level *level)
{
    for (size_t i = 0; i < scan->span_count; i++) {
        struct placed *at = &placed[i];
        if (!at->region || strcmp(at->region->kind, level->kind) != 0)
            continue;
        const struct seen *one = find(level, at->region);
        if (one->scene || one->titled || !is_elsewhere(level, at->region))
            continue;
        if (strcmp(at->rule, "demonym") != 0)
            at->rule = "topic";
        at->confidence = TOPIC_CONFIDENCE;
    }
}

const struct concept *focus_apply(const struct scan scans[2], struct placed *const placed[2])
{
    struct level countries = {.kind = "country"}, divisions = {.kind = "division"};
    if (scans[PART_BODY].word_count > SHORT_WORDS || !look(scans, placed, &countries))
        return NULL;
    if (look(scans, placed, &divisions))
        tell_topics(&scans[PART_BODY], placed[PART_BODY], &divisions);
    tell_topics(&scans[PART_BODY], placed[PART_BODY], &countries);
    return countries.scenes == 1 ? countries.scene : NULL;
}
