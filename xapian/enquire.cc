/* enquire.cc: running queries. */
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <new>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/xap.h"

using xap::guarded;
using xap::refusal;

namespace
{

/* ---- weighting --------------------------------------------------------- */

constexpr size_t parameters_max = 6;

struct scheme {
    size_t count; /* of parameters */
    double defaults[parameters_max];
    Xapian::Weight *(*make)(const double *parameters);
};

/* By enum xap_weighting. */
const scheme schemes[] = {
    {5,
     {1, 0, 1, 0.5, 0.5},
     [](const double *p) -> Xapian::Weight * {
         return new Xapian::BM25Weight(p[0], p[1], p[2], p[3], p[4]);
     }},
    {6,
     {1, 0, 1, 0.5, 0.5, 1},
     [](const double *p) -> Xapian::Weight * {
         return new Xapian::BM25PlusWeight(p[0], p[1], p[2], p[3], p[4], p[5]);
     }},
    {1, {1}, [](const double *p) -> Xapian::Weight * { return new Xapian::TradWeight(p[0]); }},
    {0, {}, [](const double *) -> Xapian::Weight * { return new Xapian::LMWeight; }},
    {0, {}, [](const double *) -> Xapian::Weight * { return new Xapian::TfIdfWeight; }},
    {1, {1}, [](const double *p) -> Xapian::Weight * { return new Xapian::PL2Weight(p[0]); }},
    {0, {}, [](const double *) -> Xapian::Weight * { return new Xapian::DPHWeight; }},
    {0, {}, [](const double *) -> Xapian::Weight * { return new Xapian::CoordWeight; }},
    {0, {}, [](const double *) -> Xapian::Weight * { return new Xapian::BoolWeight; }},
};
static_assert(std::size(schemes) == XAP_BOOLEAN + 1);

/* ---- the caller's functions as Xapian's classes ------------------------ */

class spy : public Xapian::MatchSpy
{
    xap_spy *call;
    void *context;

  public:
    spy(xap_spy *call_, void *context_) : call(call_), context(context_)
    {
    }
    void operator()(const Xapian::Document &doc, double weight) override
    {
        call(context, doc.get_docid(), weight);
    }
};

class decider : public Xapian::MatchDecider
{
    xap_decider *call;
    void *context;

  public:
    decider(xap_decider *call_, void *context_) : call(call_), context(context_)
    {
    }
    bool operator()(const Xapian::Document &doc) const override
    {
        return call(context, doc.get_docid());
    }
};

class expand_decider : public Xapian::ExpandDecider
{
    bool (*call)(void *context, const char *term);
    void *context;

  public:
    expand_decider(bool (*call_)(void *, const char *), void *context_)
        : call(call_), context(context_)
    {
    }
    bool operator()(const std::string &term) const override
    {
        return call == nullptr || call(context, term.c_str());
    }
};

/* A callback may not change the enquire that calls it: Xapian is walking its parts. */
Xapian::Enquire &idle(struct xap_enquire *enquire)
{
    if (enquire->running)
        throw refusal{XAP_INVALID_ARGUMENT, "an enquire cannot be used while it runs"};
    return enquire->enquire;
}

struct running {
    struct xap_enquire *enquire;
    explicit running(struct xap_enquire *started) : enquire(started)
    {
        idle(enquire);
        enquire->running = true;
    }
    ~running()
    {
        enquire->running = false;
    }
};

/* Over several databases Xapian gives its callbacks the docid within one of them,
 * and does not say which.  get_revision() is what refuses several. */
void need_single(const Xapian::Database &db, const char *otherwise)
{
    try {
        db.get_revision();
    } catch (const Xapian::InvalidOperationError &) {
        throw refusal{XAP_UNIMPLEMENTED, otherwise};
    }
}

/* malloc()ed room for 'count' zeroed items, NULL for none of them. */
template <class Item> Item *new_items(size_t count)
{
    if (count == 0)
        return nullptr;
    Item *items = static_cast<Item *>(std::calloc(count, sizeof(Item)));
    if (items == nullptr)
        throw std::bad_alloc();
    return items;
}

} // namespace

bool xap_enquire_new(const struct xap_db *db, struct xap_enquire **out, struct xap_error *err)
{
    return guarded(err, [&] {
        *out = new xap_enquire{db->db, Xapian::Enquire(db->db), nullptr, false};
    });
}

void xap_enquire_free(struct xap_enquire *enquire)
{
    delete enquire;
}

bool xap_enquire_set_query(struct xap_enquire *enquire, const struct xap_query *query,
                           uint32_t length, struct xap_error *err)
{
    return guarded(err, [&] {
        if (query->has_docids)
            need_single(enquire->db, "a set of docids is for a single database");
        idle(enquire).set_query(query->query, length);
    });
}

bool xap_enquire_set_weighting(struct xap_enquire *enquire, enum xap_weighting scheme,
                               const double *parameters, size_t count, struct xap_error *err)
{
    return guarded(err, [&] {
        const auto &row = schemes[xap::checked_index(scheme, std::size(schemes))];
        if (count > row.count)
            throw refusal{XAP_INVALID_ARGUMENT, "more parameters than the scheme has"};
        double all[parameters_max];
        std::copy_n(row.defaults, parameters_max, all);
        std::copy_n(parameters, count, all);
        std::unique_ptr<Xapian::Weight> weight(row.make(all));
        idle(enquire).set_weighting_scheme(*weight);
    });
}

