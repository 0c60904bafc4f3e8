#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi/parking.h"
#include "schema/buffer.h"

#define ROOM 3

static struct parking parking;

static int set_up(void **state)
{
    struct error err = {0};
    (void)state;
    return parking_open(ROOM, &parking, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    parking_close(&parking);
    parking_close(&parking);
    return 0;
}

/* Parks a connection that has one byte to be read; returns its other end. */
static int park(char byte)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], &byte, 1), 1);
    assert_true(parking_take(&parking, ends[0]));
    return ends[1];
}

/* Takes a connection that has this byte to be read, and answers. */
static void assert_next(char byte)
{
    char found = 0;
    int fd = parking_next(&parking);

    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(read(fd, &found, 1), 1);
    assert_int_equal(found, byte);
    assert_int_equal(write(fd, "!", 1), 1);
    close(fd);
}

/* The answer, and then the end: nobody has the connection any more. */
static void assert_answered(int fd)
{
    char bytes[2];
    assert_int_equal(read(fd, bytes, 2), 1);
    assert_int_equal(read(fd, bytes, 2), 0);
    close(fd);
}

static void test_order(void **state)
{
    int ends[5];

    (void)state;
    assert_int_equal(parking_next(&parking), -1);
    for (int i = 0; i < 5; i++)
        ends[i] = park((char)('a' + i));
    for (int i = 0; i < 5; i++) {
        assert_next((char)('a' + i));
        assert_answered(ends[i]);
    }
    assert_int_equal(parking_next(&parking), -1);
}

static void test_full(void **state)
{
    int ends[ROOM + 1];

    (void)state;
    for (int i = 0; i <= ROOM; i++) {
        assert_int_equal(parking_is_full(&parking), i == ROOM);
        ends[i] = park('x');
    }
    assert_next('x');
    assert_true(parking_is_full(&parking));
    assert_next('x');
    assert_false(parking_is_full(&parking));
    for (int i = 0; i <= ROOM; i++)
        close(ends[i]);
}

/* What one process parks, another takes, though the first was killed. */
static void test_processes(void **state)
{
    int ends[2], status;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        if (write(ends[0], "?", 1) == 1 && parking_take(&parking, ends[0]))
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    char byte;
    assert_int_equal(read(ends[1], &byte, 1), 1);
    assert_int_equal(byte, '?');
    assert_int_equal(write(ends[1], "y", 1), 1);
    assert_next('y');
    assert_answered(ends[1]);
}

/* A connection that finds no room stays with who has it. */
static void test_no_room_at_all(void **state)
{
    int ends[2];
    unsigned parked = 0;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int fd = dup(ends[0]); parking_take(&parking, fd); fd = dup(ends[0]))
        parked++;
    assert_true(parked > 64);
    assert_int_equal(write(ends[0], "s", 1), 1);
    for (int fd; (fd = parking_next(&parking)) >= 0; parked--)
        close(fd);
    assert_int_equal(parked, 0);
    assert_true(parking_take(&parking, ends[0]));
    close(ends[1]);
}

static void test_closed(void **state)
{
    char byte;
    int fd = park('z');

    (void)state;
    assert_true(fcntl(parking.in, F_GETFD) & fcntl(parking.out, F_GETFD) & FD_CLOEXEC);
    parking_close(&parking);
    assert_int_equal(recv(fd, &byte, 1, 0) <= 0, 1); /* who parked is told */
    close(fd);
}

#define PARKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PARKING(test_order),          PARKING(test_full),   PARKING(test_processes),
        PARKING(test_no_room_at_all), PARKING(test_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
