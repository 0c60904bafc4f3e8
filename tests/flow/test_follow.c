/* submit and follow as their users run them. */
#include "indexer/follow.h"
#include "indexer/lock.h"
#include "schema/generation.h"
#include "tests/unit/program.h"

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "first.jsonl", "{\"id\": \"a\", \"text\": \"Alpha.\"}\n");
    expect_exit(program_run(state, BUILD "DIR/first.jsonl"), 0);
    return 0;
}

static struct run index_run(void **state, int expected, const char *arguments)
{
    struct run run = program_run(state, arguments);
    expect_exit(run, expected);
    return run;
}

/* Hands a text over; the task's name, in a static buffer. */
static const char *submit(void **state, const char *options, const char *name, const char *text)
{
    static char task[FEED_NAME_ROOM];
    char arguments[400];
    scratch_file(state, name, text);
    snprintf(arguments, sizeof arguments, "submit --index DIR/index %s DIR/%s", options, name);
    struct run run = index_run(state, 0, arguments);
    snprintf(task, sizeof task, "%.*s", (int)strcspn(run.out, " \n"), run.out);
    return task;
}

static bool is_in(void **state, const char *folder, const char *task)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/index/feed/%s/%s", (char *)*state, folder, task) > 0);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void every_item_ends_somewhere(void **state)
{
    char good[FEED_NAME_ROOM], half[FEED_NAME_ROOM], bad[FEED_NAME_ROOM], seed[FEED_NAME_ROOM];
    strcpy(good, submit(state, "", "good.jsonl", "{\"id\": \"b\", \"text\": \"Beta.\"}\n"));
    strcpy(half, submit(state, "", "half.jsonl",
                        "{\"id\": \"c\", \"text\": \"Gamma.\"}\n{\"id\": \"d\"}\n"));
    strcpy(bad, submit(state, "", "bad.bin", "\x01\x02 nothing that is known"));
    strcpy(seed, submit(state, "", "seed.txt", " date 2023-11-15 The River Front."));
    assert_true(is_in(state, "new", good));
    struct run run = index_run(state, 0, "status --index DIR/index");
    expect_text(run.out, "feed        4 waiting, 0 failed, 0 done and kept\n");
    run = index_run(state, 0, "follow --index DIR/index --drain");
    expect_text(run.out, "commit 1: 3 added, 0 replaced, 0 unchanged, 0 rejected; 4 reports; 2 "
                         "items done, 2 failed, 0 waiting");
    expect_text(run.err, "the report has no text");
    assert_true(is_in(state, "done", good));
    assert_true(is_in(state, "done", seed));
    assert_true(is_in(state, "failed", half));
    assert_true(is_in(state, "failed", bad));
    strcat(half, FEED_REASON);
    strcat(bad, FEED_REASON);
    assert_true(is_in(state, "failed", half));
    assert_true(is_in(state, "failed", bad));
    run = index_run(state, 0, "dump --index DIR/index c"); /* the good half of it */
    expect_text(run.out, "Gamma.");
}

static void a_key_is_taken_once(void **state)
{
    char first[FEED_NAME_ROOM];
    strcpy(first, submit(state, "--key 7", "b.jsonl", "{\"id\": \"b\", \"text\": \"Beta.\"}\n"));
    assert_string_equal(submit(state, "--key 7", "b.jsonl", "{\"id\": \"b\", \"text\": \"B\"}"),
                        first);
    index_run(state, 0, "follow --index DIR/index --drain");
    assert_string_equal(submit(state, "--key 7", "b.jsonl", "{\"id\": \"b\", \"text\": \"B\"}"),
                        first);
    struct run run = index_run(state, 0, "follow --index DIR/index --drain");
    assert_string_equal(run.out, ""); /* nothing waits */
    run = index_run(state, 0, "dump --index DIR/index b");
    expect_text(run.out, "Beta.");
    index_run(state, 64, "submit --index DIR/index --key 7 DIR/b.jsonl DIR/first.jsonl");
    index_run(state, 66, "submit --index DIR/index DIR/absent");
}

