#include "fcgi/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG          1024
#define SYSTEMD_FIRST_FD 3
#define SOCKET_UMASK     0117 /* leaves 0660 */

static bool set_flags(int fd, const char *where, struct error *err)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return error_set_errno(err, ERROR_SYSTEM, where, "cannot prepare the socket");
    return true;
}

/* Makes the path free, where that harms nobody. */
static bool clear_path(const struct sockaddr_un *address, struct error *err)
{
    const char *path = address->sun_path;
    struct stat status;

    if (lstat(path, &status) < 0) {
        if (errno == ENOENT)
            return true;
        return error_set_errno(err, ERROR_CREATE, path, "cannot look at the socket's path");
    }
    if (!S_ISSOCK(status.st_mode))
        return error_set(err, ERROR_CREATE, path, "is not a socket; it is left as it is");

    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return error_set_errno(err, ERROR_SYSTEM, path, "cannot make a socket");
    bool refused = connect(probe, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
                   errno == ECONNREFUSED;
    close(probe);
    if (!refused)
        return error_set(err, ERROR_LOCKED, path, "another server listens here");
    if (unlink(path) < 0)
        return error_set_errno(err, ERROR_CREATE, path, "cannot remove the socket of a past run");
    return true;
}

bool listener_open(const char *path, struct listener *out, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct listener listener = {.fd = -1};
    struct stat status;
    bool ok = false;

    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(err, ERROR_USAGE, path, "a socket's path has at most %zu bytes",
                         sizeof(address.sun_path) - 1);
    strcpy(address.sun_path, path);
    if (!clear_path(&address, err))
        return false;

    listener.path = strdup(path);
    if (!listener.path)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener.fd < 0) {
        error_set_errno(err, ERROR_SYSTEM, path, "cannot make a socket");
        goto done;
    }
    mode_t mask = umask(SOCKET_UMASK);
    int bound = bind(listener.fd, (struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (bound < 0) {
        error_set_errno(err, ERROR_CREATE, path, "cannot make the socket");
        goto done;
    }
    if (lstat(path, &status) < 0 || listen(listener.fd, BACKLOG) < 0) {
        error_set_errno(err, ERROR_SYSTEM, path, "cannot listen");
        goto done;
    }
    listener.device = status.st_dev;
    listener.inode = status.st_ino;
    ok = set_flags(listener.fd, path, err);

done:
    if (ok)
        *out = listener;
    else
        listener_close(&listener);
    return ok;
}

static bool is_listening(int fd)
{
    int value = 0;
    socklen_t size = sizeof(value);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value;
}

/* The descriptor that somebody passed, or -1. */
static int passed_descriptor(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");

    if (pid && count && strtol(pid, NULL, 10) == (long)getpid() && strtol(count, NULL, 10) >= 1)
        return SYSTEMD_FIRST_FD;
    return is_listening(STDIN_FILENO) ? STDIN_FILENO : -1;
}

bool listener_inherit(struct listener *out, bool *found, struct error *err)
{
    struct sockaddr_un address = {0};
    socklen_t size = sizeof(address);
    int fd = passed_descriptor();

    if (fd < 0) {
        *found = false;
        return true;
    }
    if (!is_listening(fd) || getsockname(fd, (struct sockaddr *)&address, &size) < 0 ||
        address.sun_family != AF_UNIX)
        return error_set(err, ERROR_USAGE, "", "descriptor %d is not a listening Unix socket", fd);
    if (!set_flags(fd, "inherited socket", err))
        return false;
    *out = (struct listener){.fd = fd};
    *found = true;
    return true;
}

void listener_unlink(struct listener *listener)
{
    struct stat status;

    if (!listener->path || listener->inode == 0)
        return;
    if (lstat(listener->path, &status) == 0 && status.st_dev == listener->device &&
        status.st_ino == listener->inode)
        unlink(listener->path);
    listener->inode = 0;
}

void listener_close(struct listener *listener)
{
    listener_unlink(listener);
    if (listener->fd >= 0)
        close(listener->fd);
    free(listener->path);
    *listener = (struct listener){.fd = -1};
}
