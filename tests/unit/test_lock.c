#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/lock.h"
#include "tests/unit/scratch.h"

static void one_owner_at_a_time(void **state)
{
    const char *directory = *state;
    int first = -1, second = -1;
    assert_int_equal(lock_owner(directory, LOCK_WRITER), 0);
    ok(lock_take(directory, LOCK_WRITER, 0, "writing to", &first, err));
    assert_int_equal(lock_owner(directory, LOCK_WRITER), getpid());
    struct error locked = {0};
    assert_false(lock_take(directory, LOCK_WRITER, 50, "writing to", &second, &locked));
    assert_int_equal(locked.code, ERROR_LOCKED);
    char said[64];
    snprintf(said, sizeof said, "process %ld is writing to this index", (long)getpid());
    assert_non_null(strstr(locked.text, said));
    assert_int_equal(second, -1);
    ok(lock_take(directory, LOCK_GENERATIONS, 0, "building", &second, err)); /* another lock */
    lock_release(second);
    lock_release(first);
    assert_int_equal(lock_owner(directory, LOCK_WRITER), 0);
    lock_release(-1);
}

/* Starts a process that takes the lock, says so, and waits. */
static pid_t start_owner(const char *directory)
{
    int ready[2], fd;
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (lock_take(directory, LOCK_WRITER, 0, "writing to", &fd, NULL) &&
            write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void the_kernel_ends_a_lock_with_its_owner(void **state)
{
    pid_t pid = start_owner(*state);
    int fd = -1;
    fails(ERROR_LOCKED, lock_take(*state, LOCK_WRITER, 0, "writing to", &fd, err));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    ok(lock_take(*state, LOCK_WRITER, 0, "writing to", &fd, err));
    lock_release(fd);
}

static void waits_for_its_turn(void **state)
{
    pid_t pid = start_owner(*state);
    pid_t killer = fork();
    if (killer == 0) {
        usleep(100000);
        kill(pid, SIGKILL);
        _exit(0);
    }
    int fd = -1;
    ok(lock_take(*state, LOCK_WRITER, LOCK_FOREVER, "writing to", &fd, err));
    lock_release(fd);
    waitpid(killer, NULL, 0);
    waitpid(pid, NULL, 0);
}

static void says_where_it_cannot(void **state)
{
    int fd = -1;
    fails(ERROR_CREATE, lock_take(scratch_path(state, "absent"), LOCK_WRITER, 0, "", &fd, err));
    assert_int_equal(lock_owner(scratch_path(state, "absent"), LOCK_WRITER), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_owner_at_a_time, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_kernel_ends_a_lock_with_its_owner, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(waits_for_its_turn, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(says_where_it_cannot, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
