/* kills.h: what the tests of faults share: random numbers that are the same every time, how many
 * tries a run has, and a program that is killed at some moment.
 */
#ifndef TEST_KILLS_H
#define TEST_KILLS_H

#include <time.h>

#include "tests/unit/program.h"

#define KILLS_SEED 20231115u

static inline unsigned roll(unsigned below)
{
    static unsigned seed = KILLS_SEED;
    seed = seed * 1103515245u + 12345u;
    return (seed >> 12) % below;
}

static inline bool is_long(void)
{
    const char *text = getenv("SITREP_LONG");
    return text && *text;
}

static inline size_t moments(size_t quick, size_t all)
{
    return is_long() ? all : quick;
}

static inline double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Seconds that a command takes, which must work. */
static inline double time_of(void **state, const char *command)
{
    double began = now();
    expect_exit(program_run(state, command), 0);
    return now() - began;
}

/* Starts a command and kills it at a random moment of the seconds it takes; whether it was still at
 * work. */
static inline bool kill_within(void **state, double seconds, const char *command)
{
    pid_t pid = program_start(state, false, command);
    usleep((useconds_t)(seconds * 1.1e6 * roll(1024) / 1024));
    kill(pid, SIGKILL);
    return WIFSIGNALED(program_end(state, pid).status);
}

/* The seconds to kill the next run within, as machines get faster and slower meanwhile: three of
 * five are killed. */
static inline double next_within(double seconds, bool was_killed)
{
    return seconds * (was_killed ? 1.02 : 0.97);
}

/* The version that the text of two reports says, which must be the same. */
static inline int version_of_both(void **state, const char *one, const char *other)
{
    const char *const ids[] = {one, other};
    int versions[2];
    for (int i = 0; i < 2; i++) {
        char arguments[100];
        snprintf(arguments, sizeof arguments, "dump --index DIR/index %s", ids[i]);
        struct run run = program_run(state, arguments);
        expect_exit(run, 0);
        const char *text = strstr(run.out, "Version ");
        assert_non_null(text);
        versions[i] = atoi(text + 8);
    }
    assert_int_equal(versions[0], versions[1]);
    return versions[0];
}

#endif
