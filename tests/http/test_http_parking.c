/* Long questions let quick ones pass, and are answered whatever happens to the processes. Asked
 * without nginx, over connections that are made one after the other: the order is known. */
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi/master.h"
#include "tests/http/fastcgi.h"
#include "tests/http/server.h"

#define REPORTS 5
#define LONG    3 /* reports */
#define MANY    30
#define WAIT_MS 10000

static struct server server;
static int listening = -1; /* where the socket outlives the server */

/* ---- the server, with another notion of long ------------------------------------- */

static void serve(struct listener *listener)
{
    char web[] = SITREP_ROOT "/web";
    struct master_options options = {
        .index = server.index, .web = web, .workers = 1, .long_reports = LONG};
    struct error err = {0};
    int log = open(server.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    dup2(log, STDERR_FILENO);
    close(log);
    bool ok = master_run(&options, listener, &err);
    listener_close(listener);
    exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* With 'inherited', its socket outlives it. */
static void start(bool inherited)
{
    struct listener listener;
    struct error err = {0};

    server_index(&server, "word", REPORTS);
    assert_true(listener_open(server.socket, &listener, &err));
    server.fcgi = fork();
    assert_true(server.fcgi >= 0);
    if (server.fcgi == 0) {
        struct listener given = {.fd = listener.fd};
        serve(inherited ? &given : &listener);
    }
    if (inherited)
        listening = listener.fd;
    else
        close(listener.fd);
    free(listener.path);
}

static int set_up(void **state)
{
    (void)state;
    server_prepare(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (listening >= 0)
        close(listening);
    listening = -1;
    server_end(&server);
    return 0;
}

/* ---- connections ----------------------------------------------------------------- */

static int connect_and_send(const struct buffer *bytes)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, server.socket);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_false(bytes->failed);
    assert_int_equal(write(fd, bytes->bytes, bytes->size), bytes->size);
    return fd;
}

static int ask(const char *uri)
{
    struct buffer bytes = {0};
    fastcgi_get(&bytes, uri);
    int fd = connect_and_send(&bytes);
    buffer_free(&bytes);
    return fd;
}

/* Finds all reports. Each number is another question: what was asked before is quick. */
static int ask_long(unsigned number)
{
    char uri[64];
    snprintf(uri, sizeof(uri), "/search.json?q=report+OR+x%u", number);
    return ask(uri);
}

static int ask_quick(void)
{
    return ask("/search.json?q=absent");
}

static int bytes_unread(int fd)
{
    int bytes = -1;
    assert_int_equal(ioctl(fd, SIOCOUTQ, &bytes), 0);
    return bytes;
}

/* Keeps the worker busy until it is closed: half a request. */
static int ask_half(void)
{
    struct buffer bytes = {0};
    fastcgi_begin(&bytes);
    int fd = connect_and_send(&bytes);
    buffer_free(&bytes);
    return fd;
}

/* Until a worker has read what there is to read of it. */
static void wait_until_read(int fd)
{
    for (int waited = 0; bytes_unread(fd) > 0; waited++) {
        assert_true(waited < WAIT_MS);
        usleep(1000);
    }
}

static int occupy(void)
{
    int fd = ask_half();
    wait_until_read(fd);
    return fd;
}

/* ---- answers --------------------------------------------------------------------- */

struct client {
    int fd;
    struct buffer records;
    char *answer;  /* "" for none */
    unsigned turn; /* the first to be answered has 1 */
};

/* The end of an answer. Who does not close then keeps the worker waiting. */
static void end_answer(struct client *client, unsigned turn)
{
    struct buffer out = {0};

    close(client->fd);
    client->fd = -1;
    client->turn = turn;
    buffer_text(&out, "");
    fastcgi_output(&out, client->records.bytes, client->records.size);
    buffer_free(&client->records);
    client->answer = buffer_take(&out, NULL);
    assert_non_null(client->answer);
}

static void read_answers(struct client *clients, size_t count)
{
    struct pollfd events[2 * MANY];
    char bytes[4096];

    assert_true(count <= ARRAY_LEN(events));
    for (unsigned turn = 0; turn < count;) {
        for (size_t i = 0; i < count; i++)
            events[i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
        assert_true(poll(events, count, WAIT_MS) > 0);
        for (size_t i = 0; i < count; i++) {
            if (!events[i].revents)
                continue;
            ssize_t size = read(clients[i].fd, bytes, sizeof(bytes));
            if (size > 0)
                buffer_append(&clients[i].records, bytes, (size_t)size);
            else
                end_answer(&clients[i], ++turn);
        }
    }
}

/* Forgets the answer, too. */
static bool is_fine(struct client *client)
{
    bool fine = strncmp(client->answer, "Status: 200", 11) == 0;
    free(client->answer);
    client->answer = NULL;
    return fine;
}

static bool is_answered(int fd)
{
    struct client client = {.fd = fd};
    read_answers(&client, 1);
    return is_fine(&client);
}

static unsigned parked_so_far(void)
{
    static const char name[] = "\nsitrep_parked_total ";
    struct client client = {.fd = ask("/metrics")};

    read_answers(&client, 1);
    const char *line = strstr(client.answer, name);
    assert_non_null(line);
    unsigned parked = (unsigned)strtoul(line + strlen(name), NULL, 10);
    assert_true(is_fine(&client));
    return parked;
}

/* ---- who passes whom ------------------------------------------------------------- */

static void test_quick_ones_pass(void **state)
{
    struct client clients[4] = {0};

    (void)state;
    start(false);
    int busy = occupy();
    clients[0].fd = ask_long(1);
    for (size_t i = 1; i < ARRAY_LEN(clients); i++)
        clients[i].fd = ask_quick();
    close(busy);
    read_answers(clients, ARRAY_LEN(clients));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        assert_int_equal(clients[i].turn, i == 0 ? ARRAY_LEN(clients) : i);
        assert_true(is_fine(&clients[i]));
    }
    assert_int_equal(parked_so_far(), 1);
}

/* Neither where nobody waits, nor where what was found is known already. */
static void test_nobody_to_pass(void **state)
{
    struct client clients[2] = {0};

    (void)state;
    start(false);
    assert_true(is_answered(ask_long(1)));
    int busy = occupy();
    clients[0].fd = ask_long(1);
    clients[1].fd = ask_quick();
    close(busy);
    read_answers(clients, ARRAY_LEN(clients));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        assert_int_equal(clients[i].turn, i + 1);
        assert_true(is_fine(&clients[i]));
    }
    assert_int_equal(parked_so_far(), 0);
}

