/* document.cc: documents, and numbers as sortable bytes. */
#include <algorithm>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/xap.h"

using xap::checked_term;
using xap::guarded;

bool xap_document_new(struct xap_document **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_document; });
}

bool xap_db_document(const struct xap_db *db, uint32_t docid, struct xap_document **out,
                     struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_document{db->db.get_document(docid)}; });
}

void xap_document_free(struct xap_document *doc)
{
    delete doc;
}

bool xap_document_add_term(struct xap_document *doc, const char *term, uint32_t wdf_increment,
                           struct xap_error *err)
{
    return guarded(err, [&] { doc->doc.add_term(checked_term(term), wdf_increment); });
}

bool xap_document_add_posting(struct xap_document *doc, const char *term, uint32_t position,
                              uint32_t wdf_increment, struct xap_error *err)
{
    return guarded(err, [&] { doc->doc.add_posting(checked_term(term), position, wdf_increment); });
}

bool xap_document_remove_term(struct xap_document *doc, const char *term, struct xap_error *err)
{
    return guarded(err, [&] {
        std::string wanted = checked_term(term);
        Xapian::TermIterator found = doc->doc.termlist_begin();
        found.skip_to(wanted);
        if (found == doc->doc.termlist_end() || *found != wanted)
            throw xap::refusal{XAP_NOT_FOUND, "the document has no such term"};
        doc->doc.remove_term(wanted);
    });
}

bool xap_document_add_value(struct xap_document *doc, uint32_t slot, const char *bytes, size_t size,
                            struct xap_error *err)
{
    return guarded(err, [&] {
        xap::check_slot(slot);
        doc->doc.add_value(slot, std::string(bytes, size));
    });
}

bool xap_document_remove_value(struct xap_document *doc, uint32_t slot, struct xap_error *err)
{
    return guarded(err, [&] {
        if (doc->doc.get_value(slot).empty())
            throw xap::refusal{XAP_NOT_FOUND, "the document has no value in this slot"};
        doc->doc.remove_value(slot);
    });
}

bool xap_document_set_data(struct xap_document *doc, const char *bytes, size_t size,
                           struct xap_error *err)
{
    return guarded(err, [&] { doc->doc.set_data(std::string(bytes, size)); });
}

bool xap_document_data(const struct xap_document *doc, char **out, size_t *size,
                       struct xap_error *err)
{
    return guarded(err, [&] {
        std::string data = doc->doc.get_data();
        *out = xap::copy_out(data);
        if (size != nullptr)
            *size = data.size();
    });
}

bool xap_document_value(const struct xap_document *doc, uint32_t slot, char **out, size_t *size,
                        struct xap_error *err)
{
    return guarded(err, [&] {
        std::string value = doc->doc.get_value(slot);
        *out = xap::copy_out(value);
        if (size != nullptr)
            *size = value.size();
    });
}

bool xap_document_term_count(const struct xap_document *doc, uint32_t *out, struct xap_error *err)
{
    return guarded(err, [&] { *out = doc->doc.termlist_count(); });
}

size_t xap_sortable(double number, char out[9])
{
    return Xapian::sortable_serialise_(number, out);
}

double xap_unsortable(const char *bytes, size_t size)
{
    return Xapian::sortable_unserialise(std::string(bytes, std::min<size_t>(size, 9)));
}
