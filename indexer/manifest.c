#include "indexer/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/files.h"
#include "schema/changes.h"
#include "schema/field.h"

#define MANIFEST_NAME "manifest.json"
#define SEAL_NAME     "seal.json"
#define FRESH_NAME    "fresh.json" /* one of the two on its way; it stays where that was cut off */
#define DATABASE      "database/"

enum files_of { ALL_FILES, OF_DATABASE, NOT_OF_DATABASE };

static bool is_of(enum files_of which, const char *name)
{
    if (strcmp(name, MANIFEST_NAME) == 0 || strcmp(name, SEAL_NAME) == 0 ||
        strcmp(name, FRESH_NAME) == 0 || strcmp(name, CHANGES_NAME) == 0)
        return false;
    bool of_database = strncmp(name, DATABASE, strlen(DATABASE)) == 0;
    return which == ALL_FILES || of_database == (which == OF_DATABASE);
}

static json_t *describe_file(const char *directory, const char *name, struct error *err)
{
    char *path = files_join(directory, name, err);
    char hash[HASH_ROOM];
    uint64_t size;
    bool ok = path && files_hash(path, hash, &size, err);
    free(path);
    if (!ok)
        return NULL;
    json_t *file =
        json_pack("{s:s, s:I, s:s}", "path", name, "bytes", (json_int_t)size, "sha256", hash);
    if (!file)
        error_set(err, ERROR_MEMORY, directory, "out of memory");
    return file;
}

/* The files there are now, as the manifest lists them. */
static json_t *describe_files(const char *directory, enum files_of which, struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    if (!files_list(directory, &names, &count, err))
        return NULL;
    json_t *files = json_array();
    bool ok = files || error_set(err, ERROR_MEMORY, directory, "out of memory");
    for (size_t i = 0; i < count && ok; i++) {
        if (!is_of(which, names[i]))
            continue;
        json_t *file = describe_file(directory, names[i], err);
        ok = file && (json_array_append_new(files, file) == 0 ||
                      error_set(err, ERROR_MEMORY, directory, "out of memory"));
    }
    files_list_free(names, count);
    if (ok)
        return files;
    json_decref(files);
    return NULL;
}

static json_t *describe(const struct manifest_facts *facts, json_t *files_take)
{
    char created[32];
    time_t now = time(NULL);
    struct tm parts;
    strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:{s:b}, s:{s:I, s:I, s:I, s:I}, s:o}",
                     "generation", facts->generation, "schema_version", SCHEMA_VERSION, "created",
                     created, "reports", (json_int_t)facts->reports, "vocabulary_hash",
                     facts->vocabulary_hash, "options", "demonyms", !facts->no_demonyms, "counts",
                     "seen", (json_int_t)facts->seen, "accepted", (json_int_t)facts->accepted,
                     "unchanged", (json_int_t)facts->unchanged, "rejected",
                     (json_int_t)facts->rejected, "files", files_take);
}

/* Writes the object as a file of the directory, in one rename that is on disk when this
 * returns. Takes the object. */
static bool write_object(json_t *root_take, const char *directory, const char *name,
                         struct error *err)
{
    char *text = root_take ? json_dumps(root_take, JSON_INDENT(1)) : NULL;
    char *path = files_join(directory, name, err), *fresh = files_join(directory, FRESH_NAME, err);
    bool ok = text && path && fresh;
    if (!ok)
        error_set(err, ERROR_MEMORY, directory, "out of memory");
    ok = ok && files_write(fresh, text, strlen(text), err);
    if (ok && rename(fresh, path) != 0)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be replaced");
    ok = ok && files_sync(directory, err);
    free(fresh);
    free(path);
    free(text);
    json_decref(root_take);
    return ok;
}

bool manifest_write(const char *directory, const struct manifest_facts *facts, struct error *err)
{
    json_t *files = describe_files(directory, ALL_FILES, err);
    return files && write_object(describe(facts, files), directory, MANIFEST_NAME, err);
}

static json_t *load_manifest(const char *directory, struct error *err)
{
    char *path = files_join(directory, MANIFEST_NAME, err);
    json_error_t fault;
    json_t *root = path ? json_load_file(path, 0, &fault) : NULL;
    if (path && !root)
        error_set(err, ERROR_CORRUPT, path, "cannot be read: %s", fault.text);
    free(path);
    return root;
}

bool manifest_rename(const char *directory, const char *name, struct error *err)
{
    json_t *root = load_manifest(directory, err);
    if (!root)
        return false;
    if (json_object_set_new(root, "generation", json_string(name)) == 0)
        return write_object(root, directory, MANIFEST_NAME, err);
    json_decref(root);
    return error_set(err, ERROR_MEMORY, directory, "out of memory");
}

