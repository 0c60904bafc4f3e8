#include "fcgi/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/log.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

#define BACK_OFF_MS 100 /* after an accept() that failed, as without free descriptors */

/* A signal read from a descriptor, and not by a handler, cannot come between a look at a flag and
 * the accept() after it; and poll() tells of it however busy the socket is. */
static int open_stop_signal(void)
{
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for a connection; false when the worker is to stop. */
static bool wait_for_connection(int fd, int signal_fd, const struct scoreboard *scoreboard)
{
    struct pollfd events[] = {{.fd = fd, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};

    for (;;) {
        if (poll(events, 2, -1) < 0)
            continue;
        if (events[1].revents)
            return scoreboard->draining && events[0].revents;
        if (events[0].revents)
            return true;
    }
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

void worker_run(struct site *site, int fd, struct worker_slot *slot)
{
    FCGX_Request fcgi;
    int signal_fd = open_stop_signal();

    if (signal_fd < 0 || FCGX_Init() != 0 ||
        FCGX_InitRequest(&fcgi, fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        log_line("worker cannot start: %s", strerror(errno));
        return;
    }
    int complaint = 0; /* the last one, to be said once */
    slot->state = WORKER_IDLE;
    while (wait_for_connection(fd, signal_fd, site->scoreboard)) {
        /* Busy from here on: a client that sends half a request must meet the deadline. */
        slot->busy_since = scoreboard_now();
        slot->state = WORKER_BUSY;
        int status = FCGX_Accept_r(&fcgi);
        if (status == 0) {
            serve(site, &fcgi);
            FCGX_Finish_r(&fcgi);
            if (site->snapshot)
                slot->cache_bytes = snapshot_cache_memory(site->snapshot);
            slot->requests++;
        }
        slot->state = WORKER_IDLE;
        /* Another worker took the connection, or it was no request. */
        if (status == 0 || status == -EAGAIN || status == -EINTR)
            continue;
        if (status != complaint)
            log_line("cannot accept: %s", strerror(-status));
        complaint = status;
        poll(NULL, 0, BACK_OFF_MS);
    }
    close(signal_fd);
}
