/* Faults of what a build reads, and of the clock it reads by: files that change or go while they
 * are read, a line past all bounds, values that are no terms, a clock that is a year off. What is
 * sound beside them is indexed, and the rest is told.
 */
#include <sys/resource.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "tests/unit/program.h"

#define REPORTS 3000 /* more bytes than are read at once */

static void write_reports(void **state, const char *name, int version, int count)
{
    FILE *file = fopen(scratch_path(state, name), "w");
    assert_non_null(file);
    for (int i = 0; i < count; i++)
        fprintf(file,
                "{\"id\": \"%.1s%d\", \"date\": \"2023-11-15\", \"text\": \"Version %d of report "
                "%d: the River Front crossed the bridge near Lower Ford.\"}\n",
                strchr(name, '/') + 1, i, version, i);
    fclose(file);
}

static int setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    scratch_vocabulary(state);
    mkdir(scratch_path(state, "in"), 0755);
    write_reports(state, "in/1.jsonl", 1, REPORTS);
    write_reports(state, "in/2.jsonl", 1, 2);
    return 0;
}

/* ---- files that change -------------------------------------------------- */

/* Waits for the process in the trace that stopped; its id, 0 where none does. */
static pid_t wait_for_stop(void **state)
{
    for (int i = 0; i < 3000; i++, usleep(5000)) {
        FILE *trace = fopen(scratch_path(state, "trace"), "r");
        char line[500];
        while (trace && fgets(line, sizeof line, trace))
            if (strstr(line, "stopped by SIGSTOP")) {
                fclose(trace);
                return (pid_t)atoi(line);
            }
        if (trace)
            fclose(trace);
    }
    return 0;
}

/* A build of DIR/in that stands still after its first read of a file, until 'change' is done. The
 * leak sanitizer does not work where a process is traced. */
