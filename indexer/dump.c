#include "indexer/dump.h"

#include <stdlib.h>

#include "indexer/document.h"
#include "schema/generation.h"
#include "xapian/xap.h"

/* The stored form of the report with a term. 'count' 0: there is none. */
static bool read_data(const char *database, const char *term, size_t *count, char **data,
                      size_t *size, struct xap_error *fault)
{
    struct xap_db *db = NULL;
    struct xap_postings *postings = NULL;
    struct xap_document *doc = NULL;
    uint32_t docid;
    bool ok = xap_db_open(database, &db, fault) && xap_postings_open(db, term, &postings, fault) &&
              xap_postings_read(postings, 1, &docid, NULL, NULL, count, fault);
    if (ok && *count > 0)
        ok = xap_db_document(db, docid, &doc, fault) && xap_document_data(doc, data, size, fault);
    xap_document_free(doc);
    xap_postings_close(postings);
    xap_db_close(db);
    return ok;
}

bool dump_report(const char *index, const char *id, char **out, struct error *err)
{
    struct generation generation = {0};
    if (!generation_current(index, &generation, err))
        return false;
    char term[FIELD_TERM_ROOM];
    document_id_term(id, term);
    struct xap_error fault = {0};
    struct report report = {0};
    char *data = NULL;
    size_t count = 0, size = 0;
    bool ok = read_data(generation.database_path, term, &count, &data, &size, &fault) ||
              error_set_xapian(err, generation.database_path, &fault);
    if (ok && count == 0)
        ok = error_set(err, ERROR_NO_INPUT, id, "no report of this id in generation %s",
                       generation.name);
    ok = ok && report_decode(data, size, &report, err) && report_describe(&report, out, err);
    report_clear(&report);
    free(data);
    generation_clear(&generation);
    return ok;
}
