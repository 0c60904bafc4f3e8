/* What happens to the processes: new generations, deaths, stuck workers, sockets left behind, no
 * index. Whatever happens, only what it touches fails. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
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

#include "schema/limits.h"
#include "tests/http/server.h"

static struct server server;

static int set_up(void **state)
{
    (void)state;
    server_prepare(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    server_end(&server);
    return 0;
}

/* Asks over and over from another thread, and notes what fails. */
struct asker {
    pthread_t thread;
    _Atomic(bool) ends;
    unsigned asked, failed;
};

static void *ask_on(void *argument)
{
    struct asker *asker = argument;
    while (!asker->ends) {
        asker->asked++;
        asker->failed += server_status(&server, "/search.json?q=report") != 200;
    }
    return NULL;
}

static void asker_start(struct asker *asker)
{
    *asker = (struct asker){.ends = false};
    assert_int_equal(pthread_create(&asker->thread, NULL, ask_on, asker), 0);
}

static void asker_end(struct asker *asker)
{
    asker->ends = true;
    pthread_join(asker->thread, NULL);
}

static int connect_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, server.socket);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

/* A header of FastCGI that says a body follows, and then nothing. */
static void send_half_a_request(int fd)
{
    static const unsigned char begin[] = {1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0};
    assert_int_equal(write(fd, begin, sizeof(begin)), sizeof(begin));
}

static void test_no_index_then_one(void **state)
{
    struct response response;
    pid_t before[8];

    (void)state;
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    assert_int_equal(server_workers(&server, before, 8), 2);
    assert_int_equal(server_status(&server, "/healthz"), 200);
    assert_int_equal(server_status(&server, "/readyz"), 503);
    server_ask(&server, NULL, "/search.json?q=x", NULL, &response);
    assert_int_equal(response.status, 503);
    assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
    assert_string_equal(response_header(&response, "Retry-After"), "5");
    assert_non_null(strstr(response.body, "/problems#no-index"));
    response_clear(&response);

    server_index(&server, "first", 3);
    assert_true(server_wait_reports(&server, 3));
    assert_true(server_wait_workers(&server, 2, before, 2));
    assert_int_equal(server_status(&server, "/search.json?q=first"), 200);
    /* Said once, however often it was tried. */
    assert_int_equal(server_log_count(&server, "waiting for an index"), 1);
}

static void test_new_generations(void **state)
{
    struct asker asker;
    char word[16];
    pid_t before[8];

    (void)state;
    server_index(&server, "base", 2);
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    asker_start(&asker);
    for (unsigned count = 3; count < 8; count++) {
        assert_int_equal(server_workers(&server, before, 8), 2);
        snprintf(word, sizeof(word), "swap%u", count);
        server_index(&server, word, count);
        /* All workers change over, not only the first. */
        assert_true(server_wait_workers(&server, 2, before, 2));
        assert_true(server_wait_reports(&server, count));
    }
    asker_end(&asker);
    assert_true(asker.asked > 0);
    assert_int_equal(asker.failed, 0);
    assert_int_equal(server_log_count(&server, "another takes its place"), 0);
}

static void test_bad_generation(void **state)
{
    char path[256];

    (void)state;
    server_index(&server, "good", 4);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 4));
    /* Another process makes a generation current that is none. */
    snprintf(path, sizeof(path), "%s/generations/000009", server.index);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/current", server.index);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("generations/000009", path), 0);
    for (int i = 0; i < 250 && !server_log_count(&server, "still serving"); i++)
        usleep(20000);
    usleep(300000);
    assert_int_equal(server_log_count(&server, "still serving"), 1);
    assert_int_equal(server_status(&server, "/search.json?q=good"), 200);
    /* And it gets over it. */
    server_index(&server, "better", 5);
    assert_true(server_wait_reports(&server, 5));
}

