#include "indexer/published.h"

#include <stdlib.h>

#include "schema/generation.h"
#include "schema/packing.h"
#include "xapian/xap.h"

/* Commits come once a second at most, and a report takes microseconds. */
#define REOPEN_TRIES 10

struct published {
    struct generation generation;
    struct xap_db *db;
    struct packing *packing;
    struct xap_postings *all;
    uint32_t last; /* docid of the report at hand */
    char *text;    /* the stored form of the report at hand */
    size_t size;
};

bool published_open(const char *index, struct published **out, struct error *err)
{
    struct published *published = calloc(1, sizeof *published);
    struct xap_error fault = {0};
    if (!published)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    bool ok = generation_current(index, &published->generation, err);
    if (ok)
        ok = (xap_db_open(published->generation.database_path, &published->db, &fault) &&
              xap_postings_open(published->db, "", &published->all, &fault)) ||
             error_set_xapian(err, published->generation.database_path, &fault);
    ok = ok && packing_of(published->db, &published->packing, err);
    if (ok)
        *out = published;
    else
        published_close(published);
    return ok;
}

void published_close(struct published *published)
{
    if (!published)
        return;
    free(published->text);
    xap_postings_close(published->all);
    packing_free(published->packing);
    xap_db_close(published->db);
    generation_clear(&published->generation);
    free(published);
}

/* '*data' is packed; the caller frees. */
static bool read_data(struct published *published, char **data, size_t *size, size_t *count,
                      struct xap_error *fault)
{
    struct xap_document *doc = NULL;
    uint32_t docid = published->last;
    bool ok = xap_postings_read(published->all, 1, &docid, NULL, NULL, count, fault);
    if (ok && *count > 0)
        ok = xap_db_document(published->db, docid, &doc, fault) &&
             xap_document_data(doc, data, size, fault);
    xap_document_free(doc);
    if (ok)
        published->last = docid;
    return ok;
}

/* A writer has overwritten the revision that was read: goes on in the one there is now. Docids
 * stay what they are, and new ones are larger. */
static bool reopen(struct published *published, struct xap_error *fault)
{
    bool changed;
    *fault = (struct xap_error){0};
    xap_postings_close(published->all);
    published->all = NULL;
    return xap_db_reopen(published->db, &changed, fault) &&
           xap_postings_open(published->db, "", &published->all, fault) &&
           xap_postings_skip_to(published->all, published->last + 1, fault);
}

bool published_next(struct published *published, struct report *out, bool *end, struct error *err)
{
    struct xap_error fault = {0};
    char *data = NULL;
    size_t size = 0, count = 0;
    free(published->text);
    published->text = NULL;
    bool ok = read_data(published, &data, &size, &count, &fault);
    for (int tries = 0; !ok && fault.code == XAP_MODIFIED && tries < REOPEN_TRIES; tries++)
        ok = reopen(published, &fault) && read_data(published, &data, &size, &count, &fault);
    if (!ok)
        return error_set_xapian(err, published->generation.database_path, &fault);
    *end = count == 0;
    *out = (struct report){.day = DAY_NONE};
    ok = *end ||
         (packing_unpack(published->packing, data, size, &published->text, &published->size, err) &&
          published_again(published, out, err));
    free(data);
    return ok;
}

bool published_again(const struct published *published, struct report *out, struct error *err)
{
    return report_decode(published->text, published->size, out, err);
}
