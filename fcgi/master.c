#include "fcgi/master.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi/log.h"
#include "fcgi/worker.h"
#include "schema/limits.h"

#define TICK_MS         50   /* between looks at index, deadlines and workers */
#define QUICK_MS        5    /* the same, while workers change over */
#define RETRY_MS        2000 /* between tries to open an index that does not open */
#define YOUNG_MS        1000 /* a worker that dies younger makes the next one wait */
#define BACK_OFF_MS     100
#define BACK_OFF_MAX_MS 5000
/* Connections a worker, with which parking is full. Measured, with 64 clients and a million
 * reports: with 8, p50 81 ms and p99 155; with 16, 57 and 200; with 32, 5 and 250; where none are
 * parked, 91 and 117. */
#define PARKED 8u

/* What the master alone knows of the worker in a slot of the scoreboard. */
struct keeper {
    uint64_t serial; /* of the snapshot it was forked with */
    int64_t forked;
    bool leaving; /* was told to stop */
};

struct master {
    const struct master_options *options;
    struct listener *listener;
    struct site site;
    struct keeper *keepers; /* one a slot */
    uint64_t serial;        /* of the site; raised with each change of it */
    int signal_fd;
    sigset_t outer_mask;
    bool stopping;
    bool settled;      /* all workers are on the newest snapshot, and ready */
    int64_t next_open; /* when to look for a newer snapshot */
    int64_t next_fork;
    unsigned young_deaths;                           /* in a row */
    char failure[sizeof(((struct error *)0)->text)]; /* last logged, to be said once */
};

/* The index. */

static void publish_snapshot(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;

    board->snapshot_reports = snapshot_reports(m->site.snapshot);
    board->snapshot_bytes = snapshot_memory(m->site.snapshot);
    board->snapshot_loads++;
}

/* Opens what is current; where that fails, what is there goes on serving. */
static void open_snapshot(struct master *m)
{
    struct error err = {0};
    int64_t begun = scoreboard_now();
    bool ok = m->site.snapshot ? snapshot_refresh(&m->site.snapshot, &err)
                               : snapshot_open(m->options->index, &m->site.snapshot, &err);

    if (!ok) {
        if (err.code == ERROR_STALE) /* commits came between: at the next look */
            return;
        m->next_open = scoreboard_now() + RETRY_MS;
        m->site.scoreboard->snapshot_failures++;
        if (strcmp(err.text, m->failure) != 0)
            log_line("%s: %s; %s", err.where[0] ? err.where : m->options->index, err.text,
                     m->site.snapshot ? "still serving the one before" : "waiting for an index");
        memcpy(m->failure, err.text, sizeof(m->failure));
        return;
    }
    m->failure[0] = '\0';
    m->serial++;
    publish_snapshot(m);
    log_line("serving %s: %u reports, opened in %lld ms", snapshot_name(m->site.snapshot),
             snapshot_reports(m->site.snapshot), (long long)(scoreboard_now() - begun));
}

static void watch_index(struct master *m)
{
    if (scoreboard_now() < m->next_open)
        return;
    if (!m->site.snapshot || snapshot_is_outdated(m->site.snapshot))
        open_snapshot(m);
}

static void reopen_all(struct master *m)
{
    struct templates *fresh = NULL;
    struct error err = {0};

    if (templates_open(m->options->web, &fresh, &err)) {
        templates_close(m->site.templates);
        m->site.templates = fresh;
        m->serial++;
    } else {
        log_line("%s: %s; still using the templates from before", err.where, err.text);
    }
    m->failure[0] = '\0';
    open_snapshot(m);
}

/* The workers. */

