#include "fcgi/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/environment.h"
#include "fcgi/log.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

#define BACK_OFF_MS 100 /* after an accept() that failed, as without free descriptors */
#define SILENCE_MS  2000
#define LOOK_BYTES  16384u /* of a request; one with more in its head is not looked at */
/* Quick ones pass a long one at most so often in a row, at each worker. Measured, with eight
 * clients and a million reports: with 4, p50 4.4 ms and p99 34; with 2, 7.1 and 32; with 6, 4.1 and
 * 35; where none may pass, 10.6 and 22. */
#define PASSING 4u

struct worker {
    struct site *site;
    struct worker_slot *slot;
    int fd, signal_fd;
    FCGX_Request fcgi;
    unsigned passed; /* in a row, while something was parked */
    int complaint;   /* the last one, to be said once */
};

/* A signal read from a descriptor, and not by a handler, cannot come between a look at a flag and
 * the accept() after it; and poll() tells of it however busy the socket is. */
static int open_stop_signal(void)
{
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum turn { TURN_STOP, TURN_NEW, TURN_PARKED };

/* Whose turn it is, of those who wait: a new connection's, unless enough of them have passed those
 * that are parked. */
static enum turn choose(struct worker *worker, bool is_new, bool is_parked)
{
    const struct parking *parking = &worker->site->parking;

    if (!is_parked)
        worker->passed = 0;
    if (is_parked && (!is_new || worker->passed >= PASSING || parking_is_full(parking)))
        return TURN_PARKED;
    return is_new ? TURN_NEW : TURN_STOP;
}

/* Whether those that are parked would be left behind. */
static bool is_last_chance(const struct scoreboard *scoreboard)
{
    return scoreboard->ending || getppid() != scoreboard->master;
}

static enum turn wait_for_turn(struct worker *worker)
{
    const struct scoreboard *scoreboard = worker->site->scoreboard;
    struct pollfd events[] = {{.fd = worker->fd, .events = POLLIN},
                              {.fd = worker->site->parking.out, .events = POLLIN},
                              {.fd = worker->signal_fd, .events = POLLIN}};

    for (;;) {
        if (poll(events, 3, -1) < 0)
            continue;
        bool is_new = events[0].revents, is_parked = events[1].revents;
        if (events[2].revents)
            return choose(worker, is_new && scoreboard->draining,
                          is_parked && is_last_chance(scoreboard));
        if (is_new || is_parked)
            return choose(worker, is_new, is_parked);
    }
}

/* A connection says something at once, or in a moment: libfcgi's own patience. */
static bool is_silent(int connection)
{
    struct pollfd event = {.fd = connection, .events = POLLIN};
    return poll(&event, 1, SILENCE_MS) <= 0 || !(event.revents & POLLIN);
}

/* Whether the question of a connection is a long one. It is only looked at: who takes the
 * connection reads it. What is not known is quick. */
static bool is_long(struct site *site, int connection)
{
    unsigned char bytes[LOOK_BYTES];
    char *variables[ENVIRONMENT_ROOM];
    struct request request = {0};
    struct error err = {0};

    ssize_t size = recv(connection, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
    if (size <= 0 || !environment_read(bytes, (size_t)size, variables))
        return false;
    bool is_long = request_read(variables, &request, &err) &&
                   route_estimate(site, &request) >= site->long_reports;
    request_clear(&request);
    return is_long;
}

static bool does_anyone_wait(const struct worker *worker)
{
    struct pollfd events[] = {{.fd = worker->fd, .events = POLLIN},
                              {.fd = worker->site->parking.out, .events = POLLIN}};
    return poll(events, 2, 0) > 0;
}

/* Parks a connection that is new, where it would keep others waiting. */
static bool park(struct worker *worker, int connection)
{
    struct site *site = worker->site;

    if (site->scoreboard->ending || !does_anyone_wait(worker) || !is_long(site, connection) ||
        !parking_take(&site->parking, connection))
        return false;
    site->scoreboard->parked++;
    return true;
}

static void send_reply(FCGX_Request *fcgi, const struct request *request, const struct reply *reply)
{
    struct buffer head = {0};

    reply_head(reply, &head);
    if (!head.failed) {
        FCGX_PutStr(head.bytes, (int)head.size, fcgi->out);
        if (strcmp(request->method, "HEAD") != 0)
            FCGX_PutStr(reply->body.bytes, (int)reply->body.size, fcgi->out);
    }
    buffer_free(&head);
}

static uint64_t microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void serve(struct site *site, FCGX_Request *fcgi)
{
    struct request request = {0};
    struct reply reply = {0};
    struct error err = {0};
    uint64_t begun = microseconds();

    size_t route = request_read(fcgi->envp, &request, &err) ? route_answer(site, &request, &reply)
                                                            : route_refuse(&err, &reply);
    /* Counted first, so that who has an answer finds it in the metrics. */
    scoreboard_count(site->scoreboard, route, reply.status, microseconds() - begun);
    send_reply(fcgi, &request, &reply);
    reply_clear(&reply);
    request_clear(&request);
}

/* Answers the request of a connection, if it has one, and closes it. */
static void answer(struct worker *worker, int connection)
{
    FCGX_Request *fcgi = &worker->fcgi;
    struct site *site = worker->site;

    /* libfcgi goes on with a connection that it has kept, as it believes. Where it can read no
     * request it closes that, and fails at accept(), for it has no listening socket. */
    fcgi->ipcFd = connection;
    fcgi->keepConnection = true;
    if (FCGX_Accept_r(fcgi) != 0)
        return;
    serve(site, fcgi);
    fcgi->keepConnection = false;
    FCGX_Finish_r(fcgi);
    if (site->snapshot)
        worker->slot->cache_bytes = snapshot_cache_memory(site->snapshot);
    worker->slot->requests++;
}

static void take_new(struct worker *worker)
{
    int connection = accept4(worker->fd, NULL, NULL, SOCK_CLOEXEC);

    if (connection >= 0) {
        if (is_silent(connection)) {
            close(connection);
        } else if (!park(worker, connection)) {
            answer(worker, connection);
            worker->passed++;
        }
        return;
    }
    /* Another worker took the connection, or its client did. */
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
        return;
    if (errno != worker->complaint)
        log_line("cannot accept: %s", strerror(errno));
    worker->complaint = errno;
    poll(NULL, 0, BACK_OFF_MS);
}

static void take_parked(struct worker *worker)
{
    int connection = parking_next(&worker->site->parking);

    if (connection < 0) /* another worker took it */
        return;
    answer(worker, connection);
    worker->passed = 0;
}

void worker_run(struct site *site, int fd, struct worker_slot *slot)
{
    struct worker worker = {.site = site, .slot = slot, .fd = fd, .signal_fd = open_stop_signal()};
    enum turn turn;

    if (worker.signal_fd < 0 || FCGX_Init() != 0 || FCGX_InitRequest(&worker.fcgi, -1, 0) != 0) {
        log_line("worker cannot start: %s", strerror(errno));
        return;
    }
    slot->state = WORKER_IDLE;
    while ((turn = wait_for_turn(&worker)) != TURN_STOP) {
        /* Busy from here on: a client that sends half a request must meet the deadline. */
        slot->busy_since = scoreboard_now();
        slot->state = WORKER_BUSY;
        if (turn == TURN_NEW)
            take_new(&worker);
        else
            take_parked(&worker);
        slot->state = WORKER_IDLE;
    }
    close(worker.signal_fd);
}
