/* The commands of the feed: one hands reports over, one brings them into the index. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/commands/command.h"
#include "indexer/files.h"
#include "indexer/follow.h"
#include "indexer/lock.h"
#include "schema/buffer.h"
#include "schema/limits.h"

#define STDIN_LABEL "input"

char *command_feed_path(const struct options *options, struct error *err)
{
    char *path = options->feed ? strdup(options->feed) : files_join(options->index, "feed", err);
    if (!path)
        error_set(err, ERROR_MEMORY, options->index, "out of memory");
    return path;
}

/* ---- handing over ------------------------------------------------------- */

static bool read_all(FILE *file, const char *name, struct buffer *out, struct error *err)
{
    char part[1u << 16];
    size_t size;
    while (out->size <= LIMIT_FEED_BYTES && (size = fread(part, 1, sizeof part, file)) > 0)
        buffer_append(out, part, size);
    if (ferror(file))
        return error_set_errno(err, ERROR_IO, name, "cannot be read");
    return !out->failed || error_set(err, ERROR_MEMORY, name, "out of memory");
}

static bool submit(struct feed *feed, const char *path, const char *key, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0, stored = false;
    struct buffer bytes = {0};
    char name[FEED_NAME_ROOM];
    FILE *file = is_stdin ? stdin : fopen(path, "re");
    if (!file)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot be opened");
    bool ok = read_all(file, path, &bytes, err) &&
              feed_put(feed, key, is_stdin ? STDIN_LABEL : path, bytes.bytes ? bytes.bytes : "",
                       bytes.size, name, &stored, err);
    if (!is_stdin)
        fclose(file);
    buffer_free(&bytes);
    if (!ok)
        return false;
    /* A line a task, at once: it says that the item is on disk. */
    printf("%s%s\n", name, stored ? "" : " (was there)");
    fflush(stdout);
    return true;
}

bool command_submit(const struct options *options, struct error *err)
{
    struct feed *feed = NULL;
    char *path = command_feed_path(options, err);
    if (options->key && options->argument_count > 1) {
        free(path);
        return error_set(err, ERROR_USAGE, "--key", "is for one file at a time");
    }
    bool ok = path && feed_open(path, &feed, err);
    for (size_t i = 0; ok && i < options->argument_count; i++)
        ok = submit(feed, options->arguments[i], options->key, err);
    feed_close(feed);
    free(path);
    return ok;
}

/* ---- following ---------------------------------------------------------- */

static void on_committed(void *context, const struct follow_batch *batch)
{
    const size_t *outcomes = batch->commit.outcomes;
    (void)context;
    printf("generation %s, commit %" PRIu64 ": %zu added, %zu replaced, %zu unchanged, %zu "
           "rejected; %" PRIu64 " reports; %zu items done, %zu failed, %zu waiting; %.0f ms\n",
           batch->generation, batch->commit.sequence, outcomes[OUTCOME_ADDED],
           outcomes[OUTCOME_REPLACED], outcomes[OUTCOME_UNCHANGED], outcomes[OUTCOME_REJECTED],
           batch->commit.reports, batch->done, batch->failed, batch->waiting,
           batch->seconds * 1000);
    fflush(stdout);
}

static void on_failed(void *context, const char *item, const char *reason)
{
    (void)context;
    fprintf(stderr, "%s: failed: %.*s\n", item, (int)strcspn(reason, "\n"), reason);
}

static void on_waiting(void *context, const struct error *why)
{
    (void)context;
    fprintf(stderr, "%s: %s; waiting\n", why->where, why->text);
}

bool command_follow(const struct options *options, struct error *err)
{
    const struct follow_observer observer = {
        .committed = on_committed, .failed = on_failed, .waiting = on_waiting};
    char *path = command_feed_path(options, err);
    const struct follow_options follow = {.index = options->index,
                                          .feed = path,
                                          .keep_done = options->keep_done,
                                          .drain = options->drain};
    bool ok = path && follow_run(&follow, &observer, err);
    free(path);
    return ok;
}

/* ---- for status --------------------------------------------------------- */

bool command_show_feed(const struct options *options, struct error *err)
{
    struct feed *feed = NULL;
    char *path = command_feed_path(options, err);
    if (!path)
        return false;
    bool there = files_size(path) > 0 || lock_owner(path, LOCK_FOLLOW) > 0;
    size_t waiting = 0, done = 0, failed = 0;
    bool ok = !there || (feed_open(path, &feed, err) && feed_count(feed, FEED_NEW, &waiting, err) &&
                         feed_count(feed, FEED_DONE, &done, err) &&
                         feed_count(feed, FEED_FAILED, &failed, err));
    if (ok && there) {
        long follower = lock_owner(path, LOCK_FOLLOW);
        printf("feed        %zu waiting, %zu failed, %zu done and kept\n", waiting, failed, done);
        if (follower)
            printf("follower    process %ld\n", follower);
        else
            printf("follower    none; start one with: sitrep-index follow\n");
    }
    feed_close(feed);
    free(path);
    return ok;
}
