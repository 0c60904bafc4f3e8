#include "indexer/dump.h"

#include <stdlib.h>

#include "indexer/document.h"
#include "schema/generation.h"
#include "schema/packing.h"
#include "xapian/xap.h"

/* The packed form of the report with a term. 'count' 0: there is none. */
static bool read_data(const struct xap_db *db, const char *term, size_t *count, char **data,
                      size_t *size, struct xap_error *fault)
{
    struct xap_postings *postings = NULL;
    struct xap_document *doc = NULL;
    uint32_t docid;
    bool ok = xap_postings_open(db, term, &postings, fault) &&
              xap_postings_read(postings, 1, &docid, NULL, NULL, count, fault);
    if (ok && *count > 0)
        ok = xap_db_document(db, docid, &doc, fault) && xap_document_data(doc, data, size, fault);
    xap_document_free(doc);
    xap_postings_close(postings);
    return ok;
}

/* '*found' false: there is none. */
static bool read_report(const char *database, const char *id, bool *found, struct report *out,
                        struct error *err)
{
    char term[FIELD_TERM_ROOM];
    document_id_term(id, term);
    struct xap_error fault = {0};
    struct xap_db *db = NULL;
    struct packing *packing = NULL;
    char *data = NULL, *plain = NULL;
    size_t count = 0, size = 0;
    bool ok =
        (xap_db_open(database, &db, &fault) && read_data(db, term, &count, &data, &size, &fault)) ||
        error_set_xapian(err, database, &fault);
    *found = count > 0;
    if (ok && *found)
        ok = packing_of(db, &packing, err) &&
             packing_unpack(packing, data, size, &plain, &size, err) &&
             report_decode(plain, size, out, err);
    free(plain);
    free(data);
    packing_free(packing);
    xap_db_close(db);
    return ok;
}

bool dump_report(const char *index, const char *id, char **out, struct error *err)
{
    struct generation generation = {0};
    if (!generation_current(index, &generation, err))
        return false;
    struct report report = {0};
    bool found;
    bool ok = read_report(generation.database_path, id, &found, &report, err);
    if (ok && !found)
        ok = error_set(err, ERROR_NO_INPUT, id, "no report of this id in generation %s",
                       generation.name);
    ok = ok && report_describe(&report, out, err);
    report_clear(&report);
    generation_clear(&generation);
    return ok;
}
