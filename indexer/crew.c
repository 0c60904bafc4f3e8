#include "indexer/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 200

struct shared {
    atomic_size_t next_task;
    _Atomic uint64_t counters[CREW_COUNTERS];
};

/* One write of this size to a pipe is whole. */
struct message {
    bool is_failure;
    int kind;
    struct error note;
};
_Static_assert(sizeof(struct message) <= PIPE_BUF, "messages must not mix");

struct crew {
    struct crew_job job;
    struct shared *shared;
    int pipe[2];
    pid_t *pids; /* 0 for one that was reaped */
    unsigned workers;
};

unsigned crew_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return (unsigned)CPU_COUNT(&set);
}

/* ---- in a worker -------------------------------------------------------- */

static void send_message(struct crew *crew, const struct message *message)
{
    ssize_t sent;
    do
        sent = write(crew->pipe[1], message, sizeof *message);
    while (sent < 0 && errno == EINTR);
}

void crew_count(struct crew *crew, unsigned counter, uint64_t add)
{
    atomic_fetch_add_explicit(&crew->shared->counters[counter], add, memory_order_relaxed);
}

void crew_tell(struct crew *crew, int kind, const struct error *note)
{
    send_message(crew, &(struct message){.kind = kind, .note = *note});
}

static void worker_main(struct crew *crew, pid_t master)
{
    const struct crew_job *job = &crew->job;
    close(crew->pipe[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != master) /* it died before prctl */
        _exit(EXIT_FAILURE);
    struct message failure = {.is_failure = true};
    void *state = NULL;
    bool ok = !job->start || job->start(job->context, &state, &failure.note);
    while (ok) {
        size_t task = atomic_fetch_add(&crew->shared->next_task, 1);
        if (task >= job->tasks)
            break;
        ok = job->work(job->context, state, crew, task, &failure.note);
    }
    if (!ok)
        send_message(crew, &failure);
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- in the master ------------------------------------------------------ */

static void tick(const struct crew *crew)
{
    if (!crew->job.tick)
        return;
    uint64_t counters[CREW_COUNTERS];
    for (size_t i = 0; i < CREW_COUNTERS; i++)
        counters[i] = atomic_load(&crew->shared->counters[i]);
    crew->job.tick(crew->job.context, counters);
}

static void kill_all(const struct crew *crew)
{
    for (unsigned i = 0; i < crew->workers; i++)
        if (crew->pids[i] > 0)
            kill(crew->pids[i], SIGKILL);
}

static bool start_workers(struct crew *crew, unsigned count, struct error *err)
{
    pid_t master = getpid();
    for (unsigned i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == 0)
            worker_main(crew, master);
        if (pid < 0)
            return error_set_errno(err, ERROR_SYSTEM, NULL, "cannot start a worker process");
        crew->pids[crew->workers++] = pid;
    }
    return true;
}

/* Listens until every worker has closed its end of the pipe. */
static bool listen_to_workers(struct crew *crew, struct error *err)
{
    for (;;) {
        struct pollfd ready = {.fd = crew->pipe[0], .events = POLLIN};
        int count = poll(&ready, 1, TICK_MS);
        if (count <= 0) {
            if (count < 0 && errno != EINTR)
                return error_set_errno(err, ERROR_SYSTEM, NULL, "cannot wait for the workers");
            tick(crew);
            continue;
        }
        struct message message;
        ssize_t got = read(crew->pipe[0], &message, sizeof message);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != sizeof message)
            return true;
        if (message.is_failure)
            return error_set(err, message.note.code, message.note.where, "%s", message.note.text);
        if (crew->job.told)
            crew->job.told(crew->job.context, message.kind, &message.note);
    }
}

/* Waits for all; a worker that ended badly is an error where there was none. */
static bool reap(struct crew *crew, struct error *err)
{
    bool ok = true;
    for (unsigned i = 0; i < crew->workers; i++) {
        int status;
        pid_t pid;
        do
            pid = waitpid(crew->pids[i], &status, 0);
        while (pid < 0 && errno == EINTR);
        crew->pids[i] = 0;
        if (pid < 0)
            ok = error_set_errno(err, ERROR_SYSTEM, NULL, "cannot wait for a worker process");
        else if (WIFSIGNALED(status))
            ok = error_set(err, ERROR_SYSTEM, NULL, "a worker process died of signal %d (%s)%s",
                           WTERMSIG(status), strsignal(WTERMSIG(status)),
                           WTERMSIG(status) == SIGKILL ? "; is memory short?" : "");
        else if (WEXITSTATUS(status) != 0)
            ok = error_set(err, ERROR_SYSTEM, NULL, "a worker process failed with status %d",
                           WEXITSTATUS(status));
    }
    return ok;
}

static void free_crew(struct crew *crew)
{
    for (size_t i = 0; i < 2; i++)
        if (crew->pipe[i] >= 0)
            close(crew->pipe[i]);
    if (crew->shared != MAP_FAILED)
        munmap(crew->shared, sizeof *crew->shared);
    free(crew->pids);
    free(crew);
}

void crew_cancel(struct crew *crew)
{
    if (!crew)
        return;
    kill_all(crew);
    reap(crew, NULL);
    free_crew(crew);
}

bool crew_begin(const struct crew_job *job, struct crew **out, struct error *err)
{
    unsigned workers = job->workers ? job->workers : crew_cores();
    if (workers > job->tasks)
        workers = (unsigned)job->tasks;
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *crew = (struct crew){.job = *job, .pipe = {-1, -1}};
    crew->shared =
        mmap(NULL, sizeof *crew->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    crew->pids = calloc(workers + 1, sizeof *crew->pids);
    bool ok = false;
    if (crew->shared == MAP_FAILED || !crew->pids)
        error_set(err, ERROR_MEMORY, NULL, "out of memory");
    else if (pipe2(crew->pipe, O_CLOEXEC) != 0)
        error_set_errno(err, ERROR_SYSTEM, NULL, "cannot make a pipe");
    else
        ok = start_workers(crew, workers, err);
    if (!ok) {
        crew_cancel(crew);
        return false;
    }
    close(crew->pipe[1]);
    crew->pipe[1] = -1;
    *out = crew;
    return true;
}

bool crew_end(struct crew *crew, struct error *err)
{
    bool ok = listen_to_workers(crew, err);
    if (!ok)
        kill_all(crew);
    ok = reap(crew, err) && ok;
    if (ok)
        tick(crew);
    free_crew(crew);
    return ok;
}

bool crew_run(const struct crew_job *job, struct error *err)
{
    struct crew *crew = NULL;
    return crew_begin(job, &crew, err) && crew_end(crew, err);
}
