#include "indexer/compaction.h"

#include <stdio.h>
#include <stdlib.h>

#include "indexer/crew.h"
#include "indexer/files.h"
#include "xapian/xap.h"

/* Databases merged at once: each holds some five files open, and a process may have 1,024. */
#define FAN_IN 128u

/* One round: sources 0 to count - 1 of a level become groups of the next. */
struct round {
    const char *folder;
    unsigned level;
    size_t count;
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
    if (!xap_compact(paths, count, destination, XAP_COMPACT_MULTIPASS, 0, &fault))
        return error_set_xapian(err, destination, &fault);
    for (size_t i = 0; i < count; i++)
        if (!files_remove_tree(sources[i], err))
            return false;
    return true;
}

static bool merge_group(void *context, void *state, struct crew *crew, size_t group,
                        struct error *err)
{
    (void)state;
    (void)crew;
    const struct round *round = context;
    size_t first = group * FAN_IN;
    size_t count = round->count - first < FAN_IN ? round->count - first : FAN_IN;
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
    free(destination);
    while (named > 0)
        free(sources[--named]);
    return ok;
}

bool compaction_run(const char *folder, size_t count, const char *destination, unsigned workers,
                    struct error *err)
{
    struct round round = {.folder = folder, .count = count};
    do {
        size_t groups = (round.count + FAN_IN - 1) / FAN_IN;
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
