#include "indexer/stored.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "schema/store.h"
#include "xapian/xap.h"

struct stored {
    char *path;
    struct xap_db *db;
    struct store *store;
};

bool stored_open(const struct generation *generation, struct stored **out, struct error *err)
{
    const char *database = generation->database_path;
    struct xap_error fault = {0};
    struct stored *stored = calloc(1, sizeof *stored);
    if (!stored || !(stored->path = strdup(database))) {
        free(stored);
        return error_set(err, ERROR_MEMORY, database, "out of memory");
    }
    bool ok =
        (xap_db_open(database, &stored->db, &fault) || error_set_xapian(err, database, &fault)) &&
        store_open(generation, stored->db, &stored->store, err);
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
    store_close(stored->store);
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

bool stored_hash(const struct stored *stored, const char *id, bool *found,
                 unsigned char out[SPOOL_HASH_BYTES], struct error *err)
{
    struct xap_error fault = {0};
    struct xap_document *doc = NULL;
    char *value = NULL;
    uint32_t docid;
    size_t size = 0;
    if (!find(stored, id, &docid, err))
        return false;
    *found = docid > 0;
    if (docid == 0)
        return true;
    bool ok = (xap_db_document(stored->db, docid, &doc, &fault) &&
               xap_document_value(doc, DOCUMENT_HASH_SLOT, &value, &size, &fault)) ||
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
    char *text = NULL;
    uint32_t docid;
    size_t size;
    if (!find(stored, id, &docid, err))
        return false;
    *found = docid > 0;
    if (docid == 0)
        return true;
    bool ok = store_read(stored->store, stored->db, docid, &text, &size, err) &&
              report_decode(text, size, out, err);
    free(text);
    return ok;
}
