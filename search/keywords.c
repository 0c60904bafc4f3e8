#include "search/keywords.h"

#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/word_stream.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

/* A term of the reports that were read. */
struct candidate {
    const char *term; /* behind the candidate */
    uint32_t docid;   /* the report that was the last to have it */
    uint32_t wdf;     /* in that */
    uint32_t reports; /* that have it */
    double here;      /* what that report counts */
    double before;    /* and those before it */
    double weight;    /* at most, until its frequency is known */
};

struct selection {
    const struct snapshot *snapshot;
    enum keyword_kind kind;
    size_t reports; /* to be read */
    void *tree;     /* of candidates by their terms, by tsearch() */
    struct candidate **candidates;
    size_t count, room;
    /* Of the report in hand: */
    uint32_t docid;
    double length; /* as a share of the average */
    size_t language;
    struct candidate **listed; /* of words of the list, by number: found so far in this language */
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

/* ---- counting the terms of reports --------------------------------------------------- */

static int by_term(const void *a, const void *b)
{
    return strcmp(((const struct candidate *)a)->term, ((const struct candidate *)b)->term);
}

static struct candidate *add_candidate(struct selection *selection, const char *term)
{
    size_t size = strlen(term) + 1;
    struct candidate *candidate = calloc(1, sizeof *candidate + size);
    if (!candidate || !array_reserve(&selection->candidates, &selection->room, selection->count + 1,
                                     sizeof selection->candidates[0])) {
        free(candidate);
        return NULL;
    }
    candidate->term = memcpy(candidate + 1, term, size);
    if (!tsearch(candidate, &selection->tree, by_term)) {
        free(candidate);
        return NULL;
    }
    return selection->candidates[selection->count++] = candidate;
}

static bool find_candidate(struct selection *selection, const char *word, struct candidate **out,
                           struct error *err)
{
    char stem[FIELD_TERM_ROOM];
    struct candidate key = {.term = word};
    if (selection->kind == KEYWORD_STEMS) {
        key.term = stem;
        if (!stems_term(&selection->snapshot->stems, selection->language, word, stem, err))
            return false;
    }
    void *node = tfind(&key, &selection->tree, by_term);
    *out = node ? *(struct candidate **)node : add_candidate(selection, key.term);
    return *out || no_memory(err);
}

static void count_occurrence(const struct selection *selection, struct candidate *candidate)
{
    if (candidate->docid != selection->docid) {
        candidate->docid = selection->docid;
        candidate->wdf = 0;
        candidate->reports++;
        candidate->before += candidate->here;
    }
    candidate->wdf++;
    candidate->here = 2.0 * candidate->wdf / (selection->length + candidate->wdf);
}

static bool count_words(struct selection *selection, struct word_span text, struct error *err)
{
    char room[WORD_CODE_ROOM];
    const char *word;
    int number;
    while ((word = word_stream_next(&text, selection->snapshot->word_list, room, &number))) {
        struct candidate *unlisted = NULL;
        struct candidate **candidate = number < 0 ? &unlisted : &selection->listed[number];
        if (!*candidate && !find_candidate(selection, word, candidate, err))
            return false;
        count_occurrence(selection, *candidate);
    }
    return true;
}

static void start_report(struct selection *selection, uint32_t docid)
{
    const struct snapshot *snapshot = selection->snapshot;
    const char *code = column_value_of(snapshot->columns[FIELD_LANGUAGE], docid);
    size_t language = stems_number(&snapshot->stems, code);
    if (language != selection->language)
        memset(selection->listed, 0,
               word_list_count(snapshot->word_list) * sizeof selection->listed[0]);
    selection->language = language;
    selection->docid = docid;
    selection->length = snapshot->lengths.of[docid] * snapshot->lengths.factor;
}

/* The stream of a report that was added since the file was written; the caller frees. */
static bool read_added(const struct xap_db *db, uint32_t docid, char **out, size_t *size,
                       struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_document *document = NULL;
    bool ok = xap_db_document(db, docid, &document, &xapian) &&
              xap_document_value(document, SLOT_WORDS, out, size, &xapian);
    xap_document_free(document);
    return ok || error_set_xapian(err, NULL, &xapian);
}

static bool count_report(struct selection *selection, uint32_t docid, struct error *err)
{
    const struct snapshot *snapshot = selection->snapshot;
    char *added = NULL;
    size_t size;
    start_report(selection, docid);
    if (docid <= report_file_last(snapshot->word_streams)) {
        const char *stream = report_file_bytes(snapshot->word_streams, docid, &size);
        return count_words(selection, word_stream_text(stream, size), err);
    }
    bool ok = read_added(snapshot->db, docid, &added, &size, err) &&
              count_words(selection, word_stream_text(added, size), err);
    free(added);
    return ok;
}

/* ---- choosing the best ---------------------------------------------------------------- */

/* Of a term that 'frequency' of all reports have. */
static double weight_of(const struct selection *selection, const struct candidate *candidate,
                        double frequency)
{
    double all = selection->snapshot->reports, with = candidate->reports;
    double without = (double)selection->reports - with, others = frequency - with;
    double odds = (with + .5) * (all - frequency - without + .5) / ((others + .5) * (without + .5));
    return (candidate->before + candidate->here) * log(odds);
}

static int by_weight(const void *a, const void *b)
{
    const struct candidate *left = *(struct candidate *const *)a;
    const struct candidate *right = *(struct candidate *const *)b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return by_term(left, right);
}

static bool weigh(const struct selection *selection, struct candidate *candidate, struct error *err)
{
    struct terms terms = {0};
    if (!terms_of_term(selection->snapshot, candidate->term, &terms, err))
        return false;
    candidate->weight = weight_of(selection, candidate, (double)terms.freq);
    terms_clear(&terms);
    return true;
}

/* Puts a candidate into its place among the best, which are 'kept' so far; the last may fall out.
 * Returns how many there are now. */
static size_t keep(struct candidate *candidate, struct candidate **best, size_t kept, size_t room)
{
    if (kept == room && by_weight(&candidate, &best[room - 1]) > 0)
        return kept;
    size_t at = kept < room ? kept++ : room - 1;
    for (; at > 0 && by_weight(&candidate, &best[at - 1]) < 0; at--)
        best[at] = best[at - 1];
    best[at] = candidate;
    return kept;
}

/* The first of the candidates become the best. Frequencies are looked up only while terms that no
 * other report has would be among them. */
static bool choose(struct selection *selection, bool (*accept)(const char *term), size_t room,
                   size_t *found, struct error *err)
{
    struct candidate **best = selection->candidates;
    size_t kept = 0;
    for (size_t i = 0; i < selection->count; i++)
        best[i]->weight = weight_of(selection, best[i], best[i]->reports);
    if (selection->count > 0)
        qsort(best, selection->count, sizeof best[0], by_weight);
    for (size_t i = 0; i < selection->count; i++) {
        struct candidate *candidate = best[i];
        if (kept == room && candidate->weight < best[room - 1]->weight)
            break;
        if (accept && !accept(candidate->term))
            continue;
        if (!weigh(selection, candidate, err))
            return false;
        if (candidate->weight > 0)
            kept = keep(candidate, best, kept, room);
    }
    *found = kept;
    return true;
}

bool keywords_find(const struct snapshot *snapshot, const uint32_t *docids, size_t count,
                   enum keyword_kind kind, bool (*accept)(const char *term), struct keyword *out,
                   size_t room, size_t *found, struct error *err)
{
    struct selection selection = {.snapshot = snapshot, .kind = kind, .reports = count};
    selection.listed = calloc(word_list_count(snapshot->word_list) + 1, sizeof selection.listed[0]);
    bool ok = selection.listed || no_memory(err);
    for (size_t i = 0; ok && i < count; i++)
        ok = count_report(&selection, docids[i], err);
    ok = ok && choose(&selection, accept, room, found, err);
    for (size_t i = 0; ok && i < *found; i++) {
        snprintf(out[i].term, sizeof out[i].term, "%s", selection.candidates[i]->term);
        out[i].weight = selection.candidates[i]->weight;
    }
    tdestroy(selection.tree, free);
    free(selection.candidates);
    free(selection.listed);
    return ok;
}
