/* column_private.h: how a column lies in memory, for the files that make one. */
#ifndef SITREP_COLUMN_PRIVATE_H
#define SITREP_COLUMN_PRIVATE_H

#include "schema/limits.h"
#include "search/column.h"

/* Reports of one place and time have the same values over and over, so a report has the number of
 * a set of values. Sets are counted first, then each set's values that many times: reports that
 * share a set cost one step each, however many values it has.
 *
 * Values that lie in others make a tree, in which each adds its reports to the one above it. What a
 * set holds of such a column is what is to be added where, so that each of its values comes to
 * one report: a place adds one, and the district, country and continent above it need no entry;
 * a country with two of the set's districts adds one less. So a set of three places has four or
 * five entries instead of a dozen, and any set of values has some, whatever lies in what. They
 * stand by what they do, so that this need not be said with each: first the values of which the set
 * has none that lies in them, then others that add one, then those that take one away. */
struct column_set {
    uint32_t end;            /* of its entries, where those of the next set begin */
    uint16_t direct, adding; /* how many are of the first kind, and of the first two */
};
_Static_assert(2 * LIMIT_TAGS <= UINT16_MAX,
               "a value adds itself and may bring along one above it");

struct column {
    uint32_t last;
    size_t value_count;
    char *text;         /* all terms, NUL-terminated, one behind the other */
    const char **terms; /* by number; the values are their ends */
    const char **values;
    bool borrows; /* 'text', 'terms' and 'values' are another column's */
    uint32_t *totals;
    const struct field *field;

    uint32_t *up; /* by number: the value above, or COLUMN_TOP; NULL where none lies in another */
    uint32_t *depths; /* by number: how many are above it; NULL likewise */
    uint32_t *levels; /* by depth: how many values are deeper */
    size_t level_count;
    uint32_t *direct; /* by number: reports that have it and none that lies in it; NULL likewise */

    uint16_t *narrow_sets; /* by docid; the set of docid 0 is empty; one of the two is there */
    uint32_t *wide_sets;
    uint32_t set_count;
    uint64_t *filled; /* which reports have any value: a bit a docid */
    uint64_t *bits; /* of few sets which reports have each but the empty one, a bit a docid, set by
                     * set; NULL where there are more than COLUMN_BITS_MAX */
    /* By number. Those with few entries come first when a column is loaded, and of them those with
     * as many of each kind together, so that adding them is foretold to end where it does. */
    struct column_set *sets;
    uint16_t *narrow; /* entries, set by set, and COLUMN_COPIED more; one of the two is there */
    uint32_t *wide;
};

#define COLUMN_EMPTY_SET 0u /* that of docid 0 */
#define COLUMN_TOP       UINT32_MAX
/* With so many sets the bits take a byte a report at most. */
#define COLUMN_BITS_MAX 9u

/* With more values, entries are wide. */
#define COLUMN_NARROW_MAX (UINT16_MAX + 1u)

/* An entry on its own is a value's number, shifted, and: */
#define COLUMN_LESS       1u /* takes one away */
#define COLUMN_DIRECT     2u /* the set has none that lies in the value */
#define COLUMN_ENTRY_BITS 2
#define COLUMN_FLAGS      3u

/* So many entries are read at once, wherever they end. */
#define COLUMN_COPIED 8u

/* The entries of the reports of a set that have any value, one report after the other by docid. */
struct column_rows {
    uint32_t *ends; /* by report: where its entries end, and those of the next begin */
    size_t report_count;
    uint32_t *entries;
    size_t entry_count, room;
};

/* The number of a report's set. */
static inline uint32_t column_set_number(const struct column *column, size_t docid)
{
    return column->narrow_sets ? column->narrow_sets[docid] : column->wide_sets[docid];
}

static inline size_t column_set_begin(const struct column *column, uint32_t set)
{
    return set ? column->sets[set - 1].end : 0;
}

static inline uint32_t column_number(const struct column *column, size_t at)
{
    return column->narrow ? column->narrow[at] : column->wide[at];
}

/* What a set is whose entries these are, in the order of kinds, the last of them at 'end'. */
struct column_set column_set_of(const uint32_t *entries, size_t count, uint32_t end);

/* Without any yet, for 'reports' of them; with room for so many entries, which grows. NULL out of
 * memory. */
struct column_rows *column_rows_new(uint32_t reports, size_t entries);
/* False out of memory. */
bool column_rows_append(struct column_rows *rows, const uint32_t *entries, size_t count);

/* What each value lies in: all that the vocabulary says. */
struct column_holders {
    uint32_t *ends; /* by number, into 'numbers' */
    uint32_t *numbers;
    size_t count, room;
};

/* What entries are made with; all zero between two sets. */
struct column_encoder {
    const struct column *column;
    const struct column_holders *holders; /* NULL for a column without a tree */
    int32_t *differences;                 /* by number */
    bool *held;                           /* by number: the set has one that lies in it */
    uint32_t *unordered;                  /* entries */
};

/* Of all values, or where 'wanted' is not NULL of those that it marks by number. False out of
 * memory; to be cleared in any case. */
bool column_holders_find(const struct column *column, const bool *wanted, column_parents *parents,
                         const void *context, struct column_holders *out);
/* Fills the tree of a column that has its values. With 'before', a column that has some of them,
 * as 'numbers' says, these keep what they have above them: sets were made with it. */
bool column_tree_make(struct column *column, const struct column *before, const uint32_t *numbers,
                      const struct column_holders *holders, struct error *err);
void column_holders_clear(struct column_holders *holders);

/* Words of a bit a docid. */
size_t column_bits_words(const struct column *column);
/* Sets 'filled', and 'bits' if it is to have any, of a column that has all else. */
bool column_bits_make(struct column *column, struct error *err);

/* 'holders' is borrowed. False out of memory; to be cleared in any case. */
bool column_encoder_init(struct column_encoder *encoder, const struct column *column,
                         const struct column_holders *holders);
/* The entries of a set, in the order of kinds; there are at most twice as many as values. Returns
 * their number. */
size_t column_encode(struct column_encoder *encoder, const uint32_t *numbers, size_t count,
                     uint32_t *entries);
void column_encoder_clear(struct column_encoder *encoder);

#endif