static struct run build_with_change(void **state, const char *name, void (*change)(void **state))
{
    char command[2000];
    const char *top = *state;
    snprintf(
        command, sizeof command,
        "rm -rf %s/index; ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 exec strace -f -qq -o %s/trace "
        "-P %s/%s -e trace=read -e "
        "inject=read:signal=SIGSTOP:when=1 " SITREP_INDEX_PROGRAM
        " build --index %s/index --vocabulary %s/vocabulary --workers 1 %s/in >%s/out 2>%s/err",
        top, top, top, name, top, top, top, top, top);
    remove(scratch_path(state, "trace"));
    pid_t strace = fork();
    assert_true(strace >= 0);
    if (strace == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    pid_t stopped = wait_for_stop(state);
    if (stopped == 0)
        kill(strace, SIGTERM);
    else
        change(state);
    if (stopped > 0)
        kill(stopped, SIGCONT);
    struct run run = program_end(state, strace);
    assert_true(stopped > 0);
    expect_exit(run, 0);
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    return run;
}

static void grow(void **state)
{
    FILE *file = fopen(scratch_path(state, "in/1.jsonl"), "a");
    fputs("{\"id\": \"more\", \"text\": \"One more.\"}\n{\"id\": \"hal", file);
    fclose(file);
}

static void cut(void **state)
{
    assert_int_equal(truncate(scratch_path(state, "in/1.jsonl"), 300000), 0);
}

static void take_away(void **state)
{
    assert_int_equal(unlink(scratch_path(state, "in/1.jsonl")), 0);
}

static void take_next_away(void **state)
{
    assert_int_equal(unlink(scratch_path(state, "in/2.jsonl")), 0);
}

static void put_another_there(void **state)
{
    write_reports(state, "in/1.new", 2, REPORTS);
    assert_int_equal(rename(scratch_path(state, "in/1.new"), scratch_path(state, "in/1.jsonl")), 0);
}

static void write_over_the_text(void **state)
{
    FILE *file = fopen(scratch_path(state, "in/3.txt"), "r+");
    for (int i = 0; i < 20000; i++)
        fputs("Version 2 of it. ", file);
    fclose(file);
}

static void files_that_change_while_they_are_read(void **state)
{
    static const struct {
        const char *name;
        void (*change)(void **state);
        unsigned long accepted, rejected; /* 0 accepted: between those read at once and all */
        const char *said;
    } rows[] = {
        {"in/1.jsonl", grow, REPORTS + 3, 1, "in/1.jsonl:3002: changed while it was read"},
        {"in/1.jsonl", cut, 0, 1, ": changed while it was read"},
        {"in/1.jsonl", take_away, REPORTS + 2, 0, NULL},
        {"in/1.jsonl", put_another_there, REPORTS + 2, 0, NULL},
        {"in/1.jsonl", take_next_away, REPORTS, 1,
         "in/2.jsonl: cannot be opened: No such file or directory"},
        {"in/3.txt", write_over_the_text, REPORTS + 2, 1, "in/3.txt:1: changed while it was read"},
    };
    if (system("strace -qq -o /dev/null -e trace=write true >/dev/null 2>&1") != 0) {
        print_message("strace is missing or may not trace: nothing is changed\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        write_reports(state, "in/1.jsonl", 1, REPORTS);
        write_reports(state, "in/2.jsonl", 1, 2);
        if (rows[i].change == write_over_the_text) {
            FILE *file = fopen(scratch_path(state, "in/3.txt"), "w");
            fputs("date 2023-11-15 ", file);
            for (int j = 0; j < 20000; j++)
                fputs("Version 1 of it. ", file);
            fclose(file);
        }
        struct run run = build_with_change(state, rows[i].name, rows[i].change);
        struct counts counts = summary(&run);
        assert_int_equal(counts.rejected, rows[i].rejected);
        if (rows[i].accepted > 0)
            assert_int_equal(counts.accepted, rows[i].accepted);
        else
            assert_in_range(counts.accepted, 1000, REPORTS - 1);
        if (rows[i].said)
            expect_text(run.err, rows[i].said);
        run = program_run(state, "export --index DIR/index");
        assert_null(strstr(run.out, "Version 2"));
    }
}

/* ---- what is in them ---------------------------------------------------- */

/* The most memory that a child had so far, in MB. */
static long most_memory(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
    return usage.ru_maxrss / 1024;
}

static void a_line_of_100_megabytes(void **state)
{
    expect_exit(program_run(state, BUILD "--workers 1 DIR/in"), 0);
    long before = most_memory();
    char *block = malloc(1000000);
    memset(block, 'a', 1000000);
    FILE *file = fopen(scratch_path(state, "in/3.jsonl"), "w");
    for (int i = 0; i < 100; i++)
        assert_int_equal(fwrite(block, 1, 1000000, file), 1000000);
    free(block);
    fputs("\n{\"id\": \"last\", \"text\": \"Behind it.\"}\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(link(scratch_path(state, "in/3.jsonl"), scratch_path(state, "in/4.txt")), 0);
    struct run run = program_run(state, BUILD "--workers 1 DIR/in");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).rejected, 2);
    expect_text(run.err, "in/3.jsonl:1: larger than 8 MiB (LIMIT_REPORT_BYTES)");
    expect_text(run.err, "in/4.txt:1: larger than 8 MiB (LIMIT_REPORT_BYTES)");
    expect_exit(program_run(state, "dump --index DIR/index last"), 0);
    long grown = most_memory() - before;
    print_message("%ld MB more than without it\n", grown);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed for a while */
    assert_true(grown < 50);
#endif
}

static void write_long(FILE *file, const char *id, const char *field, size_t size, const char *end)
{
    fprintf(file, "{\"id\": \"%s\", \"text\": \"Neighbour.\", \"%s\": \"", id, field);
    for (size_t i = 0; i < size; i++)
        fputc('x', file);
    fprintf(file, "%s\"}\n", end);
}

/* One that is too long for a term is hashed, or refused by its own limit; a NUL byte becomes
 * U+FFFD, as all that is no UTF-8 does. */
static void values_that_are_no_terms(void **state)
{
    FILE *file = fopen(scratch_path(state, "in/3.jsonl"), "w");
    write_long(file, "one", "source", 300, "1");
    write_long(file, "two", "source", 300, "2");
    write_long(file, "three", "title", 3000, "");
    write_long(file, "four", "source", 10, "\\u0000");
    fputs("{\"id\": \"fi", file);
    fputc('\0', file);
    fputs("ve\", \"text\": \"Neighbour.\"}\n", file);
    fputs("{\"id\": \"", file);
    for (size_t i = 0; i < LIMIT_ID_BYTES + 100; i++)
        fputc('x', file);
    fputs("\", \"text\": \"Neighbour.\"}\n{\"id\": \"last\", \"text\": \"Behind them.\"}\n", file);
    assert_int_equal(fclose(file), 0);
    struct run run = program_run(state, BUILD "DIR/in");
    expect_exit(run, 0);
    assert_int_equal(summary(&run).rejected, 2);
    expect_text(run.err, "in/3.jsonl:3: the report's title has 3000 bytes");
    expect_text(run.err, "in/3.jsonl:6: the report's id has 300 bytes");
    expect_exit(program_run(state, "check --index DIR/index"), 0);
    static const char *const ids[] = {"one", "two", "four", "fi\uFFFDve", "last"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        char command[100];
        snprintf(command, sizeof command, "dump --index DIR/index %s", ids[i]);
        expect_exit(program_run(state, command), 0);
    }
}

/* ---- the clock ---------------------------------------------------------- */

/* Runs a command by a clock that is off by so much, or by the true one for "". */
static struct run run_at(void **state, const char *shift, const char *command)
{
    char line[2000];
    snprintf(line, sizeof line, "cd %s && %s%s " SITREP_INDEX_PROGRAM " %s >out 2>err",
             (char *)*state, *shift ? "faketime -f " : "", shift, command);
    struct run run = {.status = system(line)};
    read_text(scratch_path(state, "out"), run.out, sizeof run.out);
    read_text(scratch_path(state, "err"), run.err, sizeof run.err);
    expect_exit(run, 0);
    return run;
}

/* The year in which a generation was made, as list says it. */
static int year_of(const struct run *list, const char *generation)
{
    const char *line = strstr(list->out, generation), *made = line ? strstr(line, " MB  ") : NULL;
    if (!made)
        fail_msg("%s is not in: %s", generation, list->out);
    return atoi(made + 5);
}

/* Two generations and a commit, each made by its clock; the export of them all. */
static void make_by(void **state, const char *const clocks[3], const char *export)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s/index", (char *)*state);
    assert_int_equal(system(command), 0);
    run_at(state, clocks[0], "build --index index --vocabulary vocabulary in/2.jsonl");
    run_at(state, clocks[1], "build --index index --vocabulary vocabulary in/2.jsonl in/1.jsonl");
    run_at(state, clocks[2], "add --index index more.jsonl");
    run_at(state, "", "export --index index");
    assert_int_equal(rename(scratch_path(state, "out"), scratch_path(state, export)), 0);
}

