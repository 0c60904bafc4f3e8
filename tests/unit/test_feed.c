#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/feed.h"
#include "schema/limits.h"
#include "tests/unit/scratch.h"

static struct feed *open_feed(void **state)
{
    struct feed *feed = NULL;
    ok(feed_open(scratch_path(state, "feed"), &feed, err));
    return feed;
}

static bool put(struct feed *feed, const char *key, const char *label, const char *text,
                char name[FEED_NAME_ROOM])
{
    bool stored = false;
    ok(feed_put(feed, key, label, text, strlen(text), name, &stored, err));
    return stored;
}

static size_t count(struct feed *feed, enum feed_state state)
{
    size_t items = 99;
    ok(feed_count(feed, state, &items, err));
    return items;
}

static void an_item_goes_its_way(void **state)
{
    struct feed *feed = open_feed(state);
    char name[FEED_NAME_ROOM], other[FEED_NAME_ROOM], text[100];
    assert_true(put(feed, NULL, "some/report.jsonl", "{}", name));
    assert_true(put(feed, NULL, "report.jsonl", "{}", other)); /* without a key, another item */
    assert_string_not_equal(name, other);
    assert_string_equal(feed_label(name), "report.jsonl");
    assert_int_equal(count(feed, FEED_UNKNOWN), 0);
    assert_int_equal(count(feed, FEED_NEW), 2);
    assert_int_equal(feed_find(feed, name), FEED_NEW);
    ok(feed_settle(feed, name, FEED_DONE, NULL, err));
    ok(feed_settle(feed, other, FEED_FAILED, "f:1: no text\n", err));
    ok(feed_sync(feed, err));
    assert_int_equal(feed_find(feed, name), FEED_DONE);
    assert_int_equal(feed_find(feed, other), FEED_FAILED);
    assert_int_equal(count(feed, FEED_FAILED), 1); /* the reason is no item */
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s" FEED_REASON, feed_folder(feed, FEED_FAILED), other) > 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "f:1: no text\n");
    fclose(file);
    free(path);
    assert_int_equal(feed_find(feed, "t1.nothing"), FEED_UNKNOWN);
    assert_int_equal(feed_find(feed, "../new"), FEED_UNKNOWN);
    ok(feed_settle(feed, "t1.gone", FEED_DONE, NULL, err)); /* taken away by hand */
    feed_close(feed);
    feed_close(NULL);
}

static void a_key_is_taken_once(void **state)
{
    struct feed *feed = open_feed(state);
    char name[FEED_NAME_ROOM], again[FEED_NAME_ROOM];
    assert_true(put(feed, "order 7", "report.jsonl", "{}", name));
    assert_false(put(feed, "order 7", "report.jsonl", "{}", again));
    assert_string_equal(name, again);
    feed_close(feed);
    feed = open_feed(state);
    ok(feed_settle(feed, name, FEED_DONE, NULL, err));
    assert_false(put(feed, "order 7", "report.jsonl", "{}", again));
    assert_int_equal(count(feed, FEED_NEW), 0);
    assert_true(put(feed, "order 8", "report.jsonl", "{}", name));
    ok(feed_settle(feed, name, FEED_FAILED, "no", err)); /* what failed can be tried again */
    assert_true(put(feed, "order 8", "report.jsonl", "{}", again));
    assert_string_equal(name, again);
    feed_close(feed);
}

static void items_come_in_their_order(void **state)
{
    struct feed *feed = open_feed(state);
    char names[20][FEED_NAME_ROOM], key[8];
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "%d", i);
        put(feed, i % 3 ? key : NULL, "a.txt", "x", names[i]);
    }
    struct feed_item *items = NULL;
    size_t found = 0;
    ok(feed_list(feed, FEED_NEW, &items, &found, err));
    assert_int_equal(found, 20);
    for (size_t i = 0; i < found; i++)
        assert_string_equal(items[i].name, names[i]);
    free(items);
    feed_close(feed);
}

