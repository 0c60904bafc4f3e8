#include "indexer/publication.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/lock.h"
#include "indexer/verification.h"

struct publication {
    char *index, *generations, *building, *directory;
    int lock;
    bool began, kept; /* 'building' is this run's; it is left for another */
    publication_step *before_swap;
    void *context;
};

long publication_writer(const char *index)
{
    return lock_owner(index, LOCK_GENERATIONS);
}

bool publication_open(const char *index, struct publication **out, struct error *err)
{
    struct publication *publication = calloc(1, sizeof *publication);
    if (!publication)
        return error_set(err, ERROR_MEMORY, index, "out of memory");
    publication->lock = -1;
    publication->index = strdup(index);
    publication->generations = files_join(index, "generations", err);
    publication->building = files_join(index, "building", err);
    publication->directory = files_join(index, "building/generation", err);
    bool named = publication->index && publication->generations && publication->building &&
                 publication->directory;
    if (!named)
        error_set(err, ERROR_MEMORY, index, "out of memory");
    if (!named || !files_make_directory(index, err) ||
        !lock_take(index, LOCK_GENERATIONS, 0, "writing to", &publication->lock, err)) {
        publication_close(publication);
        return false;
    }
    *out = publication;
    return true;
}

void publication_close(struct publication *publication)
{
    if (!publication)
        return;
    if (publication->began && !publication->kept)
        files_remove_tree(publication->building, NULL);
    lock_release(publication->lock);
    free(publication->index);
    free(publication->generations);
    free(publication->building);
    free(publication->directory);
    free(publication);
}

/* ---- building ----------------------------------------------------------- */

bool publication_begin(struct publication *publication, struct error *err)
{
    publication->began = true;
    return files_remove_tree(publication->building, err) &&
           files_make_directory(publication->directory, err);
}

bool publication_resume(struct publication *publication, struct error *err)
{
    publication->began = true;
    return files_remove_tree(publication->directory, err) &&
           files_make_directory(publication->directory, err);
}

void publication_keep_work(struct publication *publication)
{
    publication->kept = true;
}

const char *publication_directory(const struct publication *publication)
{
    return publication->directory;
}

