#include "search/column.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

/* Every report has a record of 'width' numbers: its values, then padding. Records of one
 * width are counted without a branch a value. Padding in place i is number 'value_count' +
 * i, counted like a value and thrown away: places of their own, since one counter for all
 * would make each increment wait for the one before. The few reports with more values than
 * a record holds have 'more' in the last place, and what did not fit lies in 'extra'. */
struct column {
    uint32_t last;
    size_t value_count;
    char *text;         /* all terms, NUL-terminated, one behind the other */
    const char **terms; /* by number; the values are their ends */
    const char **values;
    uint32_t *totals;
    const struct field *field;

    size_t width;
    uint32_t more;    /* value_count + width */
    uint16_t *narrow; /* records by docid; one of the two is there */
    uint32_t *wide;

    size_t extra_count;     /* reports that have more */
    uint32_t *extra_docids; /* ascending */
    uint32_t *extra_starts; /* extra_count + 1: where their numbers are in 'extra' */
    uint32_t *extra;
};

/* Records hold all values of at least this share of the reports, in percent. */
#define RECORD_SHARE     98
#define RECORD_WIDTH_MAX 16
#define READ_ROOM        4096

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

/* The smallest width that holds all values of RECORD_SHARE percent of the reports. */
static size_t choose_width(const uint32_t *degrees, uint32_t last)
{
    uint32_t reports[RECORD_WIDTH_MAX + 1] = {0};
    uint64_t wanted = (uint64_t)last * RECORD_SHARE / 100, held = 0;
    for (uint32_t docid = 1; docid <= last; docid++)
        reports[degrees[docid] < RECORD_WIDTH_MAX ? degrees[docid] : RECORD_WIDTH_MAX]++;
    size_t width = 0;
    for (held = reports[0]; held < wanted && width < RECORD_WIDTH_MAX; held += reports[width])
        width++;
    return width;
}

/* Lists the reports whose values do not fit into a record, and makes room for the rest. */
static bool make_extra(struct column *column, const uint32_t *degrees, struct error *err)
{
    size_t count = 0;
    for (uint32_t docid = 1; docid <= column->last; docid++)
        count += degrees[docid] > column->width;
    column->extra_docids = calloc(count + 1, sizeof column->extra_docids[0]);
    column->extra_starts = calloc(count + 1, sizeof column->extra_starts[0]);
    if (!column->extra_docids || !column->extra_starts)
        return no_memory(err);
    uint32_t held = (uint32_t)column->width - 1, start = 0;
    for (uint32_t docid = 1; docid <= column->last; docid++)
        if (degrees[docid] > column->width) {
            column->extra_docids[column->extra_count] = docid;
            start += degrees[docid] - held;
            column->extra_starts[++column->extra_count] = start;
        }
    column->extra = calloc(start + 1, sizeof column->extra[0]);
    return column->extra || no_memory(err);
}

