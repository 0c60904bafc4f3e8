/* The commands that show and change which generations there are. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/commands/command.h"
#include "indexer/dump.h"
#include "indexer/files.h"
#include "indexer/lock.h"
#include "indexer/manifest.h"
#include "indexer/publication.h"
#include "indexer/verification.h"

static void print_generation(const struct generation *generation, const char *current)
{
    char created[32];
    struct tm parts;
    time_t time = (time_t)generation->created;
    strftime(created, sizeof created, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&time, &parts));
    printf("%s %s  %10" PRIu64 " reports  %8.1f MB  %s\n",
           strcmp(generation->name, current) == 0 ? "*" : " ", generation->name,
           generation->reports, (double)files_size(generation->path) / 1e6, created);
}

bool command_list(const struct options *options, struct error *err)
{
    char current[GENERATION_NAME_ROOM];
    char **names = NULL;
    size_t count = 0;
    generation_current_name(options->index, current);
    if (!generation_list(options->index, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct generation generation = {0};
        struct error fault = {0};
        if (generation_open(options->index, names[i], &generation, &fault))
            print_generation(&generation, current);
        else
            printf("  %s  %s\n", names[i], fault.text);
        generation_clear(&generation);
        free(names[i]);
    }
    free(names);
    return true;
}

bool command_status(const struct options *options, struct error *err)
{
    struct generation generation = {0};
    if (!generation_current(options->index, &generation, err))
        return false;
    bool ok = verification_open(generation.database_path, generation.reports, err);
    if (ok) {
        long writer = publication_writer(options->index);
        printf("index       %s\n", options->index);
        printf("schema      %s\n", generation.schema_version);
        printf("vocabulary  %.16s\n", generation.vocabulary_hash);
        if (writer)
            printf("builder     process %ld\n", writer);
        if ((writer = lock_owner(options->index, LOCK_WRITER)) != 0)
            printf("writer      process %ld\n", writer);
        ok = command_show_feed(options, err);
        printf("generations\n");
        ok = ok && command_list(options, err);
    }
    generation_clear(&generation);
    return ok;
}

static void print_check(const struct generation *generation, const struct verification *found)
{
    printf("generation %s: %" PRIu64 " reports, ", generation->name, found->reports);
    if (found->sealed && found->sequence == 0)
        printf("every file as it was published, structure sound\n");
    else if (found->sealed)
        printf("every file as commit %" PRIu64 " left it, structure sound\n", found->sequence);
    else
        printf("structure and log of %" PRIu64 " commits sound; the files' hashes are kept from "
               "now on\n",
               found->sequence);
}

/* Nobody writes to the generation meanwhile. What commits changed since the last check is
 * sealed anew when it is found sound. */
bool command_check(const struct options *options, struct error *err)
{
    struct generation generation = {0};
    struct verification found;
    int lock = -1;
    bool ok = options->argument_count > 0
                  ? generation_open(options->index, options->arguments[0], &generation, err)
                  : generation_current(options->index, &generation, err);
    ok = ok && lock_take(options->index, LOCK_WRITER, LOCK_WAIT_MS, "writing to", &lock, err) &&
         verification_run(generation.path, &found, err) &&
         (found.sealed || manifest_seal(generation.path, found.sequence, err));
    lock_release(lock);
    if (ok)
        print_check(&generation, &found);
    generation_clear(&generation);
    return ok;
}

bool command_dump(const struct options *options, struct error *err)
{
    char *text = NULL;
    if (!dump_report(options->index, options->arguments[0], &text, err))
        return false;
    puts(text);
    free(text);
    return true;
}

bool command_rollback(const struct options *options, struct error *err)
{
    struct publication *publication = NULL;
    char name[GENERATION_NAME_ROOM];
    bool ok =
        publication_open(options->index, &publication, err) &&
        publication_rollback(publication,
                             options->argument_count > 0 ? options->arguments[0] : NULL, name, err);
    publication_close(publication);
    if (ok)
        printf("generation %s is the current one\n", name);
    return ok;
}

bool command_publish(const struct options *options, struct error *err)
{
    struct publication *publication = NULL;
    char name[GENERATION_NAME_ROOM];
    bool ok = publication_open(options->index, &publication, err) &&
              publication_publish_rehearsed(publication, options->force, options->keep, name, err);
    publication_close(publication);
    if (ok)
        printf("generation %s is the current one\n", name);
    return ok;
}

bool command_prune(const struct options *options, struct error *err)
{
    struct publication *publication = NULL;
    size_t removed = 0;
    bool ok = publication_open(options->index, &publication, err) &&
              publication_prune(publication, options->keep, &removed, err);
    publication_close(publication);
    if (ok)
        printf("%zu generations removed\n", removed);
    return ok;
}
