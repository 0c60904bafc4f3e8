/* cursor.cc: postings, positions, values and terms, read in bulk. */
#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/xap.h"

using xap::checked_term;
using xap::guarded;

namespace
{

/* A cursor that fails in mid-read has lost its place, and entries with it: from
 * then on it fails the same way.  A refused argument costs it nothing. */
template <class Cursor, class Body>
bool guarded_read(Cursor *cursor, struct xap_error *err, Body &&body)
{
    struct xap_error &failure = cursor->failure;
    if (failure.code == XAP_OK && guarded(&failure, body))
        return true;
    if (err != nullptr)
        *err = failure;
    if (failure.code == XAP_INVALID_ARGUMENT || failure.code == XAP_UNIMPLEMENTED)
        failure.code = XAP_OK;
    return false;
}

} // namespace

/* ---- postings ---------------------------------------------------------- */

struct xap_postings {
    Xapian::Database db; /* what the iterator reads */
    Xapian::PostingIterator it;
    struct xap_error failure = {};
};

bool xap_postings_open(const struct xap_db *db, const char *term, struct xap_postings **out,
                       struct xap_error *err)
{
    return guarded(err, [&] {
        std::string name = *term == '\0' ? std::string() : checked_term(term);
        *out = new xap_postings{db->db, db->db.postlist_begin(name)};
    });
}

bool xap_postings_read(struct xap_postings *postings, size_t room, uint32_t *docids, uint32_t *wdfs,
                       uint32_t *lengths, size_t *count, struct xap_error *err)
{
    return guarded_read(postings, err, [&] {
        Xapian::PostingIterator &it = postings->it;
        const Xapian::PostingIterator end;
        size_t used = 0;
        for (; used < room && it != end; ++used, ++it) {
            docids[used] = *it;
            if (wdfs != nullptr)
                wdfs[used] = it.get_wdf();
            if (lengths != nullptr)
                lengths[used] = it.get_doclength();
        }
        *count = used;
    });
}

bool xap_postings_skip_to(struct xap_postings *postings, uint32_t docid, struct xap_error *err)
{
    return guarded_read(postings, err, [&] {
        if (postings->it != Xapian::PostingIterator())
            postings->it.skip_to(docid);
    });
}

void xap_postings_close(struct xap_postings *postings)
{
    delete postings;
}

/* ---- positions --------------------------------------------------------- */

bool xap_positions_read(const struct xap_db *db, uint32_t docid, const char *term, size_t room,
                        uint32_t *positions, size_t *count, struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::PositionIterator it = db->db.positionlist_begin(docid, checked_term(term));
        const Xapian::PositionIterator end;
        size_t seen = 0;
        for (; it != end; ++seen, ++it)
            if (seen < room)
                positions[seen] = *it;
        *count = seen;
    });
}

/* ---- values ------------------------------------------------------------ */

struct xap_values {
    Xapian::Database db;
    Xapian::ValueIterator it;
    std::string found = {}; /* lent to the caller */
    struct xap_error failure = {};
};

bool xap_values_open(const struct xap_db *db, uint32_t slot, struct xap_values **out,
                     struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_values{db->db, db->db.valuestream_begin(slot)}; });
}

bool xap_values_read(struct xap_values *values, size_t room, uint32_t *docids, uint32_t *ends,
                     size_t bytes_room, char *bytes, size_t *count, struct xap_error *err)
{
    return guarded_read(values, err, [&] {
        Xapian::ValueIterator &it = values->it;
        const Xapian::ValueIterator end;
        const size_t last_end = std::min<size_t>(bytes_room, std::numeric_limits<uint32_t>::max());
        size_t used = 0, filled = 0;
        for (; used < room && it != end; ++used, ++it) {
            const std::string value = *it;
            if (value.size() > last_end - filled)
                break;
            std::memcpy(bytes + filled, value.data(), value.size());
            filled += value.size();
            docids[used] = it.get_docid();
            ends[used] = static_cast<uint32_t>(filled);
        }
        if (used == 0 && room > 0 && it != end)
            throw xap::refusal{XAP_INVALID_ARGUMENT, "a value is larger than the room for bytes"};
        *count = used;
    });
}

bool xap_values_skip_to(struct xap_values *values, uint32_t docid, struct xap_error *err)
{
    return guarded_read(values, err, [&] {
        if (values->it != Xapian::ValueIterator())
            values->it.skip_to(docid);
    });
}

