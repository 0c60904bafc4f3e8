#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/column_private.h"

/* Reports that were added, with their terms of the field. */
struct additions {
    struct buffer text; /* terms, NUL-terminated, one behind the other */
    struct addition {
        uint32_t docid;
        size_t term;     /* where it begins in 'text' */
        uint32_t number; /* of the value in the new column */
    } * items;           /* by docid, then by term */
    size_t count, room;
};

/* A column in the making. */
struct growth {
    const struct column *before;
    struct column *column;
    const struct docset *all;
    struct additions additions;
    uint32_t *numbers;             /* in the new column, by number in the old one */
    struct column_holders holders; /* of the values of reports added */
    struct column_encoder encoder;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory loading a column");
}

static void additions_clear(struct additions *additions)
{
    buffer_free(&additions->text);
    free(additions->items);
}

static bool add_terms(struct additions *additions, uint32_t docid, struct xap_terms *terms,
                      struct xap_error *xapian)
{
    const char *term;
    while (xap_terms_next(terms, &term, NULL, xapian)) {
        if (!term)
            return true;
        if (!array_reserve(&additions->items, &additions->room, additions->count + 1,
                           sizeof additions->items[0])) {
            additions->text.failed = true;
            return true;
        }
        additions->items[additions->count++] =
            (struct addition){.docid = docid, .term = additions->text.size};
        buffer_append(&additions->text, term, strlen(term) + 1);
    }
    return false;
}

static bool read_additions(struct growth *growth, const struct xap_db *db, struct error *err)
{
    struct additions *additions = &growth->additions;
    struct xap_error xapian = {0};
    for (uint32_t docid = docset_next(growth->all, growth->before->last + 1); docid;
         docid = docset_next(growth->all, docid + 1)) {
        struct xap_document *document = NULL;
        struct xap_terms *terms = NULL;
        bool ok =
            xap_db_document(db, docid, &document, &xapian) &&
            xap_terms_open_document(document, growth->column->field->prefix, &terms, &xapian) &&
            add_terms(additions, docid, terms, &xapian);
        xap_terms_close(terms);
        xap_document_free(document);
        if (!ok)
            return error_set_xapian(err, NULL, &xapian);
    }
    return !additions->text.failed || no_memory(err);
}

/* ---- values ------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **find_term(const struct column *column, const char *term)
{
    return bsearch(&term, column->terms, column->value_count, sizeof column->terms[0],
                   compare_texts);
}

/* The old terms and those among the additions that are new, sorted, each once. NULL out of
 * memory. */
static const char **all_terms(const struct growth *growth, size_t *count)
{
    const struct column *before = growth->before;
    const struct additions *additions = &growth->additions;
    const char **terms = calloc(before->value_count + additions->count + 1, sizeof terms[0]);
    if (!terms)
        return NULL;
    size_t total = before->value_count;
    if (total)
        memcpy(terms, before->terms, total * sizeof terms[0]);
    for (size_t i = 0; i < additions->count; i++) {
        const char *term = additions->text.bytes + additions->items[i].term;
        if (!find_term(before, term))
            terms[total++] = term;
    }
    if (total > before->value_count)
        qsort(terms, total, sizeof terms[0], compare_texts);
    *count = 0;
    for (size_t i = 0; i < total; i++)
        if (i == 0 || strcmp(terms[i], terms[*count - 1]) != 0)
            terms[(*count)++] = terms[i];
    return terms;
}

/* The terms of the new column, in memory of its own unless they are those of the old one. */
static bool make_dictionary(struct growth *growth, const char *const *terms, size_t count)
{
    const struct column *before = growth->before;
    struct column *column = growth->column;
    column->value_count = count;
    column->totals = calloc(count + 1, sizeof column->totals[0]);
    if (count == before->value_count) {
        column->borrows = true;
        column->text = before->text;
        column->terms = before->terms;
        column->values = before->values;
        return column->totals;
    }
    struct buffer text = {0};
    for (size_t i = 0; i < count; i++)
        buffer_append(&text, terms[i], strlen(terms[i]) + 1);
    column->text = buffer_take(&text, NULL);
    column->terms = calloc(count + 1, sizeof column->terms[0]);
    column->values = calloc(count + 1, sizeof column->values[0]);
    if (!column->text || !column->terms || !column->values || !column->totals)
        return false;
    const char *term = column->text;
    for (size_t i = 0; i < count; i++, term += strlen(term) + 1) {
        column->terms[i] = term;
        column->values[i] = field_term_value(column->field, term);
    }
    return true;
}

