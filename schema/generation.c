#include "schema/generation.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "schema/changes.h"
#include "schema/field.h"
#include "schema/vocabulary_compiled.h"

/* A commit can overwrite what a reader reads, if another came before it. */
#define COUNT_TRIES 3

/* A generation's name is made of digits, so that no name leads out of its folder. */
static bool is_name(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size < GENERATION_NAME_ROOM && strspn(name, "0123456789") == size;
}

static char *format_path(const char *folder, const char *middle, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s%s", folder, middle, name) < 0 ? NULL : path;
}

/* The string member 'key' of the manifest, copied; false where it is missing or too long. */
static bool read_text(const json_t *manifest, const char *key, char *out, size_t room)
{
    const char *text = json_string_value(json_object_get(manifest, key));
    if (!text || strlen(text) >= room)
        return false;
    strcpy(out, text);
    return true;
}

/* "2026-11-22T08:00:00Z" as seconds since 1970. */
static bool read_time(const json_t *manifest, const char *key, int64_t *out)
{
    const char *text = json_string_value(json_object_get(manifest, key));
    struct tm parts = {0};
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts) : NULL;
    if (!end || *end)
        return false;
    *out = timegm(&parts);
    return true;
}

static bool read_manifest(const char *path, struct generation *out, struct error *err)
{
    json_error_t fault;
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
    if (!manifest)
        return error_set(err, ERROR_CORRUPT, path,
                         "cannot read the manifest: %s (line %d); publish the index again or roll "
                         "back to another generation",
                         fault.text, fault.line);
    char name[GENERATION_NAME_ROOM];
    const char *missing = NULL;
    json_t *reports = json_object_get(manifest, "reports");
    if (!read_text(manifest, "generation", name, sizeof name) || strcmp(name, out->name) != 0)
        missing = "generation";
    else if (!read_text(manifest, "schema_version", out->schema_version,
                        sizeof out->schema_version))
        missing = "schema_version";
    else if (!read_text(manifest, "vocabulary_hash", out->vocabulary_hash,
                        sizeof out->vocabulary_hash))
        missing = "vocabulary_hash";
    else if (!read_time(manifest, "created", &out->created))
        missing = "created";
    else if (!json_is_integer(reports) || json_integer_value(reports) < 0)
        missing = "reports";
    else
        out->reports = (uint64_t)json_integer_value(reports);
    out->no_demonyms =
        json_is_false(json_object_get(json_object_get(manifest, "options"), "demonyms"));
    json_decref(manifest);
    if (missing)
        return error_set(err, ERROR_CORRUPT, path,
                         "the manifest's member '%s' is missing or wrong; publish the index again "
                         "or roll back to another generation",
                         missing);
    if (strcmp(out->schema_version, SCHEMA_VERSION) != 0)
        return error_set(err, ERROR_VERSION, path,
                         "the index has schema version %s and this program reads %s; build the "
                         "index again with the sitrep-index of this version",
                         out->schema_version, SCHEMA_VERSION);
    return true;
}

/* The manifest tells of the generation as it was published; where commits followed, the database
 * knows. One that cannot be read says so to who opens it for more. */
static void count_reports(struct generation *generation)
{
    struct xap_db *db;
    struct changes_mark mark;
    uint32_t count;
    for (int tries = 0; tries < COUNT_TRIES; tries++) {
        if (!xap_db_open(generation->database_path, &db, NULL))
            return;
        bool known = changes_mark_read(db, &mark, NULL) && xap_db_document_count(db, &count, NULL);
        xap_db_close(db);
        if (known && mark.sequence > 0)
            generation->reports = count;
        if (known)
            return;
    }
}

bool generation_locate(const char *directory, struct generation *out, struct error *err)
{
    struct generation made = {
        .path = strdup(directory),
        .database_path = format_path(directory, "", "database"),
        .vocabulary_path = format_path(directory, "", "vocabulary"),
        .words_path = format_path(directory, "", GENERATION_WORDS),
        .texts_path = format_path(directory, "", GENERATION_TEXTS),
        .frequent_path = format_path(directory, "", GENERATION_FREQUENT),
    };
    if (!made.path || !made.database_path || !made.vocabulary_path || !made.words_path ||
        !made.texts_path || !made.frequent_path) {
        generation_clear(&made);
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    }
    *out = made;
    return true;
}

static bool read_generation(const char *index, const char *name, struct generation *out,
                            struct error *err)
{
    strcpy(out->name, name);
    if (access(out->path, F_OK) != 0)
        return error_set(err, ERROR_NO_INPUT, index,
                         "no generation %s here; list them with: sitrep-index status --index %s",
                         name, index);
    char *manifest = format_path(out->path, "", "manifest.json");
    bool ok = manifest ? read_manifest(manifest, out, err)
                       : error_set(err, ERROR_MEMORY, index, "out of memory");
    free(manifest);
    return ok;
}

