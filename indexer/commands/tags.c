/* The commands that read reports and tag them. */
#include <stdio.h>

#include "indexer/commands/command.h"
#include "indexer/explain.h"
#include "indexer/extraction.h"
#include "indexer/intake.h"
#include "schema/buffer.h"

struct visiting {
    struct extraction *extraction;
    command_visit *visit;
    void *context;
    struct error *err;
};

static bool visit_report(void *context, struct report *report, const char *where, struct error *err)
{
    (void)where;
    const struct visiting *visiting = context;
    return visiting->err->code == ERROR_NONE && extraction_run(visiting->extraction, report, err) &&
           visiting->visit(visiting->context, report, err);
}

static void keep_reject(void *context, const struct error *why)
{
    const struct visiting *visiting = context;
    error_set(visiting->err, why->code, why->where, "%s", why->text);
}

static void keep_skip(void *context, const char *path, const char *why)
{
    const struct visiting *visiting = context;
    error_set(visiting->err, ERROR_DATA, path, "%s", why);
}

bool command_each_report(const struct options *options, struct extraction *extraction,
                         command_visit *visit, void *context, struct error *err)
{
    struct tally ignored = {0};
    struct visiting visiting = {extraction, visit, context, err};
    struct intake intake = {.context = &visiting,
                            .take = visit_report,
                            .reject = keep_reject,
                            .skip = keep_skip,
                            .ignored = &ignored};
    return intake_run(&intake, options->arguments, options->argument_count, err) &&
           err->code == ERROR_NONE;
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
