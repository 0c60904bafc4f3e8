#include "indexer/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "indexer/files.h"

/* Workers that follow a killed owner still hold its lock for a moment. */
#define ORPHAN_WAIT_MS 2000u

/* The number in an open lock file, 0 for none. */
static long read_pid(int fd)
{
    char text[32] = "";
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    return size > 0 ? strtol(text, NULL, 10) : 0;
}

static bool is_gone(long pid)
{
    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool take(int fd, const char *directory, unsigned wait_ms, const char *doing,
                 struct error *err)
{
    for (unsigned waited = 0;; waited += LOCK_POLL_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set_errno(err, ERROR_IO, directory, "cannot be locked");
        if (waited >= wait_ms && !(is_gone(read_pid(fd)) && waited < ORPHAN_WAIT_MS))
            return error_set(err, ERROR_LOCKED, directory,
                             "process %ld is %s this index; try again when it is done",
                             read_pid(fd), doing);
        usleep(LOCK_POLL_MS * 1000);
    }
}

static bool write_pid(int fd)
{
    char pid[32];
    int size = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    return ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)size, 0) == size;
}

bool lock_take(const char *directory, const char *name, unsigned wait_ms, const char *doing,
               int *fd, struct error *err)
{
    char *path = files_join(directory, name, err);
    if (!path)
        return false;
    bool ok = false;
    int taken = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (taken < 0)
        error_set_errno(err, ERROR_CREATE, path, "cannot be created");
    else if (take(taken, directory, wait_ms, doing, err))
        ok = write_pid(taken) || error_set_errno(err, ERROR_IO, path, "cannot be written");
    free(path);
    if (ok)
        *fd = taken;
    else
        lock_release(taken);
    return ok;
}

void lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}

long lock_owner(const char *directory, const char *name)
{
    char *path = files_join(directory, name, NULL);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    free(path);
    if (fd < 0)
        return 0;
    long pid = flock(fd, LOCK_SH | LOCK_NB) != 0 ? read_pid(fd) : 0;
    close(fd);
    return pid;
}
