#include "indexer/frequent_lists.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/term_table.h"

/* A report's posting of a term. */
struct noted {
    uint32_t number, wdf;
};

struct report {
    uint32_t docid;
    size_t end; /* of its postings, where those of the next begin */
};

/* A term's posting of a report. */
struct posting {
    uint32_t docid, wdf;
};

struct frequent_lists {
    char *text;         /* a NUL after each term */
    const char **terms; /* in it, by number */
    size_t count;
    struct term_table numbers;
    /* Of all reports, one after the other: postings are only written one behind the other until
     * they are sorted by term, as each list has other places in memory to wait for. */
    struct noted *noted;
    size_t noted_count, noted_room;
    struct report *reports;
    size_t report_count, report_room;
    size_t *counts; /* by number: of its postings */
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
    lists->counts = calloc(lists->count + 1, sizeof lists->counts[0]);
    lists->wdfs = calloc(lists->count + 1, sizeof lists->wdfs[0]);
    lists->met = calloc(lists->met_words, sizeof lists->met[0]);
    if (!lists->text || !lists->terms || !lists->counts || !lists->wdfs || !lists->met ||
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
    term_table_clear(&lists->numbers);
    free(lists->noted);
    free(lists->reports);
    free(lists->counts);
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

bool frequent_lists_keep(struct frequent_lists *lists, uint32_t docid, struct error *err)
{
    bool ok = array_reserve(&lists->reports, &lists->report_room, lists->report_count + 1,
                            sizeof lists->reports[0]);
    for (size_t i = 0; ok && i < lists->met_words; i++) {
        if (lists->met[i] == 0)
            continue;
        ok = array_reserve(&lists->noted, &lists->noted_room, lists->noted_count + 64,
                           sizeof lists->noted[0]);
        for (uint64_t left = lists->met[i]; ok && left != 0; left &= left - 1) {
            uint32_t number = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(left);
            lists->noted[lists->noted_count++] = (struct noted){number, lists->wdfs[number]};
            lists->counts[number]++;
        }
    }
    if (ok)
        lists->reports[lists->report_count++] = (struct report){docid, lists->noted_count};
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

/* By term; 'ends' by number, from where they begin. */
static void sort(const struct frequent_lists *lists, struct posting *postings, size_t *ends)
{
    size_t end = 0, at = 0;
    for (size_t i = 0; i < lists->count; i++) {
        ends[i] = end;
        end += lists->counts[i];
    }
    for (size_t i = 0; i < lists->report_count; i++)
        for (; at < lists->reports[i].end; at++)
            postings[ends[lists->noted[at].number]++] =
                (struct posting){lists->reports[i].docid, lists->noted[at].wdf};
}

/* 'docids' and 'wdfs' have room for the list. */
static bool write_list(const struct frequent_lists *lists, size_t number,
                       const struct posting *postings, uint32_t *docids, uint32_t *wdfs,
                       struct frequent_writer *writer, struct error *err)
{
    size_t count = lists->counts[number];
    for (size_t i = 0; i < count; i++) {
        docids[i] = postings[i].docid;
        wdfs[i] = postings[i].wdf;
    }
    return frequent_writer_add(writer, lists->terms[number], true, docids, wdfs, (uint32_t)count,
                               err);
}

bool frequent_lists_write(const struct frequent_lists *lists, const char *path, uint32_t last,
                          struct error *err)
{
    struct frequent_writer *writer = NULL;
    struct posting *postings = malloc((lists->noted_count + 1) * sizeof postings[0]);
    size_t *ends = malloc((lists->count + 1) * sizeof ends[0]);
    uint32_t *docids = malloc((lists->report_count + 1) * sizeof docids[0]);
    uint32_t *wdfs = malloc((lists->report_count + 1) * sizeof wdfs[0]);
    bool ok =
        (postings && ends && docids && wdfs) || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok)
        sort(lists, postings, ends);
    ok = ok && frequent_writer_open(path, last, &writer, err);
    for (size_t i = 0; ok && i < lists->count; i++)
        ok = write_list(lists, i, postings + ends[i] - lists->counts[i], docids, wdfs, writer, err);
    ok = ok && frequent_writer_finish(writer, err);
    frequent_writer_close(writer);
    free(postings);
    free(ends);
    free(docids);
    free(wdfs);
    return ok;
}

void frequent_lists_reset(struct frequent_lists *lists)
{
    lists->noted_count = lists->report_count = 0;
    memset(lists->counts, 0, lists->count * sizeof lists->counts[0]);
    frequent_lists_drop(lists);
}