bool xap_values_find(struct xap_values *values, uint32_t docid, const char **bytes, size_t *size,
                     struct xap_error *err)
{
    return guarded_read(values, err, [&] {
        Xapian::ValueIterator &it = values->it;
        const Xapian::ValueIterator end;
        if (it != end)
            it.skip_to(docid);
        const bool has = it != end && it.get_docid() == docid;
        if (has)
            values->found = *it;
        *bytes = has ? values->found.data() : nullptr;
        *size = has ? values->found.size() : 0;
    });
}

void xap_values_close(struct xap_values *values)
{
    delete values;
}

/* ---- terms ------------------------------------------------------------- */

enum class freq { one, documents, wdf };

struct xap_terms {
    Xapian::Database db; /* what the iterator reads: one of the two */
    Xapian::Document doc;
    Xapian::TermIterator it;
    freq counts;
    std::string prefix;       /* the cursor ends at the first term without it */
    bool advance = false;     /* 'current' is what 'it' stands on */
    std::string current = {}; /* lent to the caller */
    struct xap_error failure = {};
};

namespace
{

/* Moves past the term that was lent out; false where no term is left. */
bool settle(struct xap_terms &terms)
{
    const Xapian::TermIterator end;
    if (terms.advance) {
        terms.advance = false;
        ++terms.it;
    }
    return terms.it != end;
}

uint32_t frequency(const struct xap_terms &terms)
{
    switch (terms.counts) {
    case freq::documents:
        return terms.it.get_termfreq();
    case freq::wdf:
        return terms.it.get_wdf();
    case freq::one:
        break;
    }
    return 1;
}

/* Xapian itself keeps to the prefix here. */
struct xap_terms *new_terms(const Xapian::Database &db, const Xapian::TermIterator &it, freq counts)
{
    return new xap_terms{db, Xapian::Document(), it, counts, std::string()};
}

} // namespace

bool xap_terms_open(const struct xap_db *db, const char *prefix, struct xap_terms **out,
                    struct xap_error *err)
{
    return guarded(
        err, [&] { *out = new_terms(db->db, db->db.allterms_begin(prefix), freq::documents); });
}

bool xap_terms_open_synonyms(const struct xap_db *db, const char *term, struct xap_terms **out,
                             struct xap_error *err)
{
    return guarded(err, [&] {
        *out = new_terms(db->db, db->db.synonyms_begin(checked_term(term)), freq::one);
    });
}

bool xap_terms_open_spellings(const struct xap_db *db, struct xap_terms **out,
                              struct xap_error *err)
{
    return guarded(err,
                   [&] { *out = new_terms(db->db, db->db.spellings_begin(), freq::documents); });
}

bool xap_terms_open_metadata_keys(const struct xap_db *db, const char *prefix,
                                  struct xap_terms **out, struct xap_error *err)
{
    return guarded(
        err, [&] { *out = new_terms(db->db, db->db.metadata_keys_begin(prefix), freq::one); });
}

bool xap_terms_open_document(const struct xap_document *doc, const char *prefix,
                             struct xap_terms **out, struct xap_error *err)
{
    return guarded(err, [&] {
        Xapian::TermIterator it = doc->doc.termlist_begin();
        if (*prefix != '\0' && it != Xapian::TermIterator())
            it.skip_to(prefix);
        *out = new xap_terms{Xapian::Database(), doc->doc, it, freq::wdf, prefix};
    });
}

bool xap_terms_open_matching(const struct xap_enquire *enquire, uint32_t docid,
                             struct xap_terms **out, struct xap_error *err)
{
    return guarded(err, [&] {
        *out = new_terms(enquire->db, enquire->enquire.get_matching_terms_begin(docid), freq::one);
    });
}

bool xap_terms_next(struct xap_terms *terms, const char **term, uint32_t *freq,
                    struct xap_error *err)
{
    return guarded_read(terms, err, [&] {
        if (!settle(*terms)) {
            *term = nullptr;
            return;
        }
        std::string name = *terms->it;
        if (name.compare(0, terms->prefix.size(), terms->prefix) != 0) {
            terms->it = Xapian::TermIterator();
            *term = nullptr;
            return;
        }
        uint32_t counted = freq == nullptr ? 0 : frequency(*terms);
        terms->current = std::move(name);
        terms->advance = true;
        *term = terms->current.c_str();
        if (freq != nullptr)
            *freq = counted;
    });
}

bool xap_terms_skip_to(struct xap_terms *terms, const char *term, struct xap_error *err)
{
    return guarded_read(terms, err, [&] {
        /* Xapian's own would go back to a term that was passed. */
        if (settle(*terms) && *terms->it < term)
            terms->it.skip_to(term);
    });
}

void xap_terms_close(struct xap_terms *terms)
{
    delete terms;
}