/* In byte order; in the place of an earlier description. */
static bool insert_file(json_t *files, const char *name, json_t *file_take)
{
    size_t at = 0;
    int order = 1;
    for (; at < json_array_size(files); at++) {
        const char *path = json_string_value(json_object_get(json_array_get(files, at), "path"));
        order = path ? strcmp(path, name) : -1;
        if (order >= 0)
            break;
    }
    return order == 0 ? json_array_set_new(files, at, file_take) == 0
                      : json_array_insert_new(files, at, file_take) == 0;
}

bool manifest_add(const char *directory, const char *name, struct error *err)
{
    json_t *root = load_manifest(directory, err);
    json_t *file = root ? describe_file(directory, name, err) : NULL;
    if (file && !insert_file(json_object_get(root, "files"), name, file)) {
        error_set(err, ERROR_MEMORY, directory, "out of memory");
        file = NULL;
    }
    if (file)
        return write_object(root, directory, MANIFEST_NAME, err);
    json_decref(root);
    return false;
}

bool manifest_seal(const char *directory, uint64_t sequence, struct error *err)
{
    json_t *files = describe_files(directory, OF_DATABASE, err);
    return files &&
           write_object(json_pack("{s:I, s:o}", "sequence", (json_int_t)sequence, "files", files),
                        directory, SEAL_NAME, err);
}

/* The first file in which two lists differ, NULL for none. Both are in byte order. */
static const char *first_difference(const json_t *listed, const json_t *found)
{
    size_t i = 0;
    for (;; i++) {
        const json_t *left = json_array_get(listed, i), *right = json_array_get(found, i);
        if (!left && !right)
            return NULL;
        if (left && right && json_equal(left, right))
            continue;
        const char *a = json_string_value(json_object_get(left, "path"));
        const char *b = json_string_value(json_object_get(right, "path"));
        if (!a || !b)
            return a ? a : b ? b : "a file without a path";
        return strcmp(a, b) <= 0 ? a : b;
    }
}

bool manifest_break_seal(const char *directory, struct error *err)
{
    char *path = files_join(directory, SEAL_NAME, err);
    if (!path)
        return false;
    bool broken = unlink(path) == 0;
    bool ok =
        broken || errno == ENOENT || error_set_errno(err, ERROR_IO, path, "cannot be removed");
    free(path);
    return ok && (!broken || files_sync(directory, err));
}

/* The log of changes is begun before the first write. */
static bool was_written(const char *directory)
{
    char *path = files_join(directory, CHANGES_NAME, NULL);
    bool written = path && access(path, F_OK) == 0;
    free(path);
    return written;
}

/* Compares the files of a directory with those that 'root' lists, which holds others too. */
static bool compare_files(const char *directory, const json_t *root, enum files_of which,
                          struct error *err)
{
    json_t *listed = json_array(), *found = describe_files(directory, which, err);
    const json_t *file;
    size_t i;
    json_array_foreach(json_object_get(root, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "path"));
        if (!name || is_of(which, name))
            json_array_append(listed, (json_t *)(uintptr_t)file);
    }
    bool ok = listed && found;
    const char *different = ok ? first_difference(listed, found) : NULL;
    if (!ok)
        error_set(err, ERROR_MEMORY, directory, "out of memory");
    else if (different)
        ok = error_set(err, ERROR_CORRUPT, directory,
                       "%s is not what was published; roll back to another generation or build "
                       "again",
                       different);
    json_decref(found);
    json_decref(listed);
    return ok;
}

/* The seal of the database's files, where it is of this very commit; else NULL. */
static json_t *load_seal(const char *directory, uint64_t sequence)
{
    char *path = files_join(directory, SEAL_NAME, NULL);
    json_t *seal = path ? json_load_file(path, 0, NULL) : NULL;
    free(path);
    const json_t *of = json_object_get(seal, "sequence");
    if (json_is_integer(of) && (uint64_t)json_integer_value(of) == sequence)
        return seal;
    json_decref(seal);
    return NULL;
}

bool manifest_verify(const char *directory, uint64_t sequence, uint64_t *reports, bool *sealed,
                     struct error *err)
{
    json_t *root = load_manifest(directory, err);
    bool written = was_written(directory);
    json_t *seal = written ? load_seal(directory, sequence) : NULL;
    bool ok = root && compare_files(directory, root, written ? NOT_OF_DATABASE : ALL_FILES, err) &&
              (!seal || compare_files(directory, seal, OF_DATABASE, err));
    if (ok) {
        *reports = (uint64_t)json_integer_value(json_object_get(root, "reports"));
        *sealed = !written || seal;
    }
    json_decref(seal);
    json_decref(root);
    return ok;
}
