/* The commands that read reports and tag them. */
#include <stdio.h>

#include "indexer/commands/command.h"
#include "indexer/corpus.h"
#include "indexer/explain.h"
#include "indexer/extraction.h"
#include "indexer/reader.h"
#include "schema/buffer.h"

/* Tags the reports of one file and passes each on. */
static bool each_of_file(const struct corpus_item *item, struct extraction *extraction,
                         command_visit *visit, void *context, struct error *err)
{
    struct tally ignored = {0};
    struct reader *reader = NULL;
    struct report report = {0};
    bool known = false;
    if (item->failure.code != ERROR_NONE)
        return error_set(err, item->failure.code, item->path, "%s", item->failure.text);
    if (item->skipped)
        return error_set(err, ERROR_DATA, item->path, "%s", item->skipped);
    if (!reader_open(item->path, item->origin, &ignored, &reader, &known, err))
        return false;
    if (!known)
        return error_set(err, ERROR_DATA, item->path, "of no format that is known");
    enum read_result result;
    bool ok = true;
    while (ok && (result = reader_next(reader, &report, err)) != READ_END) {
        ok = result == READ_REPORT && extraction_run(extraction, &report, err) &&
             visit(context, &report, err);
        report_clear(&report);
    }
    reader_close(reader);
    return ok;
}

bool command_each_report(const struct options *options, struct extraction *extraction,
                         command_visit *visit, void *context, struct error *err)
{
    struct corpus *corpus = NULL;
    const struct corpus_item *item;
    bool ok = corpus_open(options->arguments, options->argument_count, &corpus, err);
    while (ok && (item = corpus_next(corpus)) != NULL)
        ok = each_of_file(item, extraction, visit, context, err);
    corpus_close(corpus);
    return ok;
}

struct explaining {
    const struct vocabulary *vocabulary;
    bool json;
};

/* Prints why a report is tagged as it is. */
static bool explain(void *context, const struct report *report, struct error *err)
{
    const struct explaining *explaining = context;
    struct buffer text = {0};
    bool ok = true;
    if (explaining->json)
        ok = explain_json(report, explaining->vocabulary, &text, err);
    else
        explain_text(report, explaining->vocabulary, &text);
    if (ok)
        fwrite(text.bytes, 1, text.size, stdout);
    buffer_free(&text);
    return ok;
}

bool command_explain(const struct options *options, struct error *err)
{
    struct explaining explaining = {.json = options->json};
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, &options->extraction, &extraction, err);
    explaining.vocabulary = vocabulary;
    ok = ok && command_each_report(options, extraction, explain, &explaining, err);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}