static bool number_values(struct growth *growth, struct error *err)
{
    const struct column *before = growth->before;
    struct column *column = growth->column;
    size_t count = 0;
    const char **terms = all_terms(growth, &count);
    growth->numbers = calloc(before->value_count + 1, sizeof growth->numbers[0]);
    bool ok = terms && growth->numbers && make_dictionary(growth, terms, count);
    free(terms);
    if (!ok)
        return no_memory(err);
    for (size_t old = 0, number = 0; old < before->value_count; old++, number++) {
        while (!column->borrows && strcmp(column->terms[number], before->terms[old]) != 0)
            number++;
        growth->numbers[old] = (uint32_t)number;
        column->totals[number] = before->totals[old];
    }
    for (size_t i = 0; i < growth->additions.count; i++) {
        struct addition *item = &growth->additions.items[i];
        const char **found = find_term(column, growth->additions.text.bytes + item->term);
        item->number = (uint32_t)(found - column->terms);
    }
    return true;
}

bool column_borrows_values(const struct column *column)
{
    return column->borrows;
}

bool column_take_values(struct column *column, struct column *before)
{
    bool borrowed = column->borrows;
    column->borrows = false;
    before->borrows = before->borrows || borrowed;
    return borrowed;
}

static bool grow_tree(struct growth *growth, column_parents *parents, const void *context,
                      struct error *err)
{
    const struct additions *additions = &growth->additions;
    bool *wanted = calloc(growth->column->value_count + 1, sizeof wanted[0]);
    for (size_t i = 0; wanted && i < additions->count; i++)
        wanted[additions->items[i].number] = true;
    bool ok =
        wanted && column_holders_find(growth->column, wanted, parents, context, &growth->holders);
    free(wanted);
    return ok ? column_tree_make(growth->column, growth->before, growth->numbers, &growth->holders,
                                 err)
              : no_memory(err);
}

/* ---- sets --------------------------------------------------------------- */

/* The new number of the value of an entry of the old column. */
static uint32_t new_number(const struct growth *growth, size_t at)
{
    return growth->numbers[column_number(growth->before, at)];
}

static void put_number(struct column *column, size_t at, uint32_t number)
{
    if (column->narrow)
        column->narrow[at] = (uint16_t)number;
    else
        column->wide[at] = number;
}

static void put_set(struct column *column, uint32_t docid, uint32_t set)
{
    if (column->narrow_sets)
        column->narrow_sets[docid] = (uint16_t)set;
    else
        column->wide_sets[docid] = set;
}

/* Room for the old sets, and one more for each report added. */
static bool make_room(struct growth *growth, struct error *err)
{
    const struct column *before = growth->before;
    const struct additions *additions = &growth->additions;
    struct column *column = growth->column;
    size_t entries = before->sets[before->set_count - 1].end + 2 * additions->count;
    size_t reports = (size_t)column->last + 1, sets = before->set_count;
    for (size_t i = 0; i < additions->count; i++)
        sets += i == 0 || additions->items[i].docid != additions->items[i - 1].docid;
    column->sets = malloc(sets * sizeof column->sets[0]);
    if (column->value_count <= COLUMN_NARROW_MAX)
        column->narrow = calloc(entries + COLUMN_COPIED, sizeof column->narrow[0]);
    else
        column->wide = calloc(entries + COLUMN_COPIED, sizeof column->wide[0]);
    if (sets <= UINT16_MAX + 1u)
        column->narrow_sets = calloc(reports, sizeof column->narrow_sets[0]);
    else
        column->wide_sets = calloc(reports, sizeof column->wide_sets[0]);
    return (column->sets && (column->narrow || column->wide) &&
            (column->narrow_sets || column->wide_sets)) ||
           no_memory(err);
}

