#include "indexer/compaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "indexer/crew.h"
#include "indexer/files.h"
#include "xapian/xap.h"

/* Databases merged at once, at most: each holds up to six files open. */
#define FAN_IN          1024u
#define FILES_OF_EACH   6u
#define FILES_OF_OTHERS 64u

struct compaction {
    const char *folder, *destination;
    unsigned workers;
    /* The round that is at work: sources 0 to count - 1 of a level become groups of the next. */
    struct crew *crew;
    unsigned level;
    size_t count, fan_in, groups; /* one group: it is the last round */
};

static char *level_path(const char *folder, unsigned level, size_t number)
{
    char *path;
    return asprintf(&path, "%s/%u-%06zu", folder, level, number) < 0 ? NULL : path;
}

char *compaction_segment_path(const char *folder, size_t number)
{
    return level_path(folder, 0, number);
}

static bool merge(char *const *sources, size_t count, const char *destination, struct error *err)
{
    struct xap_error fault = {0};
    const char *paths[FAN_IN];
    for (size_t i = 0; i < count; i++)
        paths[i] = sources[i];
    /* In one pass: measured, 230 segments of 8 MB took 50 s of CPU, in passes by groups 92. */
    if (!xap_compact(paths, count, destination, 0, 0, &fault))
        return error_set_xapian(err, destination, &fault);
    return true;
}

/* How many can be merged at once by a process that may open as many files as it is allowed to
 * ask for; 8 at least, whatever that is. */
static size_t fan_in(void)
{
    struct rlimit limit;
    const rlim_t wanted = FAN_IN * FILES_OF_EACH + FILES_OF_OTHERS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 8;
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = {.rlim_max = limit.rlim_max};
        raised.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    if (limit.rlim_cur >= wanted)
        return FAN_IN;
    size_t room = limit.rlim_cur > FILES_OF_OTHERS ? limit.rlim_cur - FILES_OF_OTHERS : 0;
    return room / FILES_OF_EACH > 8 ? room / FILES_OF_EACH : 8;
}

static bool merge_group(void *context, void *state, struct crew *crew, size_t group,
                        struct error *err)
{
    (void)state;
    (void)crew;
    const struct compaction *compaction = context;
    size_t first = group * compaction->fan_in, left = compaction->count - first;
    size_t count = left < compaction->fan_in ? left : compaction->fan_in;
    char *sources[FAN_IN];
    char *destination = compaction->groups == 1
                            ? strdup(compaction->destination)
                            : level_path(compaction->folder, compaction->level + 1, group);
    size_t named = 0;
    while (named < count && (sources[named] = level_path(compaction->folder, compaction->level,
                                                         first + named)) != NULL)
        named++;
    bool ok = named == count && destination ? merge(sources, count, destination, err)
                                            : error_set(err, ERROR_MEMORY, NULL, "out of memory");
    free(destination);
    while (named > 0)
        free(sources[--named]);
    return ok;
}

static bool begin_round(struct compaction *compaction, struct error *err)
{
    compaction->groups = (compaction->count + compaction->fan_in - 1) / compaction->fan_in;
    struct crew_job job = {.tasks = compaction->groups,
                           .workers = compaction->workers,
                           .context = compaction,
                           .work = merge_group};
    return crew_begin(&job, &compaction->crew, err);
}

static bool remove_sources(const struct compaction *compaction, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < compaction->count; i++) {
        char *path = level_path(compaction->folder, compaction->level, i);
        ok = path ? files_remove_tree(path, err)
                  : error_set(err, ERROR_MEMORY, NULL, "out of memory");
        free(path);
    }
    return ok;
}

/* Waits for the round; '*done' is whether it was the last. */
static bool end_round(struct compaction *compaction, bool *done, struct error *err)
{
    struct crew *crew = compaction->crew;
    compaction->crew = NULL;
    if (!crew_end(crew, err))
        return false;
    *done = compaction->groups == 1;
    if (*done)
        return true;
    bool ok = remove_sources(compaction, err);
    compaction->level++;
    compaction->count = compaction->groups;
    return ok && begin_round(compaction, err);
}

bool compaction_begin(const char *folder, size_t count, const char *destination, unsigned workers,
                      struct compaction **out, struct error *err)
{
    struct compaction *compaction = calloc(1, sizeof *compaction);
    if (!compaction)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *compaction = (struct compaction){.folder = folder,
                                      .destination = destination,
                                      .workers = workers,
                                      .count = count,
                                      .fan_in = fan_in()};
    if (!begin_round(compaction, err)) {
        compaction_cancel(compaction);
        return false;
    }
    *out = compaction;
    return true;
}

bool compaction_end(struct compaction *compaction, struct error *err)
{
    bool done = false, ok = true;
    while (ok && !done)
        ok = end_round(compaction, &done, err);
    compaction_cancel(compaction);
    return ok;
}

void compaction_cancel(struct compaction *compaction)
{
    if (!compaction)
        return;
    crew_cancel(compaction->crew);
    free(compaction);
}
