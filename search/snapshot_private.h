/* snapshot_private.h: what the steps of search/ see of a snapshot. */
#ifndef SITREP_SNAPSHOT_PRIVATE_H
#define SITREP_SNAPSHOT_PRIVATE_H

#include <sys/stat.h>

#include "schema/field.h"
#include "schema/generation.h"
#include "schema/report_file.h"
#include "schema/store.h"
#include "schema/vocabulary.h"
#include "schema/word_list.h"
#include "search/cache.h"
#include "search/column.h"
#include "search/counting.h"
#include "search/day_column.h"
#include "search/docset.h"
#include "search/frequent.h"
#include "search/labels.h"
#include "search/lengths.h"
#include "search/postings.h"
#include "search/snapshot.h"
#include "search/stems.h"
#include "search/suggestion.h"
#include "search/words.h"
#include "xapian/xap.h"

/* Bytes of each cache, and of that of frequent words: 145 questions of 200,000 reports fill 13 MB
 * of it. */
#define SNAPSHOT_CACHE_BYTES    ((size_t)32 << 20)
#define SNAPSHOT_FREQUENT_BYTES ((size_t)96 << 20)
#define SNAPSHOT_SKIPPED_BYTES  ((size_t)16 << 10)
#define SNAPSHOT_STEMMED_BYTES  ((size_t)1 << 20)

struct snapshot {
    char *index;
    char name[GENERATION_NAME_ROOM + 24];
    struct generation generation;
    char *revision_path;  /* the file that each commit replaces */
    struct stat revision; /* as it was before the database was opened */
    struct xap_db *db;
    struct store *store;
    struct word_list *word_list;
    struct report_file *word_streams;
    struct frequent_file *frequent_file;
    struct vocabulary *vocabulary;
    struct stems stems;
    uint32_t reports;
    struct docset *all;
    struct postings_source source;       /* of the terms of texts and titles */
    struct cache *frequent;              /* by term: its postings (frequent.h) */
    struct cache *skipped;               /* by term that is not there (keeping.c) */
    struct cache *stemmed;               /* by a word's term: those of its stems (terms.c) */
    struct counting *counting;           /* of facets, by set */
    struct cache *texts;                 /* docsets, by query_key: what it matches */
    struct column *columns[FIELD_COUNT]; /* of boolean facets, else NULL */
    struct labels labels[FIELD_COUNT];
    struct name_list names[FIELD_COUNT]; /* of actors and regions */
    struct words words;
    struct day_column days;
    struct lengths lengths;
};

/* The report with a docid, out of the stored data. */
bool snapshot_read(const struct snapshot *snapshot, uint32_t docid, struct report *out,
                   struct error *err);

#endif
