/* compact.cc: databases as a whole: merging and checking them. */
#include <sstream>
#include <xapian.h>

#include "xapian/guard.hh"
#include "xapian/tables.hh"
#include "xapian/xap.h"

using xap::guarded;

namespace
{

unsigned compact_flags(unsigned flags)
{
    return ((flags & XAP_COMPACT_MULTIPASS) != 0 ? Xapian::DBCOMPACT_MULTIPASS : 0U) |
           ((flags & XAP_COMPACT_NO_RENUMBER) != 0 ? Xapian::DBCOMPACT_NO_RENUMBER : 0U) |
           ((flags & XAP_COMPACT_FULLER) != 0 ? Xapian::Compactor::FULLER
                                              : Xapian::Compactor::FULL);
}

} // namespace

bool xap_compact(const char *const *sources, size_t count, const char *destination, unsigned flags,
                 unsigned block_size, struct xap_error *err)
{
    return guarded(err, [&] {
        if (count == 0)
            throw xap::refusal{XAP_INVALID_ARGUMENT, "no database was named"};
        xap::open_whole(sources, count)
            .compact(destination, compact_flags(flags), xap::checked_block(block_size));
    });
}

bool xap_check(const char *path, size_t *faults, char **report, struct xap_error *err)
{
    return guarded(err, [&] {
        std::ostringstream text;
        size_t found = Xapian::Database::check(path, 0, report == nullptr ? nullptr : &text);
        if (report != nullptr)
            *report = xap::copy_out(text.str());
        *faults = found;
    });
}
