#include "indexer/frequent_merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/files.h"
#include "indexer/frequent_writer.h"
#include "schema/field.h"
#include "schema/frequent_cursor.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "xapian/xap.h"

#define LET_GO_LISTS 4096u /* that are read */

struct frequent_merge {
    struct generation generation;
    struct frequent_file **segments; /* while their lists are joined */
    size_t segment_count;
    struct frequent_writer *writer;
    uint32_t last;
    uint32_t *docids, *wdfs; /* of a term, in order */
};

/* ---- lists of segments ----------------------------------------------------------- */

static bool open_segments(struct frequent_merge *merge, char *const *segments, size_t count,
                          struct error *err)
{
    merge->segments = calloc(count + 1, sizeof merge->segments[0]);
    if (!merge->segments)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        char *path = files_join(segments[i], GENERATION_FREQUENT, err);
        bool ok = path && frequent_file_open_lists(path, &merge->segments[i], err);
        free(path);
        if (!ok)
            return false;
        frequent_file_let_go(merge->segments[i]); /* it was looked through */
        merge->segment_count++;
        merge->last += frequent_file_last(merge->segments[i]);
        if (frequent_file_count(merge->segments[i]) != frequent_file_count(merge->segments[0]))
            return error_set(err, ERROR_CORRUPT, segments[i],
                             "has lists of other terms than the first segment");
    }
    return true;
}

/* All segments list the same terms. */
static bool join_lists(struct frequent_merge *merge, size_t number, struct error *err)
{
    struct frequent_postings list = {0};
    uint32_t before = 0, count = 0;
    for (size_t i = 0; i < merge->segment_count; i++) {
        struct frequent_cursor cursor;
        uint32_t last = frequent_file_last(merge->segments[i]), *docids = merge->docids + count;
        frequent_file_at(merge->segments[i], number, &list);
        frequent_cursor_start(&cursor, &list, last);
        uint32_t got = (uint32_t)frequent_cursor_read(&cursor, last, docids, merge->wdfs + count);
        for (uint32_t j = 0; j < got; j++)
            docids[j] += before;
        before += last;
        count += got;
    }
    return frequent_writer_add(merge->writer, list.term, true, merge->docids, merge->wdfs, count,
                               err);
}

/* The lists of all segments are more than memory may have. */
static void let_go(const struct frequent_merge *merge)
{
    for (size_t i = 0; i < merge->segment_count; i++)
        frequent_file_let_go(merge->segments[i]);
}

static void close_segments(struct frequent_merge *merge)
{
    while (merge->segment_count > 0)
        frequent_file_close(merge->segments[--merge->segment_count]);
    free(merge->segments);
    merge->segments = NULL;
}

static bool join_segments(struct frequent_merge *merge, char *const *segments, size_t count,
                          struct error *err)
{
    bool ok = open_segments(merge, segments, count, err);
    merge->docids = malloc(((size_t)merge->last + 1) * sizeof merge->docids[0]);
    merge->wdfs = malloc(((size_t)merge->last + 1) * sizeof merge->wdfs[0]);
    ok = ok &&
         ((merge->docids && merge->wdfs) || error_set(err, ERROR_MEMORY, NULL, "out of memory"));
    ok = ok &&
         frequent_writer_open(merge->generation.frequent_path, merge->last, &merge->writer, err);
    for (size_t i = 0; ok && count > 0 && i < frequent_file_count(merge->segments[0]); i++) {
        ok = join_lists(merge, i, err);
        if (i % LET_GO_LISTS == 0)
            let_go(merge);
    }
    close_segments(merge);
    return ok;
}

/* ---- tags ------------------------------------------------------------------------ */

static bool fail(const struct frequent_merge *merge, const struct xap_error *fault,
                 struct error *err)
{
    return error_set_xapian(err, merge->generation.database_path, fault);
}

static bool copy_tag(struct frequent_merge *merge, const struct xap_db *db, const char *term,
                     struct error *err)
{
    struct xap_error fault = {0};
    struct xap_postings *postings;
    size_t count;
    if (!xap_postings_open(db, term, &postings, &fault))
        return fail(merge, &fault, err);
    bool ok = xap_postings_read(postings, merge->last, merge->docids, merge->wdfs, NULL, &count,
                                &fault) ||
              fail(merge, &fault, err);
    xap_postings_close(postings);
    return ok && frequent_writer_add(merge->writer, term, false, merge->docids, merge->wdfs,
                                     (uint32_t)count, err);
}

static bool copy_tags_of(struct frequent_merge *merge, const struct xap_db *db,
                         const struct field *field, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_terms *terms;
    const char *term;
    uint32_t freq;
    if (!xap_terms_open(db, field->prefix, &terms, &fault))
        return fail(merge, &fault, err);
    bool ok;
    while ((ok = xap_terms_next(terms, &term, &freq, &fault) || fail(merge, &fault, err)) && term)
        if (freq > merge->last / FREQUENT_FILE_DENSE && !(ok = copy_tag(merge, db, term, err)))
            break;
    xap_terms_close(terms);
    return ok;
}

/* Ids are not looked at: there are as many as reports, and none is frequent. */
static bool copy_tags(struct frequent_merge *merge, const struct xap_db *db, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < FIELD_COUNT; i++)
        if (fields[i].kind == FIELD_BOOLEAN && fields[i].id != FIELD_ID)
            ok = copy_tags_of(merge, db, &fields[i], err);
    return ok;
}

/* ---- the whole ------------------------------------------------------------------- */

bool frequent_merge_begin(const char *directory, char *const *segments, size_t count,
                          struct frequent_merge **out, struct error *err)
{
    struct frequent_merge *merge = calloc(1, sizeof *merge);
    if (!merge)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!generation_locate(directory, &merge->generation, err) ||
        !join_segments(merge, segments, count, err)) {
        frequent_merge_close(merge);
        return false;
    }
    *out = merge;
    return true;
}

bool frequent_merge_finish(struct frequent_merge *merge, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_db *db = NULL;
    bool ok =
        (xap_db_open(merge->generation.database_path, &db, &fault) || fail(merge, &fault, err)) &&
        copy_tags(merge, db, err) && frequent_writer_finish(merge->writer, err);
    xap_db_close(db);
    return ok;
}

void frequent_merge_close(struct frequent_merge *merge)
{
    if (!merge)
        return;
    close_segments(merge);
    frequent_writer_close(merge->writer);
    free(merge->docids);
    free(merge->wdfs);
    generation_clear(&merge->generation);
    free(merge);
}
