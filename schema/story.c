#include "schema/story.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/change_line.h"

/* The differences of one generation, at the first of their lines. */
struct differences {
    char *path;
    FILE *file;
    char *text;
    size_t room;
    struct change_line line;
    char before[GENERATION_NAME_ROOM];
    uint64_t sequence, covers, reports;
    int64_t time;
};

/* A generation on the way: what it says that the one before did not, and its commits. */
struct part {
    struct generation generation;
    struct differences *differences; /* NULL where it is the first, or to be passed over */
    uint64_t from, to;               /* commits: those after 'from', up to 'to' */
};

struct story {
    const char *index;
    struct part *parts; /* the current generation first */
    size_t count, room;
    struct changes *changes; /* of the last part that is left */
    struct story_step step;
    struct change change; /* of a difference */
};

/* ---- differences -------------------------------------------------------- */

static void differences_close(struct differences *differences)
{
    if (!differences)
        return;
    if (differences->file)
        fclose(differences->file);
    change_line_clear(&differences->line);
    free(differences->text);
    free(differences->path);
    free(differences);
}

/* '*end' says that there is no other line. */
static bool read_line(struct differences *differences, bool *end, struct error *err)
{
    ssize_t size = getline(&differences->text, &differences->room, differences->file);
    if (size < 0 && ferror(differences->file))
        return error_set_errno(err, ERROR_IO, differences->path, "cannot be read");
    *end = size < 0;
    return *end || change_line_read(&differences->line, differences->text) ||
           error_set(err, ERROR_CORRUPT, differences->path,
                     "is damaged; check the index with: sitrep-index check");
}

static bool read_head(struct differences *differences, struct error *err)
{
    bool end;
    if (!read_line(differences, &end, err))
        return false;
    const json_t *root = differences->line.root;
    const char *before = end ? NULL : json_string_value(json_object_get(root, "before"));
    const json_t *covers = end ? NULL : json_object_get(root, "covers");
    if (!before || strlen(before) >= GENERATION_NAME_ROOM || !json_is_integer(covers))
        return error_set(err, ERROR_CORRUPT, differences->path,
                         "does not say which generation was before");
    strcpy(differences->before, before);
    differences->covers = (uint64_t)json_integer_value(covers);
    differences->sequence = differences->line.change.sequence;
    differences->reports = differences->line.change.reports;
    differences->time = differences->line.change.time;
    return true;
}

/* '*out' stays NULL where the generation has none. */
static bool differences_open(const struct generation *generation, struct differences **out,
                             struct error *err)
{
    struct differences *differences = calloc(1, sizeof *differences);
    if (!differences ||
        asprintf(&differences->path, "%s/" DIFFERENCES_NAME, generation->path) < 0) {
        free(differences);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    bool ok = true;
    differences->file = fopen(differences->path, "re");
    if (!differences->file && errno != ENOENT)
        ok = error_set_errno(err, ERROR_IO, differences->path, "cannot be read");
    if (differences->file && ok)
        ok = read_head(differences, err);
    if (ok && differences->file)
        *out = differences;
    else
        differences_close(differences);
    return ok;
}

/* ---- the way ------------------------------------------------------------ */

static bool add_part(struct story *story, const char *name, struct error *err)
{
    if (!array_reserve(&story->parts, &story->room, story->count + 1, sizeof *story->parts))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    struct part *part = &story->parts[story->count];
    *part = (struct part){.to = UINT64_MAX};
    if (!(name ? generation_open(story->index, name, &part->generation, err)
               : generation_current(story->index, &part->generation, err)))
        return false;
    story->count++;
    return differences_open(&part->generation, &part->differences, err);
}

static bool no_way(const char *since, uint64_t sequence, struct error *err)
{
    return error_set(err, ERROR_NO_INPUT, NULL,
                     "no way leads from generation %s, commit %" PRIu64
                     " to the current one: it was removed, rolled back or built over; read all "
                     "reports anew, with: sitrep-index export",
                     since, sequence);
}

/* From the current generation back to the one that the story begins with. */
static bool find_way(struct story *story, const char *since, uint64_t sequence, struct error *err)
{
    struct error none = {0};
    if (!add_part(story, NULL, err))
        return false;
    struct part *last = &story->parts[0];
    while (since && strcmp(last->generation.name, since) != 0) {
        if (!last->differences)
            return no_way(since, sequence, err);
        const struct differences *differences = last->differences;
        last->from = differences->covers;
        if (!add_part(story, differences->before, &none))
            return none.code == ERROR_NO_INPUT
                       ? no_way(since, sequence, err)
                       : error_set(err, none.code, none.where, "%s", none.text);
        last = &story->parts[story->count - 1];
        last->to = story->parts[story->count - 2].differences->sequence;
    }
    if (!since) {
        last->from = last->differences ? last->differences->covers : 0;
        return true;
    }
    last->from = sequence;
    differences_close(last->differences);
    last->differences = NULL;
    return sequence <= last->to || no_way(since, sequence, err);
}

bool story_open(const char *index, const char *since, uint64_t sequence, struct story **out,
                struct error *err)
{
    struct story *story = calloc(1, sizeof *story);
    if (!story)
        return error_set(err, ERROR_MEMORY, index, "out of memory");
    story->index = index;
    bool ok = find_way(story, since, sequence, err);
    if (ok)
        *out = story;
    else
        story_close(story);
    return ok;
}

static void end_part(struct story *story)
{
    struct part *part = &story->parts[--story->count];
    changes_close(story->changes);
    story->changes = NULL;
    differences_close(part->differences);
    generation_clear(&part->generation);
}

void story_close(struct story *story)
{
    if (!story)
        return;
    while (story->count > 0)
        end_part(story);
    free(story->parts);
    free(story);
}

/* ---- the telling -------------------------------------------------------- */

/* The next line of a difference; it is closed at its end. */
static bool tell_difference(struct story *story, struct part *part, struct error *err)
{
    struct differences *differences = part->differences;
    bool end;
    if (!read_line(differences, &end, err))
        return false;
    if (end) {
        differences_close(differences);
        part->differences = NULL;
        return true;
    }
    story->change = differences->line.change;
    story->change.sequence = differences->covers;
    story->change.reports = differences->reports;
    story->change.time = differences->time;
    strcpy(story->step.before, differences->before);
    story->step.change = &story->change;
    return true;
}

/* The next commit, if it is one of the part's. */
static bool tell_commit(struct story *story, const struct part *part, struct error *err)
{
    const struct change *change = NULL;
    if (!story->changes && !changes_open(&part->generation, part->from + 1, &story->changes, err))
        return false;
    if (!changes_next(story->changes, &change, err))
        return false;
    story->step.before[0] = '\0';
    story->step.change = change && change->sequence <= part->to ? change : NULL;
    return true;
}

bool story_next(struct story *story, const struct story_step **out, struct error *err)
{
    struct story_step *step = &story->step;
    for (; story->count > 0; end_part(story)) {
        struct part *part = &story->parts[story->count - 1];
        strcpy(step->generation, part->generation.name);
        step->change = NULL;
        while (part->differences && !step->change)
            if (!tell_difference(story, part, err))
                return false;
        if (!step->change && !tell_commit(story, part, err))
            return false;
        if (step->change) {
            *out = step;
            return true;
        }
    }
    *out = NULL;
    return true;
}