static void labels_are_made_harmless(void **state)
{
    static const struct {
        const char *label, *kept;
    } cases[] = {
        {"a b/../c\n.jsonl", "c_.jsonl"},
        {"", "report"},
        {"dir/", "report"},
        {"x.reason", "x_reason"},
        {"Ménaka.txt", "M__naka.txt"},
        {"..", ".."},
    };
    struct feed *feed = open_feed(state);
    char name[FEED_NAME_ROOM], wide[300];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(feed, NULL, cases[i].label, "x", name);
        assert_string_equal(feed_label(name), cases[i].kept);
        assert_int_equal(feed_find(feed, name), FEED_NEW);
    }
    memset(wide, 'a', sizeof wide);
    memcpy(wide + sizeof wide - 5, ".csv", 5);
    put(feed, NULL, wide, "x", name);
    assert_string_equal(feed_label(name) + strlen(feed_label(name)) - 5, "a.csv");
    feed_close(feed);
}

static void what_is_too_much_is_refused(void **state)
{
    struct feed *feed = open_feed(state);
    char name[FEED_NAME_ROOM];
    bool stored;
    char *large = calloc(1, LIMIT_FEED_BYTES + 1);
    fails(ERROR_LIMIT, feed_put(feed, NULL, "a", large, LIMIT_FEED_BYTES + 1, name, &stored, err));
    free(large);
    put(feed, "first", "a", "x", name);
    for (unsigned i = 1; i < LIMIT_FEED_ITEMS; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/t%u.x", feed_folder(feed, FEED_NEW), i);
        close(open(path, O_WRONLY | O_CREAT, 0644));
    }
    fails(ERROR_BUSY, feed_put(feed, NULL, "a", "x", 1, name, &stored, err));
    assert_false(put(feed, "first", "a", "x", name)); /* is taken already: no need to refuse it */
    feed_close(feed);
}

static void old_items_are_pruned(void **state)
{
    struct feed *feed = open_feed(state);
    char name[FEED_NAME_ROOM], waiting[FEED_NAME_ROOM];
    struct feed_item *items = NULL;
    size_t found, removed = 0;
    put(feed, NULL, "a", "x", name);
    ok(feed_settle(feed, name, FEED_DONE, NULL, err));
    put(feed, NULL, "b", "x", waiting);
    ok(feed_list(feed, FEED_DONE, &items, &found, err));
    ok(feed_prune(feed, items[0].put, &removed, err));
    assert_int_equal(removed, 0);
    ok(feed_prune(feed, items[0].put + 1, &removed, err));
    assert_int_equal(removed, 1);
    assert_int_equal(feed_find(feed, name), FEED_UNKNOWN);
    assert_int_equal(feed_find(feed, waiting), FEED_NEW);
    free(items);
    feed_close(feed);
}

/* Nothing of an item that could not be written is left to be found. */
static void a_full_disk_is_said(void **state)
{
    struct feed *feed = open_feed(state);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit small = {.rlim_cur = 10, .rlim_max = 10};
        struct error err = {0};
        char name[FEED_NAME_ROOM];
        bool stored;
        setrlimit(RLIMIT_FSIZE, &small);
        bool refused = !feed_put(feed, NULL, "a", "much longer than that", 21, name, &stored, &err);
        _exit(refused && err.code == ERROR_IO ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(count(feed, FEED_NEW), 0);
    assert_int_equal(count(feed, FEED_UNKNOWN), 0);
    feed_close(feed);
    fails(ERROR_CREATE, feed_open(scratch_path(state, "absent/feed"), &feed, err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_item_goes_its_way),        TEST(a_key_is_taken_once),
        TEST(items_come_in_their_order),   TEST(labels_are_made_harmless),
        TEST(what_is_too_much_is_refused), TEST(old_items_are_pruned),
        TEST(a_full_disk_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
