/* Faults under a build, a publication, a rollback and a removal: a kill and an error at each kind
 * of system call, a full disk, damage to what is published, a vocabulary that is gone, another
 * schema. What is published stays whole, a failure says so, and the next run works.
 *
 * SITREP_LONG=1 tries many more places.
 */
#include <dirent.h>
#include <sys/mount.h>

#include "schema/buffer.h"
#include "tests/faults/kills.h"

#define REPORTS 400

/* Reports whose text says the version. */
static void write_reports(void **state, const char *name, int version, int count)
{
    FILE *file = fopen(scratch_path(state, name), "w");
    assert_non_null(file);
    for (int i = 0; i < count; i++)
        fprintf(file,
                "{\"id\": \"r%d\", \"date\": \"20%02d-0%d-11\", \"text\": \"Version %d of report "
                "%d: the River Front crossed the bridge near Lower Ford, %d of them, %d back.\"}\n",
                i, i % 24, i % 9 + 1, version, i, i * 7919 % 1000, i * 104729 % 10000);
    fclose(file);
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    write_reports(state, "1.jsonl", 1, REPORTS);
    write_reports(state, "2.jsonl", 2, REPORTS);
    expect_exit(program_run(state, BUILD "DIR/1.jsonl"), 0);
    return 0;
}

/* Every file is as it was published, and the reports are all of one version. */
static int expect_whole(void **state, const char *after)
{
    struct run run = program_run(state, "check --index DIR/index");
    if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) != 0)
        fail_msg("after %s: %s", after, run.err);
    return version_of_both(state, "r0", "r399");
}

static bool have_strace(void)
{
    if (system("strace -qq -o /dev/null -e trace=write true >/dev/null 2>&1") == 0)
        return true;
    print_message("strace is missing or may not trace: nothing is injected\n");
    return false;
}

/* Runs a command with a fault at its 'place'th system call of a kind, in any of its processes;
 * its exit status, 128 + signal for one that was killed. The leak sanitizer does not work where a
 * process is traced. */
static int run_with_fault(void **state, const char *call, const char *fault, unsigned place,
                          const char *arguments)
{
    struct buffer expanded = {0};
    char command[2000];
    for (const char *at = arguments; *at; at++) {
        bool is_scratch = strncmp(at, "DIR/", 4) == 0;
        buffer_text(&expanded, is_scratch ? (char *)*state : "");
        at += is_scratch ? 3 : 0;
        buffer_char(&expanded, *at);
    }
    snprintf(command, sizeof command,
             "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o /dev/null -e trace=%s -e "
             "inject=%s:%s:when=%u %s %s >%s/out 2>%s/err",
             call, call, fault, place, SITREP_INDEX_PROGRAM, expanded.bytes, (char *)*state,
             (char *)*state);
    int status = system(command);
    buffer_free(&expanded);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *const calls[] = {"openat",    "write",     "pwrite64", "pread64", "fsync",
                                    "fdatasync", "rename",    "mkdir",    "unlink",  "symlink",
                                    "flock",     "ftruncate", "close"};

/* All of the 'first' places, then ever fewer. */
static unsigned next_place(unsigned place, unsigned first)
{
    if (is_long())
        return place + 1 + place / 8;
    return place < first ? place + 1 : place * 9 + roll(3);
}

static void killed_at_every_call(void **state)
{
    static const char *const commands[] = {BUILD "--workers 2 DIR/2.jsonl",
                                           "rollback --index DIR/index"};
    if (!have_strace())
        skip();
    unsigned hits = 0, runs = 0;
    expect_exit(program_run(state, BUILD "DIR/2.jsonl"), 0);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        for (size_t c = 0; c < ARRAY_LEN(commands); c++)
            for (unsigned place = 1; place < (is_long() ? 400 : 30); place = next_place(place, 1)) {
                int status = run_with_fault(state, calls[i], "signal=SIGKILL", place, commands[c]);
                runs++;
                hits += status != 0;
                expect_whole(state, calls[i]);
                if (status == 0)
                    break; /* it has no more of them */
            }
    print_message("%u of %u runs were hit\n", hits, runs);
    assert_true(hits > 10);
    expect_exit(program_run(state, BUILD "DIR/2.jsonl"), 0);
    assert_int_equal(expect_whole(state, "the last build"), 2);
}

/* Kills a command at each kind of call, over the same index every time, and runs it again. */
static void kill_and_repeat(void **state, const char *command,
                            void (*expect_sound)(void **state, const char *call),
                            void (*expect_done)(void **state, struct run again))
{
    char copy[1000];
    unsigned hits = 0;
    snprintf(copy, sizeof copy, "cp -a %s/index %s/kept", (char *)*state, (char *)*state);
    assert_int_equal(system(copy), 0);
    snprintf(copy, sizeof copy, "rm -rf %s/index; cp -a %s/kept %s/index", (char *)*state,
             (char *)*state, (char *)*state);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        for (unsigned place = 1; place < 400; place = next_place(place, 4)) {
            assert_int_equal(system(copy), 0);
            int status = run_with_fault(state, calls[i], "signal=SIGKILL", place, command);
            expect_sound(state, calls[i]);
            expect_done(state, program_run(state, command));
            hits += status != 0;
            if (status == 0)
                break; /* it has no more of them */
        }
    print_message("%s: %u runs were hit\n", command, hits);
    assert_true(hits > 10);
}

static void expect_either_whole(void **state, const char *call)
{
    expect_exit(program_run(state, "check --index DIR/index 000001"), 0);
    expect_whole(state, call);
}

static void expect_published(void **state, struct run again)
{
    /* The killed run may have come to its end, but for the last word. */
    bool was_done = WIFEXITED(again.status) && WEXITSTATUS(again.status) == EX_NOINPUT &&
                    strstr(again.err, "nothing is rehearsed");
    if (!was_done)
        expect_exit(again, 0);
    assert_int_equal(expect_whole(state, "publish"), 2);
    expect_exit(program_run(state, "check --index DIR/index 000001"), 0);
}

static void publish_killed_at_every_call(void **state)
{
    if (!have_strace())
        skip();
    expect_exit(program_run(state, BUILD "--rehearse DIR/2.jsonl"), 0);
    kill_and_repeat(state, "publish --index DIR/index", expect_either_whole, expect_published);
}

/* Here the rehearsed generation gets another number, as its own was taken meanwhile. */
static void forced_publish_killed_at_every_call(void **state)
{
    if (!have_strace())
        skip();
    expect_exit(program_run(state, BUILD "--rehearse DIR/2.jsonl"), 0);
    expect_exit(program_run(state, BUILD "DIR/1.jsonl"), 0);
    kill_and_repeat(state, "publish --index DIR/index --force", expect_either_whole,
                    expect_published);
}

/* A generation that is listed is whole, however far the removal of another came. */
static void expect_listed_whole(void **state, const char *call)
{
    static const char *const names[] = {"000001", "000002", "000003"};
    struct run list = program_run(state, "list --index DIR/index");
    expect_exit(list, 0);
    expect_text(list.out, "* 000003");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char command[100];
        snprintf(command, sizeof command, "check --index DIR/index %s", names[i]);
        if (strstr(list.out, names[i]))
            expect_exit(program_run(state, command), 0);
    }
    assert_int_equal(expect_whole(state, call), 1);
}