const char *publication_workspace(const struct publication *publication)
{
    return publication->building;
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* One more than the newest there is. */
static bool next_name(const struct publication *publication, char out[GENERATION_NAME_ROOM],
                      struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    if (!generation_list(publication->index, &names, &count, err))
        return false;
    unsigned long newest = count > 0 ? strtoul(names[count - 1], NULL, 10) : 0;
    free_names(names, count);
    if (snprintf(out, GENERATION_NAME_ROOM, "%06lu", newest + 1) >= GENERATION_NAME_ROOM)
        return error_set(err, ERROR_LIMIT, publication->index, "no generation number is left");
    return true;
}

/* Points 'current' to a generation, in one rename that is on disk when this returns. */
static bool swap_current(const struct publication *publication, const char *name, struct error *err)
{
    char target[sizeof "generations/" + GENERATION_NAME_ROOM];
    snprintf(target, sizeof target, "generations/%s", name);
    char *fresh = files_join(publication->index, "current.new", err);
    char *current = files_join(publication->index, "current", err);
    bool ok = fresh && current;
    if (ok && unlink(fresh) != 0 && errno != ENOENT)
        ok = error_set_errno(err, ERROR_IO, fresh, "cannot be removed");
    if (ok && symlink(target, fresh) != 0)
        ok = error_set_errno(err, ERROR_CREATE, fresh, "cannot be created");
    if (ok && rename(fresh, current) != 0)
        ok = error_set_errno(err, ERROR_IO, current, "cannot be swapped");
    ok = ok && files_sync(publication->index, err);
    free(fresh);
    free(current);
    return ok;
}

void publication_before_swap(struct publication *publication, publication_step *step, void *context)
{
    publication->before_swap = step;
    publication->context = context;
}

bool publication_publish(struct publication *publication, const struct manifest_facts *facts,
                         unsigned keep, char name[GENERATION_NAME_ROOM], struct error *err)
{
    char fresh[GENERATION_NAME_ROOM];
    if (!files_make_directory(publication->generations, err) ||
        !files_sync(publication->index, err) || !next_name(publication, fresh, err))
        return false;
    struct verification found;
    struct manifest_facts named = *facts;
    named.generation = fresh;
    char *published = files_join(publication->generations, fresh, err);
    bool ok = published && manifest_write(publication->directory, &named, err) &&
              files_sync_tree(publication->directory, err) &&
              verification_run(publication->directory, &found, err);
    int write_lock = -1;
    ok = ok &&
         lock_take(publication->index, LOCK_WRITER, LOCK_FOREVER, "writing to", &write_lock, err);
    if (ok && publication->before_swap)
        ok = publication->before_swap(publication->context, publication->directory, err);
    if (ok && rename(publication->directory, published) != 0)
        ok = error_set_errno(err, ERROR_IO, published, "cannot be moved into place");
    ok = ok && files_sync(publication->generations, err) && swap_current(publication, fresh, err);
    lock_release(write_lock);
    free(published);
    if (!ok)
        return false;
    strcpy(name, fresh);
    /* It is published; that an old one could not be removed does not change that. */
    publication_prune(publication, keep, NULL, NULL);
    return true;
}

/* ---- generations that are there ----------------------------------------- */

/* The newest generation before the current one. */
static bool name_before(const struct publication *publication, char out[GENERATION_NAME_ROOM],
                        struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(publication->index, current);
    char **names = NULL;
    size_t count = 0;
    if (!generation_list(publication->index, &names, &count, err))
        return false;
    size_t at = 0;
    while (at < count && strcmp(names[at], current) != 0)
        at++;
    bool ok = at > 0 && at < count;
    if (ok)
        strcpy(out, names[at - 1]);
    else
        error_set(err, ERROR_NO_INPUT, publication->index, "no generation before %s is kept",
                  *current ? current : "the current one");
    free_names(names, count);
    return ok;
}

bool publication_rollback(struct publication *publication, const char *to,
                          char name[GENERATION_NAME_ROOM], struct error *err)
{
    char before[GENERATION_NAME_ROOM];
    if (!to && !name_before(publication, before, err))
        return false;
    struct generation generation = {0};
    if (!generation_open(publication->index, to ? to : before, &generation, err))
        return false;
    int write_lock = -1;
    bool ok =
        lock_take(publication->index, LOCK_WRITER, LOCK_FOREVER, "writing to", &write_lock, err) &&
        verification_open(generation.database_path, generation.reports, err) &&
        swap_current(publication, generation.name, err);
    lock_release(write_lock);
    if (ok)
        strcpy(name, generation.name);
    generation_clear(&generation);
    return ok;
}

/* Moves a generation out of sight before its files go, so that half of one is never seen. */
static bool remove_generation(const struct publication *publication, const char *name,
                              struct error *err)
{
    char *path = files_join(publication->generations, name, err);
    char *aside = files_join(publication->index, "removing", err);
    bool ok = path && aside && files_remove_tree(aside, err);
    if (ok && rename(path, aside) != 0)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be removed");
    ok = ok && files_remove_tree(aside, err);
    free(path);
    free(aside);
    return ok;
}

bool publication_prune(struct publication *publication, unsigned keep, size_t *removed,
                       struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(publication->index, current);
    char **names = NULL;
    size_t count = 0, gone = 0;
    if (!generation_list(publication->index, &names, &count, err))
        return false;
    bool ok = true;
    for (size_t i = 0; i + keep < count && ok; i++) {
        if (strcmp(names[i], current) == 0)
            continue;
        ok = remove_generation(publication, names[i], err);
        gone += ok ? 1 : 0;
    }
    free_names(names, count);
    if (ok && removed)
        *removed = gone;
    return ok;
}
