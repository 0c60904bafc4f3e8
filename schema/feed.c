#include "schema/feed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/report.h"

#define LABEL_BYTES    100u
#define UNFINISHED_NS  (24 * 3600 * INT64_C(1000000000))
#define LABEL_FALLBACK "report"

struct feed {
    char *folders[FEED_FAILED + 1]; /* by state */
};

static const char *const folder_names[] = {
    [FEED_UNKNOWN] = "tmp", [FEED_NEW] = "new", [FEED_DONE] = "done", [FEED_FAILED] = "failed"};

/* ---- files -------------------------------------------------------------- */

static char *join(const char *folder, const char *name, struct error *err)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) >= 0)
        return path;
    error_set(err, ERROR_MEMORY, folder, "out of memory");
    return NULL;
}

static bool sync_folder(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        error_set_errno(err, ERROR_IO, path, "cannot be forced to disk");
    if (fd >= 0)
        close(fd);
    return ok;
}

/* The file's time, by which items are in order, is the clock's and not the kernel's last tick. */
static bool stamp(int fd)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return futimens(fd, (const struct timespec[]){now, now}) == 0;
}

/* Writes a new file and forces it to disk. */
static bool write_file(const char *path, const char *bytes, size_t size, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_set_errno(err, ERROR_CREATE, path, "cannot be created");
    bool ok = true;
    while (ok && size > 0) {
        ssize_t sent = write(fd, bytes, size);
        ok = sent >= 0 || errno == EINTR;
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        }
    }
    ok = (ok && stamp(fd) && fsync(fd) == 0) ||
         error_set_errno(err, ERROR_IO, path, "cannot be written");
    if (close(fd) != 0 && ok)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be written");
    if (!ok)
        unlink(path);
    return ok;
}

/* ---- the spool ---------------------------------------------------------- */

static bool make_folder(const char *path, struct error *err)
{
    return mkdir(path, 0755) == 0 || errno == EEXIST ||
           error_set_errno(err, ERROR_CREATE, path, "cannot make the directory");
}

bool feed_open(const char *directory, struct feed **out, struct error *err)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    bool is_new = access(directory, F_OK) != 0;
    bool ok = make_folder(directory, err);
    for (size_t i = 0; ok && i < ARRAY_LEN(folder_names); i++) {
        feed->folders[i] = join(directory, folder_names[i], err);
        is_new = is_new || (feed->folders[i] && access(feed->folders[i], F_OK) != 0);
        ok = feed->folders[i] && make_folder(feed->folders[i], err);
    }
    if (ok && is_new) {
        char *parent = join(directory, "..", err);
        ok = parent && sync_folder(directory, err) && sync_folder(parent, err);
        free(parent);
    }
    if (ok)
        *out = feed;
    else
        feed_close(feed);
    return ok;
}

void feed_close(struct feed *feed)
{
    if (!feed)
        return;
    for (size_t i = 0; i < ARRAY_LEN(feed->folders); i++)
        free(feed->folders[i]);
    free(feed);
}

const char *feed_folder(const struct feed *feed, enum feed_state state)
{
    return feed->folders[state];
}

static bool is_item(const char *name)
{
    size_t size = strlen(name), reason = strlen(FEED_REASON);
    return name[0] != '.' && size < FEED_NAME_ROOM && !strchr(name, '/') &&
           (size < reason || strcmp(name + size - reason, FEED_REASON) != 0);
}

bool feed_count(const struct feed *feed, enum feed_state state, size_t *out, struct error *err)
{
    DIR *folder = opendir(feed->folders[state]);
    if (!folder)
        return error_set_errno(err, ERROR_IO, feed->folders[state], "cannot be listed");
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        count += is_item(entry->d_name) ? 1 : 0;
    closedir(folder);
    *out = count;
    return true;
}

/* ---- handing over ------------------------------------------------------- */

