#include "indexer/frequent_lists.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/term_table.h"

/* The postings of one term. */
struct list {
    uint32_t *docids, *wdfs;
    size_t count, docid_room, wdf_room;
};

struct frequent_lists {
    char *text;         /* a NUL after each term */
    const char **terms; /* in it, by number */
    size_t count;
    struct term_table numbers;
    struct list *of; /* by number */
    /* Of the report in the making: */
    uint32_t *wdfs; /* by number */
    uint64_t *met;  /* a bit a number, in so many words: */
    size_t met_words;
    uint32_t length;
};

static bool fill(struct frequent_lists *lists, const char *terms)
{
    for (const char *c = terms; *c; c++)
        lists->count += *c == '\n';
    lists->met_words = lists->count / 64 + 1;
    lists->text = strdup(terms);
    lists->terms = calloc(lists->count + 1, sizeof lists->terms[0]);
    lists->of = calloc(lists->count + 1, sizeof lists->of[0]);
    lists->wdfs = calloc(lists->count + 1, sizeof lists->wdfs[0]);
    lists->met = calloc(lists->met_words, sizeof lists->met[0]);
    if (!lists->text || !lists->terms || !lists->of || !lists->wdfs || !lists->met ||
        !term_table_init(&lists->numbers, lists->count))
        return false;
    char *rest = lists->text;
    for (size_t i = 0; i < lists->count; i++) {
        lists->terms[i] = strsep(&rest, "\n");
        term_table_add(&lists->numbers, lists->terms[i], (uint32_t)i);
    }
    return true;
}

bool frequent_lists_new(const char *terms, struct frequent_lists **out, struct error *err)
{
    struct frequent_lists *lists = calloc(1, sizeof *lists);
    if (!lists || !fill(lists, terms)) {
        frequent_lists_free(lists);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    *out = lists;
    return true;
}

void frequent_lists_free(struct frequent_lists *lists)
{
    if (!lists)
        return;
    for (size_t i = 0; lists->of && i < lists->count; i++) {
        free(lists->of[i].docids);
        free(lists->of[i].wdfs);
    }
    term_table_clear(&lists->numbers);
    free(lists->of);
    free(lists->wdfs);
    free(lists->met);
    free(lists->terms);
    free(lists->text);
    free(lists);
}

int frequent_lists_number(const struct frequent_lists *lists, const char *term)
{
    uint32_t number;
    return lists && term_table_find(&lists->numbers, term, &number) ? (int)number : -1;
}

/* ---- the report in the making --------------------------------------------------- */

void frequent_lists_count(struct frequent_lists *lists, int number, uint32_t wdf)
{
    lists->met[number / 64] |= UINT64_C(1) << number % 64;
    lists->wdfs[number] += wdf;
    lists->length += wdf;
}

uint32_t frequent_lists_length(const struct frequent_lists *lists)
{
    return lists ? lists->length : 0;
}

static bool add_posting(struct list *list, uint32_t docid, uint32_t wdf)
{
    size_t needed = list->count + 1;
    if (!array_reserve(&list->docids, &list->docid_room, needed, sizeof list->docids[0]) ||
        !array_reserve(&list->wdfs, &list->wdf_room, needed, sizeof list->wdfs[0]))
        return false;
    list->docids[list->count] = docid;
    list->wdfs[list->count++] = wdf;
    return true;
}

bool frequent_lists_keep(struct frequent_lists *lists, uint32_t docid, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < lists->met_words; i++)
        for (uint64_t left = lists->met[i]; ok && left != 0; left &= left - 1) {
            size_t number = 64 * i + (size_t)__builtin_ctzll(left);
            ok = add_posting(&lists->of[number], docid, lists->wdfs[number]);
        }
    frequent_lists_drop(lists);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

void frequent_lists_drop(struct frequent_lists *lists)
{
    if (!lists)
        return;
    for (size_t i = 0; i < lists->met_words; i++)
        for (; lists->met[i] != 0; lists->met[i] &= lists->met[i] - 1)
            lists->wdfs[64 * i + (size_t)__builtin_ctzll(lists->met[i])] = 0;
    lists->length = 0;
}

/* ---- all reports ------------------------------------------------------------------ */

bool frequent_lists_write(const struct frequent_lists *lists, const char *path, uint32_t last,
                          struct error *err)
{
    struct frequent_writer *writer = NULL;
    bool ok = frequent_writer_open(path, last, &writer, err);
    for (size_t i = 0; ok && i < lists->count; i++) {
        const struct list *list = &lists->of[i];
        ok = frequent_writer_add(writer, lists->terms[i], true, list->docids, list->wdfs,
                                 (uint32_t)list->count, err);
    }
    ok = ok && frequent_writer_finish(writer, err);
    frequent_writer_close(writer);
    return ok;
}

void frequent_lists_reset(struct frequent_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++)
        lists->of[i].count = 0;
    frequent_lists_drop(lists);
}
