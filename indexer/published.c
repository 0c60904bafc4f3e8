#include "indexer/published.h"

#include <stdlib.h>

#include "schema/generation.h"
#include "schema/store.h"
#include "xapian/xap.h"

/* Commits come once a second at most, and a report takes microseconds. */
#define REOPEN_TRIES 10

struct published {
    struct generation generation;
    struct xap_db *db;
    struct store *store;
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
    ok = ok && store_open(&published->generation, published->db, &published->store, err);
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
    store_close(published->store);
    xap_db_close(published->db);
    generation_clear(&published->generation);
    free(published);
}

/* The next one's text; NULL at the end. */
static bool read_text(struct published *published, struct error *err)
{
    struct xap_error fault = {0};
    uint32_t docid = published->last;
    size_t count;
    if (!xap_postings_read(published->all, 1, &docid, NULL, NULL, &count, &fault))
        return error_set_xapian(err, published->generation.database_path, &fault);
    if (count > 0 && !store_read(published->store, published->db, docid, &published->text,
                                 &published->size, err))
        return false;
    published->last = docid;
    return true;
}

/* A writer has overwritten the revision that was read: goes on in the one there is now. Docids
 * stay what they are, and new ones are larger. */
static bool reopen(struct published *published, struct error *err)
{
    struct xap_error fault = {0};
    bool changed;
    xap_postings_close(published->all);
    published->all = NULL;
    return (xap_db_reopen(published->db, &changed, &fault) &&
            xap_postings_open(published->db, "", &published->all, &fault) &&
            xap_postings_skip_to(published->all, published->last + 1, &fault)) ||
           error_set_xapian(err, published->generation.database_path, &fault);
}

bool published_next(struct published *published, struct report *out, bool *end, struct error *err)
{
    struct error fault = {0};
    free(published->text);
    published->text = NULL;
    bool ok = read_text(published, &fault);
    for (int tries = 0; !ok && fault.code == ERROR_STALE && tries < REOPEN_TRIES; tries++)
        ok = reopen(published, &fault) && read_text(published, &fault);
    if (!ok)
        return error_set(err, fault.code, fault.where, "%s", fault.text);
    *end = !published->text;
    *out = (struct report){.day = DAY_NONE};
    return *end || published_again(published, out, err);
}

bool published_again(const struct published *published, struct report *out, struct error *err)
{
    return report_decode(published->text, published->size, out, err);
}