/* A file's name of plain characters, cut at the front so that its ending stays. */
static void clean_label(const char *label, char out[LABEL_BYTES + 1])
{
    const char *slash = strrchr(label, '/');
    label = slash ? slash + 1 : label;
    size_t size = strlen(label);
    label += size > LABEL_BYTES ? size - LABEL_BYTES : 0;
    size_t i = 0;
    for (; label[i]; i++) {
        bool plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
                            label[i]) != NULL;
        out[i] = plain ? label[i] : '_';
    }
    out[i] = '\0';
    size_t reason = strlen(FEED_REASON);
    if (i >= reason && strcmp(out + i - reason, FEED_REASON) == 0)
        out[i - reason] = '_';
    if (i == 0)
        strcpy(out, LABEL_FALLBACK);
}

/* HEAD.LABEL: the head has no dot, and is the hash of the key, or unlike any other. */
static bool make_name(const char *key, const char *label, char out[FEED_NAME_ROOM],
                      struct error *err)
{
    static atomic_uint serial;
    char clean[LABEL_BYTES + 1], hash[17];
    clean_label(label, clean);
    if (key) {
        if (!report_hash_id(key, hash))
            return error_set(err, ERROR_MEMORY, label, "out of memory");
        snprintf(out, FEED_NAME_ROOM, "k%s.%s", hash, clean);
        return true;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(out, FEED_NAME_ROOM, "t%lld-%09ld-%ld-%u.%s", (long long)now.tv_sec, now.tv_nsec,
             (long)getpid(), atomic_fetch_add(&serial, 1), clean);
    return true;
}

const char *feed_label(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : name;
}

static bool is_in(const struct feed *feed, enum feed_state state, const char *name)
{
    char *path = join(feed->folders[state], name, NULL);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

enum feed_state feed_find(const struct feed *feed, const char *name)
{
    if (!is_item(name))
        return FEED_UNKNOWN;
    for (enum feed_state state = FEED_NEW; state <= FEED_FAILED; state++)
        if (is_in(feed, state, name))
            return state;
    return is_in(feed, FEED_DONE, name) ? FEED_DONE : FEED_UNKNOWN; /* moved meanwhile */
}

/* Writes the file aside and links it into place, unless one is there. */
static bool store(const struct feed *feed, const char *name, const char *bytes, size_t size,
                  bool *stored, struct error *err)
{
    char aside[FEED_NAME_ROOM];
    if (!make_name(NULL, name, aside, err))
        return false;
    char *from = join(feed->folders[FEED_UNKNOWN], aside, err);
    char *to = join(feed->folders[FEED_NEW], name, err);
    bool ok = from && to && write_file(from, bytes, size, err);
    if (ok) {
        *stored = link(from, to) == 0;
        ok = *stored || errno == EEXIST ||
             error_set_errno(err, ERROR_CREATE, to, "cannot be created");
        unlink(from);
    }
    free(from);
    free(to);
    return ok;
}

bool feed_put(struct feed *feed, const char *key, const char *label, const char *bytes, size_t size,
              char name[FEED_NAME_ROOM], bool *stored, struct error *err)
{
    char made[FEED_NAME_ROOM];
    size_t waiting;
    if (size > LIMIT_FEED_BYTES)
        return error_set(err, ERROR_LIMIT, label,
                         "longer than %u bytes (LIMIT_FEED_BYTES), which one item can have",
                         LIMIT_FEED_BYTES);
    if (!make_name(key, label, made, err))
        return false;
    bool is_new = false;
    enum feed_state state = key ? feed_find(feed, made) : FEED_UNKNOWN;
    if (state != FEED_NEW && state != FEED_DONE) {
        if (!feed_count(feed, FEED_NEW, &waiting, err))
            return false;
        if (waiting >= LIMIT_FEED_ITEMS)
            return error_set(err, ERROR_BUSY, feed->folders[FEED_NEW],
                             "%zu items wait here (LIMIT_FEED_ITEMS); try again later, and see "
                             "that sitrep-index follow is running",
                             waiting);
        if (!store(feed, made, bytes, size, &is_new, err))
            return false;
    }
    /* Also where it was there: who put it may not have come so far. */
    if (state != FEED_DONE && !sync_folder(feed->folders[FEED_NEW], err))
        return false;
    strcpy(name, made);
    *stored = is_new;
    return true;
}

/* ---- taking over -------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct feed_item *left = a, *right = b;
    if (left->put != right->put)
        return left->put < right->put ? -1 : 1;
    return strcmp(left->name, right->name);
}

bool feed_list(const struct feed *feed, enum feed_state state, struct feed_item **out,
               size_t *count, struct error *err)
{
    DIR *folder = opendir(feed->folders[state]);
    if (!folder)
        return error_set_errno(err, ERROR_IO, feed->folders[state], "cannot be listed");
    struct feed_item *items = NULL;
    size_t used = 0, room = 0;
    bool ok = true;
    const struct dirent *entry;
    while (ok && (entry = readdir(folder)) != NULL) {
        struct stat status;
        if (!is_item(entry->d_name) || fstatat(dirfd(folder), entry->d_name, &status, 0) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        ok = array_reserve(&items, &room, used + 1, sizeof *items) ||
             error_set(err, ERROR_MEMORY, feed->folders[state], "out of memory");
        if (!ok)
            break;
        memcpy(items[used].name, entry->d_name, strlen(entry->d_name) + 1); /* is_item: it fits */
        items[used++].put =
            (int64_t)status.st_mtim.tv_sec * 1000000000 + (int64_t)status.st_mtim.tv_nsec;
    }
    closedir(folder);
    if (!ok) {
        free(items);
        return false;
    }
    if (used > 0)
        qsort(items, used, sizeof *items, by_time);
    *out = items;
    *count = used;
    return true;
}

