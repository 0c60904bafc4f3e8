/* The commands for who keeps the vocabulary. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/candidates.h"
#include "indexer/commands/command.h"
#include "indexer/files.h"
#include "indexer/geonames.h"
#include "indexer/published.h"
#include "indexer/tag_diff.h"
#include "schema/buffer.h"
#include "schema/vocabulary.h"

static bool show_fault(void *context, const struct error *fault)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", fault->where, fault->text);
    return true;
}

bool command_vocabulary_check(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    size_t faults;
    if (!vocabulary_check(options->vocabulary, show_fault, NULL, &faults, err))
        return false;
    if (faults > 0)
        return error_set(err, ERROR_DATA, options->vocabulary, "%zu fault%s", faults,
                         faults == 1 ? "" : "s");
    if (!vocabulary_open(options->vocabulary, &vocabulary, err))
        return false;
    printf("%s: %zu actors, %zu regions, no fault; hash %.16s\n", options->vocabulary,
           vocabulary_count(vocabulary, MENTION_ACTOR),
           vocabulary_count(vocabulary, MENTION_REGION), vocabulary_hash(vocabulary));
    vocabulary_close(vocabulary);
    return true;
}

/* ---- what it would change ----------------------------------------------- */

static bool print_buffer(struct buffer *text, struct error *err)
{
    bool ok = !text->failed || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok)
        fwrite(text->bytes, 1, text->size, stdout);
    buffer_free(text);
    return ok;
}

static bool compare_all(struct published *published, struct tag_diff *diff, struct error *err)
{
    for (;;) {
        struct report stored, again = {0};
        bool end;
        if (!published_next(published, &stored, &end, err))
            return false;
        if (end)
            return true;
        bool ok =
            published_again(published, &again, err) && tag_diff_add(diff, &stored, &again, err);
        report_clear(&stored);
        report_clear(&again);
        if (!ok)
            return false;
    }
}

bool command_vocabulary_diff(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct published *published = NULL;
    struct tag_diff *diff = NULL;
    struct buffer text = {0};
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, NULL, &extraction, err) &&
              tag_diff_open(vocabulary, extraction, &diff, err) &&
              published_open(options->index, &published, err) && compare_all(published, diff, err);
    if (ok && options->json)
        ok = tag_diff_json(diff, &text, err);
    else if (ok)
        tag_diff_text(diff, &text);
    ok = ok && print_buffer(&text, err);
    published_close(published);
    tag_diff_close(diff);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}

/* ---- what it lacks ------------------------------------------------------ */

static bool add_candidates(void *context, const struct report *report, struct error *err)
{
    return candidates_add(context, report, err);
}

/* Those of the index are tagged anew: the vocabulary may have learned names since. */
static bool look_through_index(const char *index, struct extraction *extraction,
                               struct candidates *candidates, struct error *err)
{
    struct published *published = NULL;
    bool end = false, ok = published_open(index, &published, err);
    while (ok && !end) {
        struct report report = {0};
        ok = published_next(published, &report, &end, err);
        if (ok && !end)
            ok = extraction_run(extraction, &report, err) &&
                 candidates_add(candidates, &report, err);
        report_clear(&report);
    }
    published_close(published);
    return ok;
}

bool command_vocabulary_suggest(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct candidates *candidates = NULL;
    struct buffer text = {0};
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, NULL, &extraction, err) &&
              candidates_open(&candidates, err);
    if (ok && options->argument_count > 0)
        ok = command_each_report(options, extraction, add_candidates, candidates, err);
    else if (ok)
        ok = look_through_index(options->index, extraction, candidates, err);
    if (ok && options->json)
        ok = candidates_json(candidates, &text, err);
    else if (ok)
        candidates_text(candidates, &text);
    ok = ok && print_buffer(&text, err);
    candidates_close(candidates);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}

/* ---- more places -------------------------------------------------------- */

static void print_counts(const char *path, const struct geonames_counts *counts)
{
    printf("%s: %" PRIu64 " places of %" PRIu64 " lines (%" PRIu64
           " of no known division); %" PRIu64 " known before, %" PRIu64
           " of no known country, %" PRIu64 " left out\n",
           path, counts->written, counts->lines, counts->undivided, counts->known, counts->unplaced,
           counts->left_out);
}

/* Writes the table beside 'path', and puts it there when it is whole. */
static bool import_to(const char *path, const char *from, FILE *dump,
                      const struct geonames_options *what, const struct vocabulary *vocabulary,
                      struct error *err)
{
    struct geonames_counts counts;
    char *aside = NULL;
    if (asprintf(&aside, "%s.new", path) < 0)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    FILE *table = fopen(aside, "we");
    bool ok = table || error_set_errno(err, ERROR_CREATE, aside, "cannot be created");
    ok = ok && geonames_import(dump, from, what, vocabulary, table, &counts, err);
    if (table && fclose(table) != 0 && ok)
        ok = error_set_errno(err, ERROR_IO, aside, "cannot be written");
    ok = ok && files_sync(aside, err);
    if (ok && rename(aside, path) != 0)
        ok = error_set_errno(err, ERROR_IO, path, "cannot be put in place");
    if (table && !ok)
        unlink(aside);
    free(aside);
    if (ok)
        print_counts(path, &counts);
    return ok;
}

bool command_vocabulary_import(const struct options *options, struct error *err)
{
    const char *from = options->arguments[0];
    const struct geonames_options what = {.countries = options->countries,
                                          .population = options->population,
                                          .vocabulary = options->vocabulary};
    struct vocabulary *vocabulary = NULL;
    FILE *dump = NULL;
    char *path = options->output ? strdup(options->output)
                                 : files_join(options->vocabulary, "geonames.places", err);
    bool ok = path || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && access(path, F_OK) == 0)
        ok = error_set(err, ERROR_CREATE, path,
                       "is there: its places would be taken for known ones; remove it first");
    if (ok) {
        dump = strcmp(from, "-") == 0 ? stdin : fopen(from, "re");
        ok = dump || error_set_errno(err, ERROR_NO_INPUT, from, "cannot open");
    }
    ok = ok && vocabulary_open(options->vocabulary, &vocabulary, err) &&
         import_to(path, from, dump, &what, vocabulary, err);
    if (dump && dump != stdin)
        fclose(dump);
    vocabulary_close(vocabulary);
    free(path);
    return ok;
}
