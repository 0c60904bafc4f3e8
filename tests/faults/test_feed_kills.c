/* follow and add, killed at every kind of syscall and at random moments, and with syscalls that
 * fail: what was acknowledged is in the index or still waits, no generation is damaged, and the
 * next run goes on.
 *
 * A sample, the same every time; 300 moments where SITREP_LONG is set. Prints the seed.
 */
#include <sys/mount.h>

#include "indexer/files.h"
#include "indexer/stored.h"
#include "indexer/verification.h"
#include "schema/buffer.h"
#include "schema/changes.h"
#include "schema/feed.h"
#include "tests/faults/kills.h"

#define IDS 10 /* that the items are about: later ones replace earlier ones */

/* What was acknowledged: the latest version of each id, and the item that has it. */
static struct {
    int version;
    char item[FEED_NAME_ROOM];
} latest[IDS];
static int versions;

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    scratch_file(state, "first.jsonl", "{\"id\": \"base\", \"text\": \"Always there.\"}\n");
    expect_exit(program_run(state, BUILD "DIR/first.jsonl"), 0);
    memset(latest, 0, sizeof latest);
    versions = 0;
    return 0;
}

static bool can_trace(void)
{
    return system("strace -qq -o /dev/null -e trace=none true >/dev/null 2>&1") == 0;
}

/* ---- what must hold ----------------------------------------------------- */

static void put_items(void **state, int count)
{
    struct feed *feed = NULL;
    ok(feed_open(scratch_path(state, "index/feed"), &feed, err));
    for (int i = 0; i < count; i++) {
        char text[200];
        bool stored;
        int id = (int)roll(IDS), version = ++versions;
        snprintf(text, sizeof text,
                 "{\"id\": \"f%d\", \"text\": \"Version %d of the River Front.\"}\n", id, version);
        ok(feed_put(feed, NULL, "r.jsonl", text, strlen(text), latest[id].item, &stored, err));
        latest[id].version = version;
    }
    feed_close(feed);
}

/* The version that the index has of an id; 0 where it has none. */
static int version_of(struct stored *stored, const char *id)
{
    struct report report = {0};
    bool found = false;
    int version = 0;
    ok(stored_read(stored, id, &found, &report, err));
    if (found)
        assert_int_equal(sscanf(report.body, "Version %d ", &version), 1);
    report_clear(&report);
    return version;
}

static void expect_sound(void **state, struct generation *generation)
{
    struct verification sound;
    struct changes *changes = NULL;
    const struct change *change = NULL;
    uint64_t last = 0;
    ok(generation_current(scratch_path(state, "index"), generation, err));
    ok(verification_run(generation->path, &sound, err));
    ok(changes_open(generation, 0, &changes, err));
    do {
        ok(changes_next(changes, &change, err));
        last = change ? change->sequence : last;
    } while (change);
    assert_int_equal(last, sound.sequence);
    assert_int_equal(generation->reports, sound.reports);
    changes_close(changes);
}

/* Each id's latest version is in the index, or waits, or 'all' are in the index. */
static void expect_nothing_lost(void **state, bool all)
{
    struct generation generation = {0};
    struct stored *stored = NULL;
    struct feed *feed = NULL;
    expect_sound(state, &generation);
    ok(stored_open(&generation, &stored, err));
    ok(feed_open(scratch_path(state, "index/feed"), &feed, err));
    for (int id = 0; id < IDS; id++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", id);
        int version = version_of(stored, name);
        bool waits = latest[id].version > 0 && feed_find(feed, latest[id].item) == FEED_NEW;
        if (version != latest[id].version && (all || !waits))
            fail_msg("seed %u: %s has version %d, %d was acknowledged", KILLS_SEED, name, version,
                     latest[id].version);
    }
    feed_close(feed);
    stored_close(stored);
    generation_clear(&generation);
}

/* ---- runs --------------------------------------------------------------- */

/* The sanitizer cannot look for leaks in a process that is traced. */
#define TRACED "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace"

/* Runs the program under strace with something done to the nth syscall of a kind; the shell's
 * status. */
