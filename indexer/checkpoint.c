#include "indexer/checkpoint.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/corpus.h"
#include "indexer/files.h"
#include "schema/buffer.h"
#include "schema/field.h"

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory for a checkpoint");
}

/* ---- which build it is -------------------------------------------------- */

static void add_file(struct buffer *text, const struct corpus_item *item)
{
    struct stat status;
    if (stat(item->path, &status) != 0)
        memset(&status, 0, sizeof status);
    buffer_format(text, "%s\n%" PRIdMAX " %" PRIdMAX ".%09ld\n", item->path,
                  (intmax_t)status.st_size, (intmax_t)status.st_mtim.tv_sec,
                  status.st_mtim.tv_nsec);
}

/* One hash after another, so that a corpus of any size takes the same memory. */
static bool fold(struct buffer *text, char hash[HASH_ROOM], struct error *err)
{
    buffer_text(text, hash);
    if (text->failed || !hash_text(text->bytes, text->size, hash))
        return no_memory(err);
    buffer_reset(text);
    return true;
}

bool checkpoint_identify(const struct checkpoint_build *build, char out[HASH_ROOM],
                         struct error *err)
{
    struct buffer text = {0};
    char hash[HASH_ROOM] = "";
    char *folder = getcwd(NULL, 0); /* paths may be relative to it */
    buffer_format(&text, "%s\n%s %d\n%s\n%" PRIu64 " %u\n%s\n", SCHEMA_VERSION,
                  build->vocabulary_hash, build->extraction.no_demonyms, build->previous,
                  build->memory, build->workers, folder ? folder : "");
    free(folder);
    struct corpus *corpus = NULL;
    bool ok = corpus_open(build->paths, build->path_count, &corpus, err), repeatable = true;
    const struct corpus_item *item;
    while (ok && repeatable && (item = corpus_next(corpus)) != NULL) {
        repeatable = strcmp(item->path, "-") != 0;
        add_file(&text, item);
        if (text.size > 1u << 16)
            ok = fold(&text, hash, err);
    }
    ok = ok && fold(&text, hash, err);
    corpus_close(corpus);
    buffer_free(&text);
    if (ok)
        strcpy(out, repeatable ? hash : "");
    return ok;
}

/* ---- files of JSON ------------------------------------------------------ */

static char *path_of(const char *workspace, struct error *err)
{
    return files_join(workspace, "plan.json", err);
}

static json_t *load(const char *path)
{
    json_error_t fault;
    return path ? json_load_file(path, JSON_REJECT_DUPLICATES, &fault) : NULL;
}

static uint64_t number(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

/* ---- reading ------------------------------------------------------------ */

static json_t *describe_tally(const struct tally *tally)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < tally->count; i++)
        json_array_append_new(rows, json_pack("{s:s, s:I}", "name", tally->rows[i].name, "count",
                                              (json_int_t)tally->rows[i].count));
    return json_pack("{s:o, s:I}", "rows", rows, "others", (json_int_t)tally->others);
}

static void read_tally(const json_t *object, struct tally *out)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(object, "rows"), i, row)
    {
        const char *name = json_string_value(json_object_get(row, "name"));
        if (name)
            tally_add(out, name, strlen(name), number(row, "count"));
    }
    out->others = number(object, "others");
}

bool checkpoint_write(const char *workspace, const char identity[HASH_ROOM],
                      const struct checkpoint_reading *reading, struct error *err)
{
    json_t *root =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "build", identity, "seen",
                  (json_int_t)reading->seen, "rejected", (json_int_t)reading->rejected, "skipped",
                  (json_int_t)reading->skipped, "files", (json_int_t)reading->files, "bytes",
                  (json_int_t)reading->bytes, "rejects_bytes", (json_int_t)reading->rejects_bytes,
                  "ignored", describe_tally(&reading->ignored));
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    char *path = path_of(workspace, err);
    bool ok = (text && path) || no_memory(err);
    ok = ok && files_write(path, text, strlen(text), err) && files_sync(workspace, err);
    free(path);
    free(text);
    json_decref(root);
    return ok;
}

bool checkpoint_read(const char *workspace, const char identity[HASH_ROOM],
                     struct checkpoint_reading *out)
{
    char *path = path_of(workspace, NULL);
    json_t *root = load(path);
    const char *build = json_string_value(json_object_get(root, "build"));
    bool same = *identity && build && strcmp(build, identity) == 0;
    if (same) {
        *out = (struct checkpoint_reading){.seen = number(root, "seen"),
                                           .rejected = number(root, "rejected"),
                                           .skipped = number(root, "skipped"),
                                           .files = number(root, "files"),
                                           .bytes = number(root, "bytes"),
                                           .rejects_bytes = number(root, "rejects_bytes")};
        read_tally(json_object_get(root, "ignored"), &out->ignored);
    }
    json_decref(root);
    free(path);
    return same;
}

