#include "indexer/frequent_merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_writer.h"
#include "schema/field.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "xapian/xap.h"

struct merge {
    const struct generation *generation;
    struct xap_db *db;
    struct frequent_writer *writer;
    uint32_t last;
    uint32_t *docids, *wdfs; /* of a term, in order */
};

static bool fail(const struct merge *merge, const struct xap_error *fault, struct error *err)
{
    return error_set_xapian(err, merge->generation->database_path, fault);
}

static bool copy_term(struct merge *merge, const char *term, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_postings *postings;
    size_t count;
    if (!xap_postings_open(merge->db, term, &postings, &fault))
        return fail(merge, &fault, err);
    bool ok = xap_postings_read(postings, merge->last, merge->docids, merge->wdfs, NULL, &count,
                                &fault) ||
              fail(merge, &fault, err);
    xap_postings_close(postings);
    return ok && frequent_writer_add(merge->writer, term, false, merge->docids, merge->wdfs,
                                     (uint32_t)count, err);
}

/* Those that begin with a capital: all but words as they are written. */
static bool copy_terms_of(struct merge *merge, const char *capital, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_terms *terms;
    const char *term;
    uint32_t freq;
    if (!xap_terms_open(merge->db, capital, &terms, &fault))
        return fail(merge, &fault, err);
    bool ok;
    while ((ok = xap_terms_next(terms, &term, &freq, &fault) || fail(merge, &fault, err)) && term)
        if (freq > merge->last / FREQUENT_FILE_DENSE && !(ok = copy_term(merge, term, err)))
            break;
    xap_terms_close(terms);
    return ok;
}

/* Ids are not looked at: there are as many as reports, and none is frequent. */
static bool copy_terms(struct merge *merge, struct error *err)
{
    bool ok = true;
    for (char capital[] = "A"; ok && capital[0] <= 'Z'; capital[0]++)
        if (strcmp(capital, fields[FIELD_TITLE].prefix) != 0 &&
            strcmp(capital, fields[FIELD_ID].prefix) != 0)
            ok = copy_terms_of(merge, capital, err);
    return ok;
}

static bool open_merge(struct merge *merge, struct error *err)
{
    struct xap_error fault = {0};
    if (!xap_db_open(merge->generation->database_path, &merge->db, &fault) ||
        !xap_db_last_docid(merge->db, &merge->last, &fault))
        return fail(merge, &fault, err);
    size_t last = merge->last;
    merge->docids = malloc((last + 1) * sizeof merge->docids[0]);
    merge->wdfs = malloc((last + 1) * sizeof merge->wdfs[0]);
    return ((merge->docids && merge->wdfs) ||
            error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
           frequent_writer_open(merge->generation->frequent_path, merge->last, &merge->writer, err);
}

bool frequent_merge_run(const char *directory, struct error *err)
{
    struct generation generation;
    if (!generation_locate(directory, &generation, err))
        return false;
    struct merge merge = {.generation = &generation};
    bool ok = open_merge(&merge, err) && copy_terms(&merge, err) &&
              frequent_writer_finish(merge.writer, err);
    frequent_writer_close(merge.writer);
    xap_db_close(merge.db);
    free(merge.docids);
    free(merge.wdfs);
    generation_clear(&generation);
    return ok;
}
