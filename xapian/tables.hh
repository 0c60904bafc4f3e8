/* tables.hh: databases that are open with all their tables.
 *
 * Glass takes a table that it cannot open for one that is not there, whatever the cause: too few
 * descriptors, a failing disk, a lack of rights (GlassTable::open_to_read of 1.4.22, for all tables
 * but postlist). Stored texts and positions then seem to be empty, and a compaction leaves them out
 * in silence. So after opening, each table on disk must be among the process's open files.
 */
#ifndef XAP_TABLES_HH
#define XAP_TABLES_HH

#include <cstddef>
#include <xapian.h>

namespace xap
{

/* The databases as one; throws Xapian::DatabaseOpeningError where a table of one is not open. */
Xapian::Database open_whole(const char *const *paths, std::size_t count);

} // namespace xap

#endif