static void expect_pruned(void **state, struct run again)
{
    expect_exit(again, 0);
    expect_listed_whole(state, "prune");
    struct run list = program_run(state, "list --index DIR/index");
    assert_null(strstr(list.out, "000001"));
    assert_null(strstr(list.out, "000002"));
}

static void prune_killed_at_every_call(void **state)
{
    if (!have_strace())
        skip();
    expect_exit(program_run(state, BUILD "DIR/2.jsonl"), 0);
    expect_exit(program_run(state, BUILD "DIR/1.jsonl"), 0);
    kill_and_repeat(state, "prune --index DIR/index --keep 1", expect_listed_whole, expect_pruned);
}

static void errors_are_told(void **state)
{
    static const struct {
        const char *call, *fault;
    } rows[] = {{"write", "error=EIO"},     {"pwrite64", "error=EIO"}, {"fsync", "error=EIO"},
                {"fdatasync", "error=EIO"}, {"rename", "error=EIO"},   {"pwrite64", "error=ENOSPC"},
                {"openat", "error=EMFILE"}, {"write", "error=EINTR"},  {"symlink", "error=EROFS"},
                {"pread64", "error=EIO"}};
    if (!have_strace())
        skip();
    unsigned failed = 0;
    int version = 1;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (unsigned place = 1; place < (is_long() ? 200 : 20); place = next_place(place, 2)) {
            write_reports(state, "next.jsonl", version + 1, REPORTS);
            int status = run_with_fault(state, rows[i].call, rows[i].fault, place,
                                        BUILD "--workers 1 DIR/next.jsonl");
            char said[500];
            read_text(scratch_path(state, "err"), said, sizeof said);
            if (strstr(said, "SanitizerTool"))
                continue; /* a call of the address sanitizer's own was hit */
            /* Each thread's call of that number fails: one may be that which tells of it. */
            bool told = strcmp(rows[i].call, "write") == 0 && strstr(said, "goes on from there");
            if (status != 0 && !told)
                expect_text(said, "sitrep-index: "); /* or the loader's word about it */
            int found = expect_whole(state, rows[i].call);
            if (found != version + 1 && (status == 0 || found != version))
                fail_msg("%s %u: status %d, version %d after %d", rows[i].call, place, status,
                         found, version);
            version = found;
            failed += status != 0;
            if (status == 0)
                break; /* it has no more of them */
        }
    print_message("%u runs failed\n", failed);
    assert_true(failed > 5);
}

