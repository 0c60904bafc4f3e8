/* query.cc: building queries. */
#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/handles.hh"
#include "xapian/xap.h"

using xap::checked_term;
using xap::guarded;
using xap::refusal;

namespace
{

/* By enum xap_op. */
const Xapian::Query::op operators[] = {
    Xapian::Query::OP_AND,     Xapian::Query::OP_OR,        Xapian::Query::OP_AND_NOT,
    Xapian::Query::OP_XOR,     Xapian::Query::OP_AND_MAYBE, Xapian::Query::OP_FILTER,
    Xapian::Query::OP_SYNONYM, Xapian::Query::OP_MAX,       Xapian::Query::OP_ELITE_SET,
    Xapian::Query::OP_NEAR,    Xapian::Query::OP_PHRASE,
};
static_assert(std::size(operators) == XAP_PHRASE + 1);

/* What Xapian can look up positions for; it would say so in words for programmers. */
void check_positional(Xapian::Query::op joiner, const Xapian::Query &part)
{
    if (joiner != Xapian::Query::OP_NEAR && joiner != Xapian::Query::OP_PHRASE)
        return;
    Xapian::Query::op type = part.get_type();
    if (type != Xapian::Query::LEAF_TERM && type != Xapian::Query::LEAF_MATCH_NOTHING &&
        type != Xapian::Query::OP_OR)
        throw refusal{XAP_QUERY, "NEAR and PHRASE join terms, or ORs of terms"};
}

/* A set of docids that C code keeps, as Xapian's matcher walks it.  The set may
 * name documents past the database's last one: they end the walk. */
class docid_source : public Xapian::PostingSource
{
    struct xap_docid_source set;
    Xapian::docid last = 0; /* of the database */
    Xapian::docid at = 0;   /* 0 before the first, and past the end */
    bool ended = false;

    void advance(Xapian::docid from)
    {
        Xapian::docid found = from > last ? 0 : set.next(set.context, from);
        if (found != 0 && found < from)
            throw refusal{XAP_INVALID_ARGUMENT, "a docid source went backwards"};
        ended = found == 0 || found > last;
        at = ended ? 0 : found;
    }

  public:
    explicit docid_source(const struct xap_docid_source &given) : set(given)
    {
    }
    Xapian::doccount get_termfreq_min() const override
    {
        return std::min(set.count, last);
    }
    Xapian::doccount get_termfreq_est() const override
    {
        return std::min(set.count, last);
    }
    Xapian::doccount get_termfreq_max() const override
    {
        return std::min(set.count, last);
    }
    Xapian::docid get_docid() const override
    {
        return at;
    }
    void next(double) override
    {
        if (at == last)
            ended = true;
        else if (!ended)
            advance(at + 1);
    }
    void skip_to(Xapian::docid wanted, double) override
    {
        if (!ended && wanted > at)
            advance(wanted);
    }
    bool at_end() const override
    {
        return ended;
    }
    PostingSource *clone() const override
    {
        return new docid_source(set);
    }
    void init(const Xapian::Database &db) override
    {
        last = db.get_lastdocid();
        at = 0;
        ended = false;
    }
    std::string get_description() const override
    {
        return "docids(" + std::to_string(set.count) + ")";
    }
};

/* Owns what was given with 'take', and frees it whatever happens. */
struct taken {
    struct xap_query *const *parts;
    size_t count;
    ~taken()
    {
        for (size_t i = 0; i < count; i++)
            delete parts[i];
    }
};

} // namespace

bool xap_query_term(const char *term, uint32_t wqf, uint32_t position, struct xap_query **out,
                    struct xap_error *err)
{
    return guarded(err, [&] {
        *out = new xap_query{Xapian::Query(checked_term(term), wqf, position), false};
    });
}

bool xap_query_all(struct xap_query **out, struct xap_error *err)
{
    /* Not Xapian::Query::MatchAll, whose count of references all threads would share. */
    return guarded(err, [&] { *out = new xap_query{Xapian::Query(std::string()), false}; });
}

