/* answer.h: the composer of search/: a question asked of a snapshot, answered in full.
 * The count contract: 'total' is exact; every facet count equals the total that
 * clicking it gives; a field's own selections do not narrow its own counts.
 */
#ifndef SITREP_ANSWER_H
#define SITREP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/diagnosis.h"
#include "search/expansion.h"
#include "search/question.h"
#include "search/snapshot.h"
#include "search/snippet.h"

struct facet_value {
    char *value;  /* jnim, ML-7 */
    char *label;  /* JNIM, Gao */
    char *parent; /* a region's country; NULL */
    uint32_t reports;
    uint32_t of;     /* reports of the whole index that have the value */
    uint32_t direct; /* of a region: of its reports, those with no region within it */
    bool selected, excluded;
};

struct facet {
    enum field_id field;
    struct facet_value *values; /* as asked for; selected ones always, zeros included */
    size_t value_count;
    size_t total_values; /* values with at least one report, of those that were searched for */
    uint64_t other;      /* sum of the counts of values not listed */
    bool truncated;      /* other values exist that are not listed */
};

struct bucket {
    day_t from, to; /* first and last day */
    uint32_t reports;
    uint32_t of; /* reports of the whole index in these days */
};

struct histogram {
    const struct interval *interval;
    struct bucket *buckets; /* no gaps */
    size_t bucket_count;
    uint32_t undated; /* reports without a date: in no bucket */
};

struct hit {
    uint32_t docid;
    double score;
    char *id, *title, *snippet; /* plain text, not escaped */
    struct highlight *title_marks, *snippet_marks;
    size_t title_mark_count, snippet_mark_count;
    day_t day;
    char *source, *url, *language;
    char **actors, **regions; /* ids */
    size_t actor_count, region_count;
};

struct answer {
    struct question question;
    struct query *query; /* as it was carried out: with what its names add */
    char *read_as;
    struct expansion *names; /* the names in it, with what they find */
    size_t name_count;
    enum sort order; /* of the hits; the score is 0 unless it is SORT_RELEVANCE */
    char *generation;
    double took_ms;
    uint32_t total;
    struct facet *facets; /* one a facet field, in the field table's order; dates are apart */
    size_t facet_count;
    struct histogram dates;
    struct hit *hits;
    size_t hit_count;
    struct diagnosis diagnosis;
};

/* Fails with ERROR_LIMIT (a wildcard that is too wide), ERROR_STALE (open a new snapshot, ask
 * again), ERROR_CORRUPT, ERROR_MEMORY. */
bool answer_make(const struct snapshot *snapshot, const struct question *question,
                 struct answer **out, struct error *err);
void answer_free(struct answer *answer);

/* What an answer will cost, told in some 20 us: about how many reports match, at least; 0 where it
 * costs little however many they are, as with a question that was asked a moment ago, and with
 * 'like', of which nothing is known before a report is read. The same errors. */
bool answer_estimate(const struct snapshot *snapshot, const struct question *question,
                     uint64_t *reports, struct error *err);

/* The shape of /search.json and sitrep-search --json; docs/api.md describes it. Snippets come
 * as HTML with <mark>. Compact and malloc()ed; 'size' may be NULL. NULL out of memory. */
char *answer_json(const struct answer *answer, const struct snapshot *snapshot, size_t *size);

#endif
