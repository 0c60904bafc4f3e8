#include "indexer/frequent_lists.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_choice.h"
#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/term_table.h"

/* A report's posting of a term. A wdf of WDF_MORE and more stands in 'large' instead. */
struct noted {
    unsigned number : 17, wdf : 15;
};
#define NUMBERS  (1u << 17)
#define WDF_MORE ((1u << 15) - 1)
_Static_assert(FREQUENT_CHOICE_TERMS <= NUMBERS, "a number has 17 bits");

struct kept {
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
    uint32_t *large; /* in the order of those they belong to */
    size_t large_count, large_room;
    struct kept *reports;
    size_t report_count, report_room;
    size_t *counts; /* by number: of its postings */
    /* Of the report in the making: */
    uint32_t *wdfs; /* by number */
    uint64_t *met;  /* a bit a number, in so many words: */
    size_t met_words;
    bool any; /* of them is set */
    uint32_t length;
};

static bool fill(struct frequent_lists *lists, const char *terms)
{
    for (const char *c = terms; *c; c++)
        lists->count += *c == '\n';
    if (lists->count > NUMBERS)
        lists->count = NUMBERS;
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
    free(lists->large);
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

int frequent_lists_terms(const struct frequent_lists *lists)
{
    return (int)lists->count;
}

const char *frequent_lists_term(const struct frequent_lists *lists, int number)
{
    return lists->terms[number];
}

/* ---- the report in the making --------------------------------------------------- */

void frequent_lists_count(struct frequent_lists *lists, int number, uint32_t wdf)
{
    lists->met[number / 64] |= UINT64_C(1) << number % 64;
    lists->any = true;
    lists->wdfs[number] += wdf;
    lists->length += wdf;
}

uint32_t frequent_lists_length(const struct frequent_lists *lists)
{
    return lists ? lists->length : 0;
}

/* Room for the next 64 postings is there. False out of memory. */
static bool note(struct frequent_lists *lists, uint32_t number, uint32_t wdf)
{
    if (wdf >= WDF_MORE) {
        if (!array_reserve(&lists->large, &lists->large_room, lists->large_count + 1,
                           sizeof lists->large[0]))
            return false;
        lists->large[lists->large_count++] = wdf;
    }
    lists->noted[lists->noted_count++] =
        (struct noted){number & (NUMBERS - 1), (wdf < WDF_MORE ? wdf : WDF_MORE) & WDF_MORE};
    lists->counts[number]++;
    return true;
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
        for (; ok && lists->met[i] != 0; lists->met[i] &= lists->met[i] - 1) {
            uint32_t number = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(lists->met[i]);
            ok = note(lists, number, lists->wdfs[number]);
            lists->wdfs[number] = 0;
        }
    }
    if (ok)
        lists->reports[lists->report_count++] = (struct kept){docid, lists->noted_count};
    lists->any = !ok;
    frequent_lists_drop(lists);
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

void frequent_lists_drop(struct frequent_lists *lists)
{
    if (!lists)
        return;
    for (size_t i = 0; lists->any && i < lists->met_words; i++)
        for (; lists->met[i] != 0; lists->met[i] &= lists->met[i] - 1)
            lists->wdfs[64 * i + (size_t)__builtin_ctzll(lists->met[i])] = 0;
    lists->any = false;
    lists->length = 0;
}

/* ---- all reports ------------------------------------------------------------------ */

/* Some of the lists, and the postings of them. */
struct part {
    size_t first, end; /* numbers */
    size_t *ends;      /* by number less the first: where a list ends */
    struct posting *postings;
    uint32_t *docids, *wdfs; /* of one list */
};

/* Postings are sorted in so many parts, as they take as much memory again as they do unsorted. */
#define PARTS 4u

static void part_choose(struct part *part, const struct frequent_lists *lists, size_t number)
{
    part->first = lists->count * number / PARTS;
    part->end = lists->count * (number + 1) / PARTS;
}

static size_t part_postings(const struct part *part, const struct frequent_lists *lists)
{
    size_t count = 0;
    for (size_t i = part->first; i < part->end; i++)
        count += lists->counts[i];
    return count;
}

static bool part_init(struct part *part, const struct frequent_lists *lists)
{
    size_t most = 0;
    for (size_t i = 0; i < PARTS; i++) {
        part_choose(part, lists, i);
        size_t count = part_postings(part, lists);
        most = count > most ? count : most;
    }
    part->ends = malloc((lists->count + 1) * sizeof part->ends[0]);
    part->postings = malloc((most + 1) * sizeof part->postings[0]);
    part->docids = malloc((lists->report_count + 1) * sizeof part->docids[0]);
    part->wdfs = malloc((lists->report_count + 1) * sizeof part->wdfs[0]);
    return part->ends && part->postings && part->docids && part->wdfs;
}

static void part_clear(struct part *part)
{
    free(part->ends);
    free(part->postings);
    free(part->docids);
    free(part->wdfs);
}

static void part_sort(struct part *part, const struct frequent_lists *lists)
{
    size_t end = 0, at = 0, count = part->end - part->first;
    for (size_t i = 0; i < count; i++) {
        part->ends[i] = end; /* where it begins, until its postings are there */
        end += lists->counts[part->first + i];
    }
    const uint32_t *large = lists->large;
    for (size_t i = 0; i < lists->report_count; i++)
        for (; at < lists->reports[i].end; at++) {
            struct noted noted = lists->noted[at];
            uint32_t wdf = noted.wdf == WDF_MORE ? *large++ : noted.wdf;
            if (noted.number - part->first < count)
                part->postings[part->ends[noted.number - part->first]++] =
                    (struct posting){lists->reports[i].docid, wdf};
        }
}

static bool write_list(const struct frequent_lists *lists, size_t number, struct part *part,
                       struct frequent_writer *writer, struct error *err)
{
    size_t count = lists->counts[number];
    const struct posting *postings = part->postings + part->ends[number - part->first] - count;
    for (size_t i = 0; i < count; i++) {
        part->docids[i] = postings[i].docid;
        part->wdfs[i] = postings[i].wdf;
    }
    return frequent_writer_add(writer, lists->terms[number], true, part->docids, part->wdfs,
                               (uint32_t)count, err);
}

bool frequent_lists_write(const struct frequent_lists *lists, const char *path, uint32_t last,
                          struct error *err)
{
    struct frequent_writer *writer = NULL;
    struct part part = {.first = 0};
    bool ok = part_init(&part, lists) || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    ok = ok && frequent_writer_open(path, last, &writer, err);
    for (size_t i = 0; ok && i < PARTS; i++) {
        part_choose(&part, lists, i);
        part_sort(&part, lists);
        for (size_t number = part.first; ok && number < part.end; number++)
            ok = write_list(lists, number, &part, writer, err);
    }
    ok = ok && frequent_writer_finish(writer, err);
    frequent_writer_close(writer);
    part_clear(&part);
    return ok;
}

void frequent_lists_reset(struct frequent_lists *lists)
{
    lists->noted_count = lists->large_count = lists->report_count = 0;
    memset(lists->counts, 0, lists->count * sizeof lists->counts[0]);
    frequent_lists_drop(lists);
}
