/* A feed, and builds beside it, while searches go on: every answer is whole and of one
 * generation, every fed report is found in the end, and soon.
 *
 * A sample of some seconds; ten minutes where SITREP_LONG is set or --long is given: 100 swaps and
 * 10,000 fed reports.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "schema/feed.h"
#include "tests/http/server.h"

#define WORKERS     2
#define ASKERS      2
#define BASE        30u  /* reports that the builds read besides what was fed */
#define SAMPLES     2000 /* of the freshness, at most */
#define PATIENCE_MS 20000.0

static const struct size {
    double seconds;
    unsigned swaps, fed, sample; /* every so manieth fed report is timed */
} quick = {6, 3, 120, 10}, full = {600, 100, 10000, 20};

static const struct size *size = &quick;
static struct server server;
static struct feed *feed;

/* What the processes that ask have seen. */
static struct tally {
    unsigned long answers, failures, mixed;
} * tally;

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int set_up(void **state)
{
    char path[128];
    (void)state;
    server_prepare(&server);
    server_index(&server, "base", BASE);
    server_start_fcgi(&server, WORKERS);
    server_start_nginx(&server);
    tally = mmap(NULL, sizeof *tally * ASKERS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    snprintf(path, sizeof path, "%s/feed", server.index);
    return tally == MAP_FAILED || !feed_open(path, &feed, NULL) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    feed_close(feed);
    munmap(tally, sizeof *tally * ASKERS);
    server_end(&server);
    return 0;
}

/* ---- others at work ----------------------------------------------------- */

/* Starts a child that ends with this process. */
static pid_t start(void)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static pid_t start_program(char *const *arguments)
{
    pid_t pid = start();
    if (pid == 0) {
        if (!freopen(server.log, "a", stdout) || !freopen(server.log, "a", stderr))
            _exit(126);
        execv(arguments[0], arguments);
        _exit(127);
    }
    return pid;
}

/* Every report names Gao, so its count is the total of the same page: a page put together from two
 * generations would show. */
static bool is_whole(const char *body)
{
    json_t *root = json_loads(body, 0, NULL);
    json_int_t total = -1, in_gao = -2, value_count = 0;
    const json_t *values =
        json_object_get(json_object_get(json_object_get(root, "facets"), "region"), "values");
    const json_t *value;
    size_t i;
    json_unpack(root, "{s:{s:I}}", "total", "reports", &total);
    json_array_foreach((json_t *)(uintptr_t)values, i, value)
    {
        value_count++;
        if (strcmp(json_string_value(json_object_get(value, "value")), "ML-7") == 0)
            in_gao = json_integer_value(json_object_get(value, "reports"));
    }
    size_t hits = json_array_size(json_object_get(root, "hits"));
    json_decref(root);
    return value_count > 0 && total == in_gao && hits == (total < 20 ? (size_t)total : 20);
}

static void ask_for_ever(struct tally *seen)
{
    for (;;) {
        struct response answer;
        server_ask(&server, NULL, "/search.json?q=says&size=20&region=ML-7", NULL, &answer);
        seen->answers++;
        if (answer.status != 200)
            seen->failures++;
        else if (!is_whole(answer.body))
            seen->mixed++;
        response_clear(&answer);
        usleep(2000);
    }
}

/* Builds of the base and of all that was fed and is done. */
static pid_t start_build(void)
{
    char index[128], vocabulary[128], base[128], done[128];
    char *arguments[] = {SITREP_INDEX_PROGRAM, "build",    "--workers", "1",  "--index", index,
                         "--vocabulary",       vocabulary, base,        done, NULL};
    snprintf(index, sizeof index, "%s", server.index);
    snprintf(vocabulary, sizeof vocabulary, "%s/vocabulary", server.directory);
    snprintf(base, sizeof base, "%s/base.jsonl", server.directory);
    snprintf(done, sizeof done, "%s/feed/done", server.index);
    return start_program(arguments);
}

static pid_t start_follow(void)
{
    char *arguments[] = {SITREP_INDEX_PROGRAM, "follow", "--index", server.index, NULL};
    return start_program(arguments);
}

/* A program that has ended must have ended well; else its log is shown. */
static void expect_success(int status)
{
    char command[200];
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    snprintf(command, sizeof command, "grep -v '^generation\\|serving' '%s' | tail -5", server.log);
    if (system(command) != 0)
        puts("(no log)");
    fail_msg("a program ended with status %x", (unsigned)status);
}

static void expect_end(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    expect_success(status);
}

/* ---- feeding ------------------------------------------------------------ */

static void put(unsigned number)
{
    char text[300], name[FEED_NAME_ROOM];
    bool stored;
    int length =
        snprintf(text, sizeof text,
                 "{\"id\":\"fed-%u\",\"date\":\"2024-02-%02u\",\"body\":\"JNIM fighters were "
                 "seen near Gao in Mali, says message%u.\"}\n",
                 number, number % 28 + 1, number);
    assert_true(feed_put(feed, NULL, "fed.jsonl", text, (size_t)length, name, &stored, NULL));
}

/* Milliseconds until all workers find a report that is put now. */
static double time_to_be_found(unsigned number)
{
    char path[64];
    snprintf(path, sizeof path, "/reports/fed-%u.json", number);
    double began = now_ms(), first = 0;
    put(number);
    for (unsigned found = 0; found < 3 * WORKERS;) {
        double asked = now_ms();
        bool is_there = server_status(&server, path) == 200;
        first = found == 0 ? asked : first;
        found = is_there ? found + 1 : 0;
        if (now_ms() - began > PATIENCE_MS)
            return PATIENCE_MS;
        if (!is_there)
            usleep(3000);
    }
    return first - began;
}

static int by_value(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void feeds_and_swaps_under_load(void **state)
{
    static double samples[SAMPLES];
    unsigned fed = 0, sampled = 0, swaps = 0;
    pid_t askers[ASKERS], build = 0;
    (void)state;
    pid_t follower = start_follow();
    for (int i = 0; i < ASKERS; i++)
        if ((askers[i] = start()) == 0)
            ask_for_ever(&tally[i]);
    double began = now_ms(), length = size->seconds * 1e3;
    while (fed < size->fed || swaps < size->swaps) {
        double part = (now_ms() - began) / length;
        int status;
        if (build && waitpid(build, &status, WNOHANG) == build) {
            expect_success(status);
            build = 0;
        }
        if (!build && swaps < size->swaps && part * size->swaps >= swaps) {
            build = start_build();
            swaps++;
        }
        if (fed >= size->fed || part * size->fed < fed)
            usleep(2000);
        else if (fed % size->sample == 0 && sampled < SAMPLES)
            samples[sampled++] = time_to_be_found(fed++);
        else
            put(fed++);
    }
    if (build)
        expect_end(build);
    assert_true(server_wait_reports(&server, BASE + fed));
    kill(follower, SIGTERM);
    expect_end(follower);
    struct tally all = {0};
    for (int i = 0; i < ASKERS; i++) {
        kill(askers[i], SIGKILL);
        waitpid(askers[i], NULL, 0);
        all.answers += tally[i].answers;
        all.failures += tally[i].failures;
        all.mixed += tally[i].mixed;
    }
    qsort(samples, sampled, sizeof *samples, by_value);
    print_message("%.0f s: %u fed, %u swaps; %lu answers, %lu failed, %lu mixed; found by all "
                  "workers after %.0f ms (median), %.0f ms (p99), %.0f ms (worst of %u)\n",
                  (now_ms() - began) / 1e3, fed, swaps, all.answers, all.failures, all.mixed,
                  samples[sampled / 2], samples[sampled * 99 / 100], samples[sampled - 1], sampled);
    assert_true(all.answers > 0);
    assert_int_equal(all.failures, 0);
    assert_int_equal(all.mixed, 0);
    assert_true(samples[sampled - 1] < PATIENCE_MS);
    assert_int_equal(server_log_count(&server, "another takes its place"), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(feeds_and_swaps_under_load, set_up, tear_down),
    };

    if (getenv("SITREP_LONG") || (argc > 1 && strcmp(argv[1], "--long") == 0))
        size = &full;
    if (server_missing()) {
        printf("skipped: %s\n", server_missing());
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
