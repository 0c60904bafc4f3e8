#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/crew.h"
#include "tests/unit/scratch.h"

struct job_log {
    int *done; /* by task; shared with the workers */
    unsigned told, ticks;
    uint64_t counted;
};

static void on_told(void *context, int kind, const struct error *note)
{
    struct job_log *log = context;
    assert_int_equal(kind, 7);
    assert_string_equal(note->text, "hello");
    log->told++;
}

static void on_tick(void *context, const uint64_t counters[CREW_COUNTERS])
{
    struct job_log *log = context;
    log->ticks++;
    log->counted = counters[1];
}

static bool start(void *context, void **state, struct error *err)
{
    (void)context;
    (void)err;
    static int number = 42;
    *state = &number;
    return true;
}

static bool work(void *context, void *state, struct crew *crew, size_t task, struct error *err)
{
    const struct job_log *log = context;
    if (*(int *)state != 42)
        return error_set(err, ERROR_INTERNAL, NULL, "the state is not mine");
    log->done[task]++;
    crew_count(crew, 1, 2);
    struct error note = {0};
    error_set(&note, ERROR_DATA, NULL, "hello");
    crew_tell(crew, 7, &note);
    return true;
}

static void every_task_is_done_once(void **state)
{
    (void)state;
    for (unsigned workers = 0; workers <= 5; workers++) {
        struct job_log log = {0};
        log.done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct crew_job job = {.tasks = 500,
                               .workers = workers,
                               .context = &log,
                               .start = start,
                               .work = work,
                               .told = on_told,
                               .tick = on_tick};
        ok(crew_run(&job, err));
        for (size_t i = 0; i < 500; i++)
            assert_int_equal(log.done[i], 1);
        assert_int_equal(log.told, 500);
        assert_int_equal(log.counted, 1000);
        assert_true(log.ticks > 0);
        munmap(log.done, 4096);
    }
}

static void no_tasks(void **state)
{
    (void)state;
    struct crew_job job = {.tasks = 0, .workers = 3, .work = work};
    ok(crew_run(&job, err));
}

static bool fail_third(void *context, void *state, struct crew *crew, size_t task,
                       struct error *err)
{
    (void)context;
    (void)state;
    (void)crew;
    if (task == 2)
        return error_set(err, ERROR_IO, "disk", "full");
    sleep(30); /* the failure of one ends the others */
    return true;
}

static void a_failure_ends_all(void **state)
{
    (void)state;
    struct crew_job job = {.tasks = 3, .workers = 3, .work = fail_third};
    struct error failure = {0};
    alarm(20);
    assert_false(crew_run(&job, &failure));
    alarm(0);
    assert_int_equal(failure.code, ERROR_IO);
    assert_string_equal(failure.where, "disk");
    assert_string_equal(failure.text, "full");
}

static bool work_long(void *context, void *state, struct crew *crew, size_t task, struct error *err)
{
    (void)context;
    (void)state;
    (void)crew;
    (void)task;
    (void)err;
    sleep(30);
    return true;
}

static void a_crew_is_cancelled(void **state)
{
    (void)state;
    struct crew_job job = {.tasks = 3, .workers = 3, .work = work_long};
    struct crew *crew = NULL;
    ok(crew_begin(&job, &crew, err));
    alarm(20);
    crew_cancel(crew);
    crew_cancel(NULL);
    alarm(0);
    assert_int_equal(waitpid(-1, NULL, 0), -1); /* none is left */
}

static bool die(void *context, void *state, struct crew *crew, size_t task, struct error *err)
{
    (void)state;
    (void)crew;
    (void)task;
    (void)err;
    signal(SIGABRT, SIG_DFL);
    kill(getpid(), *(int *)context);
    return true;
}

static void a_crash_is_an_error(void **state)
{
    (void)state;
    static int signals[] = {SIGKILL, SIGABRT};
    for (size_t i = 0; i < 2; i++) {
        struct crew_job job = {.tasks = 1, .context = &signals[i], .work = die};
        struct error failure = {0};
        assert_false(crew_run(&job, &failure));
        assert_int_equal(failure.code, ERROR_SYSTEM);
        assert_non_null(strstr(failure.text, "died of signal"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_done_once), cmocka_unit_test(no_tasks),
        cmocka_unit_test(a_failure_ends_all),      cmocka_unit_test(a_crew_is_cancelled),
        cmocka_unit_test(a_crash_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
