/* frequent.h: the postings of a frequent term in memory: which reports it indexes, and how often
 * it occurs in each. Ranking needs no more of them then, in any order.
 */
#ifndef SITREP_FREQUENT_H
#define SITREP_FREQUENT_H

#include "schema/error.h"
#include "schema/frequent_file.h"
#include "search/docset.h"
#include "search/postings.h"

/* More than one report in so many has it. */
#define FREQUENT_ONE_IN 128u

struct frequent {
    struct docset *set;
    struct docset *listed; /* the same, with reports that are gone by now */
    uint32_t *before;      /* by word of 'listed': reports in the words before it */
    unsigned width;        /* as in frequent_file.h, by place in 'listed'; in the file or owned: */
    const uint8_t *wdfs;
    const struct frequent_large *large;
    size_t large_count;
    uint8_t *owned_wdfs;
    struct frequent_large *owned_large;
};

/* All postings of a term. What the file has in bits is borrowed from it. ERROR_MEMORY, ERROR_STALE.
 */
bool frequent_read(const struct postings_source *source, const char *term, struct frequent **out,
                   struct error *err);
void frequent_free(struct frequent *frequent);
/* Bytes of memory, without what is the file's. */
size_t frequent_memory(const struct frequent *frequent);
/* Adds to 'wdfs' how often the term occurs in each of the reports, which are in order. */
void frequent_add(const struct frequent *frequent, const uint32_t *docids, size_t count,
                  uint32_t *wdfs);

#endif