static void the_later_of_two_counts(void **state)
{
    char text[100];
    for (int i = 0; i < 9; i++) {
        snprintf(text, sizeof text, "{\"id\": \"b\", \"text\": \"Version %d.\"}\n", i);
        submit(state, "", "b.jsonl", text);
    }
    index_run(state, 0, "follow --index DIR/index --drain");
    struct run run = index_run(state, 0, "dump --index DIR/index b");
    expect_text(run.out, "Version 8.");
}

/* Waits until the index has so many reports; false after 10 s. */
static bool wait_reports(void **state, uint64_t reports)
{
    for (int i = 0; i < 1000; i++) {
        struct generation generation = {0};
        ok(generation_current(scratch_path(state, "index"), &generation, err));
        uint64_t found = generation.reports;
        generation_clear(&generation);
        if (found == reports)
            return true;
        usleep(10000);
    }
    return false;
}

static void follows_until_it_is_told_to_stop(void **state)
{
    pid_t pid = program_start(state, false, "follow --index DIR/index");
    for (int i = 0; i < 1000 && !lock_owner(scratch_path(state, "index/feed"), LOCK_FOLLOW); i++)
        usleep(10000);
    assert_int_equal(lock_owner(scratch_path(state, "index/feed"), LOCK_FOLLOW), pid);
    for (int i = 0; i < 3; i++) {
        char text[100];
        snprintf(text, sizeof text, "{\"id\": \"n%d\", \"text\": \"Item.\"}\n", i);
        /* Another's output must not overwrite that of the follower. */
        struct feed *feed = NULL;
        char name[FEED_NAME_ROOM];
        bool stored;
        ok(feed_open(scratch_path(state, "index/feed"), &feed, err));
        ok(feed_put(feed, NULL, "n.jsonl", text, strlen(text), name, &stored, err));
        feed_close(feed);
        assert_true(wait_reports(state, 2 + (uint64_t)i));
    }
    kill(pid, SIGTERM);
    struct run run = program_end(state, pid);
    expect_exit(run, 0);
    expect_text(run.out, "commit 3: 1 added");
}

/* Another writes for long: that is waited for, and can be ended. */
static void waits_for_the_index_and_still_ends(void **state)
{
    int lock = -1;
    char task[FEED_NAME_ROOM], said[2000] = "";
    strcpy(task, submit(state, "", "b.jsonl", "{\"id\": \"b\", \"text\": \"Beta.\"}\n"));
    ok(lock_take(scratch_path(state, "index"), LOCK_WRITER, 0, "writing to", &lock, err));
    pid_t pid = program_start(state, false, "follow --index DIR/index");
    for (int i = 0; i < 1500 && !strstr(said, "; waiting"); i++) {
        usleep(10000);
        read_text(scratch_path(state, "err"), said, sizeof said);
    }
    expect_text(said, "is writing to this index");
    kill(pid, SIGTERM);
    expect_exit(program_end(state, pid), 0);
    assert_true(is_in(state, "new", task));
    lock_release(lock);
    index_run(state, 0, "follow --index DIR/index --drain");
    assert_true(is_in(state, "done", task));
}

static void two_do_not_follow_one_feed(void **state)
{
    int lock = -1;
    index_run(state, 0, "follow --index DIR/index --drain");
    ok(lock_take(scratch_path(state, "index/feed"), LOCK_FOLLOW, 0, "following", &lock, err));
    struct run run = index_run(state, 75, "follow --index DIR/index --drain");
    expect_text(run.err, "is following this");
    lock_release(lock);
    index_run(state, 66, "follow --index DIR/vocabulary --drain");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_item_ends_somewhere),  TEST(a_key_is_taken_once),
        TEST(the_later_of_two_counts),    TEST(follows_until_it_is_told_to_stop),
        TEST(two_do_not_follow_one_feed), TEST(waits_for_the_index_and_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
