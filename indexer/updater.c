#include "indexer/updater.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/lock.h"

struct updater {
    char *index;
    struct generation generation; /* the one that the rest was opened for */
    struct vocabulary *vocabulary;
    struct extraction *extraction;
    struct document_kit *kit;
};

static void close_generation(struct updater *updater)
{
    document_kit_free(updater->kit);
    updater->kit = NULL;
    extraction_close(updater->extraction);
    updater->extraction = NULL;
    vocabulary_close(updater->vocabulary);
    updater->vocabulary = NULL;
    generation_clear(&updater->generation);
}

/* Opens what belongs to the current generation, unless that is done. */
static bool follow_current(struct updater *updater, struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    generation_current_name(updater->index, current);
    if (updater->kit && strcmp(current, updater->generation.name) == 0)
        return true;
    close_generation(updater);
    if (!generation_current(updater->index, &updater->generation, err) ||
        !generation_vocabulary(&updater->generation, &updater->vocabulary, err))
        return false;
    const struct extraction_options options = {.no_demonyms = updater->generation.no_demonyms};
    return extraction_open(updater->vocabulary, &options, &updater->extraction, err) &&
           document_kit_of(updater->generation.database_path, &updater->kit, err);
}

bool updater_open(const char *index, struct updater **out, struct error *err)
{
    struct updater *updater = calloc(1, sizeof *updater);
    if (!updater || !(updater->index = strdup(index))) {
        free(updater);
        return error_set(err, ERROR_MEMORY, index, "out of memory");
    }
    if (follow_current(updater, err)) {
        *out = updater;
        return true;
    }
    updater_close(updater);
    return false;
}

void updater_close(struct updater *updater)
{
    if (!updater)
        return;
    close_generation(updater);
    free(updater->index);
    free(updater);
}

bool updater_apply(struct updater *updater, struct update *update, struct update_commit *out,
                   struct error *err)
{
    int lock;
    if (!lock_take(updater->index, LOCK_WRITER, LOCK_WAIT_MS, "writing to", &lock, err))
        return false;
    bool ok = follow_current(updater, err);
    if (ok) {
        const struct update_target target = {.directory = updater->generation.path,
                                             .extraction = updater->extraction,
                                             .kit = updater->kit};
        ok = update_apply(update, &target, out, err);
    }
    lock_release(lock);
    return ok;
}

const char *updater_generation(const struct updater *updater)
{
    return updater->generation.name;
}