static bool write_reason(const struct feed *feed, const char *name, const char *reason,
                         struct error *err)
{
    char *path;
    if (asprintf(&path, "%s/%s" FEED_REASON, feed->folders[FEED_FAILED], name) < 0)
        return error_set(err, ERROR_MEMORY, name, "out of memory");
    unlink(path);
    bool ok = write_file(path, reason, strlen(reason), err);
    free(path);
    return ok;
}

bool feed_settle(const struct feed *feed, const char *name, enum feed_state state,
                 const char *reason, struct error *err)
{
    char *from = join(feed->folders[FEED_NEW], name, err);
    char *to = join(feed->folders[state], name, err);
    bool ok = from && to && (state != FEED_FAILED || write_reason(feed, name, reason, err));
    if (ok && rename(from, to) != 0 && errno != ENOENT) /* taken away by hand: that is settled */
        ok = error_set_errno(err, ERROR_IO, from, "cannot be moved to %s", folder_names[state]);
    free(from);
    free(to);
    return ok;
}

bool feed_sync(const struct feed *feed, struct error *err)
{
    return sync_folder(feed->folders[FEED_DONE], err) &&
           sync_folder(feed->folders[FEED_FAILED], err) &&
           sync_folder(feed->folders[FEED_NEW], err);
}

static bool prune_folder(const struct feed *feed, enum feed_state state, int64_t before,
                         size_t *removed, struct error *err)
{
    struct feed_item *items = NULL;
    size_t count = 0;
    bool ok = feed_list(feed, state, &items, &count, err);
    for (size_t i = 0; ok && i < count && items[i].put < before; i++) {
        char *path = join(feed->folders[state], items[i].name, err);
        ok = path && (unlink(path) == 0 || errno == ENOENT ||
                      error_set_errno(err, ERROR_IO, path, "cannot be removed"));
        free(path);
        *removed += ok ? 1 : 0;
    }
    free(items);
    return ok;
}

bool feed_prune(const struct feed *feed, int64_t before, size_t *removed, struct error *err)
{
    struct timespec now;
    size_t unfinished = 0;
    clock_gettime(CLOCK_REALTIME, &now);
    *removed = 0;
    return prune_folder(feed, FEED_DONE, before, removed, err) &&
           prune_folder(feed, FEED_UNKNOWN, (int64_t)now.tv_sec * 1000000000 - UNFINISHED_NS,
                        &unfinished, err);
}
