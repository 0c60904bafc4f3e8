#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/column_private.h"

#define READ_ROOM 4096

/* All postings of the field, while a column is made of them. */
struct postings {
    struct buffer text;
    uint32_t *ends; /* of each value's docids */
    size_t value_count, value_room;
    uint32_t *docids;
    size_t count, room;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory loading a column");
}

static bool read_term(const struct xap_db *db, const char *term, uint32_t last,
                      struct postings *into, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_postings *list;
    size_t got = 0;
    if (!xap_postings_open(db, term, &list, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok = true;
    do {
        if (!array_reserve(&into->docids, &into->room, into->count + READ_ROOM,
                           sizeof into->docids[0])) {
            ok = no_memory(err);
        } else if (!xap_postings_read(list, READ_ROOM, into->docids + into->count, NULL, NULL, &got,
                                      &xapian)) {
            ok = error_set_xapian(err, NULL, &xapian);
        } else {
            into->count += got;
            while (into->count && got && into->docids[into->count - 1] > last)
                into->count--, got--;
        }
    } while (ok && got == READ_ROOM);
    xap_postings_close(list);
    return ok;
}

/* Reads the terms of the field and the posting list of each. */
static bool read_postings(const struct xap_db *db, const struct field *field, uint32_t last,
                          struct postings *into, struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_terms *terms;
    const char *term;
    if (!xap_terms_open(db, field->prefix, &terms, &xapian))
        return error_set_xapian(err, NULL, &xapian);
    bool ok = true;
    while (ok) {
        if (!xap_terms_next(terms, &term, NULL, &xapian))
            ok = error_set_xapian(err, NULL, &xapian);
        else if (!term)
            break;
        else if (!array_reserve(&into->ends, &into->value_room, into->value_count + 1,
                                sizeof into->ends[0]))
            ok = no_memory(err);
        else if (buffer_append(&into->text, term, strlen(term) + 1), into->text.failed)
            ok = no_memory(err);
        else if ((ok = read_term(db, term, last, into, err)))
            into->ends[into->value_count++] = (uint32_t)into->count;
    }
    xap_terms_close(terms);
    return ok;
}

static bool make_dictionary(struct column *column, struct postings *postings, struct error *err)
{
    size_t count = postings->value_count;
    column->value_count = count;
    column->text = buffer_take(&postings->text, NULL);
    column->terms = calloc(count + 1, sizeof column->terms[0]);
    column->values = calloc(count + 1, sizeof column->values[0]);
    column->totals = calloc(count + 1, sizeof column->totals[0]);
    if (!column->text || !column->terms || !column->values || !column->totals)
        return no_memory(err);
    const char *term = column->text;
    for (size_t i = 0; i < count; i++, term += strlen(term) + 1) {
        column->terms[i] = term;
        column->values[i] = field_term_value(column->field, term);
        column->totals[i] = postings->ends[i] - (i ? postings->ends[i - 1] : 0);
    }
    return true;
}

/* The values of each report, while sets are made of them. */
struct lists {
    uint32_t *ends; /* by docid; one report's numbers begin where the docid before has its end */
    uint32_t *numbers;
};

static size_t list_begin(const uint32_t *ends, uint32_t number)
{
    return number ? ends[number - 1] : 0;
}

static bool list_values(const struct column *column, const struct postings *postings,
                        struct lists *out, struct error *err)
{
    uint32_t *ends = out->ends = calloc((size_t)column->last + 1, sizeof ends[0]);
    out->numbers = malloc((postings->count + 1) * sizeof out->numbers[0]);
    if (!ends || !out->numbers)
        return no_memory(err);
    for (size_t i = 0; i < postings->count; i++)
        ends[postings->docids[i]]++;
    uint32_t begin = 0;
    for (uint32_t docid = 0; docid <= column->last; docid++) {
        uint32_t count = ends[docid];
        ends[docid] = begin; /* grows to the end as numbers come */
        begin += count;
    }
    size_t at = 0;
    for (uint32_t number = 0; number < column->value_count; number++)
        for (; at < postings->ends[number]; at++)
            out->numbers[ends[postings->docids[at]]++] = number;
    return true;
}

static bool is_same_list(const struct lists *lists, uint32_t a, uint32_t b)
{
    size_t begin = list_begin(lists->ends, a), size = lists->ends[a] - begin;
    size_t other = list_begin(lists->ends, b);
    return size == lists->ends[b] - other && memcmp(lists->numbers + begin, lists->numbers + other,
                                                    size * sizeof lists->numbers[0]) == 0;
}

static uint64_t hash_list(const struct lists *lists, uint32_t docid)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, by numbers */
    for (size_t at = list_begin(lists->ends, docid); at < lists->ends[docid]; at++)
        hash = (hash ^ lists->numbers[at]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* Numbers the sets in the order of the first reports that have them; gives the number of their
 * values together. */
static bool number_sets(struct column *column, const struct lists *lists, size_t *numbers,
                        struct error *err)
{
    size_t size = 64;
    while (size < 2 * ((size_t)column->last + 1))
        size *= 2;
    uint32_t *firsts = calloc(size, sizeof firsts[0]); /* reports by hash of their list; plus 1 */
    if (!firsts)
        return no_memory(err);
    *numbers = 0;
    for (uint32_t docid = 0; docid <= column->last; docid++) {
        size_t at = (size_t)hash_list(lists, docid) & (size - 1);
        while (firsts[at] && !is_same_list(lists, firsts[at] - 1, docid))
            at = (at + 1) & (size - 1);
        if (firsts[at]) {
            column->wide_sets[docid] = column->wide_sets[firsts[at] - 1];
        } else {
            firsts[at] = docid + 1;
            column->wide_sets[docid] = column->set_count++;
            *numbers += lists->ends[docid] - list_begin(lists->ends, docid);
        }
    }
    free(firsts);
    return true;
}

static void fill_sets(struct column *column, const struct lists *lists,
                      struct column_encoder *encoder)
{
    uint32_t set = 0, end = 0;
    for (uint32_t docid = 0; docid <= column->last; docid++) {
        if (column->wide_sets[docid] != set)
            continue;
        size_t begin = list_begin(lists->ends, docid);
        uint32_t *entries = column->wide + end;
        size_t count =
            column_encode(encoder, lists->numbers + begin, lists->ends[docid] - begin, entries);
        end += (uint32_t)count;
        column->sets[set++] = column_set_of(entries, count, end);
    }
}

static size_t set_size(const struct column *column, uint32_t set)
{
    return column->sets[set].end - column_set_begin(column, set);
}

/* A set's place among those with few entries first, and its number. */
struct ordered_set {
    size_t size;
    uint16_t direct, adding;
    uint32_t number;
};

static int compare_sets(const void *a, const void *b)
{
    const struct ordered_set *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? -1 : 1;
    if (left->direct != right->direct)
        return left->direct < right->direct ? -1 : 1;
    if (left->adding != right->adding)
        return left->adding < right->adding ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

static void list_sets(const struct column *column, struct ordered_set *ordered)
{
    for (uint32_t set = 0; set < column->set_count; set++)
        ordered[set] = (struct ordered_set){set_size(column, set), column->sets[set].direct,
                                            column->sets[set].adding, set};
    qsort(ordered, column->set_count, sizeof ordered[0], compare_sets);
}

/* Numbers the sets anew, in their order; the empty one stays the first. 'numbers' is for the new
 * numbers by the old ones. */
static void move_sets(struct column *column, const struct ordered_set *ordered,
                      struct column_set *sets, uint32_t *wide, uint32_t *numbers)
{
    uint32_t end = 0;
    for (uint32_t set = 0; set < column->set_count; set++) {
        uint32_t old = ordered[set].number;
        memcpy(wide + end, column->wide + column_set_begin(column, old),
               ordered[set].size * sizeof wide[0]);
        end += (uint32_t)ordered[set].size;
        sets[set] = column->sets[old];
        sets[set].end = end;
        numbers[old] = set;
    }
    for (uint32_t docid = 0; docid <= column->last; docid++)
        column->wide_sets[docid] = numbers[column->wide_sets[docid]];
}

static bool order_sets(struct column *column, struct error *err)
{
    size_t entries = column->sets[column->set_count - 1].end;
    struct ordered_set *ordered = malloc(column->set_count * sizeof ordered[0]);
    struct column_set *sets = calloc(column->set_count, sizeof sets[0]);
    uint32_t *wide = calloc(entries + COLUMN_COPIED, sizeof wide[0]);
    uint32_t *numbers = malloc(column->set_count * sizeof numbers[0]);
    bool ok = (ordered && sets && wide && numbers) || no_memory(err);
    if (ok) {
        list_sets(column, ordered);
        move_sets(column, ordered, sets, wide, numbers);
        free(column->sets);
        free(column->wide);
        column->sets = sets;
        column->wide = wide;
    } else {
        free(sets);
        free(wide);
    }
    free(ordered);
    free(numbers);
    return ok;
}

/* Leaves of the entries the numbers of values. */
static bool bare_entries(struct column *column, struct error *err)
{
    size_t count = column->sets[column->set_count - 1].end;
    bool is_narrow = column->value_count <= COLUMN_NARROW_MAX;
    if (is_narrow)
        column->narrow = calloc(count + COLUMN_COPIED, sizeof column->narrow[0]);
    if (is_narrow && !column->narrow)
        return no_memory(err);
    for (size_t at = 0; at < count; at++) {
        column->wide[at] >>= COLUMN_ENTRY_BITS;
        if (is_narrow)
            column->narrow[at] = (uint16_t)column->wide[at];
    }
    if (is_narrow) {
        free(column->wide);
        column->wide = NULL;
    }
    return true;
}

static bool narrow_sets(struct column *column, struct error *err)
{
    if (column->set_count > UINT16_MAX + 1u)
        return true;
    size_t size = (size_t)column->last + 1;
    column->narrow_sets = malloc(size * sizeof column->narrow_sets[0]);
    if (!column->narrow_sets)
        return no_memory(err);
    for (size_t docid = 0; docid < size; docid++)
        column->narrow_sets[docid] = (uint16_t)column->wide_sets[docid];
    free(column->wide_sets);
    column->wide_sets = NULL;
    return true;
}

static bool make_sets(struct column *column, const struct postings *postings,
                      const struct column_holders *holders, struct error *err)
{
    struct lists lists = {0};
    struct column_encoder encoder = {0};
    size_t numbers = 0;
    column->wide_sets = malloc(((size_t)column->last + 1) * sizeof column->wide_sets[0]);
    bool ok = (column->wide_sets || no_memory(err)) && list_values(column, postings, &lists, err) &&
              number_sets(column, &lists, &numbers, err);
    if (ok) {
        column->sets = malloc(column->set_count * sizeof column->sets[0]);
        column->wide = calloc(2 * numbers + COLUMN_COPIED, sizeof column->wide[0]);
        ok = (column->sets && column->wide && column_encoder_init(&encoder, column, holders)) ||
             no_memory(err);
    }
    if (ok)
        fill_sets(column, &lists, &encoder);
    column_encoder_clear(&encoder);
    free(lists.ends);
    free(lists.numbers);
    return ok && order_sets(column, err) && bare_entries(column, err) && narrow_sets(column, err);
}

static bool make_tree(struct column *column, column_parents *parents, const void *context,
                      struct column_holders *holders, struct error *err)
{
    return (column_holders_find(column, NULL, parents, context, holders) || no_memory(err)) &&
           column_tree_make(column, NULL, NULL, holders, err);
}

/* How many reports have each value and none that lies in it. */
static void count_direct(struct column *column)
{
    for (uint32_t docid = 1; docid <= column->last; docid++) {
        uint32_t set = column_set_number(column, docid);
        size_t begin = column_set_begin(column, set);
        for (size_t at = begin; at < begin + column->sets[set].direct; at++)
            column->direct[column_number(column, at)]++;
    }
}

bool column_load(const struct xap_db *db, const struct field *field, uint32_t last,
                 column_parents *parents, const void *context, struct column **out,
                 struct error *err)
{
    struct postings postings = {0};
    struct column_holders holders = {0};
    struct column *column = calloc(1, sizeof *column);
    bool ok = column || no_memory(err);
    if (ok) {
        column->field = field;
        column->last = last;
    }
    ok = ok && read_postings(db, field, last, &postings, err) &&
         make_dictionary(column, &postings, err) &&
         (!parents || make_tree(column, parents, context, &holders, err)) &&
         make_sets(column, &postings, &holders, err) && column_bits_make(column, err);
    column_holders_clear(&holders);
    buffer_free(&postings.text);
    free(postings.ends);
    free(postings.docids);
    if (ok && parents)
        count_direct(column);
    if (ok)
        *out = column;
    else
        column_free(column);
    return ok;
}