/* The life of a worker, in its own process. */
static void be_worker(struct master *m, struct worker_slot *slot, pid_t master_pid)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    /* A master killed outright takes its workers along. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master_pid)
        exit(EXIT_SUCCESS);
    close(m->signal_fd);
    sigaction(SIGINT, &ignore, NULL); /* Ctrl-C reaches all; the master passes it on */
    sigaction(SIGHUP, &ignore, NULL);
    sigset_t mask = m->outer_mask;
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    worker_run(&m->site, m->listener->fd, slot);
    exit(EXIT_SUCCESS);
}

static void start_worker(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;
    size_t i = 0;

    while (i < board->slot_count && board->slots[i].pid)
        i++;
    if (i == board->slot_count)
        return;
    struct worker_slot *slot = &board->slots[i];
    pid_t master_pid = getpid();

    slot->state = WORKER_STARTING;
    slot->requests = 0;
    slot->cache_bytes = 0;
    pid_t pid = fork();
    if (pid == 0)
        be_worker(m, slot, master_pid);
    if (pid < 0) {
        slot->state = WORKER_NONE;
        m->next_fork = scoreboard_now() + BACK_OFF_MAX_MS;
        log_line("cannot start a worker: %s", strerror(errno));
        return;
    }
    slot->pid = pid;
    m->keepers[i] = (struct keeper){.serial = m->serial, .forked = scoreboard_now()};
}

static void stop_worker(struct master *m, size_t i)
{
    m->keepers[i].leaving = true;
    kill(m->site.scoreboard->slots[i].pid, SIGTERM);
}

/* A death that nobody asked for: the more of them in a row, the longer the pause. */
static void note_death(struct master *m, size_t i, int status)
{
    pid_t pid = m->site.scoreboard->slots[i].pid;

    m->site.scoreboard->worker_deaths++;
    if (WIFSIGNALED(status))
        log_line("worker %d was ended by signal %d; another takes its place", (int)pid,
                 WTERMSIG(status));
    else
        log_line("worker %d ended with status %d; another takes its place", (int)pid,
                 WEXITSTATUS(status));
    if (scoreboard_now() - m->keepers[i].forked >= YOUNG_MS) {
        m->young_deaths = 0;
        return;
    }
    int64_t pause = BACK_OFF_MS;
    for (unsigned n = 0; n < m->young_deaths && pause < BACK_OFF_MAX_MS; n++)
        pause *= 2;
    m->young_deaths++;
    m->next_fork = scoreboard_now() + (pause < BACK_OFF_MAX_MS ? pause : BACK_OFF_MAX_MS);
}

static void reap(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;
    pid_t pid;
    int status;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < board->slot_count; i++) {
            if (board->slots[i].pid != pid)
                continue;
            if (!m->keepers[i].leaving)
                note_death(m, i, status);
            board->slots[i].pid = 0;
            board->slots[i].state = WORKER_NONE;
        }
    }
}

static void kill_late(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;

    for (size_t i = 0; i < board->slot_count; i++) {
        struct worker_slot *slot = &board->slots[i];
        int64_t busy_since = slot->busy_since;
        if (!slot->pid || slot->state != WORKER_BUSY ||
            scoreboard_now() - busy_since < (int64_t)LIMIT_REQUEST_MS)
            continue;
        /* The slot may have gone on to another request meanwhile. */
        if (slot->busy_since != busy_since)
            continue;
        board->late_kills++;
        log_line("worker %d was busy for %u ms: killed", (int)slot->pid, LIMIT_REQUEST_MS);
        kill(slot->pid, SIGKILL);
        slot->busy_since = INT64_MAX / 2; /* once is enough */
    }
}

/* Moves the workers towards 'workers' of them, all on the newest snapshot: new ones first, and for
 * each that is ready an old one stops. */
