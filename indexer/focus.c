#include "indexer/focus.h"

#include <string.h>

#include "schema/buffer.h"

/* A short report is about one country or what lies at its borders, a note of so few words about one
 * event. */
#define SHORT_WORDS 250
#define NOTE_WORDS  120

#define TOPIC_CONFIDENCE 40
#define SURE_CONFIDENCE  80

/* How well a report says that something was in a unit, best last. */
enum footing {
    FOOTING_NAMED,   /* only its name: "the war in Ukraine" can be a topic */
    FOOTING_PASSING, /* a place in it, that one came from or goes to, or that may be another */
    FOOTING_SCENE,   /* a place in it */
    FOOTING_TOLD,    /* a place and what it lies in: "Gao (Gao region)" */
};

/* A country or division that the report names, or a place in it. */
struct seen {
    const struct concept *unit;
    enum footing footing; /* the best of all its mentions */
    bool titled;          /* it is named in the title */
};

enum { SEEN_MAX = 16 };

/* The units of one kind, in the report at hand. */
struct level {
    const char *kind; /* "country" or "division" */
    struct seen seen[SEEN_MAX];
    size_t count;
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

/* "from Gao", "to Gao". */
static bool is_passed(const struct scan *scan, const struct span *span)
{
    static const char *const ways[] = {"from", "to", "toward", "towards"};
    for (size_t i = 0; span->first > 0 && i < ARRAY_LEN(ways); i++)
        if (scan_is_word(scan, &scan->words[span->first - 1], ways[i]))
            return true;
    return false;
}

/* What a mention says of the unit that it names or lies in. Words such as "in" beside the name of
 * a division make it a scene, and of a country do not. */
static enum footing footing_of(const struct placed *at, const struct concept *unit,
                               const struct scan *scan, const struct span *span, bool is_note)
{
    bool within = strcmp(at->rule, "within") == 0, located = strcmp(at->rule, "located") == 0;
    bool is_division = strcmp(unit->kind, "division") == 0;
    if (strcmp(at->rule, "dateline") == 0 ||
        (at->region == unit && !(is_division && (within || located))))
        return FOOTING_NAMED;
    if (within)
        return is_note ? FOOTING_TOLD : FOOTING_SCENE;
    return at->confidence < SURE_CONFIDENCE || is_passed(scan, span) ? FOOTING_PASSING
                                                                     : FOOTING_SCENE;
}

/* "in Gao and in Menaka": "and" and words such as "in" are all that stands between. */
static bool is_and_between(const struct scan *scan, const struct span *left,
                           const struct span *right)
{
    bool is_and = false;
    if (right->first <= left->last || right->first - left->last > 2)
        return false;
    for (uint32_t i = left->last; i < right->first; i++) {
        const struct word *word = &scan->words[i];
        if (scan_is_word(scan, word, "and"))
            is_and = true;
        else if (!(word->classes & WORD_WITHIN))
            return false;
    }
    return is_and;
}

/* Enters the units of one part. False where there are too many to tell. */
static bool look(const struct scan *scan, const struct placed *placed, bool is_title, bool is_note,
                 struct level *level)
{
    const struct span *last = NULL;
    enum footing last_footing = FOOTING_NAMED;
    for (size_t i = 0; i < scan->span_count; i++) {
        const struct span *span = &scan->spans[i];
        const struct concept *region = placed[i].region;
        const struct concept *unit = region ? unit_of(region, level->kind) : NULL;
        if (!unit)
            continue;
        struct seen *one = find(level, unit);
        if (!one)
            return false;
        enum footing footing = footing_of(&placed[i], unit, scan, span, is_note);
        if (footing > FOOTING_PASSING && footing < last_footing && is_and_between(scan, last, span))
            footing = last_footing;
        last = span;
        last_footing = footing;
        one->titled = one->titled || is_title;
        one->footing = footing > one->footing ? footing : one->footing;
    }
    return true;
}

static bool look_at_both(const struct scan scans[2], struct placed *const placed[2],
                         struct level *level)
{
    bool is_note = scans[PART_BODY].word_count <= NOTE_WORDS;
    return look(&scans[PART_TITLE], placed[PART_TITLE], true, is_note, level) &&
           look(&scans[PART_BODY], placed[PART_BODY], false, is_note, level);
}

/* Whether another unit has a better footing: of divisions, one of the same country. */
static bool is_elsewhere(const struct level *level, const struct seen *one)
{
    bool is_division = strcmp(level->kind, "division") == 0;
    for (size_t i = 0; i < level->count; i++) {
        const struct seen *other = &level->seen[i];
        if (other->footing > one->footing &&
            (!is_division || unit_of(other->unit, "country") == unit_of(one->unit, "country")))
            return true;
    }
    return false;
}

/* The one unit of a kind that the report's places lie in; NULL where they lie in several or none.
 */
static const struct concept *only_scene(const struct level *level)
{
    const struct concept *scene = NULL;
    for (size_t i = 0; i < level->count; i++) {
        if (level->seen[i].footing == FOOTING_NAMED || is_elsewhere(level, &level->seen[i]))
            continue;
        if (scene)
            return NULL;
        scene = level->seen[i].unit;
    }
    return scene;
}

/* What is said of units that others have a better footing than is a topic; but not where the report
 * was written. */
static void tell_topics(const struct scan *scan, struct placed *placed, struct level *level)
{
    for (size_t i = 0; i < scan->span_count; i++) {
        struct placed *at = &placed[i];
        const struct concept *unit = at->region ? unit_of(at->region, level->kind) : NULL;
        const struct seen *one = unit ? find(level, unit) : NULL;
        if (!one || one->titled || strcmp(at->rule, "dateline") == 0 || !is_elsewhere(level, one))
            continue;
        if (strcmp(at->rule, "demonym") != 0)
            at->rule = "topic";
        at->confidence = TOPIC_CONFIDENCE;
    }
}

const struct concept *focus_apply(const struct scan scans[2], struct placed *const placed[2])
{
    struct level countries = {.kind = "country"}, divisions = {.kind = "division"};
    if (scans[PART_BODY].word_count > SHORT_WORDS || !look_at_both(scans, placed, &countries))
        return NULL;
    if (look_at_both(scans, placed, &divisions))
        tell_topics(&scans[PART_BODY], placed[PART_BODY], &divisions);
    tell_topics(&scans[PART_BODY], placed[PART_BODY], &countries);
    return only_scene(&countries);
}
