#include "tests/flow/set_apart.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "schema/word_list.h"
#include "xapian/xap.h"

#define ONE_IN      128u
#define LENGTH_TERM "XZ" /* occurs as often in a report as all that are taken out of it */

struct setting {
    struct xap_writer *writer;
    const struct xap_db *db; /* the writer's */
    struct frequent_writer *lists;
    struct frequent_file *file; /* once they are written */
    uint32_t last, *docids, *wdfs;
};

static bool is_text(const char *term)
{
    return term[0] > 'Y' || term[0] < 'A' || term[0] == fields[FIELD_TITLE].prefix[0] ||
           strncmp(term, PAIR_PREFIX, strlen(PAIR_PREFIX)) == 0;
}

static bool list_term(struct setting *setting, const char *term, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *postings;
    size_t count;
    if (!xap_postings_open(setting->db, term, &postings, &xapian))
        return error_set_xapian(err, term, &xapian);
    bool ok = xap_postings_read(postings, setting->last, setting->docids, setting->wdfs, NULL,
                                &count, &xapian) ||
              error_set_xapian(err, term, &xapian);
    xap_postings_close(postings);
    return ok && (count <= setting->last / ONE_IN ||
                  frequent_writer_add(setting->lists, term, is_text(term), setting->docids,
                                      setting->wdfs, (uint32_t)count, err));
}

static bool list_terms(struct setting *setting, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_terms *terms;
    const char *term;
    if (!xap_terms_open(setting->db, "", &terms, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok;
    while ((ok = xap_terms_next(terms, &term, NULL, &xapian) ||
                 error_set_xapian(err, NULL, &xapian)) &&
           term && (ok = list_term(setting, term, err)))
        ;
    xap_terms_close(terms);
    return ok && frequent_writer_finish(setting->lists, err);
}

/* The document's terms that the file has alone, one after the other with a NUL each. */
static bool find_apart(const struct setting *setting, const struct xap_document *document,
                       struct buffer *out, uint32_t *wdfs, struct xap_error *err)
{
    struct frequent_postings list;
    struct xap_terms *terms;
    const char *term;
    uint32_t wdf;
    *wdfs = 0;
    if (!xap_terms_open_document(document, "", &terms, err))
        return false;
    bool ok;
    while ((ok = xap_terms_next(terms, &term, &wdf, err)) && term)
        if (frequent_file_find(setting->file, term, &list) && list.alone) {
            buffer_append(out, term, strlen(term) + 1);
            *wdfs += wdf;
        }
    xap_terms_close(terms);
    return ok;
}

static bool take_out(struct setting *setting, uint32_t docid, struct xap_error *err)
{
    struct xap_document *document = NULL;
    struct buffer apart = {0};
    uint32_t wdfs;
    bool ok = xap_db_document(setting->db, docid, &document, err) &&
              find_apart(setting, document, &apart, &wdfs, err);
    for (const char *term = apart.bytes; ok && term && term < apart.bytes + apart.size;
         term += strlen(term) + 1)
        ok = xap_document_remove_term(document, term, err);
    ok = ok && xap_document_add_term(document, LENGTH_TERM, wdfs, err) &&
         xap_writer_replace(setting->writer, docid, document, err);
    xap_document_free(document);
    buffer_free(&apart);
    return ok;
}

static bool take_all_out(struct setting *setting, struct error *err)
{
    struct xap_error xapian = {0};
    bool ok = true;
    for (uint32_t docid = 1; ok && docid <= setting->last; docid++)
        ok = take_out(setting, docid, &xapian);
    ok = ok && xap_writer_commit(setting->writer, &xapian);
    return ok || error_set_xapian(err, NULL, &xapian);
}

static bool open_setting(const struct generation *generation, struct setting *setting,
                         struct error *err)
{
    struct xap_error xapian = {0};
    if (!xap_writer_open(generation->database_path, XAP_OPEN, XAP_NO_SYNC, 0, &setting->writer,
                         &xapian))
        return error_set_xapian(err, generation->database_path, &xapian);
    setting->db = xap_writer_db(setting->writer);
    if (!xap_db_last_docid(setting->db, &setting->last, &xapian))
        return error_set_xapian(err, generation->database_path, &xapian);
    setting->docids = calloc(setting->last + 1u, sizeof setting->docids[0]);
    setting->wdfs = calloc(setting->last + 1u, sizeof setting->wdfs[0]);
    return ((setting->docids && setting->wdfs) ||
            error_set(err, ERROR_MEMORY, NULL, "out of memory")) &&
           frequent_writer_open(generation->frequent_path, setting->last, &setting->lists, err);
}

bool set_apart(const char *index, struct error *err)
{
    struct generation generation;
    struct setting setting = {0};
    if (!generation_current(index, &generation, err))
        return false;
    bool ok = open_setting(&generation, &setting, err) && list_terms(&setting, err) &&
              frequent_file_open(generation.frequent_path, &setting.file, err) &&
              take_all_out(&setting, err);
    frequent_file_close(setting.file);
    frequent_writer_close(setting.lists);
    xap_writer_close(setting.writer);
    free(setting.docids);
    free(setting.wdfs);
    generation_clear(&generation);
    return ok;
}
