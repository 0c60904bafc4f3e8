#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi/listener.h"

static char directory[64], path[96];

static int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/sitrep-listener-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/socket", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, name);
    int status = connect(fd, (struct sockaddr *)&address, sizeof(address));
    close(fd);
    return status;
}

static void test_open(void **state)
{
    struct listener listener;
    struct error err = {0};
    struct stat status;

    (void)state;
    mode_t mask = umask(0);
    assert_true(listener_open(path, &listener, &err));
    assert_int_equal(umask(mask), 0); /* as it was */
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_int_equal(status.st_mode & 07777, 0660);
    assert_true(fcntl(listener.fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(listener.fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(connect_to(path), 0);
    listener_close(&listener);
    assert_int_not_equal(access(path, F_OK), 0);
    listener_close(&listener);
}

static void test_stale(void **state)
{
    struct listener listener;
    struct error err = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    (void)state;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    assert_true(listener_open(path, &listener, &err));
    assert_int_equal(connect_to(path), 0);
    listener_close(&listener);
}

static void test_live(void **state)
{
    struct listener first, second = {.fd = 77};
    struct error err = {0};

    (void)state;
    assert_true(listener_open(path, &first, &err));
    assert_false(listener_open(path, &second, &err));
    assert_int_equal(err.code, ERROR_LOCKED);
    assert_int_equal(second.fd, 77);
    assert_int_equal(connect_to(path), 0);
    listener_close(&first);
}

static void test_not_a_socket(void **state)
{
    struct listener listener;
    struct error err = {0};
    struct stat status;

    (void)state;
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_false(listener_open(path, &listener, &err));
    assert_int_equal(err.code, ERROR_CREATE);
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    /* Nor a link that leads to one. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("nowhere", path), 0);
    error_clear(&err);
    assert_false(listener_open(path, &listener, &err));
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void test_no_such_place(void **state)
{
    char deep[300];
    struct listener listener;
    struct error err = {0};

    (void)state;
    snprintf(deep, sizeof(deep), "%s/nowhere/socket", directory);
    assert_false(listener_open(deep, &listener, &err));
    assert_int_equal(err.code, ERROR_CREATE);
    error_clear(&err);
    memset(deep, 'x', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    assert_false(listener_open(deep, &listener, &err));
    assert_int_equal(err.code, ERROR_USAGE);
}

/* The path of a server that came after is not taken away. */
static void test_unlink_only_its_own(void **state)
{
    struct listener first, second;
    struct error err = {0};

    (void)state;
    assert_true(listener_open(path, &first, &err));
    assert_int_equal(unlink(path), 0);
    assert_true(listener_open(path, &second, &err));
    listener_unlink(&first);
    assert_int_equal(connect_to(path), 0);
    listener_close(&first);
    assert_int_equal(connect_to(path), 0);
    listener_close(&second);
}

/* Puts 'fd' at descriptor 0 for the call. */
static bool inherit_as_stdin(int fd, struct listener *out, bool *found, struct error *err)
{
    int saved = dup(STDIN_FILENO);
    dup2(fd, STDIN_FILENO);
    bool ok = listener_inherit(out, found, err);
    dup2(saved, STDIN_FILENO);
    close(saved);
    return ok;
}

static void test_inherit(void **state)
{
    struct listener made, inherited = {.fd = -1};
    struct error err = {0};
    bool found = false;

    (void)state;
    assert_true(listener_open(path, &made, &err));
    assert_true(inherit_as_stdin(made.fd, &inherited, &found, &err));
    assert_true(found);
    assert_null(inherited.path);
    listener_unlink(&inherited); /* another's path stays */
    assert_int_equal(connect_to(path), 0);
    listener_close(&made);
}

static void test_inherit_nothing(void **state)
{
    struct listener inherited = {.fd = -1};
    struct error err = {0};
    bool found = true;

    (void)state;
    int null = open("/dev/null", O_RDONLY);
    assert_true(inherit_as_stdin(null, &inherited, &found, &err));
    assert_false(found);
    close(null);
}

static void test_inherit_refuses_tcp(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct listener inherited = {.fd = -1};
    struct error err = {0};
    bool found = false;

    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_false(inherit_as_stdin(fd, &inherited, &found, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_int_equal(inherited.fd, -1);
    close(fd);
}

#define LISTENER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LISTENER(test_open),
        LISTENER(test_stale),
        LISTENER(test_live),
        LISTENER(test_not_a_socket),
        LISTENER(test_no_such_place),
        LISTENER(test_unlink_only_its_own),
        LISTENER(test_inherit),
        LISTENER(test_inherit_nothing),
        LISTENER(test_inherit_refuses_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
