#include "search/column.h"

#include <stdlib.h>
#include <string.h>

#include "search/column_private.h"

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
    free(column->up);
    free(column->depths);
    free(column->levels);
    free(column->direct);
    free(column->narrow_sets);
    free(column->wide_sets);
    free(column->filled);
    free(column->bits);
    free(column->sets);
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

const char *column_value_of(const struct column *column, uint32_t docid)
{
    uint32_t set = column_set_number(column, docid);
    size_t at = column_set_begin(column, set);
    return at < column->sets[set].end ? column->values[column_number(column, at)] : NULL;
}

uint32_t column_total(const struct column *column, size_t number)
{
    return column->totals[number];
}

uint32_t column_direct_total(const struct column *column, size_t number)
{
    return column->direct ? column->direct[number] : 0;
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

size_t column_bits_words(const struct column *column)
{
    return column->last / 64 + 1;
}

bool column_bits_make(struct column *column, struct error *err)
{
    size_t words = column_bits_words(column);
    column->filled = calloc(words, sizeof column->filled[0]);
    if (column->set_count <= COLUMN_BITS_MAX)
        column->bits = calloc(words * (column->set_count - 1) + 1, sizeof column->bits[0]);
    if (!column->filled || (!column->bits && column->set_count <= COLUMN_BITS_MAX))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory loading a column");
    for (uint32_t docid = 0; docid <= column->last; docid++) {
        uint32_t set = column_set_number(column, docid);
        uint64_t bit = UINT64_C(1) << docid % 64;
        if (set == COLUMN_EMPTY_SET)
            continue;
        column->filled[docid / 64] |= bit;
        if (column->bits)
            column->bits[(set - 1) * words + docid / 64] |= bit;
    }
    return true;
}

size_t column_memory(const struct column *column)
{
    size_t count = column->value_count, entries = column->sets[column->set_count - 1].end;
    size_t tree =
        column->up ? sizeof column->up[0] + sizeof column->depths[0] + sizeof column->direct[0] : 0;
    const char *end = count ? column->terms[count - 1] : column->text;
    size_t set_size =
        column->narrow_sets ? sizeof column->narrow_sets[0] : sizeof column->wide_sets[0];
    size_t bits = column_bits_words(column) * (column->bits ? column->set_count : 1);
    return sizeof *column + ((size_t)column->last + 1) * set_size + bits * sizeof column->bits[0] +
           column->set_count * sizeof column->sets[0] +
           (entries + COLUMN_COPIED) *
               (column->narrow ? sizeof column->narrow[0] : sizeof column->wide[0]) +
           count * (2 * sizeof(char *) + sizeof column->totals[0] + tree) +
           (size_t)(end - column->text) + strlen(end) + 1;
}
