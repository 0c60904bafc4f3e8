/* docset.h: a set of reports, one bit a docid. A million reports take 125 kB, and two sets
 * are joined at memory speed, so every question is answered in sets and counted exactly.
 *
 * A set can have several holders, all in one thread. None sees it change under him: whoever changes
 * a set that others hold too gets a new one.
 */
#ifndef SITREP_DOCSET_H
#define SITREP_DOCSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "xapian/xap.h"

struct docset {
    uint32_t last;       /* the highest docid there is room for */
    uint32_t word_count; /* of 'words'; docid d is bit d % 64 of words[d / 64] */
    uint32_t holders;    /* private, as is the next */
    uint32_t reports;    /* their number, where it was counted since they changed */
    uint64_t words[];
};

/* An empty set for docids up to 'last'. ERROR_MEMORY. */
bool docset_new(uint32_t last, struct docset **out, struct error *err);
/* The same set, for one more holder. */
struct docset *docset_share(const struct docset *set);
/* Each holder frees it once. */
void docset_free(struct docset *set);
/* Bytes of memory. */
size_t docset_memory(const struct docset *set);

/* Makes the set one that has no other holder, as it must be to have reports added. ERROR_MEMORY. */
bool docset_own(struct docset **set, struct error *err);
/* A docid above 'last' is left out: it was added to the index after the set was made. */
void docset_add(struct docset *set, uint32_t docid);
/* All from 'first' to 'end', without 'end'. */
void docset_add_range(struct docset *set, uint32_t first, uint32_t end);
void docset_add_many(struct docset *set, const uint32_t *docids, size_t count);
/* Adds those of so many words, which are as a set's. */
void docset_add_words(struct docset *set, const uint64_t *words, size_t count);
/* Leaves of the set's words from number 'at' on what is in 'words'. */
void docset_keep_words(struct docset *set, size_t at, const uint64_t *words, size_t count);
/* Adds all that a term indexes ("": every document), read in bulk. */
bool docset_add_postings(struct docset *set, const struct xap_db *db, const char *term,
                         struct error *err);
bool docset_has(const struct docset *set, uint32_t docid);

/* 'set' becomes the intersection, union or difference; both have the same 'last'. ERROR_MEMORY,
 * which there is none of where 'set' has no other holder. */
bool docset_and(struct docset **set, const struct docset *other, struct error *err);
bool docset_or(struct docset **set, const struct docset *other, struct error *err);
bool docset_andnot(struct docset **set, const struct docset *other, struct error *err);

/* Whether all of 'other' are in the set; both have the same 'last'. */
bool docset_holds(const struct docset *set, const struct docset *other);

/* Counts once: the number stays with the set until it changes. */
uint32_t docset_count(const struct docset *set);
/* Those that are also in so many words, which are as a set's. */
uint32_t docset_count_words(const struct docset *set, const uint64_t *words, size_t count);
/* Those from 'first' to 'end', without 'end'. */
uint32_t docset_count_range(const struct docset *set, uint32_t first, uint32_t end);
/* The first docid that is at least 'from', the last that is at most 'from'; 0 for none. */
uint32_t docset_next(const struct docset *set, uint32_t from);
uint32_t docset_previous(const struct docset *set, uint32_t from);
/* Fills at most 'room' docids, in order, with those that are at least 'from'; returns how many. */
size_t docset_read(const struct docset *set, uint32_t from, uint32_t *docids, size_t room);

#endif
