#include "indexer/focus.h"

#include <string.h>

#include "schema/buffer.h"

/* A report of one event is short; a longer one has room for several countries. */
#define SHORT_WORDS 250

#define TOPIC_CONFIDENCE 40

/* A country that the report names, or a place in it. */
struct seen {
    const struct concept *country;
    bool scene;  /* a place in it is named, other than as a dateline */
    bool titled; /* it is named in the title */
};

enum { SEEN_MAX = 16 };

static const struct concept *country_of(const struct concept *region)
{
    enum { DEPTH = 4 };
    for (int i = 0; i < DEPTH && strcmp(region->kind, "country") != 0; i++) {
        if (region->parent_count == 0)
            return NULL;
        region = region->parents[0];
    }
    return strcmp(region->kind, "country") == 0 ? region : NULL;
}

static struct seen *find(struct seen *seen, size_t *count, const struct concept *country)
{
    for (size_t i = 0; i < *count; i++)
        if (seen[i].country == country)
            return &seen[i];
    if (*count == SEEN_MAX)
        return NULL;
    seen[*count] = (struct seen){.country = country};
    return &seen[(*count)++];
}

/* False where there are too many countries to tell. */
static bool look(const struct scan scans[2], struct placed *const placed[2], struct seen *seen,
                 size_t *count)
{
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < scans[part].span_count; i++) {
            const struct placed *at = &placed[part][i];
            const struct concept *country = at->region ? country_of(at->region) : NULL;
            if (!country)
                continue;
            struct seen *one = find(seen, count, country);
            if (!one)
                return false;
            one->titled = one->titled || part == PART_TITLE;
            if (at->region == country || strcmp(at->rule, "dateline") == 0)
                continue;
            one->scene = true;
        }
    }
    return true;
}

const struct concept *focus_apply(const struct scan scans[2], struct placed *const placed[2])
{
    struct seen seen[SEEN_MAX];
    const struct concept *scene = NULL;
    size_t count = 0, scenes = 0;
    if (scans[PART_BODY].word_count > SHORT_WORDS || !look(scans, placed, seen, &count))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        scenes += seen[i].scene;
        scene = seen[i].scene ? seen[i].country : scene;
    }
    if (scenes == 0)
        return NULL;
    for (size_t i = 0; i < scans[PART_BODY].span_count; i++) {
        struct placed *at = &placed[PART_BODY][i];
        if (!at->region || strcmp(at->region->kind, "country") != 0)
            continue;
        const struct seen *one = find(seen, &count, at->region);
        if (!one->scene && !one->titled) {
            if (strcmp(at->rule, "demonym") != 0)
                at->rule = "topic";
            at->confidence = TOPIC_CONFIDENCE;
        }
    }
    return scenes == 1 ? scene : NULL;
}
