#include "indexer/publication.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/lock.h"
#include "indexer/verification.h"
#include "schema/changes.h"

#define BESIDE      "beside"
#define BESIDE_ROOM 64

struct publication {
    char *index, *generations, *building, *directory;
    int lock;
    bool began, kept;                    /* 'building' is this run's; it is left for another */
    struct verification_work *verifying; /* NULL until it is begun */
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
    verification_cancel(publication->verifying);
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

/* "000042 17": the current generation and its last commit. */
static bool describe_current(const struct publication *publication, char out[BESIDE_ROOM],
                             struct error *err)
{
    char name[GENERATION_NAME_ROOM], relative[GENERATION_NAME_ROOM + 16];
    generation_current_name(publication->index, name);
    struct changes_mark mark = {0};
    if (*name) {
        struct xap_db *db = NULL;
        struct xap_error fault = {0};
        snprintf(relative, sizeof relative, "%s/database", name);
        char *path = files_join(publication->generations, relative, err);
        bool ok = path && (xap_db_open(path, &db, &fault) || error_set_xapian(err, path, &fault)) &&
                  changes_mark_read(db, &mark, err);
        xap_db_close(db);
        free(path);
        if (!ok)
            return false;
    }
    snprintf(out, BESIDE_ROOM, "%s %" PRIu64, *name ? name : "none", mark.sequence);
    return true;
}

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
static bool swap_current(const char *index, const char *name, struct error *err)
{
    char target[sizeof "generations/" + GENERATION_NAME_ROOM];
    snprintf(target, sizeof target, "generations/%s", name);
    char *fresh = files_join(index, "current.new", err);
    char *current = files_join(index, "current", err);
    bool ok = fresh && current;
    if (ok && unlink(fresh) != 0 && errno != ENOENT)
        ok = error_set_errno(err, ERROR_IO, fresh, "cannot be removed");
    if (ok && symlink(target, fresh) != 0)
        ok = error_set_errno(err, ERROR_CREATE, fresh, "cannot be created");
    if (ok && rename(fresh, current) != 0)
        ok = error_set_errno(err, ERROR_IO, current, "cannot be swapped");
    ok = ok && files_sync(index, err);
    free(fresh);
    free(current);
    return ok;
}

void publication_before_swap(struct publication *publication, publication_step *step, void *context)
{
    publication->before_swap = step;
    publication->context = context;
}

bool publication_verify_ahead(struct publication *publication, struct error *err)
{
    return verification_begin(publication->directory, &publication->verifying, err);
}

/* Makes the generation in 'directory' whole: its manifest is written, all of it is on disk and
 * verified. */
static bool complete(struct publication *publication, const struct manifest_facts *facts,
                     const char *name, struct error *err)
{
    struct manifest_facts named = *facts;
    struct verification found;
    named.generation = name;
    if ((!publication->verifying && !publication_verify_ahead(publication, err)) ||
        !verification_go_on(publication->verifying, err) ||
        !manifest_write(publication->directory, &named, err) ||
        !files_sync_tree(publication->directory, err))
        return false;
    struct verification_work *work = publication->verifying;
    publication->verifying = NULL;
    return verification_end(work, &found, err);
}

/* Moves a verified generation to its place. */
static bool move(const char *from, const char *to, const char *folder, struct error *err)
{
    if (rename(from, to) != 0)
        return error_set_errno(err, ERROR_IO, to, "cannot be moved into place");
    return files_sync(folder, err);
}

bool publication_publish(struct publication *publication, const struct manifest_facts *facts,
                         unsigned keep, char name[GENERATION_NAME_ROOM], struct error *err)
{
    char fresh[GENERATION_NAME_ROOM];
    if (!files_make_directory(publication->generations, err) ||
        !files_sync(publication->index, err) || !next_name(publication, fresh, err))
        return false;
    char *published = files_join(publication->generations, fresh, err);
    bool ok = published && complete(publication, facts, fresh, err);
    int write_lock = -1;
    ok = ok &&
         lock_take(publication->index, LOCK_WRITER, LOCK_FOREVER, "writing to", &write_lock, err);
    if (ok && publication->before_swap)
        ok = publication->before_swap(publication->context, publication->directory, err);
    ok = ok && move(publication->directory, published, publication->generations, err) &&
         swap_current(publication->index, fresh, err);
    lock_release(write_lock);
    free(published);
    if (!ok)
        return false;
    strcpy(name, fresh);
    /* It is published; that an old one could not be removed does not change that. */
    publication_prune(publication, keep, NULL, NULL);
    return true;
}

/* ---- a generation that stands aside ------------------------------------- */

/* Puts the verified generation into INDEX/rehearsed, with what is current at this moment. */
static bool put_aside(struct publication *publication, const char *aside, const char *name,
                      struct error *err)
{
    char current[BESIDE_ROOM];
    char *generations = files_join(aside, "generations", err), *place = NULL;
    char *beside = files_join(aside, BESIDE, err);
    bool ok = generations && beside && describe_current(publication, current, err) &&
              files_remove_tree(aside, err) && files_make_directory(generations, err) &&
              (place = files_join(generations, name, err)) != NULL &&
              move(publication->directory, place, generations, err) &&
              files_write(beside, current, strlen(current), err) &&
              swap_current(aside, name, err) && files_sync(publication->index, err);
    free(place);
    free(beside);
    free(generations);
    return ok;
}

bool publication_rehearse(struct publication *publication, const struct manifest_facts *facts,
                          char name[GENERATION_NAME_ROOM], struct error *err)
{
    char fresh[GENERATION_NAME_ROOM];
    char *aside = files_join(publication->index, PUBLICATION_REHEARSED, err);
    int lock = -1;
    bool ok = aside && files_make_directory(publication->generations, err) &&
              next_name(publication, fresh, err) && complete(publication, facts, fresh, err) &&
              lock_take(publication->index, LOCK_WRITER, LOCK_FOREVER, "writing to", &lock, err);
    if (ok && publication->before_swap)
        ok = publication->before_swap(publication->context, publication->directory, err);
    ok = ok && put_aside(publication, aside, fresh, err);
    lock_release(lock);
    free(aside);
    if (ok)
        strcpy(name, fresh);
    return ok;
}

/* Whether what is current is what was when the rehearsal was built. */
static bool check_beside(const struct publication *publication, const char *aside,
                         struct error *err)
{
    char then[BESIDE_ROOM] = "", now[BESIDE_ROOM];
    char *path = files_join(aside, BESIDE, err);
    FILE *file = path ? fopen(path, "re") : NULL;
    bool ok = file && fgets(then, sizeof then, file);
    if (file)
        fclose(file);
    if (!ok)
        error_set(err, ERROR_CORRUPT, path ? path : aside, "cannot be read; rehearse again");
    free(path);
    if (!ok || !describe_current(publication, now, err))
        return false;
    return strcmp(then, now) == 0 ||
           error_set(err, ERROR_DATA, publication->index,
                     "has moved on since the rehearsal (generation and commit were %s and are "
                     "%s); rehearse again, or publish --force",
                     then, now);
}

/* The directory of the rehearsed generation; the caller frees. Where an earlier publication was cut
 * off when it had moved it to its place already, that is the place, which the link knows. The
 * directory's name is not yet the one in the manifest where it was cut off before that. */
static char *find_rehearsed(const struct publication *publication, const char *aside,
                            const char *linked, bool *moved, struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    if (!*linked) {
        error_set(err, ERROR_NO_INPUT, publication->index,
                  "nothing is rehearsed; start with: sitrep-index build --rehearse");
        return NULL;
    }
    struct error none = {0}; /* the folder may be gone, and the link be left */
    if (!generation_list(aside, &names, &count, &none) && none.code != ERROR_NO_INPUT) {
        error_set(err, none.code, none.where, "%s", none.text);
        return NULL;
    }
    char *path = NULL, *folder = files_join(aside, "generations", err);
    if (folder)
        path = count > 0 ? files_join(folder, names[0], err)
                         : files_join(publication->generations, linked, err);
    *moved = count == 0;
    free(folder);
    free_names(names, count);
    return path;
}

/* Moves a rehearsed generation to its place, under the next name that is free. The link names it
 * first, so that it is found again wherever this is cut off. */
static bool move_rehearsed(struct publication *publication, const char *aside, const char *path,
                           char name[GENERATION_NAME_ROOM], struct error *err)
{
    char *place = NULL;
    bool ok = next_name(publication, name, err) && manifest_rename(path, name, err) &&
              swap_current(aside, name, err) &&
              files_make_directory(publication->generations, err) &&
              (place = files_join(publication->generations, name, err)) != NULL &&
              move(path, place, publication->generations, err);
    free(place);
    return ok;
}

bool publication_publish_rehearsed(struct publication *publication, bool force, unsigned keep,
                                   char name[GENERATION_NAME_ROOM], struct error *err)
{
    char fresh[GENERATION_NAME_ROOM], current[GENERATION_NAME_ROOM];
    struct verification found;
    bool moved = false;
    int lock = -1;
    char *aside = files_join(publication->index, PUBLICATION_REHEARSED, err);
    if (!aside)
        return false;
    generation_current_name(aside, fresh);
    generation_current_name(publication->index, current);
    char *path = find_rehearsed(publication, aside, fresh, &moved, err);
    bool swapped = moved && strcmp(fresh, current) == 0; /* only the rest is to be removed */
    bool ok = path && verification_run(path, &found, err) &&
              lock_take(publication->index, LOCK_WRITER, LOCK_FOREVER, "writing to", &lock, err) &&
              (swapped || force || check_beside(publication, aside, err)) &&
              (moved || move_rehearsed(publication, aside, path, fresh, err)) &&
              swap_current(publication->index, fresh, err);
    lock_release(lock);
    if (ok) { /* it is published, whatever becomes of the rest */
        strcpy(name, fresh);
        files_remove_tree(aside, NULL);
        publication_prune(publication, keep, NULL, NULL);
    }
    free(path);
    free(aside);
    return ok;
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
        swap_current(publication->index, generation.name, err);
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