static size_t find_extra(const struct column *column, uint32_t docid)
{
    size_t low = 0, high = column->extra_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (column->extra_docids[middle] < docid)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void put(struct column *column, uint32_t docid, size_t place, uint32_t number)
{
    size_t at = docid * column->width + place;
    if (column->narrow)
        column->narrow[at] = (uint16_t)number;
    else
        column->wide[at] = number;
}

static void fill_padding(struct column *column)
{
    for (uint32_t docid = 0; docid <= column->last; docid++)
        for (size_t place = 0; place < column->width; place++)
            put(column, docid, place, (uint32_t)(column->value_count + place));
    for (size_t i = 0; i < column->extra_count; i++)
        put(column, column->extra_docids[i], column->width - 1, column->more);
}

/* Writes the numbers value by value; 'degrees' falls to count what is still to come. */
static void fill_records(struct column *column, const struct postings *postings, uint32_t *degrees)
{
    size_t at = 0;
    for (uint32_t number = 0; number < column->value_count; number++)
        for (; at < postings->ends[number]; at++) {
            uint32_t docid = postings->docids[at], place = --degrees[docid];
            if (!column->extra_count || place < column->width - 1) {
                put(column, docid, place, number);
                continue;
            }
            size_t i = find_extra(column, docid);
            if (i < column->extra_count && column->extra_docids[i] == docid)
                column->extra[column->extra_starts[i] + place - (column->width - 1)] = number;
            else
                put(column, docid, place, number);
        }
}

static bool make_records(struct column *column, const struct postings *postings, struct error *err)
{
    size_t reports = (size_t)column->last + 1;
    uint32_t *degrees = calloc(reports, sizeof degrees[0]);
    bool ok = degrees || no_memory(err);
    if (!ok)
        return false;
    for (size_t i = 0; i < postings->count; i++)
        degrees[postings->docids[i]]++;
    column->width = choose_width(degrees, column->last);
    if (!column->width && postings->count)
        column->width = 1;
    column->more = (uint32_t)(column->value_count + column->width);
    size_t slots = reports * column->width;
    if (column->more <= UINT16_MAX)
        column->narrow = malloc((slots + 1) * sizeof column->narrow[0]);
    else
        column->wide = malloc((slots + 1) * sizeof column->wide[0]);
    ok = (column->narrow || column->wide) || no_memory(err);
    ok = ok && make_extra(column, degrees, err);
    if (ok) {
        fill_padding(column);
        fill_records(column, postings, degrees);
    }
    free(degrees);
    return ok;
}

/* A value and one that it lies in. */
struct link {
    uint32_t parent, child;
};

static int compare_links(const void *a, const void *b)
{
    const struct link *left = a, *right = b;
    return (left->parent > right->parent) - (left->parent < right->parent);
}

#define PARENTS_MAX 32

static bool find_links(const struct column *column, column_parents *parents, const void *context,
                       struct link **out, size_t *count, struct error *err)
{
    size_t room = 0;
    for (uint32_t child = 0; child < column->value_count; child++) {
        const char *names[PARENTS_MAX];
        size_t name_count = parents(context, column->values[child], names, PARENTS_MAX), parent;
        for (size_t i = 0; i < name_count; i++) {
            if (!column_find(column, names[i], &parent) || parent == child)
                continue;
            if (!array_reserve(out, &room, *count + 1, sizeof **out))
                return no_memory(err);
            (*out)[(*count)++] = (struct link){(uint32_t)parent, child};
        }
    }
    if (*count)
        qsort(*out, *count, sizeof **out, compare_links);
    return true;
}

/* Takes from each value's list the reports that are in the list of a value within it. 'marks' has
 * room for every docid. */
static bool narrow_postings(struct postings *postings, const struct link *links, size_t link_count,
                            uint32_t *marks, struct error *err)
{
    uint32_t *kept = malloc((postings->count + 1) * sizeof kept[0]);
    uint32_t *ends = malloc((postings->value_count + 1) * sizeof ends[0]);
    size_t count = 0, link = 0;
    if (!kept || !ends) {
        free(kept);
        free(ends);
        return no_memory(err);
    }
    for (uint32_t number = 0; number < postings->value_count; number++) {
        for (; link < link_count && links[link].parent == number; link++) {
            uint32_t child = links[link].child;
            for (size_t at = child ? postings->ends[child - 1] : 0; at < postings->ends[child];
                 at++)
                marks[postings->docids[at]] = number + 1;
        }
        for (size_t at = number ? postings->ends[number - 1] : 0; at < postings->ends[number]; at++)
            if (marks[postings->docids[at]] != number + 1)
                kept[count++] = postings->docids[at];
        ends[number] = (uint32_t)count;
    }
    free(postings->docids);
    free(postings->ends);
    postings->docids = kept;
    postings->ends = ends;
    postings->count = count;
    return true;
}

static bool narrow(struct column *column, struct postings *postings, column_parents *parents,
                   const void *context, struct error *err)
{
    struct link *links = NULL;
    size_t link_count = 0;
    uint32_t *marks = calloc((size_t)column->last + 1, sizeof marks[0]);
    bool ok = (marks || no_memory(err)) &&
              find_links(column, parents, context, &links, &link_count, err) &&
              narrow_postings(postings, links, link_count, marks, err);
    for (size_t i = 0; ok && i < column->value_count; i++)
        column->totals[i] = postings->ends[i] - (i ? postings->ends[i - 1] : 0);
    free(links);
    free(marks);
    return ok;
}

static bool load(const struct xap_db *db, const struct field *field, uint32_t last,
                 column_parents *parents, const void *context, struct column **out,
                 struct error *err)
{
    struct postings postings = {0};
    struct column *column = calloc(1, sizeof *column);
    bool ok = column || no_memory(err);
    if (ok) {
        column->field = field;
        column->last = last;
    }
    ok = ok && read_postings(db, field, last, &postings, err) &&
         make_dictionary(column, &postings, err) &&
         (!parents || narrow(column, &postings, parents, context, err)) &&
         make_records(column, &postings, err);
    buffer_free(&postings.text);
    free(postings.ends);
    free(postings.docids);
    if (ok)
        *out = column;
    else
        column_free(column);
    return ok;
}

bool column_load(const struct xap_db *db, const struct field *field, uint32_t last,
                 struct column **out, struct error *err)
{
    return load(db, field, last, NULL, NULL, out, err);
}

bool column_load_narrowest(const struct xap_db *db, const struct field *field, uint32_t last,
                           column_parents *parents, const void *context, struct column **out,
                           struct error *err)
{
    return load(db, field, last, parents, context, out, err);
}

void column_free(struct column *column)
{
    if (!column)
        return;
    free(column->text);
    free(column->terms);
    free(column->values);
    free(column->totals);
    free(column->narrow);
    free(column->wide);
    free(column->extra_docids);
    free(column->extra_starts);
    free(column->extra);
    free(column);
}

size_t column_value_count(const struct column *column)
{
    return column->value_count;
}

const char *column_value(const struct column *column, size_t number)
{
    return column->values[number];
}

uint32_t column_total(const struct column *column, size_t number)
{
    return column->totals[number];
}

static int compare_terms(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

bool column_find(const struct column *column, const char *value, size_t *number)
{
    char term[FIELD_TERM_ROOM];
    field_term(column->field, value, strlen(value), term);
    const char **found =
        bsearch(term, column->terms, column->value_count, sizeof column->terms[0], compare_terms);
    if (found)
        *number = (size_t)(found - column->terms);
    return found;
}

static void count_extra(const struct column *column, uint32_t docid, uint32_t *counts)
{
    size_t i = find_extra(column, docid);
    for (uint32_t at = column->extra_starts[i]; at < column->extra_starts[i + 1]; at++)
        counts[column->extra[at]]++;
}

/* One copy of this is compiled for narrow records and one for wide ones. */
static inline __attribute__((always_inline)) void
count_records(const struct column *column, const struct docset *set, uint32_t *counts, bool narrow)
{
    size_t width = column->width;
    for (size_t i = 0; i < set->word_count; i++)
        for (uint64_t word = set->words[i]; word; word &= word - 1) {
            uint32_t docid = (uint32_t)(i * 64 + (unsigned)__builtin_ctzll(word)), number = 0;
            for (size_t at = docid * width; at < (docid + 1) * width; at++) {
                number = narrow ? column->narrow[at] : column->wide[at];
                counts[number]++;
            }
            if (number == column->more)
                count_extra(column, docid, counts);
        }
}

bool column_count(const struct column *column, const struct docset *set, uint32_t *counts,
                  struct error *err)
{
    uint32_t *all = calloc(column->more + 1, sizeof *all);
    if (!all)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    if (column->width && column->narrow)
        count_records(column, set, all, true);
    else if (column->width)
        count_records(column, set, all, false);
    if (column->value_count)
        memcpy(counts, all, column->value_count * sizeof counts[0]);
    free(all);
    return true;
}

size_t column_memory(const struct column *column)
{
    size_t slots = ((size_t)column->last + 1) * column->width;
    return sizeof *column + slots * (column->narrow ? sizeof column->narrow[0] : sizeof(uint32_t)) +
           column->value_count * (2 * sizeof(char *) + sizeof(uint32_t)) +
           column->extra_count * 2 * sizeof(uint32_t) +
           (column->extra_count ? column->extra_starts[column->extra_count] : 0) * sizeof(uint32_t);
}
