#include "search/postings.h"

#include <stdlib.h>

#include "schema/frequent_cursor.h"

#define READ_ROOM 4096 /* postings a read: 16 kB of stack */

struct postings {
    const struct postings_source *source;
    struct frequent_cursor cursor;
    bool is_listed;             /* what comes next is in the file */
    struct xap_postings *added; /* NULL until it is wanted */
};

/* ---- where they are ---------------------------------------------------------------- */

/* Those that the file knows and that are not among all; NULL where there are none. */
static bool find_gone(const struct frequent_file *file, const struct docset *all,
                      struct docset **out, struct error *err)
{
    uint32_t last = frequent_file_last(file);
    struct docset *gone = NULL;
    if (docset_count_range(all, 1, last + 1) == last)
        return true;
    if (!docset_new(all->last, &gone, err))
        return false;
    docset_add_range(gone, 1, last + 1);
    bool ok = docset_andnot(&gone, all, err);
    if (ok)
        *out = gone;
    else
        docset_free(gone);
    return ok;
}

bool postings_source_make(const struct xap_db *db, const struct frequent_file *file,
                          const struct docset *all, struct postings_source *out, struct error *err)
{
    bool fits = file && frequent_file_last(file) <= all->last; /* an emptied index has no last */
    struct postings_source source = {.db = db, .file = fits ? file : NULL, .all = all};
    if (fits && !find_gone(file, all, &source.gone, err))
        return false;
    *out = source;
    return true;
}

void postings_source_clear(struct postings_source *source)
{
    docset_free(source->gone);
    *source = (struct postings_source){0};
}

bool postings_find(const struct postings_source *source, const char *term,
                   struct frequent_postings *out)
{
    return source->file && frequent_file_find(source->file, term, out);
}

/* Whether reports were added since the file was written. */
static bool has_added(const struct postings_source *source)
{
    return source->all->last > frequent_file_last(source->file);
}

bool postings_are_codes(const struct postings_source *source, const char *term)
{
    struct frequent_postings list;
    return postings_find(source, term, &list) && !list.words;
}

/* ---- how many ------------------------------------------------------------------------ */

/* Skipping from one that is gone to the next pays where they are fewer. */
#define SKIP_ONE_IN 16u

static uint32_t count_gone_by_skipping(struct frequent_cursor *cursor, const struct docset *gone)
{
    uint32_t count = 0, found;
    for (uint32_t docid = docset_next(gone, 1); docid; docid = docset_next(gone, found + 1)) {
        frequent_cursor_skip_to(cursor, docid);
        if (frequent_cursor_read(cursor, 1, &found, NULL) == 0)
            break;
        count += docset_has(gone, found);
    }
    return count;
}

static uint32_t count_gone_by_reading(struct frequent_cursor *cursor, const struct docset *gone)
{
    uint32_t count = 0, docids[READ_ROOM];
    for (size_t got; (got = frequent_cursor_read(cursor, READ_ROOM, docids, NULL)) > 0;)
        for (size_t i = 0; i < got; i++)
            count += docset_has(gone, docids[i]);
    return count;
}

uint32_t postings_listed(const struct postings_source *source, const struct frequent_postings *list)
{
    uint32_t last = frequent_file_last(source->file);
    struct frequent_cursor cursor;
    if (!source->gone)
        return list->reports;
    if (list->words)
        return list->reports -
               docset_count_words(source->gone, list->words, FREQUENT_FILE_WORDS(last));
    frequent_cursor_start(&cursor, list, last);
    bool is_few = docset_count(source->gone) < list->reports / SKIP_ONE_IN;
    return list->reports -
           (is_few ? count_gone_by_skipping : count_gone_by_reading)(&cursor, source->gone);
}