static void test_killed_worker(void **state)
{
    pid_t workers[8];

    (void)state;
    server_index(&server, "life", 2);
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    assert_int_equal(server_workers(&server, workers, 8), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(kill(workers[i], SIGKILL), 0);
    /* Its next request waits in the queue, and is answered. */
    assert_int_equal(server_status(&server, "/search.json?q=life"), 200);
    assert_true(server_wait_workers(&server, 2, workers, 2));
    assert_int_equal(server_log_count(&server, "was ended by signal 9"), 2);
}

/* The worker dies with a request in hand: that one gets a 502, and no other. */
static void test_killed_at_work(void **state)
{
    struct asker asker;
    pid_t workers[8];
    struct response response;

    (void)state;
    server_index(&server, "life", 2);
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    assert_int_equal(server_workers(&server, workers, 8), 2);
    /* Stopped before it is asked, so that it dies with the question unread or unanswered. */
    kill(workers[0], SIGSTOP);
    kill(workers[1], SIGSTOP);
    asker_start(&asker);
    usleep(200000);
    kill(workers[0], SIGKILL);
    kill(workers[1], SIGKILL);
    usleep(500000);
    asker_end(&asker);
    assert_true(asker.asked > 1);
    assert_true(asker.failed <= 1);
    server_ask(&server, NULL, "/search.json?q=life", NULL, &response);
    assert_int_equal(response.status, 200);
    response_clear(&response);
}

/* A worker that hangs: the clients get 504, then the master frees it. */
static void test_stuck_worker(void **state)
{
    struct response response;
    pid_t before[8];

    (void)state;
    server_index(&server, "stuck", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    assert_int_equal(server_workers(&server, before, 8), 1);
    int fd = connect_socket();
    assert_true(fd >= 0);
    send_half_a_request(fd);
    usleep(100000);
    server_ask(&server, NULL, "/search.json?q=stuck", NULL, &response);
    assert_int_equal(response.status, 504);
    assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
    assert_non_null(strstr(response.body, "/problems#timeout"));
    response_clear(&response);
    assert_true(server_wait_workers(&server, 1, before, 1));
    assert_int_equal(server_status(&server, "/search.json?q=stuck"), 200);
    assert_int_equal(server_log_count(&server, "killed"), 1);
    close(fd);
}

/* Garbage on the socket costs its sender the connection and nobody else anything. */
static void test_garbage(void **state)
{
    static const unsigned char pieces[][16] = {
        {0},
        {1, 9, 0, 0, 0, 0, 0, 0},
        {1, 1, 0, 1, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0},
        {1, 4, 0, 1, 255, 255, 255, 0, 1, 2, 3},
        {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9},
        "GET / HTTP/1.1\r\n",
    };

    (void)state;
    server_index(&server, "noise", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        int fd = connect_socket();
        assert_true(fd >= 0);
        assert_int_equal(write(fd, pieces[i], sizeof(pieces[i])), sizeof(pieces[i]));
        close(fd);
        assert_int_equal(server_status(&server, "/search.json?q=noise"), 200);
    }
}

/* libfcgi overruns a buffer on this, and the worker dies of it; only who can open the socket can
 * send it. Another takes its place. */
static void test_repeated_values(void **state)
{
    static const char name[] = "\x0f\0FCGI_MPXS_CONNS";
    static const unsigned char begin[] = {1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    unsigned char record[8 + 8 * (sizeof(name) - 1)] = {1, 9, 0, 0, 0, 8 * (sizeof(name) - 1)};

    (void)state;
    server_index(&server, "values", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    for (size_t i = 0; i < 8; i++)
        memcpy(record + 8 + i * (sizeof(name) - 1), name, sizeof(name) - 1);
    for (int i = 0; i < 3; i++) {
        int fd = connect_socket();
        assert_true(fd >= 0);
        assert_int_equal(write(fd, record, sizeof(record)), sizeof(record));
        assert_int_equal(write(fd, begin, sizeof(begin)), sizeof(begin));
        assert_int_equal(server_status(&server, "/search.json?q=values"), 200);
        close(fd);
    }
    assert_int_equal(server_log_count(&server, "was ended by signal 6"), 3);
}

static size_t open_files(pid_t pid)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* Whether so many are open, once the last connection is closed at both ends. */
static bool has_open_files(pid_t pid, size_t wanted)
{
    for (int i = 0; i < 100; i++) {
        if (open_files(pid) == wanted)
            return true;
        usleep(10000);
    }
    return false;
}

/* Neither answers, nor broken connections, nor new generations leave a file open. */
static void test_open_files(void **state)
{
    pid_t workers[8];
    size_t files, master_files = 0;

    (void)state;
    server_index(&server, "files0", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    for (unsigned round = 0; round < 3; round++) {
        char word[16];
        assert_true(server_wait_reports(&server, 2 + round));
        assert_true(server_wait_workers(&server, 1, NULL, 0));
        assert_int_equal(server_workers(&server, workers, 8), 1);
        /* The first answer opens tables of the index. */
        assert_int_equal(server_status(&server, "/search.json?q=report"), 200);
        usleep(100000);
        files = open_files(workers[0]);
        for (int i = 0; i < 50; i++) {
            int fd = connect_socket();
            if (i % 2)
                send_half_a_request(fd);
            close(fd);
            assert_int_equal(server_status(&server, "/search.json?q=report"), 200);
            assert_int_equal(server_status(&server, "/search?from=x"), 400);
        }
        assert_true(has_open_files(workers[0], files));
        if (round > 0)
            assert_true(has_open_files(server.fcgi, master_files));
        master_files = open_files(server.fcgi);
        snprintf(word, sizeof(word), "files%u", round + 1);
        server_index(&server, word, 3 + round);
    }
}

static void test_responder_away(void **state)
{
    struct response response;

    (void)state;
    server_index(&server, "away", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_int_equal(server_stop_fcgi(&server), 0);
    assert_int_not_equal(access(server.socket, F_OK), 0);
    server_ask(&server, NULL, "/search.json?q=away", NULL, &response);
    assert_int_equal(response.status, 502);
    assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
    response_clear(&response);
    server_ask(&server, NULL, "/search?q=away", "Accept: text/html", &response);
    assert_int_equal(response.status, 502);
    assert_string_equal(response_header(&response, "Content-Type"), "text/html; charset=utf-8");
    response_clear(&response);
    server_start_fcgi(&server, 1);
    assert_true(server_wait_reports(&server, 2));
}

/* SIGTERM while questions are asked: each gets its answer, or finds nobody there. */
static void test_gentle_end(void **state)
{
    struct asker asker;

    (void)state;
    server_index(&server, "gentle", 2);
    server_start_nginx(&server);
    for (int round = 0; round < 5; round++) {
        char errors[256];
        server_start_fcgi(&server, 2);
        assert_true(server_wait_reports(&server, 2));
        asker_start(&asker);
        usleep(100000);
        assert_int_equal(server_stop_fcgi(&server), 0);
        asker_end(&asker);
        /* What nginx says when an answer breaks off, in contrast to finding no socket. */
        snprintf(errors, sizeof(errors), "! grep -q prematurely %s/error.log", server.directory);
        assert_int_equal(system(errors), 0);
    }
}

static void test_hang_up(void **state)
{
    struct asker asker;
    pid_t before[8];

    (void)state;
    server_index(&server, "again", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    server_workers(&server, before, 8);
    asker_start(&asker);
    kill(server.fcgi, SIGHUP);
    assert_true(server_wait_workers(&server, 1, before, 1));
    asker_end(&asker);
    assert_int_equal(asker.failed, 0);
}

static int run_second(void)
{
    char index[128], socket_path[128];
    char *arguments[] = {SITREP_FCGI_PROGRAM, "--index", index, "--socket", socket_path, NULL};
    snprintf(index, sizeof(index), "%s", server.index);
    snprintf(socket_path, sizeof(socket_path), "%s", server.socket);
    return server_run(server.log, arguments);
}

static void test_socket_left_behind(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;

    (void)state;
    strcpy(address.sun_path, server.socket);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    server_index(&server, "stale", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    assert_int_equal(stat(server.socket, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    /* A second server is refused, and the first one's socket stays. */
    assert_int_equal(run_second(), 75);
    assert_int_equal(server_log_count(&server, "another server listens here"), 1);
    assert_int_equal(server_status(&server, "/search.json"), 200);
}

static void test_file_in_the_way(void **state)
{
    struct stat status;

    (void)state;
    FILE *file = fopen(server.socket, "we");
    assert_non_null(file);
    fputs("keep me", file);
    fclose(file);
    assert_int_equal(run_second(), 73);
    assert_int_equal(server_log_count(&server, "is not a socket; it is left as it is"), 1);
    assert_int_equal(stat(server.socket, &status), 0);
    assert_int_equal(status.st_size, 7);
}

/* What a client sends cannot forge a line of the log. */
static void test_log_is_one_line(void **state)
{
    (void)state;
    server_index(&server, "log", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 2));
    server_status(&server, "/search.json?q=a%0d%0asitrep-fcgi:%20forged%1b[31m");
    server_status(&server, "/reports/a%0asitrep-fcgi:%20forged");
    assert_int_equal(server_log_count(&server, "forged"), 0);
}

/* More than 20 requests a second from one address: 429. The limit spares the machine itself, so
 * here the key is made the same for all. */
static void test_rate_limit(void **state)
{
    char command[512];
    unsigned refused = 0;

    (void)state;
    snprintf(command, sizeof(command),
             "sed -i -e 's|include .*sitrep-http.conf;|map $http_accept $sitrep_problem { default "
             "json; } limit_req_zone all zone=sitrep_requests:1m rate=1r/s; "
             "limit_conn_zone all zone=sitrep_connections:1m;|' %s",
             server.nginx_conf);
    assert_int_equal(system(command), 0);
    server_index(&server, "many", 2);
    server_start_fcgi(&server, 1);
    server_start_nginx(&server);
    for (int i = 0; i < 100; i++) {
        struct response response;
        server_ask(&server, NULL, "/healthz", NULL, &response);
        if (response.status == 429) {
            refused++;
            assert_string_equal(response_header(&response, "Content-Type"),
                                "application/problem+json");
        } else {
            assert_int_equal(response.status, 200);
        }
        response_clear(&response);
    }
    assert_true(refused > 20);
}

#define LIFE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIFE(test_no_index_then_one),
        LIFE(test_new_generations),
        LIFE(test_bad_generation),
        LIFE(test_killed_worker),
        LIFE(test_killed_at_work),
        LIFE(test_stuck_worker),
        LIFE(test_garbage),
        LIFE(test_repeated_values),
        LIFE(test_open_files),
        LIFE(test_responder_away),
        LIFE(test_gentle_end),
        LIFE(test_hang_up),
        LIFE(test_socket_left_behind),
        LIFE(test_file_in_the_way),
        LIFE(test_log_is_one_line),
        LIFE(test_rate_limit),
    };

    if (server_missing()) {
        printf("skipped: %s\n", server_missing());
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
