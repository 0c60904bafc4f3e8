#include "search/column_private.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

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

static void fill_sets(struct column *column, const struct lists *lists)
{
    uint32_t set = 0, end = 0;
    for (uint32_t docid = 0; docid <= column->last; docid++) {
        if (column->wide_sets[docid] != set)
            continue;
        for (size_t at = list_begin(lists->ends, docid); at < lists->ends[docid]; at++, end++)
            if (column->narrow)
                column->narrow[end] = (uint16_t)lists->numbers[at];
            else
                column->wide[end] = lists->numbers[at];
        column->ends[set++] = end;
    }
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

static bool make_sets(struct column *column, const struct postings *postings, struct error *err)
{
    struct lists lists = {0};
    size_t numbers = 0;
    column->wide_sets = malloc(((size_t)column->last + 1) * sizeof column->wide_sets[0]);
    bool ok = (column->wide_sets || no_memory(err)) && list_values(column, postings, &lists, err) &&
              number_sets(column, &lists, &numbers, err);
    if (ok) {
        column->ends = malloc(column->set_count * sizeof column->ends[0]);
        if (column->value_count <= UINT16_MAX)
            column->narrow = malloc((numbers + 1) * sizeof column->narrow[0]);
        else
            column->wide = malloc((numbers + 1) * sizeof column->wide[0]);
        ok = (column->ends && (column->narrow || column->wide)) || no_memory(err);
    }
    if (ok)
        fill_sets(column, &lists);
    free(lists.ends);
    free(lists.numbers);
    return ok && narrow_sets(column, err);
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
         make_sets(column, &postings, err);
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
    if (!column->borrows) {
        free(column->text);
        free(column->terms);
        free(column->values);
    }
    free(column->totals);
    free(column->narrow_sets);
    free(column->wide_sets);
    free(column->ends);
    free(column->narrow);
    free(column->wide);
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

static uint32_t set_of(const struct column *column, size_t docid)
{
    return column->narrow_sets ? column->narrow_sets[docid] : column->wide_sets[docid];
}

static void add_set(const struct column *column, uint32_t set, uint32_t reports, uint32_t *counts)
{
    size_t at = list_begin(column->ends, set), end = column->ends[set];
    if (column->narrow)
        for (; at < end; at++)
            counts[column->narrow[at]] += reports;
    else
        for (; at < end; at++)
            counts[column->wide[at]] += reports;
}

/* Counting by sets goes through all of them: measured, that wins up to this many a report. */
#define SETS_A_REPORT 2

bool column_count(const struct column *column, const struct docset *set, uint32_t *counts,
                  struct error *err)
{
    bool few = docset_count(set) < column->set_count / SETS_A_REPORT;
    uint32_t *reports = few ? NULL : calloc(column->set_count, sizeof reports[0]);
    if (!few && !reports)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory counting a facet");
    if (column->value_count)
        memset(counts, 0, column->value_count * sizeof counts[0]);
    for (size_t i = 0; i < set->word_count; i++)
        for (uint64_t word = set->words[i]; word; word &= word - 1) {
            uint32_t number = set_of(column, i * 64 + (unsigned)__builtin_ctzll(word));
            if (few)
                add_set(column, number, 1, counts);
            else
                reports[number]++;
        }
    for (uint32_t number = 0; !few && number < column->set_count; number++)
        if (reports[number])
            add_set(column, number, reports[number], counts);
    free(reports);
    return true;
}

size_t column_memory(const struct column *column)
{
    size_t count = column->value_count, numbers = column->ends[column->set_count - 1];
    const char *end = count ? column->terms[count - 1] : column->text;
    size_t set_size =
        column->narrow_sets ? sizeof column->narrow_sets[0] : sizeof column->wide_sets[0];
    return sizeof *column + ((size_t)column->last + 1) * set_size +
           column->set_count * sizeof column->ends[0] +
           numbers * (column->narrow ? sizeof column->narrow[0] : sizeof column->wide[0]) +
           count * (2 * sizeof(char *) + sizeof column->totals[0]) + (size_t)(end - column->text) +
           strlen(end) + 1;
}
