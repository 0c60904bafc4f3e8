#include "indexer/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/intake.h"
#include "indexer/lock.h"
#include "indexer/updater.h"
#include "schema/buffer.h"

#define PRUNE_SECONDS 3600
#define DAY_NS        (24 * 3600 * INT64_C(1000000000))

struct follow {
    const struct follow_options *options;
    const struct follow_observer *observer;
    struct feed *feed;
    struct updater *updater;
    struct update update;
    struct feed_item *items; /* that wait, first come first */
    size_t item_count;
    size_t taken;           /* of them, in the batch */
    struct buffer *reasons; /* why each of those failed; empty for none */
    struct error trouble;   /* in reading an item, and not its fault */
    struct tally ignored;
    struct intake intake;
    int lock, signal_fd, inotify;
    sigset_t outer_mask;
    double last_commit, last_prune;  /* seconds of the monotonic clock */
    char seen[GENERATION_NAME_ROOM]; /* the generation that was current last */
    double settled;                  /* when readers will have opened it */
    bool said_waiting;
    bool stopped; /* told to end before the batch in hand was committed */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Until 'seconds' have passed, or a signal to end came: false. With 'any', also until an item
 * comes. */
static bool wait_for(struct follow *follow, double seconds, bool any)
{
    char events[4096];
    struct pollfd fds[] = {{.fd = follow->signal_fd, .events = POLLIN},
                           {.fd = any ? follow->inotify : -1, .events = POLLIN}};
    poll(fds, 2, seconds > 0 ? (int)(seconds * 1000) + 1 : 0);
    if (fds[1].revents)
        while (read(follow->inotify, events, sizeof events) > 0)
            continue;
    return !fds[0].revents;
}

/* ---- a batch ------------------------------------------------------------ */

static bool take(void *context, struct report *report, const char *where, struct error *err)
{
    struct follow *follow = context;
    return update_put(&follow->update, UPDATE_PUT, report, where, follow->taken, err);
}

static void add_reason(struct follow *follow, size_t item, const struct error *why)
{
    buffer_format(&follow->reasons[item], "%s: %s\n", why->where, why->text);
}

/* A disk that fails is not the item's fault. */
static void reject(void *context, const struct error *why)
{
    struct follow *follow = context;
    if (why->code == ERROR_IO)
        error_set(&follow->trouble, why->code, why->where, "%s", why->text);
    else
        add_reason(follow, follow->taken, why);
}

static void skip(void *context, const char *path, const char *why)
{
    struct error reason = {0};
    error_set(&reason, ERROR_DATA, path, "%s", why);
    reject(context, &reason);
}

static bool read_item(struct follow *follow, const char *name, struct error *err)
{
    uint64_t before = follow->intake.seen;
    char *path = files_join(feed_folder(follow->feed, FEED_NEW), name, err);
    bool ok = path && intake_file(&follow->intake, path, feed_label(name), err);
    free(path);
    if (ok && follow->trouble.code != ERROR_NONE)
        return error_set(err, follow->trouble.code, follow->trouble.where, "%s",
                         follow->trouble.text);
    if (ok && follow->intake.seen == before && follow->reasons[follow->taken].size == 0)
        buffer_format(&follow->reasons[follow->taken], "%s: no report in it\n", name);
    return ok;
}

/* Reads the reports of whole items until there are enough for a commit. */
static bool read_items(struct follow *follow, struct error *err)
{
    size_t most = follow->item_count > UPDATE_STEPS ? FOLLOW_BEHIND : UPDATE_STEPS;
    bool ok = true;
    for (follow->taken = 0; ok && follow->taken < follow->item_count; follow->taken++) {
        if (follow->update.count >= most || follow->update.bytes >= UPDATE_BYTES)
            break;
        ok = read_item(follow, follow->items[follow->taken].name, err);
    }
    return ok;
}

/* Commits the batch. That another process writes for long is no reason to give up, but leaves
 * time to be told to stop. */
static bool commit(struct follow *follow, struct update_commit *out, struct error *err)
{
    struct error why = {0};
    while (!updater_apply(follow->updater, &follow->update, out, &why)) {
        if (why.code != ERROR_LOCKED)
            return error_set(err, why.code, why.where, "%s", why.text);
        if (!follow->said_waiting)
            follow->observer->waiting(follow->observer->context, &why);
        follow->said_waiting = true;
        error_clear(&why);
        follow->stopped = !wait_for(follow, 0, false);
        if (follow->stopped)
            return true;
    }
    follow->said_waiting = false;
    for (size_t i = 0; i < follow->update.count; i++)
        if (follow->update.steps[i].outcome == OUTCOME_REJECTED)
            add_reason(follow, follow->update.steps[i].source, &follow->update.steps[i].why);
    return true;
}

/* Moves the items of the batch to where they end. */
static bool settle(struct follow *follow, struct follow_batch *batch, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < follow->taken; i++) {
        const char *name = follow->items[i].name;
        struct buffer *reason = &follow->reasons[i];
        if (reason->failed)
            return error_set(err, ERROR_MEMORY, name, "out of memory");
        ok = feed_settle(follow->feed, name, reason->size > 0 ? FEED_FAILED : FEED_DONE,
                         reason->bytes, err);
        if (ok && reason->size > 0)
            follow->observer->failed(follow->observer->context, name, reason->bytes);
        batch->failed += ok && reason->size > 0 ? 1 : 0;
    }
    batch->done = follow->taken - batch->failed;
    batch->waiting = follow->item_count - follow->taken;
    return ok && feed_sync(follow->feed, err);
}

