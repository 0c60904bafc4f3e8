/* The commands about tags and the vocabulary they come from. */
#include <stdio.h>
#include <string.h>

#include "indexer/commands/command.h"
#include "indexer/corpus.h"
#include "indexer/explain.h"
#include "indexer/extraction.h"
#include "indexer/reader.h"
#include "schema/buffer.h"

/* Prints why the reports of one file are tagged as they are. */
static bool explain_file(const struct options *options, const struct corpus_item *item,
                         const struct vocabulary *vocabulary, struct extraction *extraction,
                         struct error *err)
{
    struct tally ignored = {0};
    struct reader *reader = NULL;
    struct report report = {0};
    struct buffer text = {0};
    bool known = false;
    if (!reader_open(item->path, item->origin, &ignored, &reader, &known, err))
        return false;
    if (!known)
        return error_set(err, ERROR_DATA, item->path, "of no format that is known");
    enum read_result result;
    bool ok = true;
    while (ok && (result = reader_next(reader, &report, err)) != READ_END) {
        ok = result == READ_REPORT && extraction_run(extraction, &report, err);
        if (ok && options->json)
            ok = explain_json(&report, vocabulary, &text, err);
        else if (ok)
            explain_text(&report, vocabulary, &text);
        if (ok)
            fwrite(text.bytes, 1, text.size, stdout);
        buffer_reset(&text);
        report_clear(&report);
    }
    buffer_free(&text);
    reader_close(reader);
    return ok;
}

bool command_explain(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct corpus *corpus = NULL;
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, NULL, &extraction, err) &&
              corpus_open(options->arguments, options->argument_count, &corpus, err);
    const struct corpus_item *item;
    while (ok && (item = corpus_next(corpus)) != NULL) {
        if (item->failure.code != ERROR_NONE)
            ok = error_set(err, item->failure.code, item->path, "%s", item->failure.text);
        else if (item->skipped)
            ok = error_set(err, ERROR_DATA, item->path, "%s", item->skipped);
        else
            ok = explain_file(options, item, vocabulary, extraction, err);
    }
    corpus_close(corpus);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}

static bool show_fault(void *context, const struct error *fault)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", fault->where, fault->text);
    return true;
}

bool command_vocabulary(const struct options *options, struct error *err)
{
    if (strcmp(options->arguments[0], "check") != 0)
        return error_set(err, ERROR_USAGE, options->arguments[0],
                         "usage: sitrep-index vocabulary check");
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