static int run_injected(void **state, const char *arguments, const char *syscall,
                        const char *injected, unsigned nth)
{
    char command[1000];
    snprintf(command, sizeof command,
             "cd %s && " TRACED " -f -qq -o /dev/null -e trace=%s -e "
             "inject=%s:%s:when=%u " SITREP_INDEX_PROGRAM " %s --index index >out 2>err",
             (char *)*state, syscall, syscall, injected, nth, arguments);
    int status = system(command);
    assert_true(WIFEXITED(status) || WIFSIGNALED(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *const kinds[] = {"openat",  "write",  "pwrite64",  "fsync",     "fdatasync",
                                    "rename",  "unlink", "ftruncate", "flock",     "close",
                                    "pread64", "read",   "lseek",     "getdents64"};
static const char *const failing[] = {"write",  "pwrite64", "fsync",     "fdatasync",
                                      "rename", "openat",   "ftruncate", "pread64"};

/* How often an undisturbed run makes each of the syscalls. */
static void count_syscalls(void **state, const char *arguments, const char *const *names,
                           size_t count, unsigned *times)
{
    char command[1000], text[32];
    snprintf(command, sizeof command,
             "cd %s && " TRACED " -f -qq -o trace -e signal=none " SITREP_INDEX_PROGRAM
             " %s --index index >out 2>err",
             (char *)*state, arguments);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < count; i++) {
        snprintf(command, sizeof command, "cd %s && grep -c ' %s(' trace >count; true",
                 (char *)*state, names[i]);
        assert_int_equal(system(command), 0);
        read_text(scratch_path(state, "count"), text, sizeof text);
        times[i] = (unsigned)atoi(text);
    }
}

static void count_failing(void **state, const char *arguments, unsigned times[])
{
    count_syscalls(state, arguments, failing, ARRAY_LEN(failing), times);
}

static void follow_is_killed_at_syscalls(void **state)
{
    if (!can_trace()) {
        print_message("skipped: strace cannot trace here\n");
        return;
    }
    size_t killed = 0, count = moments(ARRAY_LEN(kinds), 150);
    unsigned most[ARRAY_LEN(kinds)];
    put_items(state, 3);
    count_syscalls(state, "follow --drain", kinds, ARRAY_LEN(kinds), most);
    for (size_t i = 0; i < count; i++) {
        size_t kind = i % ARRAY_LEN(kinds);
        if (most[kind] == 0)
            continue;
        put_items(state, 3);
        killed += run_injected(state, "follow --drain", kinds[kind], "signal=KILL",
                               1 + roll(most[kind])) == 128 + SIGKILL;
        expect_nothing_lost(state, false);
    }
    expect_exit(program_run(state, "follow --index DIR/index --drain"), 0);
    expect_nothing_lost(state, true);
    print_message("%zu of %zu runs were killed (seed %u)\n", killed, count, KILLS_SEED);
    assert_true(killed > count / 2);
}

static void follow_meets_failing_syscalls(void **state)
{
    if (!can_trace()) {
        print_message("skipped: strace cannot trace here\n");
        return;
    }
    size_t failed = 0, count = moments(ARRAY_LEN(failing), 80);
    unsigned times[ARRAY_LEN(failing)];
    put_items(state, 3);
    count_failing(state, "follow --drain", times);
    for (size_t i = 0; i < count; i++) {
        const char *kind = failing[i % ARRAY_LEN(failing)];
        unsigned most = times[i % ARRAY_LEN(failing)];
        put_items(state, 3);
        if (most == 0)
            continue;
        int status = run_injected(state, "follow --drain", kind,
                                  i % 2 ? "error=ENOSPC" : "error=EIO", 1 + roll(most));
        if (status >= 128)
            fail_msg("%s failed, and the run ended with %d", kind, status);
        failed += status != 0;
        expect_nothing_lost(state, status == 0);
    }
    expect_exit(program_run(state, "follow --index DIR/index --drain"), 0);
    expect_nothing_lost(state, true);
    print_message("%zu of %zu runs failed (seed %u)\n", failed, count, KILLS_SEED);
    assert_true(failed > 0);
}

static void follow_is_killed_at_random_moments(void **state)
{
    size_t killed = 0, count = moments(10, 300);
    for (size_t i = 0; i < count; i++) {
        put_items(state, 1 + (int)roll(20));
        killed += kill_within(state, 0.15, "follow --index DIR/index");
        expect_nothing_lost(state, false);
    }
    expect_exit(program_run(state, "follow --index DIR/index --drain"), 0);
    expect_nothing_lost(state, true);
    print_message("%zu of %zu runs were killed (seed %u)\n", killed, count, KILLS_SEED);
}

#define ADDED 40

static void write_added(void **state, int version)
{
    FILE *file = fopen(scratch_path(state, "added.jsonl"), "w");
    assert_non_null(file);
    for (int i = 0; i < ADDED; i++)
        fprintf(file, "{\"id\": \"a%d\", \"text\": \"Version %d of the Hill Guard.\"}\n", i,
                version);
    fclose(file);
}

/* All that add adds is in one commit here: all of a version, or all of the one before. */
static int added_version(void **state)
{
    struct generation generation = {0};
    struct stored *stored = NULL;
    expect_sound(state, &generation);
    ok(stored_open(&generation, &stored, err));
    int version = version_of(stored, "a0");
    for (int i = 1; i < ADDED; i++) {
        char name[8];
        snprintf(name, sizeof name, "a%d", i);
        assert_int_equal(version_of(stored, name), version);
    }
    stored_close(stored);
    generation_clear(&generation);
    return version;
}

static void add_is_killed_and_fails(void **state)
{
    if (!can_trace()) {
        print_message("skipped: strace cannot trace here\n");
        return;
    }
    size_t count = moments(ARRAY_LEN(failing), 100);
    int version = 1;
    unsigned times[ARRAY_LEN(failing)];
    write_added(state, version);
    count_failing(state, "add added.jsonl", times);
    for (size_t i = 0; i < count; i++) {
        const char *kind = failing[i % ARRAY_LEN(failing)];
        unsigned most = times[i % ARRAY_LEN(failing)];
        int before = added_version(state);
        write_added(state, ++version);
        if (most == 0)
            continue;
        int status = run_injected(state, "add added.jsonl", kind,
                                  i % 3 ? "signal=KILL" : "error=EIO", 1 + roll(most));
        int found = added_version(state);
        if (found != version && (status == 0 || found != before))
            fail_msg("seed %u, %s: version %d after %d, status %d", KILLS_SEED, kind, found,
                     version, status);
    }
    expect_exit(program_run(state, "add --index DIR/index DIR/added.jsonl"), 0);
    assert_int_equal(added_version(state), version);
}

static void add_is_killed_at_random_moments(void **state)
{
    static const char command[] = "add --index DIR/index DIR/added.jsonl";
    size_t killed = 0, count = moments(10, 300);
    int version = 1;
    write_added(state, version);
    double took = time_of(state, command);
    for (size_t i = 0; i < count; i++) {
        int before = added_version(state);
        write_added(state, ++version);
        bool hit = kill_within(state, took, command);
        took = next_within(took, hit);
        killed += hit;
        int found = added_version(state);
        if (found != version && found != before)
            fail_msg("seed %u: version %d after %d", KILLS_SEED, found, before);
    }
    expect_exit(program_run(state, command), 0);
    assert_int_equal(added_version(state), version);
    print_message("%zu of %zu runs were killed (seed %u)\n", killed, count, KILLS_SEED);
    assert_true(killed > count / 3 || !is_long()); /* few may all come too late */
}

/* A disk that is really full; it needs a file system of its own. */
static void a_full_disk_loses_nothing(void **state)
{
    char *index = NULL;
    assert_true(asprintf(&index, "%s/index", (char *)*state) > 0);
    char *disk = strdup(scratch_path(state, "disk"));
    mkdir(disk, 0755);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=1500k") != 0) {
        print_message("skipped: cannot mount a file system here\n");
        free(disk);
        free(index);
        return;
    }
    char command[600];
    snprintf(command, sizeof command, "mv %s %s/index && ln -s disk/index %s", index, disk, index);
    assert_int_equal(system(command), 0);
    struct run run = {0};
    struct feed *feed = NULL;
    ok(feed_open(scratch_path(state, "index/feed"), &feed, err));
    bool full = false;
    for (int i = 0; i < 400 && !full; i++) {
        struct error fault = {0};
        char text[3000], name[FEED_NAME_ROOM];
        bool stored;
        int id = i % IDS;
        int size = snprintf(text, sizeof text, "{\"id\": \"f%d\", \"text\": \"Version %d ", id,
                            versions + 1);
        for (int word = 0; word < 300; word++)
            size += snprintf(text + size, sizeof text - (size_t)size, "w%u ", roll(100000));
        size += snprintf(text + size, sizeof text - (size_t)size, "\"}\n");
        if (feed_put(feed, NULL, "r.jsonl", text, (size_t)size, name, &stored, &fault)) {
            latest[id].version = ++versions;
            strcpy(latest[id].item, name);
        } else {
            assert_int_equal(fault.code, ERROR_IO);
            full = true;
        }
        if (full || i % 10 == 9) {
            run = program_run(state, "follow --index DIR/index --drain");
            full = full || run.status != 0;
        }
    }
    feed_close(feed);
    assert_true(full);
    if (run.status != 0) {
        expect_exit(run, 74);
        expect_text(run.err, "No space left on device");
    }
    expect_nothing_lost(state, false);
    assert_int_equal(mount("tmpfs", disk, "tmpfs", MS_REMOUNT, "size=30m"), 0);
    expect_exit(program_run(state, "follow --index DIR/index --drain"), 0);
    expect_nothing_lost(state, true);
    assert_int_equal(umount2(disk, MNT_DETACH), 0);
    free(disk);
    free(index);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(follow_is_killed_at_syscalls),       TEST(follow_meets_failing_syscalls),
        TEST(follow_is_killed_at_random_moments), TEST(add_is_killed_and_fails),
        TEST(add_is_killed_at_random_moments),    TEST(a_full_disk_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
