#include "indexer/frequent_lists.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/word_list.h"

/* The postings of one term. */
struct list {
    uint32_t *docids, *wdfs;
    size_t count, docid_room, wdf_room;
};

struct frequent_lists {
    struct word_list *terms;
    struct list of[WORD_LIST_WORDS]; /* by number */
    /* Of the report in the making: */
    uint32_t wdfs[WORD_LIST_WORDS];
    uint64_t met[(WORD_LIST_WORDS + 63) / 64]; /* a bit a number */
    uint32_t length;
};

bool frequent_lists_new(const char *terms, struct frequent_lists **out, struct error *err)
{
    struct frequent_lists *lists = calloc(1, sizeof *lists);
    if (!lists)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!word_list_new(terms, &lists->terms, err)) {
        frequent_lists_free(lists);
        return false;
    }
    *out = lists;
    return true;
}

void frequent_lists_free(struct frequent_lists *lists)
{
    if (!lists)
        return;
    for (size_t i = 0; i < WORD_LIST_WORDS; i++) {
        free(lists->of[i].docids);
        free(lists->of[i].wdfs);
    }
    word_list_free(lists->terms);
    free(lists);
}

int frequent_lists_number(const struct frequent_lists *lists, const char *term)
{
    return lists ? word_list_number(lists->terms, term) : -1;
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
    for (size_t i = 0; ok && i < ARRAY_LEN(lists->met); i++)
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
    for (size_t i = 0; i < ARRAY_LEN(lists->met); i++)
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
    for (size_t i = 0; ok && i < word_list_count(lists->terms); i++) {
        const struct list *list = &lists->of[i];
        ok = frequent_writer_add(writer, word_list_word(lists->terms, (int)i), true, list->docids,
                                 list->wdfs, (uint32_t)list->count, err);
    }
    ok = ok && frequent_writer_finish(writer, err);
    frequent_writer_close(writer);
    return ok;
}

void frequent_lists_reset(struct frequent_lists *lists)
{
    for (size_t i = 0; i < WORD_LIST_WORDS; i++)
        lists->of[i].count = 0;
    frequent_lists_drop(lists);
}
