/* writer.cc: databases, for writing.  Nothing that only reads links this. */
#include <iterator>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/xap.h"

using xap::checked_term;
using xap::guarded;

struct xap_writer {
    Xapian::WritableDatabase db;
    struct xap_db view; /* shares the writer's state */
};

namespace
{

/* An unflushed transaction starts without a commit and takes in what was changed
 * before it, so that cancelling it discards that too. */
void discard(Xapian::WritableDatabase &db)
{
    db.begin_transaction(false);
    db.cancel_transaction();
}

int open_flags(const enum xap_open &mode, unsigned flags)
{
    static const int modes[] = {Xapian::DB_CREATE_OR_OPEN, Xapian::DB_CREATE,
                                Xapian::DB_CREATE_OR_OVERWRITE, Xapian::DB_OPEN};
    return modes[xap::checked_index(mode, std::size(modes))] |
           ((flags & XAP_NO_SYNC) != 0 ? Xapian::DB_NO_SYNC : 0) |
           ((flags & XAP_DANGEROUS) != 0 ? Xapian::DB_DANGEROUS : 0);
}

} // namespace

bool xap_writer_open(const char *path, enum xap_open mode, unsigned flags, unsigned block_size,
                     struct xap_writer **out, struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::WritableDatabase db(path, open_flags(mode, flags), xap::checked_block(block_size));
        *out = new xap_writer{db, {db}};
    });
}

void xap_writer_close(struct xap_writer *writer)
{
    if (writer == nullptr)
        return;
    /* Xapian's close and destructor commit, except in a transaction: that they drop. */
    guarded(nullptr, [&] { writer->db.begin_transaction(false); });
    guarded(nullptr, [&] { writer->db.close(); });
    delete writer;
}

const struct xap_db *xap_writer_db(const struct xap_writer *writer)
{
    return &writer->view;
}

bool xap_writer_add(struct xap_writer *writer, const struct xap_document *doc, uint32_t *docid,
                    struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::docid added = writer->db.add_document(doc->doc);
        if (docid != nullptr)
            *docid = added;
    });
}

bool xap_writer_replace(struct xap_writer *writer, uint32_t docid, const struct xap_document *doc,
                        struct xap_error *err)
{
    return guarded(err, [&] { writer->db.replace_document(docid, doc->doc); });
}

bool xap_writer_replace_term(struct xap_writer *writer, const char *term,
                             const struct xap_document *doc, uint32_t *docid, struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::docid used = writer->db.replace_document(checked_term(term), doc->doc);
        if (docid != nullptr)
            *docid = used;
    });
}

bool xap_writer_delete(struct xap_writer *writer, uint32_t docid, struct xap_error *err)
{
    return guarded(err, [&] { writer->db.delete_document(docid); });
}

bool xap_writer_delete_term(struct xap_writer *writer, const char *term, struct xap_error *err)
{
    return guarded(err, [&] { writer->db.delete_document(checked_term(term)); });
}

bool xap_writer_commit(struct xap_writer *writer, struct xap_error *err)
{
    return guarded(err, [&] { writer->db.commit(); });
}

bool xap_writer_cancel(struct xap_writer *writer, struct xap_error *err)
{
    return guarded(err, [&] { discard(writer->db); });
}

bool xap_writer_set_metadata(struct xap_writer *writer, const char *key, const char *bytes,
                             size_t size, struct xap_error *err)
{
    return guarded(err, [&] { writer->db.set_metadata(key, std::string(bytes, size)); });
}

bool xap_writer_add_spelling(struct xap_writer *writer, const char *word, uint32_t increment,
                             struct xap_error *err)
{
    return guarded(err, [&] { writer->db.add_spelling(checked_term(word), increment); });
}

bool xap_writer_remove_spelling(struct xap_writer *writer, const char *word, uint32_t decrement,
                                struct xap_error *err)
{
    return guarded(err, [&] { writer->db.remove_spelling(checked_term(word), decrement); });
}

bool xap_writer_add_synonym(struct xap_writer *writer, const char *term, const char *synonym,
                            struct xap_error *err)
{
    return guarded(err, [&] { writer->db.add_synonym(checked_term(term), checked_term(synonym)); });
}

bool xap_writer_remove_synonym(struct xap_writer *writer, const char *term, const char *synonym,
                               struct xap_error *err)
{
    return guarded(err,
                   [&] { writer->db.remove_synonym(checked_term(term), checked_term(synonym)); });
}

bool xap_writer_clear_synonyms(struct xap_writer *writer, const char *term, struct xap_error *err)
{
    return guarded(err, [&] { writer->db.clear_synonyms(checked_term(term)); });
}