/* ---- segments ----------------------------------------------------------- */

void checkpoint_segment_clear(struct checkpoint_segment *segment)
{
    free(segment->rejects);
    *segment = (struct checkpoint_segment){0};
}

bool checkpoint_segment_reject(struct checkpoint_segment *segment, const struct error *why)
{
    if (!array_reserve(&segment->rejects, &segment->reject_room, segment->reject_count + 1,
                       sizeof *segment->rejects))
        return false;
    segment->rejects[segment->reject_count++] = *why;
    return true;
}

static char *record_path(const char *segment)
{
    char *path;
    return asprintf(&path, "%s.json", segment) < 0 ? NULL : path;
}

/* One hash of the names, sizes and bytes of all files. */
static bool hash_files(const char *directory, char out[HASH_ROOM], struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    struct buffer text = {0};
    bool ok = files_list(directory, &names, &count, err);
    for (size_t i = 0; i < count && ok; i++) {
        char hash[HASH_ROOM];
        uint64_t size;
        char *path = files_join(directory, names[i], err);
        ok = path && files_hash(path, hash, &size, err);
        if (ok)
            buffer_format(&text, "%s %" PRIu64 " %s\n", names[i], size, hash);
        free(path);
    }
    files_list_free(names, count);
    ok = ok && ((!text.failed && hash_text(text.bytes ? text.bytes : "", text.size, out)) ||
                no_memory(err));
    buffer_free(&text);
    return ok;
}

static json_t *describe_rejects(const struct checkpoint_segment *segment)
{
    json_t *rejects = json_array();
    for (size_t i = 0; i < segment->reject_count; i++) {
        const struct error *why = &segment->rejects[i];
        json_array_append_new(rejects, json_pack("{s:i, s:s, s:s}", "code", (int)why->code, "where",
                                                 why->where, "reason", why->text));
    }
    return rejects;
}

static bool read_rejects(const json_t *rejects, struct checkpoint_segment *out)
{
    size_t i;
    json_t *row;
    json_array_foreach(rejects, i, row)
    {
        const char *where = json_string_value(json_object_get(row, "where"));
        const char *reason = json_string_value(json_object_get(row, "reason"));
        struct error why = {0};
        if (!where || !reason)
            return false;
        error_set(&why, (enum error_code)number(row, "code"), where, "%s", reason);
        if (!checkpoint_segment_reject(out, &why))
            return false;
    }
    return true;
}

/* Not forced to disk: after a power cut the hash tells whether the segment is. */
bool checkpoint_segment_write(const char *path, const struct checkpoint_segment *segment,
                              struct error *err)
{
    char hash[HASH_ROOM];
    if (!hash_files(path, hash, err))
        return false;
    const struct segment_counts *counts = &segment->counts;
    json_t *root = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:o}", "sha256", hash, "accepted", (json_int_t)counts->accepted,
        "unchanged", (json_int_t)counts->unchanged, "given", (json_int_t)counts->given,
        "given_unknown", (json_int_t)counts->given_unknown, "rejects", describe_rejects(segment));
    char *record = record_path(path);
    bool ok = (root && record) || no_memory(err);
    if (ok && json_dump_file(root, record, JSON_COMPACT) != 0)
        ok = error_set_errno(err, ERROR_IO, record, "cannot be written");
    free(record);
    json_decref(root);
    return ok;
}

bool checkpoint_segment_read(const char *path, struct checkpoint_segment *out)
{
    struct checkpoint_segment segment = {0};
    char hash[HASH_ROOM];
    char *record = record_path(path);
    json_t *root = load(record);
    const char *listed = json_string_value(json_object_get(root, "sha256"));
    bool whole = listed && hash_files(path, hash, NULL) && strcmp(hash, listed) == 0 &&
                 read_rejects(json_object_get(root, "rejects"), &segment);
    if (whole) {
        segment.counts = (struct segment_counts){.accepted = number(root, "accepted"),
                                                 .unchanged = number(root, "unchanged"),
                                                 .given = number(root, "given"),
                                                 .given_unknown = number(root, "given_unknown")};
        *out = segment;
    } else {
        checkpoint_segment_clear(&segment);
    }
    json_decref(root);
    free(record);
    return whole;
}
