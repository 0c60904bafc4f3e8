/* database.cc: databases, for reading. */
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/tables.hh"
#include "xapian/xap.h"

using xap::checked_term;
using xap::guarded;

const char *xap_version(void)
{
    return Xapian::version_string();
}

bool xap_db_open(const char *path, struct xap_db **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_db{xap::open_whole(&path, 1)}; });
}

bool xap_db_open_multi(const char *const *paths, size_t count, struct xap_db **out,
                       struct xap_error *err)
{
    return guarded(err, [&] {
        if (count == 0)
            throw xap::refusal{XAP_INVALID_ARGUMENT, "no database was named"};
        *out = new xap_db{xap::open_whole(paths, count)};
    });
}

bool xap_db_reopen(struct xap_db *db, bool *changed, struct xap_error *err)
{
    return guarded(err, [&] { *changed = db->db.reopen(); });
}

void xap_db_close(struct xap_db *db)
{
    delete db;
}

bool xap_db_document_count(const struct xap_db *db, uint32_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_doccount(); });
}

bool xap_db_last_docid(const struct xap_db *db, uint32_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_lastdocid(); });
}

bool xap_db_total_length(const struct xap_db *db, uint64_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_total_length(); });
}

bool xap_db_average_length(const struct xap_db *db, double *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_avlength(); });
}

bool xap_db_length_bounds(const struct xap_db *db, uint32_t *lower, uint32_t *upper,
                          struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::termcount least = db->db.get_doclength_lower_bound();
        *upper = db->db.get_doclength_upper_bound();
        *lower = least;
    });
}

bool xap_db_document_length(const struct xap_db *db, uint32_t docid, uint32_t *out,
                            struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_doclength(docid); });
}

bool xap_db_has_positions(const struct xap_db *db, bool *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.has_positions(); });
}

bool xap_db_term_freq(const struct xap_db *db, const char *term, uint32_t *out,
                      struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_termfreq(checked_term(term)); });
}

bool xap_db_collection_freq(const struct xap_db *db, const char *term, uint64_t *out,
                            struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_collection_freq(checked_term(term)); });
}

bool xap_db_wdf_upper_bound(const struct xap_db *db, const char *term, uint32_t *out,
                            struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_wdf_upper_bound(checked_term(term)); });
}

bool xap_db_value_freq(const struct xap_db *db, uint32_t slot, uint32_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_value_freq(slot); });
}

bool xap_db_metadata(const struct xap_db *db, const char *key, char **out, size_t *size,
                     struct xap_error *err)
{
    return guarded(err, [&] {
        std::string value = db->db.get_metadata(key);
        *out = xap::copy_out(value);
        if (size != nullptr)
            *size = value.size();
    });
}

bool xap_db_revision(const struct xap_db *db, uint64_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = db->db.get_revision(); });
}

bool xap_db_uuid(const struct xap_db *db, char **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = xap::copy_out(db->db.get_uuid()); });
}

bool xap_db_spelling(const struct xap_db *db, const char *word, unsigned max_edits, char **out,
                     struct xap_error *err)
{
    return guarded(err,
                   [&] { *out = xap::copy_out(db->db.get_spelling_suggestion(word, max_edits)); });
}
