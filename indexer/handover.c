#include "indexer/handover.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/reader.h"

/* A batch ends at whichever comes first. */
#define BATCH_REPORTS 256u
#define BATCH_BYTES   (2u << 20)

struct batch {
    struct item {
        struct report report;
        char where[READER_WHERE_ROOM];
    } items[BATCH_REPORTS];
    size_t count, bytes;
};

struct handover {
    handover_take *take;
    void *context;
    pthread_t taker;
    struct batch batches[2];
    struct batch *filling; /* the giver's, and the other one the taker's while 'handed' */
    struct error failure;  /* the taker's until it is joined */
    pthread_mutex_t lock;  /* of what follows */
    pthread_cond_t moved;
    bool handed, ended, failed;
};

static struct batch *other(struct handover *handover, const struct batch *batch)
{
    return &handover->batches[batch == handover->batches];
}

static void clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        report_clear(&batch->items[i].report);
    batch->count = batch->bytes = 0;
}

/* ---- the one who takes --------------------------------------------------- */

static bool take_batch(struct handover *handover, struct batch *batch)
{
    bool ok = true;
    for (size_t i = 0; ok && i < batch->count; i++) {
        struct item *item = &batch->items[i];
        ok = handover->take(handover->context, &item->report, item->where, &handover->failure);
    }
    clear(batch);
    return ok;
}

/* Once a report could not be taken, the rest is passed over, so that the giver never waits. */
static void *run(void *context)
{
    struct handover *handover = context;
    struct batch *batch = &handover->batches[1];
    bool ok = true;
    pthread_mutex_lock(&handover->lock);
    for (;;) {
        while (!handover->handed && !handover->ended)
            pthread_cond_wait(&handover->moved, &handover->lock);
        if (!handover->handed)
            break;
        batch = other(handover, batch);
        pthread_mutex_unlock(&handover->lock);
        if (ok)
            ok = take_batch(handover, batch);
        else
            clear(batch);
        pthread_mutex_lock(&handover->lock);
        handover->failed = !ok;
        handover->handed = false;
        pthread_cond_signal(&handover->moved);
    }
    pthread_mutex_unlock(&handover->lock);
    return NULL;
}

/* ---- the one who gives --------------------------------------------------- */

/* Hands over what is filled when the batch before is taken. */
static bool pass(struct handover *handover)
{
    pthread_mutex_lock(&handover->lock);
    while (handover->handed)
        pthread_cond_wait(&handover->moved, &handover->lock);
    handover->filling = other(handover, handover->filling);
    handover->handed = true;
    bool ok = !handover->failed;
    pthread_cond_signal(&handover->moved);
    pthread_mutex_unlock(&handover->lock);
    return ok;
}

bool handover_open(handover_take *take, void *context, struct handover **out, struct error *err)
{
    struct handover *handover = calloc(1, sizeof *handover);
    if (!handover)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    handover->take = take;
    handover->context = context;
    handover->filling = handover->batches;
    pthread_mutex_init(&handover->lock, NULL);
    pthread_cond_init(&handover->moved, NULL);
    errno = pthread_create(&handover->taker, NULL, run, handover);
    if (errno != 0) {
        error_set_errno(err, ERROR_SYSTEM, NULL, "cannot start a thread");
        free(handover);
        return false;
    }
    *out = handover;
    return true;
}

bool handover_give(struct handover *handover, struct report *report, const char *where)
{
    struct batch *batch = handover->filling;
    struct item *item = &batch->items[batch->count++];
    batch->bytes += report->body_size;
    item->report = *report;
    memset(report, 0, sizeof *report);
    snprintf(item->where, sizeof item->where, "%s", where);
    return (batch->count < BATCH_REPORTS && batch->bytes < BATCH_BYTES) || pass(handover);
}

bool handover_close(struct handover *handover, struct error *err)
{
    pass(handover);
    pthread_mutex_lock(&handover->lock);
    handover->ended = true;
    pthread_cond_signal(&handover->moved);
    pthread_mutex_unlock(&handover->lock);
    pthread_join(handover->taker, NULL);
    bool ok = !handover->failed;
    if (!ok)
        error_set(err, handover->failure.code, handover->failure.where, "%s",
                  handover->failure.text);
    pthread_cond_destroy(&handover->moved);
    pthread_mutex_destroy(&handover->lock);
    free(handover);
    return ok;
}
