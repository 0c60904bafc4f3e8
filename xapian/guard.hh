/* guard.hh: the one door between Xapian's exceptions and C.
 *
 * The body of every extern "C" function that can fail is one call of guarded():
 *
 *     return xap::guarded(err, [&] { *out = db->db.get_doccount(); });
 *
 * Whatever the body throws is told as a struct xap_error.  A body assigns its
 * outputs last, after everything that can throw.
 */
#ifndef XAP_GUARD_HH
#define XAP_GUARD_HH

#include <cstddef>
#include <cstring>
#include <string>

#include "xapian/xap.h"

namespace xap
{

/* Thrown by our own checks of arguments; 'text' is a literal. */
struct refusal {
    enum xap_code code;
    const char *text;
};

/* Tells the exception being handled; 'err' may be NULL. Only from a catch block. */
void describe_exception(struct xap_error *err) noexcept;

template <class Body> bool guarded(struct xap_error *err, Body &&body) noexcept
{
    try {
        body();
        return true;
    } catch (...) {
        describe_exception(err);
        return false;
    }
}

/* 'term' as a string; refuses one that no database can hold. */
std::string checked_term(const char *term);

/* An enum's value from C as an index below 'limit'; refuses any other.  C++ may not
 * even load an enum that holds none of its values, hence the reference. */
template <class Enum> std::size_t checked_index(const Enum &value, std::size_t limit)
{
    unsigned number;
    static_assert(sizeof value == sizeof number);
    std::memcpy(&number, &value, sizeof number);
    if (number >= limit)
        throw refusal{XAP_INVALID_ARGUMENT, "an enum has a value that it does not name"};
    return number;
}

/* Refuses the slot number that Xapian reserves, but stores without complaint. */
void check_slot(uint32_t slot);

/* 'block_size' as Xapian wants it; refuses what Xapian would silently not heed. */
int checked_block(unsigned block_size);

/* A malloc()ed copy that ends in a NUL; throws std::bad_alloc. */
char *copy_out(const std::string &bytes);

} // namespace xap

#endif
