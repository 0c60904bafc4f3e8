#include "indexer/difference.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/document.h"
#include "indexer/files.h"
#include "indexer/json_line.h"
#include "indexer/manifest.h"
#include "indexer/stored.h"
#include "indexer/touched.h"
#include "schema/story.h"

#define VALUES       4096u /* read at once */
#define REOPEN_TRIES 10

static const char signs[CHANGE_KINDS] = {'+', '~', '-'};

void difference_clear(struct difference *difference)
{
    buffer_free(&difference->ids);
}

static void add(struct buffer *ids, enum change_kind kind, const char *id)
{
    buffer_char(ids, signs[kind]);
    buffer_append(ids, id, strlen(id) + 1);
}

/* ---- the comparison ----------------------------------------------------- */

/* One of the two databases, at one of its ids. */
struct side {
    const char *path;
    struct xap_db *db;
    struct xap_terms *terms;
    unsigned char (*hashes)[SPOOL_HASH_BYTES]; /* by docid */
    size_t room;
    uint32_t last_docid;
    char term[FIELD_TERM_ROOM]; /* of the id; "" before the first */
    bool ended;
};

static void close_side(struct side *side)
{
    xap_terms_close(side->terms);
    xap_db_close(side->db);
    free(side->hashes);
}

/* Goes on in the revision there is now, where a writer has overwritten the one that was read. What
 * it changed is looked at once more later. */
static bool reopen(struct side *side, struct xap_error *fault, int *tries)
{
    bool changed;
    if (fault->code != XAP_MODIFIED || ++*tries > REOPEN_TRIES)
        return false;
    *fault = (struct xap_error){0};
    return xap_db_reopen(side->db, &changed, fault);
}

static bool keep_hashes(struct side *side, const uint32_t *docids, const uint32_t *ends,
                        const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t begin = i > 0 ? ends[i - 1] : 0;
        if (!array_reserve(&side->hashes, &side->room, docids[i] + 1u, sizeof *side->hashes))
            return false;
        for (; side->last_docid < docids[i]; side->last_docid++)
            memset(side->hashes[side->last_docid + 1], 0, SPOOL_HASH_BYTES);
        if (ends[i] - begin == SPOOL_HASH_BYTES)
            memcpy(side->hashes[docids[i]], bytes + begin, SPOOL_HASH_BYTES);
    }
    return true;
}

/* The values from where reading stopped, to the end of the revision. */
static bool read_values(struct side *side, struct xap_error *fault, bool *no_memory)
{
    static uint32_t docids[VALUES], ends[VALUES];
    static char bytes[VALUES * SPOOL_HASH_BYTES];
    struct xap_values *values = NULL;
    size_t count = 0;
    bool ok = xap_values_open(side->db, DOCUMENT_HASH_SLOT, &values, fault) &&
              (side->last_docid == 0 || xap_values_skip_to(values, side->last_docid + 1, fault));
    while (
        ok && !*no_memory &&
        (ok = xap_values_read(values, VALUES, docids, ends, sizeof bytes, bytes, &count, fault)) &&
        count > 0)
        *no_memory = !keep_hashes(side, docids, ends, bytes, count);
    xap_values_close(values);
    return ok;
}

static bool open_side(struct side *side, struct error *err)
{
    struct xap_error fault = {0};
    bool no_memory = false;
    int tries = 0;
    if (!xap_db_open(side->path, &side->db, &fault))
        return error_set_xapian(err, side->path, &fault);
    while (!read_values(side, &fault, &no_memory))
        if (!reopen(side, &fault, &tries))
            return error_set_xapian(err, side->path, &fault);
    return !no_memory || error_set(err, ERROR_MEMORY, side->path, "out of memory");
}

/* The next id after the one at hand. */
static bool try_next(struct side *side, struct xap_error *fault)
{
    const char *term = NULL;
    if (!side->terms) {
        if (!xap_terms_open(side->db, fields[FIELD_ID].prefix, &side->terms, fault) ||
            (*side->term && !xap_terms_skip_to(side->terms, side->term, fault)))
            return false;
    }
    do
        if (!xap_terms_next(side->terms, &term, NULL, fault))
            return false;
    while (term && strcmp(term, side->term) == 0);
    side->ended = term == NULL;
    if (term)
        snprintf(side->term, sizeof side->term, "%s", term);
    return true;
}