static bool do_batch(struct follow *follow, struct error *err)
{
    struct follow_batch batch = {0};
    double began = now();
    bool ok = feed_list(follow->feed, FEED_NEW, &follow->items, &follow->item_count, err);
    follow->reasons = ok ? calloc(follow->item_count + 1, sizeof *follow->reasons) : NULL;
    if (ok && !follow->reasons)
        ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && follow->item_count > 0) {
        ok = read_items(follow, err) && commit(follow, &batch.commit, err) &&
             (follow->stopped || settle(follow, &batch, err));
        follow->last_commit = began;
        batch.generation = updater_generation(follow->updater);
        batch.seconds = now() - began;
        if (ok && !follow->stopped)
            follow->observer->committed(follow->observer->context, &batch);
    }
    for (size_t i = 0; follow->reasons && i < follow->item_count; i++)
        buffer_free(&follow->reasons[i]);
    free(follow->reasons);
    free(follow->items);
    follow->reasons = NULL;
    follow->items = NULL;
    update_reset(&follow->update);
    return ok;
}

/* ---- waiting ------------------------------------------------------------ */

static bool prune(struct follow *follow, struct error *err)
{
    struct timespec clock;
    size_t removed;
    if (follow->last_prune > 0 && now() - follow->last_prune < PRUNE_SECONDS)
        return true;
    follow->last_prune = now();
    clock_gettime(CLOCK_REALTIME, &clock);
    int64_t before =
        (int64_t)clock.tv_sec * 1000000000 - (int64_t)follow->options->keep_done * DAY_NS;
    return feed_prune(follow->feed, before, &removed, err);
}

/* When the next commit may come. Readers open a generation that is new to them from the ground up:
 * they must not meet two commits in the midst of that. */
static double next_commit(struct follow *follow)
{
    struct generation current = {0};
    char name[GENERATION_NAME_ROOM];
    generation_current_name(follow->options->index, name);
    if (strcmp(name, follow->seen) != 0) {
        if (follow->seen[0] && generation_current(follow->options->index, &current, NULL))
            follow->settled = now() + (double)current.reports * FOLLOW_SETTLE_NS / 1e9;
        generation_clear(&current);
        memcpy(follow->seen, name, sizeof name);
    }
    double pace = follow->last_commit + FOLLOW_PACE_MS / 1000.0;
    return pace > follow->settled ? pace : follow->settled;
}

/* Whether to go on: waits for items, at the readers' pace, and leaves the lock to others for a
 * moment. */
static bool wait_for_work(struct follow *follow, size_t *waiting, struct error *err)
{
    if (!wait_for(follow, LOCK_PAUSE_MS / 1000.0, false))
        return false;
    for (;;) {
        if (!feed_count(follow->feed, FEED_NEW, waiting, err))
            return false;
        if (*waiting > 0 || follow->options->drain)
            break;
        if (!wait_for(follow, FOLLOW_POLL_MS / 1000.0, true) || !prune(follow, err))
            return false;
    }
    double left = next_commit(follow) - now();
    return left <= 0 || wait_for(follow, left, false);
}

static bool run(struct follow *follow, struct error *err)
{
    size_t waiting = 0;
    if (!prune(follow, err))
        return false;
    while (wait_for_work(follow, &waiting, err)) {
        if (waiting == 0)
            break;
        if (!do_batch(follow, err))
            return false;
    }
    return !err || err->code == ERROR_NONE;
}

static bool open_events(struct follow *follow, struct error *err)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGINT);
    if (sigprocmask(SIG_BLOCK, &mask, &follow->outer_mask) != 0 ||
        (follow->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        return error_set_errno(err, ERROR_SYSTEM, NULL, "cannot wait for signals");
    /* Without it (no watches left, a network's file system) the poll still finds what comes. */
    follow->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (follow->inotify >= 0)
        inotify_add_watch(follow->inotify, feed_folder(follow->feed, FEED_NEW),
                          IN_CREATE | IN_MOVED_TO);
    return true;
}

bool follow_run(const struct follow_options *options, const struct follow_observer *observer,
                struct error *err)
{
    struct follow follow = {
        .options = options, .observer = observer, .lock = -1, .signal_fd = -1, .inotify = -1};
    follow.intake = (struct intake){.context = &follow,
                                    .take = take,
                                    .reject = reject,
                                    .skip = skip,
                                    .ignored = &follow.ignored};
    bool ok = feed_open(options->feed, &follow.feed, err) &&
              lock_take(options->feed, LOCK_FOLLOW, 0, "following", &follow.lock, err) &&
              updater_open(options->index, &follow.updater, err) && open_events(&follow, err) &&
              run(&follow, err);
    if (follow.inotify >= 0)
        close(follow.inotify);
    if (follow.signal_fd >= 0) {
        struct signalfd_siginfo taken; /* or it would end the process now */
        while (read(follow.signal_fd, &taken, sizeof taken) > 0)
            continue;
        close(follow.signal_fd);
        sigprocmask(SIG_SETMASK, &follow.outer_mask, NULL);
    }
    intake_end(&follow.intake);
    update_clear(&follow.update);
    updater_close(follow.updater);
    lock_release(follow.lock);
    feed_close(follow.feed);
    return ok;
}