static void lose_report(struct growth *growth, uint32_t set)
{
    const struct column *before = growth->before;
    struct column *column = growth->column;
    size_t begin = column_set_begin(before, set), direct = begin + before->sets[set].direct;
    for (size_t at = begin; at < before->sets[set].end; at++) {
        uint32_t number = new_number(growth, at);
        bool is_less = at >= begin + before->sets[set].adding;
        if (at < direct)
            column->direct[number]--;
        do {
            if (is_less)
                column->totals[number]++;
            else
                column->totals[number]--;
            number = column->up ? column->up[number] : COLUMN_TOP;
        } while (number != COLUMN_TOP);
    }
}

static void take_sets(struct growth *growth)
{
    const struct column *before = growth->before;
    struct column *column = growth->column;
    for (size_t at = 0; at < before->sets[before->set_count - 1].end; at++)
        put_number(column, at, new_number(growth, at));
    memcpy(column->sets, before->sets, before->set_count * sizeof column->sets[0]);
    column->set_count = before->set_count;
    for (uint32_t docid = 0; docid <= before->last && docid <= column->last; docid++) {
        uint32_t set = column_set_number(before, docid);
        if (set != COLUMN_EMPTY_SET && !docset_has(growth->all, docid)) {
            lose_report(growth, set);
            set = COLUMN_EMPTY_SET;
        }
        put_set(column, docid, set);
    }
}

/* A set for the report whose values are additions [begin, end). */
static void add_set(struct growth *growth, size_t begin, size_t end, uint32_t *numbers,
                    uint32_t *entries)
{
    const struct addition *items = growth->additions.items;
    struct column *column = growth->column;
    size_t at = column->sets[column->set_count - 1].end;
    for (size_t i = begin; i < end; i++) {
        numbers[i - begin] = items[i].number;
        column->totals[items[i].number]++;
    }
    size_t count = column_encode(&growth->encoder, numbers, end - begin, entries);
    for (size_t i = 0; i < count; i++) {
        put_number(column, at++, entries[i] >> COLUMN_ENTRY_BITS);
        if (entries[i] & COLUMN_DIRECT)
            column->direct[entries[i] >> COLUMN_ENTRY_BITS]++;
    }
    put_set(column, items[begin].docid, column->set_count);
    column->sets[column->set_count++] = column_set_of(entries, count, (uint32_t)at);
}

static bool add_sets(struct growth *growth, struct error *err)
{
    const struct additions *additions = &growth->additions;
    const struct addition *items = additions->items;
    uint32_t *numbers = malloc((additions->count + 1) * sizeof numbers[0]);
    uint32_t *entries = malloc((2 * additions->count + 1) * sizeof entries[0]);
    bool ok = (numbers && entries &&
               column_encoder_init(&growth->encoder, growth->column, &growth->holders)) ||
              no_memory(err);
    for (size_t begin = 0, end; ok && begin < additions->count; begin = end) {
        for (end = begin; end < additions->count && items[end].docid == items[begin].docid; end++)
            ;
        add_set(growth, begin, end, numbers, entries);
    }
    free(numbers);
    free(entries);
    return ok;
}

bool column_grow(const struct column *before, const struct xap_db *db, const struct docset *all,
                 column_parents *parents, const void *context, struct column **out,
                 struct error *err)
{
    struct growth growth = {.before = before, .all = all};
    growth.column = calloc(1, sizeof *growth.column);
    bool ok = growth.column || no_memory(err);
    if (ok) {
        growth.column->field = before->field;
        growth.column->last = all->last;
    }
    ok = ok && read_additions(&growth, db, err) && number_values(&growth, err) &&
         (!parents || grow_tree(&growth, parents, context, err)) && make_room(&growth, err);
    if (ok) {
        take_sets(&growth);
        ok = add_sets(&growth, err) && column_bits_make(growth.column, err);
    }
    if (ok)
        *out = growth.column;
    else
        column_free(growth.column);
    column_encoder_clear(&growth.encoder);
    column_holders_clear(&growth.holders);
    additions_clear(&growth.additions);
    free(growth.numbers);
    return ok;
}