bool postings_freq(const struct postings_source *source, const char *term, uint32_t *out,
                   struct error *err)
{
    struct xap_error xapian = {0};
    struct frequent_postings list;
    bool is_alone = postings_find(source, term, &list) && list.alone;
    uint32_t freq = 0;
    if ((!is_alone || has_added(source)) && !xap_db_term_freq(source->db, term, &freq, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *out = freq + (is_alone ? postings_listed(source, &list) : 0);
    return true;
}

bool postings_most(const struct postings_source *source, const char *term, uint32_t *out,
                   struct error *err)
{
    struct xap_error xapian = {0};
    struct frequent_postings list;
    bool is_listed = postings_find(source, term, &list);
    uint32_t most = 0;
    if ((!is_listed || has_added(source)) &&
        !xap_db_wdf_upper_bound(source->db, term, &most, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *out = is_listed && list.greatest > most ? list.greatest : most;
    return true;
}

/* ---- reading --------------------------------------------------------------------------- */

/* The postings of the database from 'docid' on. */
static bool open_added(struct postings *postings, const char *term, uint32_t docid,
                       struct error *err)
{
    struct xap_error xapian = {0};
    return (xap_postings_open(postings->source->db, term, &postings->added, &xapian) &&
            (docid <= 1 || xap_postings_skip_to(postings->added, docid, &xapian))) ||
           error_set_xapian(err, NULL, &xapian);
}

/* Goes on behind those of the file. */
static bool leave_list(struct postings *postings, uint32_t docid, struct error *err)
{
    const char *term = postings->cursor.list.term; /* the file's */
    postings->is_listed = false;
    return !has_added(postings->source) || open_added(postings, term, docid, err);
}

bool postings_open(const struct postings_source *source, const char *term, struct postings **out,
                   struct error *err)
{
    struct frequent_postings list;
    struct postings *postings = calloc(1, sizeof *postings);
    if (!postings)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    postings->source = source;
    postings->is_listed = postings_find(source, term, &list);
    if (postings->is_listed)
        frequent_cursor_start(&postings->cursor, &list, frequent_file_last(source->file));
    bool ok = postings->is_listed || open_added(postings, term, 1, err);
    if (ok)
        *out = postings;
    else
        postings_close(postings);
    return ok;
}

void postings_close(struct postings *postings)
{
    if (!postings)
        return;
    xap_postings_close(postings->added);
    free(postings);
}

/* Leaves those out that are gone; returns how many are left. */
static size_t leave_out(const struct docset *gone, size_t count, uint32_t *docids, uint32_t *wdfs)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        docids[left] = docids[i];
        if (wdfs)
            wdfs[left] = wdfs[i];
        left += !docset_has(gone, docids[i]);
    }
    return left;
}

/* Fewer than 'room' where the list has ended. */
static size_t read_list(struct postings *postings, size_t room, uint32_t *docids, uint32_t *wdfs)
{
    const struct docset *gone = postings->source->gone;
    size_t count = 0;
    while (count < room) {
        size_t wanted = room - count;
        uint32_t *more = docids + count, *more_wdfs = wdfs ? wdfs + count : NULL;
        size_t got = frequent_cursor_read(&postings->cursor, wanted, more, more_wdfs);
        count += gone ? leave_out(gone, got, more, more_wdfs) : got;
        if (got < wanted)
            break;
    }
    return count;
}

bool postings_read(struct postings *postings, size_t room, uint32_t *docids, uint32_t *wdfs,
                   size_t *count, struct error *err)
{
    struct xap_error xapian = {0};
    size_t listed = postings->is_listed ? read_list(postings, room, docids, wdfs) : 0, added = 0;
    if (postings->is_listed && listed < room &&
        !leave_list(postings, postings->cursor.last + 1, err))
        return false;
    if (postings->added && listed < room &&
        !xap_postings_read(postings->added, room - listed, docids + listed,
                           wdfs ? wdfs + listed : NULL, NULL, &added, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *count = listed + added;
    return true;
}

bool postings_skip_to(struct postings *postings, uint32_t docid, struct error *err)
{
    struct xap_error xapian = {0};
    if (postings->is_listed && docid > postings->cursor.last)
        return leave_list(postings, docid, err);
    if (postings->is_listed)
        frequent_cursor_skip_to(&postings->cursor, docid);
    return !postings->added || xap_postings_skip_to(postings->added, docid, &xapian) ||
           error_set_xapian(err, NULL, &xapian);
}

bool postings_add(const struct postings_source *source, const char *term, struct docset *set,
                  struct error *err)
{
    struct postings *postings;
    uint32_t docids[READ_ROOM];
    size_t count = 0;
    if (!postings_open(source, term, &postings, err))
        return false;
    bool ok;
    do {
        ok = postings_read(postings, READ_ROOM, docids, NULL, &count, err);
        if (ok)
            docset_add_many(set, docids, count);
    } while (ok && count == READ_ROOM);
    postings_close(postings);
    return ok;
}
