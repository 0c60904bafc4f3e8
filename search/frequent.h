/* frequent.h: the postings of a frequent term in memory: which reports it indexes, and how often
 * it occurs in each. Ranking needs no more of them then, in any order.
 */
#ifndef SITREP_FREQUENT_H
#define SITREP_FREQUENT_H

#include "schema/error.h"
#include "search/docset.h"
#include "xapian/xap.h"

/* More than one report in so many has it. */
#define FREQUENT_ONE_IN 128u

struct frequent {
    struct docset *set;
    uint32_t *before; /* by word of the set: reports in the words before it */
    uint8_t *wdfs;    /* by place in the set; FREQUENT_LARGE where it is so many or more: */
    struct frequent_large {
        uint32_t docid, wdf;
    } * large; /* by docid */
    size_t large_count, large_room;
};
#define FREQUENT_LARGE UINT8_MAX

/* Reads all postings of a term, for docids up to 'last'. ERROR_MEMORY, ERROR_STALE. */
bool frequent_read(const struct xap_db *db, const char *term, uint32_t last, struct frequent **out,
                   struct error *err);
void frequent_free(struct frequent *frequent);
/* Bytes of memory. */
size_t frequent_memory(const struct frequent *frequent);
/* Adds to 'wdfs' how often the term occurs in each of the reports, which are in order. */
void frequent_add(const struct frequent *frequent, const uint32_t *docids, size_t count,
                  uint32_t *wdfs);

#endif