static void keep_staffed(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;
    size_t fresh = 0, ready = 0, old = 0, used = 0;

    for (size_t i = 0; i < board->slot_count; i++) {
        if (!board->slots[i].pid)
            continue;
        used++;
        if (m->keepers[i].leaving)
            continue;
        bool is_fresh = m->keepers[i].serial == m->serial;
        old += !is_fresh;
        fresh += is_fresh;
        ready += is_fresh && board->slots[i].state != WORKER_STARTING;
    }
    m->settled = ready == m->options->workers && used == ready;
    if (scoreboard_now() >= m->next_fork)
        for (; fresh < m->options->workers && used < board->slot_count; fresh++, used++)
            start_worker(m);
    for (size_t i = 0; i < board->slot_count && old + ready > m->options->workers && old; i++) {
        if (!board->slots[i].pid || m->keepers[i].leaving || m->keepers[i].serial == m->serial)
            continue;
        stop_worker(m, i);
        old--;
    }
}

/* The end. */

static void stop_all(struct master *m)
{
    struct scoreboard *board = m->site.scoreboard;
    int number = m->stopping ? SIGKILL : SIGTERM;

    if (!m->stopping) {
        /* Nobody new gets in; whoever is in the queue is still answered. An inherited socket
         * outlives this server, and so does its queue. */
        board->draining = m->listener->path != NULL;
        board->ending = true;
        listener_unlink(m->listener);
    }
    m->stopping = true;
    for (size_t i = 0; i < board->slot_count; i++) {
        m->keepers[i].leaving = true;
        if (board->slots[i].pid)
            kill(board->slots[i].pid, number);
    }
}

static bool any_worker(const struct master *m)
{
    for (size_t i = 0; i < m->site.scoreboard->slot_count; i++)
        if (m->site.scoreboard->slots[i].pid)
            return true;
    return false;
}

static void handle_signals(struct master *m)
{
    struct signalfd_siginfo info;
    struct pollfd event = {.fd = m->signal_fd, .events = POLLIN};

    poll(&event, 1, m->settled ? TICK_MS : QUICK_MS);
    while (read(m->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP)
            reopen_all(m);
        else if (info.ssi_signo != SIGCHLD)
            stop_all(m);
    }
}

static void run(struct master *m)
{
    while (!m->stopping || any_worker(m)) {
        if (!m->stopping) {
            watch_index(m);
            keep_staffed(m);
        }
        handle_signals(m);
        reap(m);
        kill_late(m);
    }
}

/* Signals come by a descriptor: no handler, no window. */
static bool open_signals(struct master *m, struct error *err)
{
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &mask, &m->outer_mask) < 0)
        return error_set_errno(err, ERROR_SYSTEM, "", "cannot block signals");
    m->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (m->signal_fd < 0)
        return error_set_errno(err, ERROR_SYSTEM, "", "cannot watch for signals");
    signal(SIGPIPE, SIG_IGN);
    return true;
}

bool master_run(const struct master_options *options, struct listener *listener, struct error *err)
{
    struct master m = {.options = options,
                       .listener = listener,
                       .site = {.index = options->index,
                                .web = options->web,
                                .parking = {.in = -1, .out = -1},
                                .long_reports = options->long_reports},
                       .serial = 1,
                       .signal_fd = -1};
    size_t slots = 2 * (size_t)options->workers; /* while they change over */
    bool ok = false;

    m.keepers = calloc(slots, sizeof(*m.keepers));
    if (!m.keepers) {
        error_set(err, ERROR_MEMORY, "", "out of memory");
        goto done;
    }
    m.site.scoreboard = scoreboard_new(slots, err);
    if (!m.site.scoreboard || !templates_open(options->web, &m.site.templates, err) ||
        !parking_open(PARKED * options->workers, &m.site.parking, err) || !open_signals(&m, err))
        goto done;
    log_line("%u workers on %s", options->workers,
             listener->path ? listener->path : "a given socket");
    run(&m);
    log_line("stopped");
    ok = true;

done:
    if (m.signal_fd >= 0)
        close(m.signal_fd);
    snapshot_close(m.site.snapshot);
    templates_close(m.site.templates);
    parking_close(&m.site.parking);
    scoreboard_free(m.site.scoreboard);
    free(m.keepers);
    return ok;
}