bool xap_query_nothing(struct xap_query **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_query{Xapian::Query(), false}; });
}

bool xap_query_join_take(enum xap_op op, struct xap_query *const *parts, size_t count,
                         uint32_t parameter, struct xap_query **out, struct xap_error *err)
{
    const taken owned{parts, count};
    return guarded(err, [&] {
        const Xapian::Query::op joiner = operators[xap::checked_index(op, std::size(operators))];
        std::vector<Xapian::Query> queries;
        queries.reserve(count);
        bool has_docids = false;
        for (size_t i = 0; i < count; i++) {
            if (parts[i] == nullptr)
                throw refusal{XAP_INVALID_ARGUMENT, "a part of the query is missing"};
            check_positional(joiner, parts[i]->query);
            queries.push_back(parts[i]->query);
            has_docids = has_docids || parts[i]->has_docids;
        }
        Xapian::Query joined(joiner, queries.begin(), queries.end(), parameter);
        *out = new xap_query{joined, has_docids};
    });
}

bool xap_query_scale_take(struct xap_query *part, double factor, struct xap_query **out,
                          struct xap_error *err)
{
    const taken owned{&part, 1};
    return guarded(err, [&] {
        if (part == nullptr)
            throw refusal{XAP_INVALID_ARGUMENT, "a part of the query is missing"};
        if (!std::isfinite(factor) || factor < 0)
            throw refusal{XAP_INVALID_ARGUMENT, "a weight is scaled by a number from 0 on"};
        *out = new xap_query{Xapian::Query(factor, part->query), part->has_docids};
    });
}

bool xap_query_wildcard(const char *prefix, uint32_t max_terms, enum xap_op combiner,
                        struct xap_query **out, struct xap_error *err)
{
    return guarded(err, [&] {
        const Xapian::Query::op joiner =
            operators[xap::checked_index(combiner, std::size(operators))];
        if (joiner != Xapian::Query::OP_SYNONYM && joiner != Xapian::Query::OP_OR &&
            joiner != Xapian::Query::OP_MAX)
            throw refusal{XAP_INVALID_ARGUMENT,
                          "a wildcard's terms are joined by SYNONYM, OR, MAX"};
        Xapian::Query expanded(Xapian::Query::OP_WILDCARD, prefix, max_terms,
                               Xapian::Query::WILDCARD_LIMIT_ERROR, joiner);
        *out = new xap_query{expanded, false};
    });
}

bool xap_query_value_range(uint32_t slot, const char *begin, size_t begin_size, const char *end,
                           size_t end_size, struct xap_query **out, struct xap_error *err)
{
    return guarded(err, [&] {
        xap::check_slot(slot);
        /* Every value is at least "". */
        std::string low = begin == nullptr ? std::string() : std::string(begin, begin_size);
        Xapian::Query range(Xapian::Query::OP_VALUE_GE, slot, low);
        if (end != nullptr)
            range =
                Xapian::Query(Xapian::Query::OP_VALUE_RANGE, slot, low, std::string(end, end_size));
        *out = new xap_query{range, false};
    });
}

bool xap_query_docids(const struct xap_docid_source *source, struct xap_query **out,
                      struct xap_error *err)
{
    return guarded(err, [&] {
        if (source->next == nullptr)
            throw refusal{XAP_INVALID_ARGUMENT, "a docid source needs its 'next'"};
        Xapian::PostingSource *set = (new docid_source(*source))->release();
        *out = new xap_query{Xapian::Query(set), true};
    });
}

bool xap_query_describe(const struct xap_query *query, char **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = xap::copy_out(query->query.get_description()); });
}

bool xap_query_copy(const struct xap_query *query, struct xap_query **out, struct xap_error *err)
{
    return guarded(err, [&] { *out = new xap_query(*query); });
}

void xap_query_free(struct xap_query *query)
{
    delete query;
}