static void interrupted_calls_are_repeated(void **state)
{
    if (!have_strace())
        skip();
    int status =
        run_with_fault(state, "pwrite64", "error=EINTR", 3, BUILD "--workers 1 DIR/2.jsonl");
    assert_int_equal(status, 0);
    assert_int_equal(expect_whole(state, "EINTR"), 2);
}

static void a_full_disk_is_told(void **state)
{
    const char *disk = scratch_path(state, "disk");
    mkdir(disk, 0755);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=2m") != 0) {
        print_message("no tmpfs can be mounted here\n");
        skip();
    }
    char path[200];
    snprintf(path, sizeof path, "%s", disk);
    write_reports(state, "few.jsonl", 1, 20);
    write_reports(state, "many.jsonl", 2, 20000);
    struct run first = program_run(
        state, "build --index DIR/disk/index --vocabulary DIR/vocabulary DIR/few.jsonl");
    struct run full = program_run(
        state, "build --index DIR/disk/index --vocabulary DIR/vocabulary DIR/many.jsonl");
    struct run check = program_run(state, "check --index DIR/disk/index");
    struct run again = program_run(
        state, "build --index DIR/disk/index --vocabulary DIR/vocabulary DIR/few.jsonl");
    umount(path);
    expect_exit(first, 0);
    expect_exit(full, EX_IOERR);
    expect_text(full.err, "No space left on device");
    expect_exit(check, 0);
    expect_exit(again, 0);
}

/* Changes one file of the published generation at random. */
static void damage(const char *path)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file), at = (long)roll((unsigned)(size > 1 ? size : 1));
    static const char zeros[512];
    switch (roll(3)) {
    case 0:
        fseek(file, at, SEEK_SET);
        int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ (1 << roll(8)), file);
        break;
    case 1:
        fseek(file, at, SEEK_SET);
        fwrite(zeros, 1, sizeof zeros, file); /* past the end, where it stands near it */
        break;
    default:
        assert_int_equal(ftruncate(fileno(file), at), 0);
    }
    fclose(file);
}

static void damage_is_found(void **state)
{
    static const char *const files[] = {"database/postlist.glass", "texts",
                                        "database/termlist.glass", "database/iamglass",
                                        "vocabulary.compiled",     "words"};
    char command[1000];
    unsigned tries = is_long() ? 1000 : 20, same = 0;
    snprintf(command, sizeof command, "cp -a %s/index/generations/000001 %s/kept", (char *)*state,
             (char *)*state);
    assert_int_equal(system(command), 0);
    for (unsigned i = 0; i < tries; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/index/generations/000001/%s", (char *)*state,
                 files[i % ARRAY_LEN(files)]);
        damage(path);
        snprintf(command, sizeof command, "diff -rq %s/kept %s/index/generations/000001 >/dev/null",
                 (char *)*state, (char *)*state);
        bool differs = system(command) != 0;
        struct run run = program_run(state, "check --index DIR/index");
        same += !differs;
        expect_exit(run, differs ? EX_UNAVAILABLE : 0);
        snprintf(command, sizeof command,
                 "rm -rf %s/index/generations/000001; cp -a %s/kept %s/index/generations/000001",
                 (char *)*state, (char *)*state, (char *)*state);
        assert_int_equal(system(command), 0);
    }
    assert_true(same < tries / 4);
}

static void without_a_vocabulary_nothing_is_built(void **state)
{
    char path[200];
    snprintf(path, sizeof path, "%s", scratch_path(state, "gone"));
    expect_exit(program_run(state, "build --index DIR/index --vocabulary DIR/gone DIR/2.jsonl"),
                EX_NOINPUT);
    scratch_file(state, "bad/x.actors", "this is no vocabulary\n");
    expect_exit(program_run(state, "build --index DIR/index --vocabulary DIR/bad DIR/2.jsonl"),
                EX_DATAERR);
    assert_int_equal(expect_whole(state, "a bad vocabulary"), 1);
}

static void another_schema_is_refused(void **state)
{
    static const char *const versions[] = {"2", "99"};
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        char command[600];
        snprintf(command, sizeof command,
                 "sed -i 's/\"schema_version\": \"[0-9]*\"/\"schema_version\": \"%s\"/' "
                 "%s/index/generations/000001/manifest.json",
                 versions[i], (char *)*state);
        assert_int_equal(system(command), 0);
        static const char *const commands[] = {
            "status --index DIR/index", "dump --index DIR/index r0", "export --index DIR/index"};
        for (size_t c = 0; c < ARRAY_LEN(commands); c++) {
            struct run run = program_run(state, commands[c]);
            expect_exit(run, EX_UNAVAILABLE);
            expect_text(run.err, "schema version");
        }
    }
    expect_exit(program_run(state, BUILD "DIR/2.jsonl"), 0); /* the way out */
    assert_int_equal(expect_whole(state, "a build"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_every_call, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(publish_killed_at_every_call, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(forced_publish_killed_at_every_call, setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(prune_killed_at_every_call, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(errors_are_told, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(interrupted_calls_are_repeated, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(damage_is_found, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(without_a_vocabulary_nothing_is_built, setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(another_schema_is_refused, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
