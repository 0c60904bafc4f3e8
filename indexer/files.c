#include "indexer/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/buffer.h"

#define COPY_BYTES (256u << 10)

char *files_join(const char *folder, const char *name, struct error *err)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) >= 0)
        return path;
    error_set(err, ERROR_MEMORY, folder, "out of memory");
    return NULL;
}

/* Forces the entry of a new directory to disk, in the directory it was made in. */
static bool sync_parent(const char *path, struct error *err)
{
    char *copy = strdup(path);
    bool ok =
        copy ? files_sync(dirname(copy), err) : error_set(err, ERROR_MEMORY, path, "out of memory");
    free(copy);
    return ok;
}

static bool make_one(const char *path, struct error *err)
{
    if (mkdir(path, 0755) == 0)
        return sync_parent(path, err);
    return errno == EEXIST || error_set_errno(err, ERROR_CREATE, path, "cannot make the directory");
}

bool files_make_directory(const char *path, struct error *err)
{
    char *copy = strdup(path);
    if (!copy)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    bool ok = true;
    for (char *at = copy + 1; ok && (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = '\0';
        ok = make_one(copy, err);
    }
    ok = ok && make_one(path, err);
    free(copy);
    return ok;
}

/* ---- walks -------------------------------------------------------------- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Calls 'visit' for each entry; directories come before what is in them (FTS_D) and after it
 * (FTS_DP). A path that is not there has no entries. */
static bool walk(const char *path, bool (*visit)(void *context, FTSENT *entry, struct error *err),
                 void *context, struct error *err)
{
    char *roots[] = {(char *)(size_t)path, NULL}; /* fts does not write to it */
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (!fts)
        return error_set_errno(err, ERROR_IO, path, "cannot be walked");
    bool ok = true;
    FTSENT *entry;
    while (ok && (errno = 0, entry = fts_read(fts)) != NULL) {
        bool broken =
            entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS;
        errno = entry->fts_errno;
        if (!broken)
            ok = visit(context, entry, err);
        else if (entry->fts_level != FTS_ROOTLEVEL || errno != ENOENT)
            ok = error_set_errno(err, ERROR_IO, entry->fts_path, "cannot be read");
        errno = 0;
    }
    if (ok && errno != 0)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be walked");
    fts_close(fts);
    return ok;
}

static bool remove_entry(void *context, FTSENT *entry, struct error *err)
{
    (void)context;
    if (entry->fts_info == FTS_D)
        return true;
    int failed = entry->fts_info == FTS_DP ? rmdir(entry->fts_path) : unlink(entry->fts_path);
    return failed == 0 || errno == ENOENT ||
           error_set_errno(err, ERROR_IO, entry->fts_path, "cannot be removed");
}

bool files_remove_tree(const char *path, struct error *err)
{
    return walk(path, remove_entry, NULL, err);
}

bool files_sync(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, ERROR_IO, path, "cannot be opened");
    bool ok = fsync(fd) == 0 || error_set_errno(err, ERROR_IO, path, "cannot be forced to disk");
    close(fd);
    return ok;
}

static bool sync_entry(void *context, FTSENT *entry, struct error *err)
{
    (void)context;
    if (entry->fts_info != FTS_F && entry->fts_info != FTS_DP)
        return true;
    return files_sync(entry->fts_path, err);
}

bool files_sync_tree(const char *path, struct error *err)
{
    return walk(path, sync_entry, NULL, err);
}

static bool add_size(void *context, FTSENT *entry, struct error *err)
{
    (void)err;
    if (entry->fts_info == FTS_F)
        *(uint64_t *)context += (uint64_t)entry->fts_statp->st_size;
    return true;
}

uint64_t files_size(const char *path)
{
    uint64_t size = 0;
    return walk(path, add_size, &size, NULL) ? size : 0;
}

struct list {
    char **paths;
    size_t count, room;
    size_t root_size;
};

