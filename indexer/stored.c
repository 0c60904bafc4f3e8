#include "indexer/stored.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "schema/packing.h"
#include "xapian/xap.h"

struct stored {
    char *path;
    struct xap_db *db;
    struct packing *packing;
};

bool stored_open(const char *database, struct stored **out, struct error *err)
{
    struct xap_error fault = {0};
    struct stored *stored = calloc(1, sizeof *stored);
    if (!stored || !(stored->path = strdup(database))) {
        free(stored);
        return error_set(err, ERROR_MEMORY, database, "out of memory");
    }
    bool ok =
        (xap_db_open(database, &stored->db, &fault) || error_set_xapian(err, database, &fault)) &&
        packing_of(stored->db, &stored->packing, err);
    if (ok)
        *out = stored;
    else
        stored_close(stored);
    return ok;
}

void stored_close(struct stored *stored)
{
    if (!stored)
        return;
    packing_free(stored->packing);
    xap_db_close(stored->db);
    free(stored->path);
    free(stored);
}

/* '*docid' is 0 where there is none. */
static bool find(const struct stored *stored, const char *id, uint32_t *docid, struct error *err)
{
    char term[FIELD_TERM_ROOM];
    struct xap_error fault = {0};
    struct xap_postings *postings = NULL;
    uint32_t found = 0;
    size_t count = 0;
    document_id_term(id, term);
    bool ok = xap_postings_open(stored->db, term, &postings, &fault) &&
              xap_postings_read(postings, 1, &found, NULL, NULL, &count, &fault);
    xap_postings_close(postings);
    if (!ok)
        return error_set_xapian(err, stored->path, &fault);
    *docid = count > 0 ? found : 0;
    return true;
}

bool stored_has(const struct stored *stored, const char *id, bool *found, struct error *err)
{
    uint32_t docid;
    if (!find(stored, id, &docid, err))
        return false;
    *found = docid > 0;
    return true;
}

/* The caller frees it; NULL where there is none of that id. */
static bool open_document(const struct stored *stored, const char *id, struct xap_document **out,
                          struct error *err)
{
    struct xap_error fault = {0};
    uint32_t docid;
    *out = NULL;
    return find(stored, id, &docid, err) &&
           (docid == 0 || xap_db_document(stored->db, docid, out, &fault) ||
            error_set_xapian(err, stored->path, &fault));
}

bool stored_hash(const struct stored *stored, const char *id, bool *found,
                 unsigned char out[SPOOL_HASH_BYTES], struct error *err)
{
    struct xap_error fault = {0};
    struct xap_document *doc;
    char *value = NULL;
    size_t size = 0;
    if (!open_document(stored, id, &doc, err))
        return false;
    *found = doc;
    if (!doc)
        return true;
    bool ok = xap_document_value(doc, DOCUMENT_HASH_SLOT, &value, &size, &fault) ||
              error_set_xapian(err, stored->path, &fault);
    memset(out, 0, SPOOL_HASH_BYTES);
    if (ok && size == SPOOL_HASH_BYTES)
        memcpy(out, value, SPOOL_HASH_BYTES);
    free(value);
    xap_document_free(doc);
    return ok;
}

bool stored_read(const struct stored *stored, const char *id, bool *found, struct report *out,
                 struct error *err)
{
    struct xap_error fault = {0};
    struct xap_document *doc;
    char *data = NULL, *plain = NULL;
    size_t size = 0;
    if (!open_document(stored, id, &doc, err))
        return false;
    *found = doc;
    if (!doc)
        return true;
    bool ok =
        xap_document_data(doc, &data, &size, &fault) || error_set_xapian(err, stored->path, &fault);
    ok = ok && packing_unpack(stored->packing, data, size, &plain, &size, err) &&
         report_decode(plain, size, out, err);
    free(plain);
    free(data);
    xap_document_free(doc);
    return ok;
}