bool xap_enquire_set_docid_order(struct xap_enquire *enquire, enum xap_docid_order order,
                                 struct xap_error *err)
{
    static const Xapian::Enquire::docid_order orders[] = {
        Xapian::Enquire::ASCENDING, Xapian::Enquire::DESCENDING, Xapian::Enquire::DONT_CARE};
    return guarded(err, [&] {
        idle(enquire).set_docid_order(orders[xap::checked_index(order, std::size(orders))]);
    });
}

bool xap_enquire_sort_by_relevance(struct xap_enquire *enquire, struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_sort_by_relevance(); });
}

bool xap_enquire_sort_by_value(struct xap_enquire *enquire, uint32_t slot, bool descending,
                               struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_sort_by_value(slot, descending); });
}

bool xap_enquire_sort_by_value_then_relevance(struct xap_enquire *enquire, uint32_t slot,
                                              bool descending, struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_sort_by_value_then_relevance(slot, descending); });
}

bool xap_enquire_sort_by_relevance_then_value(struct xap_enquire *enquire, uint32_t slot,
                                              bool descending, struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_sort_by_relevance_then_value(slot, descending); });
}

bool xap_enquire_set_collapse(struct xap_enquire *enquire, uint32_t slot, uint32_t max,
                              struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_collapse_key(slot, max); });
}

bool xap_enquire_set_cutoff(struct xap_enquire *enquire, int percent, double weight,
                            struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).set_cutoff(percent, weight); });
}

bool xap_enquire_add_spy(struct xap_enquire *enquire, xap_spy *call, void *context,
                         struct xap_error *err)
{
    return guarded(err, [&] {
        if (call == nullptr)
            throw refusal{XAP_INVALID_ARGUMENT, "a spy needs its function"};
        need_single(enquire->db, "a spy is for a single database");
        idle(enquire).add_matchspy((new spy(call, context))->release());
    });
}

bool xap_enquire_clear_spies(struct xap_enquire *enquire, struct xap_error *err)
{
    return guarded(err, [&] { idle(enquire).clear_matchspies(); });
}

bool xap_enquire_set_decider(struct xap_enquire *enquire, xap_decider *call, void *context,
                             struct xap_error *err)
{
    return guarded(err, [&] {
        idle(enquire);
        need_single(enquire->db, "a decider is for a single database");
        enquire->decider.reset(call == nullptr ? nullptr : new decider(call, context));
    });
}

bool xap_enquire_run(struct xap_enquire *enquire, uint32_t first, uint32_t max,
                     uint32_t check_at_least, struct xap_matches *out, struct xap_error *err)
{
    return guarded(err, [&] {
        const running now(enquire);
        const Xapian::MSet mset =
            enquire->enquire.get_mset(first, max, check_at_least, nullptr, enquire->decider.get());
        struct xap_matches matches = {};
        matches.lower = mset.get_matches_lower_bound();
        matches.estimated = mset.get_matches_estimated();
        matches.upper = mset.get_matches_upper_bound();
        matches.max_possible = mset.get_max_possible();
        matches.max_attained = mset.get_max_attained();
        std::unique_ptr<struct xap_match, decltype(&std::free)> items(
            new_items<struct xap_match>(mset.size()), &std::free);
        for (Xapian::MSetIterator it = mset.begin(); it != mset.end(); ++it)
            items.get()[matches.count++] = {*it, it.get_rank(), it.get_weight(), it.get_percent(),
                                            it.get_collapse_count()};
        matches.items = items.release();
        *out = matches;
    });
}

void xap_matches_clear(struct xap_matches *matches)
{
    std::free(matches->items);
    *matches = {};
}

bool xap_enquire_expand(struct xap_enquire *enquire, const uint32_t *docids, size_t docid_count,
                        uint32_t max, bool (*accept)(void *context, const char *term),
                        void *context, struct xap_expansion **out, size_t *count,
                        struct xap_error *err)
{
    struct xap_expansion *items = nullptr;
    size_t used = 0;
    bool done = guarded(err, [&] {
        Xapian::RSet relevant;
        for (size_t i = 0; i < docid_count; i++)
            relevant.add_document(docids[i]);
        const expand_decider wanted(accept, context);
        const running now(enquire);
        const Xapian::ESet eset = enquire->enquire.get_eset(max, relevant, 0, &wanted);
        items = new_items<struct xap_expansion>(eset.size());
        for (Xapian::ESetIterator it = eset.begin(); it != eset.end(); ++it) {
            items[used].term = xap::copy_out(*it);
            items[used++].weight = it.get_weight();
        }
        *out = items;
        *count = used;
    });
    if (!done)
        xap_expansions_free(items, used);
    return done;
}

void xap_expansions_free(struct xap_expansion *expansions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        std::free(expansions[i].term);
    std::free(expansions);
}
