#include "indexer/manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/files.h"
#include "schema/field.h"

#define MANIFEST_NAME "manifest.json"

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
static json_t *describe_files(const char *directory, struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    if (!files_list(directory, &names, &count, err))
        return NULL;
    json_t *files = json_array();
    bool ok = files || error_set(err, ERROR_MEMORY, directory, "out of memory");
    for (size_t i = 0; i < count && ok; i++) {
        if (strcmp(names[i], MANIFEST_NAME) == 0)
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
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:{s:I, s:I, s:I, s:I}, s:o}", "generation",
                     facts->generation, "schema_version", SCHEMA_VERSION, "created", created,
                     "reports", (json_int_t)facts->reports, "vocabulary_hash",
                     facts->vocabulary_hash, "counts", "seen", (json_int_t)facts->seen, "accepted",
                     (json_int_t)facts->accepted, "unchanged", (json_int_t)facts->unchanged,
                     "rejected", (json_int_t)facts->rejected, "files", files_take);
}

bool manifest_write(const char *directory, const struct manifest_facts *facts, struct error *err)
{
    json_t *files = describe_files(directory, err);
    if (!files)
        return false;
    json_t *root = describe(facts, files);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    char *path = files_join(directory, MANIFEST_NAME, err);
    bool ok = text && path;
    if (!ok)
        error_set(err, ERROR_MEMORY, directory, "out of memory");
    ok = ok && files_write(path, text, strlen(text), err);
    free(path);
    free(text);
    json_decref(root);
    return ok;
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

bool manifest_verify(const char *directory, uint64_t *reports, struct error *err)
{
    char *path = files_join(directory, MANIFEST_NAME, err);
    if (!path)
        return false;
    json_error_t fault;
    json_t *root = json_load_file(path, 0, &fault);
    json_t *found = NULL;
    bool ok = false;
    if (!root) {
        error_set(err, ERROR_CORRUPT, path, "cannot be read: %s", fault.text);
        goto done;
    }
    found = describe_files(directory, err);
    if (!found)
        goto done;
    const char *different = first_difference(json_object_get(root, "files"), found);
    if (different) {
        error_set(err, ERROR_CORRUPT, directory,
                  "%s is not what was published; roll back to another generation or build again",
                  different);
        goto done;
    }
    *reports = (uint64_t)json_integer_value(json_object_get(root, "reports"));
    ok = true;
done:
    json_decref(found);
    json_decref(root);
    free(path);
    return ok;
}
