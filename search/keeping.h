/* keeping.h: which terms have their postings in memory (frequent.h). Those of a frequent term are
 * taken whole and kept as soon as skipping in them has cost as much as that does. So no more than
 * twice is spent on it what would be, were it known beforehand how often it will be asked for
 * (Karlin, Manasse, Rudolph and Sleator, "Competitive Snoopy Caching", 1988).
 */
#ifndef SITREP_KEEPING_H
#define SITREP_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/frequent.h"
#include "search/snapshot.h"
#include "search/terms.h"

/* How many of a term's postings could be read in the time that skipping to so many places takes.
 * Measured: a posting of the database is read in 10 ns; a skip takes 40 ns and 1.2 ns a posting
 * that is passed over, up to a microsecond, which finds another block. Of codes in the file of
 * frequent terms, a posting takes 2 to 7 ns, read or passed over up to the next block, and a skip
 * 15 ns. */
uint64_t keeping_cost_of_skipping(uint64_t places, uint64_t postings, bool are_codes);

/* What is kept of a term that is wanted at so many places; NULL where nothing is, and it is for the
 * caller to read it or to skip. Borrowed until the next term is looked for. ERROR_MEMORY,
 * ERROR_STALE. */
bool keeping_find(const struct snapshot *snapshot, const struct term *term, uint64_t places,
                  const struct frequent **out, struct error *err);

#endif