static bool next(struct side *side, struct error *err)
{
    struct xap_error fault = {0};
    for (int tries = 0; !try_next(side, &fault);) {
        xap_terms_close(side->terms);
        side->terms = NULL;
        if (!reopen(side, &fault, &tries))
            return error_set_xapian(err, side->path, &fault);
    }
    return true;
}

/* The hash of the report whose id is at hand; NULL where it is not known. */
static bool read_hash(struct side *side, const unsigned char **out, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_postings *postings = NULL;
    uint32_t docid = 0;
    size_t count = 0;
    int tries = 0;
    while (!(xap_postings_open(side->db, side->term, &postings, &fault) &&
             xap_postings_read(postings, 1, &docid, NULL, NULL, &count, &fault))) {
        xap_postings_close(postings);
        xap_terms_close(side->terms);
        postings = NULL;
        side->terms = NULL;
        if (!reopen(side, &fault, &tries))
            return error_set_xapian(err, side->path, &fault);
    }
    xap_postings_close(postings);
    *out = count > 0 && docid <= side->last_docid ? side->hashes[docid] : NULL;
    return true;
}

/* Both sides are at the same id. */
static bool compare_hashes(struct side *before, struct side *after, struct buffer *ids,
                           struct error *err)
{
    const unsigned char *left = NULL, *right = NULL;
    if (!read_hash(before, &left, err) || !read_hash(after, &right, err))
        return false;
    if (!left || !right || memcmp(left, right, SPOOL_HASH_BYTES) != 0)
        add(ids, CHANGE_REPLACED, after->term + 1);
    return true;
}

/* Both go on together, as the ids of each are in byte order. */
static bool compare(struct side *before, struct side *after, struct buffer *ids, struct error *err)
{
    bool ok = next(before, err) && next(after, err);
    while (ok && !(before->ended && after->ended)) {
        int order = before->ended ? 1 : after->ended ? -1 : strcmp(before->term, after->term);
        if (order < 0)
            add(ids, CHANGE_REMOVED, before->term + 1);
        else if (order > 0)
            add(ids, CHANGE_ADDED, after->term + 1);
        else
            ok = compare_hashes(before, after, ids, err);
        ok = ok && (order > 0 || next(before, err)) && (order < 0 || next(after, err));
    }
    return ok;
}

bool difference_find(const char *before, const char *after, struct difference *out,
                     struct error *err)
{
    struct side sides[2] = {{.path = before}, {.path = after}};
    struct buffer ids = {0};
    bool ok = open_side(&sides[0], err) && open_side(&sides[1], err) &&
              compare(&sides[0], &sides[1], &ids, err) &&
              (!ids.failed || error_set(err, ERROR_MEMORY, before, "out of memory"));
    close_side(&sides[0]);
    close_side(&sides[1]);
    if (ok) {
        difference_clear(out);
        out->ids = ids;
    } else {
        buffer_free(&ids);
    }
    return ok;
}

/* ---- the file ----------------------------------------------------------- */

struct writing {
    char *path;
    FILE *file;
    struct buffer line;
    json_t *lists[CHANGE_KINDS];
    size_t count; /* ids in them */
};

static bool no_memory(const struct writing *writing, struct error *err)
{
    return error_set(err, ERROR_MEMORY, writing->path, "out of memory");
}

/* Takes the object. */
static bool put_line(struct writing *writing, json_t *object_take, struct error *err)
{
    buffer_reset(&writing->line);
    return json_line_append(&writing->line, object_take, err) &&
           (fwrite(writing->line.bytes, 1, writing->line.size, writing->file) ==
                writing->line.size ||
            error_set_errno(err, ERROR_IO, writing->path, "cannot be written"));
}

static bool flush(struct writing *writing, struct error *err)
{
    json_t *root = json_object();
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++) {
        json_object_set_new(root, change_kind_names[kind], writing->lists[kind]);
        writing->lists[kind] = NULL;
    }
    writing->count = 0;
    return put_line(writing, root, err);
}

static bool put_id(struct writing *writing, enum change_kind kind, const char *id,
                   struct error *err)
{
    if (!writing->lists[kind])
        writing->lists[kind] = json_array();
    if (json_array_append_new(writing->lists[kind], json_string(id)) != 0)
        return no_memory(writing, err);
    return ++writing->count < DIFFERENCES_IDS || flush(writing, err);
}

static enum change_kind kind_of(char sign)
{
    return (enum change_kind)((const char *)memchr(signs, sign, sizeof signs) - signs);
}