/* However many quick ones come, a long one's turn comes too. */
static void test_no_starving(void **state)
{
    struct client clients[MANY] = {0};

    (void)state;
    start(false);
    int busy = occupy();
    clients[0].fd = ask_long(1);
    for (size_t i = 1; i < MANY; i++)
        clients[i].fd = ask_quick();
    close(busy);
    read_answers(clients, MANY);
    assert_true(clients[0].turn < MANY / 2);
    for (size_t i = 0; i < MANY; i++)
        assert_true(is_fine(&clients[i]));
    assert_int_equal(parked_so_far(), 1);
}

/* More than there is room for: each in its turn, and not all are passed. */
static void test_many_long_ones(void **state)
{
    struct client clients[2 * MANY] = {0};

    (void)state;
    start(false);
    int busy = occupy();
    for (unsigned i = 0; i < 2 * MANY; i++)
        clients[i].fd = i % 2 ? ask_quick() : ask_long(i);
    close(busy);
    read_answers(clients, 2 * MANY);
    for (size_t i = 0; i < 2 * MANY; i++) {
        assert_true(i < 2 || clients[i - 2].turn < clients[i].turn);
        assert_true(is_fine(&clients[i]));
    }
    assert_true(clients[0].turn > clients[1].turn);
    assert_true(clients[MANY].turn < clients[2 * MANY - 1].turn);
    assert_true(parked_so_far() > MANY / 2);
}

/* ---- what happens to the processes ----------------------------------------------- */

/* A worker that parked a long question, and is busy with half a request. */
static int park_and_occupy(int *slow)
{
    int first = occupy();
    *slow = ask_long(1);
    int busy = ask_half();
    close(first);
    wait_until_read(busy);
    assert_true(bytes_unread(*slow) > 0);
    return busy;
}

/* Whether SIGTERM waits for a process, which does not look. */
static bool is_told_to_stop(pid_t pid)
{
    char path[64], line[256];
    unsigned long long pending = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) && sscanf(line, "ShdPnd: %llx", &pending) != 1)
        ;
    fclose(file);
    return pending >> (SIGTERM - 1) & 1;
}

/* Ends the server, and tells its one worker, before that can do anything else. */
static void end_server(int busy)
{
    pid_t worker;

    assert_int_equal(server_workers(&server, &worker, 1), 1);
    kill(server.fcgi, SIGTERM);
    for (int waited = 0; !is_told_to_stop(worker); waited++) {
        assert_true(waited < WAIT_MS);
        usleep(1000);
    }
    close(busy);
}

static void test_end(void **state)
{
    int slow;

    (void)state;
    start(false);
    int busy = park_and_occupy(&slow), quick = ask_quick();
    end_server(busy);
    assert_true(is_answered(slow));
    assert_true(is_answered(quick));
    assert_int_equal(server_stop_fcgi(&server), 0);
}

/* What it took out of a socket that outlives it, it answers; the rest is its successor's. */
static void test_end_with_inherited_socket(void **state)
{
    int slow;

    (void)state;
    start(true);
    int busy = park_and_occupy(&slow), later = ask_quick();
    end_server(busy);
    assert_true(is_answered(slow));
    assert_int_equal(server_stop_fcgi(&server), 0);
    assert_true(bytes_unread(later) > 0);
    close(later);
}

static void test_killed_worker(void **state)
{
    pid_t worker;
    int slow;

    (void)state;
    start(false);
    int busy = park_and_occupy(&slow);
    assert_int_equal(server_workers(&server, &worker, 1), 1);
    kill(worker, SIGKILL);
    assert_true(is_answered(slow));
    assert_false(is_answered(busy));
}

/* The master is gone, and nobody comes after. */
static void test_killed_master(void **state)
{
    int slow;

    (void)state;
    start(true);
    int busy = park_and_occupy(&slow);
    kill(server.fcgi, SIGKILL);
    assert_int_equal(server_stop_fcgi(&server), 128 + SIGKILL);
    close(busy);
    assert_true(is_answered(slow));
}

/* The worker that changes over is busy still, when another takes up what it parked. */
static void test_change_over(void **state)
{
    pid_t before;
    int slow;

    (void)state;
    start(false);
    int busy = park_and_occupy(&slow);
    assert_int_equal(server_workers(&server, &before, 1), 1);
    kill(server.fcgi, SIGHUP);
    assert_true(is_answered(slow));
    assert_int_equal(kill(before, 0), 0);
    close(busy);
    assert_true(server_wait_workers(&server, 1, &before, 1));
    assert_int_equal(server_log_count(&server, "another takes its place"), 0);
}

#define PARKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PARKING(test_quick_ones_pass),
        PARKING(test_nobody_to_pass),
        PARKING(test_no_starving),
        PARKING(test_many_long_ones),
        PARKING(test_end),
        PARKING(test_end_with_inherited_socket),
        PARKING(test_killed_worker),
        PARKING(test_killed_master),
        PARKING(test_change_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
