/* recording.h: what a command does to the files of a directory, and the states of it that a power
 * cut may leave.
 *
 * The method is that of ALICE (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014)
 * and CrashMonkey (Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash
 * Testing", OSDI 2018), above the file system: strace records the calls, and a state is made of the
 * first so many of them.
 *
 *   bytes of a file      those before its last fsync or fdatasync are there; each later write and
 * cut is there or not, or of a write some of its blocks of 4 KiB names in a directory those made,
 * moved and removed before its last fsync are as they were made; each later one is so or not. A
 * rename is whole or not at all, and on disk with the directory it leads to
 *
 * That is less than journaling file systems promise: they keep names in their order.
 */
#ifndef TEST_RECORDING_H
#define TEST_RECORDING_H

#include <stdbool.h>
#include <stddef.h>

/* What becomes of all that nothing forced to disk. */
enum loss {
    LOSE_ALL,
    LOSE_NOTHING,
    LOSE_BYTES, /* names are there */
    LOSE_NAMES, /* bytes are there */
    LOSE_SOME,  /* at random, torn writes too */
    LOSSES
};
extern const char *const loss_names[LOSSES];

struct recording;

/* Runs a shell command, which must work, and records what it does to 'directory', an absolute path;
 * 'before' is a copy of that as it is now. 'trace' is a file to write. NULL where strace may not
 * trace here. */
struct recording *recording_run(const char *command, const char *directory, const char *before,
                                const char *trace);
void recording_free(struct recording *recording);
/* Changes that were recorded. */
size_t recording_count(const struct recording *recording);
/* Makes of 'directory', which is as it was before the command, what a cut after so many changes may
 * leave. 'limbo' is an empty directory beside it, for what has no name. */
void recording_replay(const struct recording *recording, size_t count, enum loss loss,
                      const char *directory, const char *limbo);

#endif
