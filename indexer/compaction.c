#include "indexer/compaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "indexer/crew.h"
#include "indexer/files.h"
#include "xapian/xap.h"

/* Databases merged at once, at most: each holds up to six files open. */
#define FAN_IN          1024u
#define FILES_OF_EACH   6u
#define FILES_OF_OTHERS 64u

/* One round: sources 0 to count - 1 of a level become groups of the next. */
struct round {
    const char *folder;
    unsigned level;
    size_t count, fan_in;
    const char *destination; /* of the last round, whose one group it is; else NULL */
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

static bool remove_all(char *const *paths, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!files_remove_tree(paths[i], err))
            return false;
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
    const struct round *round = context;
    size_t first = group * round->fan_in, left = round->count - first;
    size_t count = left < round->fan_in ? left : round->fan_in;
    char *sources[FAN_IN];
    char *destination = NULL;
    size_t named = 0;
    while (named < count &&
           (sources[named] = level_path(round->folder, round->level, first + named)) != NULL)
        named++;
    if (!round->destination)
        destination = level_path(round->folder, round->level + 1, group);
    bool ok =
        named == count && (round->destination || destination)
            ? merge(sources, count, round->destination ? round->destination : destination, err)
            : error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && !round->destination)
        ok = remove_all(sources, count, err);
    free(destination);
    while (named > 0)
        free(sources[--named]);
    return ok;
}

bool compaction_run(const char *folder, size_t count, const char *destination, unsigned workers,
                    struct error *err)
{
    struct round round = {.folder = folder, .count = count, .fan_in = fan_in()};
    do {
        size_t groups = (round.count + round.fan_in - 1) / round.fan_in;
        if (groups == 1)
            round.destination = destination;
        struct crew_job job = {
            .tasks = groups, .workers = workers, .context = &round, .work = merge_group};
        if (!crew_run(&job, err))
            return false;
        round.level++;
        round.count = groups;
    } while (!round.destination);
    return true;
}