static bool list_entry(void *context, FTSENT *entry, struct error *err)
{
    struct list *list = context;
    if (entry->fts_info != FTS_F)
        return true;
    char *path = strdup(entry->fts_path + list->root_size + 1);
    if (!path || !array_reserve(&list->paths, &list->room, list->count + 1, sizeof *list->paths)) {
        free(path);
        return error_set(err, ERROR_MEMORY, entry->fts_path, "out of memory");
    }
    list->paths[list->count++] = path;
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool files_list(const char *directory, char ***paths, size_t *count, struct error *err)
{
    struct list list = {.root_size = strlen(directory)};
    if (!walk(directory, list_entry, &list, err)) {
        files_list_free(list.paths, list.count);
        return false;
    }
    if (list.count > 0)
        qsort(list.paths, list.count, sizeof *list.paths, compare_paths);
    *paths = list.paths;
    *count = list.count;
    return true;
}

void files_list_free(char **paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
}

/* ---- bytes -------------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = write(fd, bytes, size);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool files_append(int fd, uint64_t offset, const char *bytes, size_t size)
{
    return lseek(fd, (off_t)offset, SEEK_SET) >= 0 && write_all(fd, bytes, size) && fsync(fd) == 0;
}

bool files_write(const char *path, const char *bytes, size_t size, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_set_errno(err, ERROR_CREATE, path, "cannot be created");
    bool ok = write_all(fd, bytes, size) && fsync(fd) == 0;
    int number = errno;
    ok = close(fd) == 0 && ok;
    errno = number;
    return ok || error_set_errno(err, ERROR_IO, path, "cannot be written");
}

/* Gives a file's bytes to 'take', in parts. */
static bool read_file(const char *path, bool (*take)(void *context, const char *bytes, size_t size),
                      void *context, struct error *err)
{
    char *bytes = malloc(COPY_BYTES);
    if (!bytes)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    bool ok = true;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = -1;
    while (ok && fd >= 0 && (got = read(fd, bytes, COPY_BYTES)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        ok = got > 0 && take(context, bytes, (size_t)got);
    }
    if (!ok || got < 0)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be read or copied");
    if (fd >= 0)
        close(fd);
    free(bytes);
    return ok;
}

static bool take_copy(void *context, const char *bytes, size_t size)
{
    return write_all(*(int *)context, bytes, size);
}

static bool copy_file(const char *from, const char *to, struct error *err)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_set_errno(err, ERROR_CREATE, to, "cannot be created");
    bool ok = read_file(from, take_copy, &fd, err);
    if (close(fd) != 0 && ok)
        ok = error_set_errno(err, ERROR_IO, to, "cannot be written");
    return ok;
}

static bool copy_entry(const char *from, const char *to, const char *name, struct error *err)
{
    char *source = files_join(from, name, err), *target = files_join(to, name, err);
    struct stat status;
    bool ok = source && target;
    if (ok && stat(source, &status) != 0)
        ok = error_set_errno(err, ERROR_IO, source, "cannot be read");
    if (ok && S_ISREG(status.st_mode))
        ok = copy_file(source, target, err);
    free(source);
    free(target);
    return ok;
}

bool files_copy_directory(const char *from, const char *to, struct error *err)
{
    if (!files_make_directory(to, err))
        return false;
    DIR *directory = opendir(from);
    if (!directory)
        return error_set_errno(err, ERROR_NO_INPUT, from, "cannot be opened");
    bool ok = true;
    const struct dirent *entry;
    while (ok && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
            ok = copy_entry(from, to, entry->d_name, err);
    closedir(directory);
    return ok;
}

struct hashing {
    struct hash hash;
    uint64_t size;
};

static bool take_hash(void *context, const char *bytes, size_t size)
{
    struct hashing *hashing = context;
    hashing->size += size;
    hash_add(&hashing->hash, bytes, size);
    return true;
}

bool files_hash(const char *path, char out[HASH_ROOM], uint64_t *size, struct error *err)
{
    struct hashing hashing = {.size = 0};
    char hash[HASH_ROOM];
    hash_start(&hashing.hash);
    bool ok = read_file(path, take_hash, &hashing, err);
    if (!hash_finish(&hashing.hash, hash) && ok)
        ok = error_set(err, ERROR_MEMORY, path, "out of memory");
    if (!ok)
        return false;
    memcpy(out, hash, sizeof hash);
    *size = hashing.size;
    return true;
}
