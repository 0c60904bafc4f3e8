/* program.h: sitrep-index run as its users run it, with what it said. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

struct run {
    int status; /* as waitpid gives it */
    char out[8192], err[8192];
};

/* Starts the program with its output in the files out and err of the scratch directory.
 * 'arguments' is a format, its words parted by blanks; "DIR" in front of a slash is the
 * scratch directory. */
static inline pid_t program_start(void **state, bool as_nobody, const char *arguments)
{
    char line[2000], expanded[4000];
    char *words[40] = {(char *)(size_t)SITREP_INDEX_PROGRAM};
    size_t count = 1, used = 0;
    snprintf(line, sizeof line, "%s", arguments);
    for (char *save = NULL, *word = strtok_r(line, " ", &save); word && count < 39;
         word = strtok_r(NULL, " ", &save)) {
        words[count++] = expanded + used;
        bool in_scratch = strncmp(word, "DIR/", 4) == 0;
        used += (size_t)snprintf(expanded + used, sizeof expanded - used, "%s%s",
                                 in_scratch ? (char *)*state : "", in_scratch ? word + 3 : word) +
                1;
    }
    /* Made here, so that they are there even where the program is killed at once. */
    int out = open(scratch_path(state, "out"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int err = open(scratch_path(state, "err"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0) {
        close(out);
        close(err);
        return pid;
    }
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (as_nobody && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(126);
    execv(words[0], words);
    _exit(127);
}

static inline void read_text(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, room - 1, file)] = '\0';
    fclose(file);
}

static inline struct run program_end(void **state, pid_t pid)
{
    struct run run;
    assert_int_equal(waitpid(pid, &run.status, 0), pid);
    read_text(scratch_path(state, "out"), run.out, sizeof run.out);
    read_text(scratch_path(state, "err"), run.err, sizeof run.err);
    return run;
}

static inline struct run program_run(void **state, const char *arguments)
{
    return program_end(state, program_start(state, false, arguments));
}

static inline void expect_exit(struct run run, int expected)
{
    if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) != expected)
        fail_msg("status %x, not exit %d: %s%s", (unsigned)run.status, expected, run.out, run.err);
}

#define expect_text(text, part)                                                                    \
    do {                                                                                           \
        if (!strstr((text), (part)))                                                               \
            fail_msg("'%s' is not in: %s", (part), (text));                                        \
    } while (0)

/* Counts of the summary; checks that they add up. */
struct counts {
    unsigned long accepted, unchanged, rejected, seen;
};

static inline struct counts summary(const struct run *run)
{
    struct counts counts;
    if (sscanf(run->out, "%lu accepted + %lu unchanged + %lu rejected = %lu seen", &counts.accepted,
               &counts.unchanged, &counts.rejected, &counts.seen) != 4)
        fail_msg("no summary in: %s%s", run->out, run->err);
    assert_int_equal(counts.accepted + counts.unchanged + counts.rejected, counts.seen);
    return counts;
}

#define BUILD "build --index DIR/index --vocabulary DIR/vocabulary "

#endif