/* Generations, commits and reports are in the order of their numbers, never of their times. */
static void a_clock_that_is_a_year_off(void **state)
{
    static const char *const even[] = {"", "", ""}, *const skewed[] = {"+1y", "-1y", "+1y"};
    if (system("faketime -f +1y " SITREP_INDEX_PROGRAM " --help >/dev/null 2>&1") != 0) {
        print_message("faketime is missing, or the program does not run under it\n");
        skip();
    }
    scratch_file(state, "more.jsonl",
                 "{\"id\": \"more\", \"text\": \"More.\"}\n"
                 "{\"id\": \"late\", \"date\": \"2199-01-01\", \"text\": \"To come.\"}\n");
    make_by(state, even, "even");
    make_by(state, skewed, "skewed");
    char command[500];
    snprintf(command, sizeof command, "cmp %s/even %s/skewed", (char *)*state, (char *)*state);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < ARRAY_LEN(skewed); i++) {
        struct run status = run_at(state, skewed[i], "status --index index");
        expect_text(status.out, "* 000002");
        assert_true(strstr(status.out, "000001") < strstr(status.out, "000002"));
        assert_true(year_of(&status, "000001") > year_of(&status, "000002"));
        run_at(state, skewed[i], "check --index index");
    }
    expect_text(run_at(state, "", "dump --index index late").out, "2199-01-01");
    run_at(state, "-1y", "rollback --index index");
    expect_text(run_at(state, "", "list --index index").out, "* 000001");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_that_change_while_they_are_read),
        TEST(a_line_of_100_megabytes),
        TEST(values_that_are_no_terms),
        TEST(a_clock_that_is_a_year_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
