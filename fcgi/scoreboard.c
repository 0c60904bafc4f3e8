#include "fcgi/scoreboard.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Upper bounds of the duration histogram, in microseconds. */
static const uint64_t steps[SCOREBOARD_STEPS - 1] = {
    500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000};

static size_t board_size(size_t slot_count)
{
    return sizeof(struct scoreboard) + slot_count * sizeof(struct worker_slot);
}

struct scoreboard *scoreboard_new(size_t slot_count, struct error *err)
{
    void *memory = mmap(NULL, board_size(slot_count), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        error_set_errno(err, ERROR_MEMORY, "", "cannot map the scoreboard");
        return NULL;
    }
    struct scoreboard *scoreboard = memory; /* all zero, as mmap gives it */
    scoreboard->slot_count = slot_count;
    scoreboard->started = scoreboard_now();
    scoreboard->master = getpid();
    return scoreboard;
}

void scoreboard_free(struct scoreboard *scoreboard)
{
    if (scoreboard)
        munmap(scoreboard, board_size(scoreboard->slot_count));
}

int64_t scoreboard_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void scoreboard_count(struct scoreboard *scoreboard, size_t route, unsigned status,
                      uint64_t microseconds)
{
    size_t step = 0;

    if (route >= SCOREBOARD_ROUTES || status >= SCOREBOARD_STATUSES)
        return;
    while (step < SCOREBOARD_STEPS - 1 && microseconds > steps[step])
        step++;
    struct route_counters *counters = &scoreboard->routes[route];
    atomic_fetch_add_explicit(&counters->by_status[status], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counters->by_step[step], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counters->microseconds, microseconds, memory_order_relaxed);
}

static void describe_number(struct buffer *out, const char *name, const char *type,
                            const char *help, uint64_t value)
{
    buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type, name,
                  value);
}

static void describe_requests(const struct scoreboard *scoreboard, const char *const *route_names,
                              size_t route_count, struct buffer *out)
{
    buffer_text(out, "# HELP sitrep_requests_total Answers, by route and HTTP status.\n"
                     "# TYPE sitrep_requests_total counter\n");
    for (size_t route = 0; route < route_count; route++) {
        for (size_t status = 0; status < SCOREBOARD_STATUSES; status++) {
            uint64_t count = scoreboard->routes[route].by_status[status];
            if (count)
                buffer_format(out,
                              "sitrep_requests_total{route=\"%s\",status=\"%zu\"} %" PRIu64 "\n",
                              route_names[route], status, count);
        }
    }
}

static void describe_durations(const struct scoreboard *scoreboard, const char *const *route_names,
                               size_t route_count, struct buffer *out)
{
    buffer_text(out, "# HELP sitrep_request_seconds Time to make an answer, by route.\n"
                     "# TYPE sitrep_request_seconds histogram\n");
    for (size_t route = 0; route < route_count; route++) {
        const struct route_counters *counters = &scoreboard->routes[route];
        uint64_t count = 0;
        for (size_t step = 0; step < SCOREBOARD_STEPS - 1; step++) {
            count += counters->by_step[step];
            buffer_format(out,
                          "sitrep_request_seconds_bucket{route=\"%s\",le=\"%g\"} %" PRIu64 "\n",
                          route_names[route], (double)steps[step] / 1e6, count);
        }
        count += counters->by_step[SCOREBOARD_STEPS - 1];
        buffer_format(out, "sitrep_request_seconds_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n",
                      route_names[route], count);
        buffer_format(out, "sitrep_request_seconds_sum{route=\"%s\"} %.6f\n", route_names[route],
                      (double)counters->microseconds / 1e6);
        buffer_format(out, "sitrep_request_seconds_count{route=\"%s\"} %" PRIu64 "\n",
                      route_names[route], count);
    }
}

static void describe_workers(const struct scoreboard *scoreboard, struct buffer *out)
{
    uint64_t idle = 0, busy = 0, cache_bytes = 0;

    for (size_t i = 0; i < scoreboard->slot_count; i++) {
        enum worker_state state = scoreboard->slots[i].state;
        idle += state == WORKER_IDLE || state == WORKER_STARTING;
        busy += state == WORKER_BUSY;
        cache_bytes += state == WORKER_NONE ? 0 : scoreboard->slots[i].cache_bytes;
    }
    buffer_format(out,
                  "# HELP sitrep_workers Worker processes, by what they do.\n"
                  "# TYPE sitrep_workers gauge\n"
                  "sitrep_workers{state=\"idle\"} %" PRIu64 "\n"
                  "sitrep_workers{state=\"busy\"} %" PRIu64 "\n",
                  idle, busy);
    describe_number(out, "sitrep_cache_bytes", "gauge",
                    "Memory of what the workers keep of questions, of all together.", cache_bytes);
}

void scoreboard_describe(const struct scoreboard *scoreboard, const char *const *route_names,
                         size_t route_count, struct buffer *out)
{
    describe_requests(scoreboard, route_names, route_count, out);
    describe_durations(scoreboard, route_names, route_count, out);
    describe_workers(scoreboard, out);
    describe_number(out, "sitrep_parked_total", "counter",
                    "Long questions that let quick ones pass.", scoreboard->parked);
    describe_number(out, "sitrep_worker_deaths_total", "counter",
                    "Workers that ended without being asked to.", scoreboard->worker_deaths);
    describe_number(out, "sitrep_late_kills_total", "counter",
                    "Workers killed past the deadline of a request.", scoreboard->late_kills);
    describe_number(out, "sitrep_snapshot_loads_total", "counter", "Snapshots opened.",
                    scoreboard->snapshot_loads);
    describe_number(out, "sitrep_snapshot_failures_total", "counter",
                    "Newer snapshots that could not be opened.", scoreboard->snapshot_failures);
    describe_number(out, "sitrep_snapshot_reports", "gauge", "Reports in the snapshot.",
                    scoreboard->snapshot_reports);
    describe_number(out, "sitrep_snapshot_bytes", "gauge",
                    "Memory of the snapshot: columns, days, lengths, words and names.",
                    scoreboard->snapshot_bytes);
    describe_number(out, "sitrep_uptime_seconds", "gauge", "Since the server was started.",
                    (uint64_t)(scoreboard_now() - scoreboard->started) / 1000);
}
