#include "schema/store.h"

#include <stdlib.h>
#include <string.h>

#include "schema/packing.h"
#include "schema/report_file.h"

struct store {
    char *database; /* path */
    struct packing *packing;
    struct report_file *texts;
};

bool store_open(const struct generation *generation, const struct xap_db *db, struct store **out,
                struct error *err)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store || !(store->database = strdup(generation->database_path))) {
        store_close(store);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    bool ok = packing_of(db, &store->packing, err) &&
              report_file_open(generation->texts_path, &store->texts, err);
    if (ok)
        *out = store;
    else
        store_close(store);
    return ok;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    report_file_close(store->texts);
    packing_free(store->packing);
    free(store->database);
    free(store);
}

static bool read_added(const struct store *store, const struct xap_db *db, uint32_t docid,
                       char **out, size_t *size, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_document *document = NULL;
    bool ok = (xap_db_document(db, docid, &document, &fault) &&
               xap_document_data(document, out, size, &fault)) ||
              error_set_xapian(err, store->database, &fault);
    xap_document_free(document);
    return ok;
}

bool store_read(struct store *store, const struct xap_db *db, uint32_t docid, char **out,
                size_t *size, struct error *err)
{
    char *added = NULL;
    size_t packed_size;
    if (docid > report_file_last(store->texts) &&
        !read_added(store, db, docid, &added, &packed_size, err))
        return false;
    const char *packed = added ? added : report_file_bytes(store->texts, docid, &packed_size);
    bool ok = packing_unpack(store->packing, packed, packed_size, out, size, err);
    free(added);
    return ok;
}