static int compare_id(const void *id, const void *touched)
{
    return strcmp(id, ((const struct touched *)touched)->id);
}

/* All that the comparison found, but for the ids that are looked at once more. */
static bool put_found(struct writing *writing, const struct difference *difference,
                      const struct touched_list *touched, struct error *err)
{
    const char *at = difference->ids.bytes, *end = at + difference->ids.size;
    for (; at < end; at += strlen(at) + 1) {
        bool is_touched = touched->count > 0 && bsearch(at + 1, touched->items, touched->count,
                                                        sizeof *touched->items, compare_id);
        if (!is_touched && !put_id(writing, kind_of(*at), at + 1, err))
            return false;
    }
    return true;
}

static bool put_touched(struct writing *writing, const struct touched_list *touched,
                        const struct stored *before, const struct stored *after, struct error *err)
{
    for (size_t i = 0; i < touched->count; i++) {
        const char *id = touched->items[i].id;
        unsigned char hashes[2][SPOOL_HASH_BYTES];
        bool was, is,
            ok = stored_hash(before, id, &was, hashes[0], err) &&
                 stored_hash(after, id, &is, hashes[1], err);
        if (ok && was != is)
            ok = put_id(writing, is ? CHANGE_ADDED : CHANGE_REMOVED, id, err);
        else if (ok && was && memcmp(hashes[0], hashes[1], SPOOL_HASH_BYTES) != 0)
            ok = put_id(writing, CHANGE_REPLACED, id, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_mark(const char *database, struct changes_mark *mark, uint32_t *reports,
                      struct error *err)
{
    struct xap_error fault = {0};
    struct xap_db *db;
    if (!xap_db_open(database, &db, &fault))
        return error_set_xapian(err, database, &fault);
    bool ok = changes_mark_read(db, mark, err) && (xap_db_document_count(db, reports, &fault) ||
                                                   error_set_xapian(err, database, &fault));
    xap_db_close(db);
    return ok;
}

static bool put_head(struct writing *writing, const struct generation *before,
                     const struct generation *after, struct error *err)
{
    struct changes_mark marks[2] = {0};
    uint32_t reports = 0;
    char when[32];
    time_t seconds = time(NULL);
    struct tm parts;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts));
    return read_mark(before->database_path, &marks[0], &reports, err) &&
           read_mark(after->database_path, &marks[1], &reports, err) &&
           put_line(writing,
                    json_pack("{s:s, s:I, s:I, s:s, s:I}", "before", before->name, "sequence",
                              (json_int_t)marks[0].sequence, "covers",
                              (json_int_t)marks[1].sequence, "time", when, "reports",
                              (json_int_t)reports),
                    err);
}

static bool put_all(struct writing *writing, const struct difference *difference,
                    const struct generation *before, const struct generation *after,
                    struct error *err)
{
    struct touched_list touched = {0};
    struct stored *stored[2] = {NULL, NULL};
    bool ok = put_head(writing, before, after, err) && touched_read(before, &touched, err) &&
              stored_open(before, &stored[0], err) && stored_open(after, &stored[1], err) &&
              put_found(writing, difference, &touched, err) &&
              put_touched(writing, &touched, stored[0], stored[1], err) &&
              (writing->count == 0 || flush(writing, err));
    stored_close(stored[0]);
    stored_close(stored[1]);
    touched_clear(&touched);
    return ok;
}

bool difference_write(const struct difference *difference, const struct generation *before,
                      const char *directory, struct error *err)
{
    struct writing writing = {.path = files_join(directory, DIFFERENCES_NAME, err)};
    struct generation after = {0};
    bool ok = writing.path && generation_locate(directory, &after, err);
    if (ok && !(writing.file = fopen(writing.path, "we")))
        ok = error_set_errno(err, ERROR_CREATE, writing.path, "cannot be created");
    ok = ok && put_all(&writing, difference, before, &after, err);
    if (ok && (fflush(writing.file) != 0 || fsync(fileno(writing.file)) != 0))
        ok = error_set_errno(err, ERROR_IO, writing.path, "cannot be written");
    if (writing.file)
        fclose(writing.file);
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++)
        json_decref(writing.lists[kind]);
    ok = ok && manifest_add(directory, DIFFERENCES_NAME, err);
    buffer_free(&writing.line);
    free(writing.path);
    generation_clear(&after);
    return ok;
}