bool generation_open(const char *index, const char *name, struct generation *out, struct error *err)
{
    struct generation made = {0};
    if (!is_name(name))
        return error_set(err, ERROR_USAGE, name, "not a generation's name; they look like 000042");
    char *directory = format_path(index, "generations/", name);
    bool ok = (directory || error_set(err, ERROR_MEMORY, index, "out of memory")) &&
              generation_locate(directory, &made, err) && read_generation(index, name, &made, err);
    free(directory);
    if (!ok) {
        generation_clear(&made);
        return false;
    }
    count_reports(&made);
    *out = made;
    return true;
}

bool generation_current(const char *index, struct generation *out, struct error *err)
{
    char name[GENERATION_NAME_ROOM];
    generation_current_name(index, name);
    if (name[0]) {
        char *path = format_path(index, "generations/", name);
        bool is_dangling = path && access(path, F_OK) != 0;
        free(path);
        if (is_dangling)
            return error_set(err, ERROR_CORRUPT, index,
                             "'current' names generation %s, which is not there; roll back to "
                             "another one or build the index again",
                             name);
        return generation_open(index, name, out, err);
    }
    char *path = format_path(index, "", "current");
    bool is_there = path && access(path, F_OK) == 0;
    free(path);
    if (is_there)
        return error_set(err, ERROR_CORRUPT, index,
                         "'current' is not a link to a generation; build the index again");
    return error_set(err, ERROR_NO_INPUT, index,
                     "no index here; build one with: sitrep-index build --index %s PATH", index);
}

void generation_clear(struct generation *generation)
{
    free(generation->path);
    free(generation->database_path);
    free(generation->vocabulary_path);
    free(generation->words_path);
    free(generation->texts_path);
    free(generation->frequent_path);
    memset(generation, 0, sizeof *generation);
}

bool generation_vocabulary(const struct generation *generation, struct vocabulary **out,
                           struct error *err)
{
    char *path = format_path(generation->path, "/", GENERATION_COMPILED);
    struct vocabulary *mapped = NULL;
    if (!path)
        return error_set(err, ERROR_MEMORY, generation->path, "out of memory");
    bool ok = vocabulary_map(path, generation->vocabulary_hash, &mapped, err) &&
              (mapped || vocabulary_open(generation->vocabulary_path, &mapped, err));
    free(path);
    if (ok)
        *out = mapped;
    return ok;
}

void generation_current_name(const char *index, char out[GENERATION_NAME_ROOM])
{
    char target[256];
    out[0] = '\0';
    char *path = format_path(index, "", "current");
    ssize_t size = path ? readlink(path, target, sizeof target - 1) : -1;
    free(path);
    if (size < 0)
        return;
    target[size] = '\0';
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    if (is_name(name))
        strcpy(out, name);
}

/* Older first: by number, so that 1000000 comes after 999999. */
static int compare_names(const void *a, const void *b)
{
    const char *left = *(char *const *)a, *right = *(char *const *)b;
    size_t left_size = strlen(left), right_size = strlen(right);
    if (left_size != right_size)
        return left_size < right_size ? -1 : 1;
    return strcmp(left, right);
}

bool generation_list(const char *index, char ***names, size_t *count, struct error *err)
{
    char **found = NULL;
    size_t used = 0, room = 0;
    bool done = false;
    DIR *folder = NULL;
    char *path = format_path(index, "", "generations");
    if (!path) {
        error_set(err, ERROR_MEMORY, index, "out of memory");
        goto done;
    }
    folder = opendir(path);
    if (!folder) {
        if (errno == ENOENT || errno == ENOTDIR)
            error_set(err, ERROR_NO_INPUT, index,
                      "no index here; build one with: sitrep-index build --index %s PATH", index);
        else
            error_set_errno(err, ERROR_IO, path, "cannot list the generations");
        goto done;
    }
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (!is_name(entry->d_name))
            continue;
        if (!array_reserve(&found, &room, used + 1, sizeof *found) ||
            !(found[used] = strdup(entry->d_name))) {
            error_set(err, ERROR_MEMORY, path, "out of memory");
            goto done;
        }
        used++;
    }
    if (used > 0)
        qsort(found, used, sizeof *found, compare_names);
    *names = found;
    *count = used;
    found = NULL;
    done = true;
done:
    for (size_t i = 0; found && i < used; i++)
        free(found[i]);
    free(found);
    if (folder)
        closedir(folder);
    free(path);
    return done;
}
