#include "indexer/intake.h"

#include <string.h>

#include "indexer/container.h"
#include "indexer/corpus.h"
#include "indexer/handover.h"
#include "indexer/language.h"
#include "indexer/reader.h"

/* A file that cannot be read is one report that was seen and rejected. */
static void reject_file(struct intake *intake, const struct error *why)
{
    intake->seen++;
    intake->reject(intake->context, why);
}

static bool find_language(struct intake *intake, struct report *report, struct error *err)
{
    if (report->language)
        return true;
    if (!intake->language && !language_open(&intake->language, err))
        return false;
    const char *code = language_find(intake->language, report->body, report->body_size);
    report->language = code ? strdup(code) : NULL;
    return !code || report->language || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool take(void *context, struct report *report, const char *where, struct error *err)
{
    struct intake *intake = context;
    return find_language(intake, report, err) && intake->take(intake->context, report, where, err);
}

/* False leaves 'err' alone where the other thread has failed. */
static bool pass_on(struct intake *intake, struct report *report, const char *where,
                    struct error *err)
{
    return intake->handover ? handover_give(intake->handover, report, where)
                            : take(intake, report, where, err);
}

static bool read_reports(struct intake *intake, struct reader *reader, struct error *err)
{
    struct report report = {0};
    uint64_t before = intake->bytes;
    bool ok = true;
    while (ok) {
        struct error why = {0};
        enum read_result result = reader_next(reader, &report, &why);
        intake->bytes = before + input_taken(reader->input);
        if (result == READ_END)
            break;
        intake->seen++;
        char where[READER_WHERE_ROOM];
        if (result == READ_REJECT && why.code == ERROR_MEMORY)
            ok = error_set(err, why.code, why.where, "%s", why.text); /* not the report's fault */
        else if (result == READ_REJECT)
            intake->reject(intake->context, &why);
        else
            ok = pass_on(intake, &report, reader_where(reader, where), err);
        report_clear(&report);
        if (intake->tick)
            intake->tick(intake->context);
    }
    return ok;
}

/* A file, or a member of a container, that is no container itself. */
static bool read_plain(struct intake *intake, const struct corpus_item *item, struct input *input,
                       struct error *err)
{
    struct reader *reader = NULL;
    struct error why = {0};
    bool known;
    if (!reader_open(input, item->path, item->origin, intake->ignored, &reader, &known, err))
        return false;
    if (!known && item->named) {
        error_set(&why, ERROR_DATA, item->path,
                  "neither its name nor its content is of a format "
                  "that is known (--help lists them)");
        reject_file(intake, &why);
    } else if (!known) {
        intake->skip(intake->context, item->path, "of no format that is known");
    }
    if (!known)
        return true;
    intake->files++;
    bool ok = read_reports(intake, reader, err);
    reader_close(reader);
    return ok;
}

static bool read_input(struct intake *intake, const struct corpus_item *item, struct input *input,
                       struct container *outer, struct error *err);

static bool read_container(struct intake *intake, const struct corpus_item *file,
                           struct input *input, struct container *outer, struct error *err)
{
    struct container *container = NULL;
    struct error why = {0};
    if (!container_open(file, input, outer, &container, &why)) {
        reject_file(intake, &why);
        return true;
    }
    const struct corpus_item *item;
    struct input *member;
    bool ok = true;
    while (ok && (item = container_next(container, &member)) != NULL) {
        if (item->failure.code != ERROR_NONE)
            reject_file(intake, &item->failure);
        else if (item->skipped)
            intake->skip(intake->context, item->path, item->skipped);
        else
            ok = read_input(intake, item, member, container, err);
    }
    container_close(container);
    return ok;
}

static bool read_input(struct intake *intake, const struct corpus_item *item, struct input *input,
                       struct container *outer, struct error *err)
{
    return container_recognize(input, item->origin)
               ? read_container(intake, item, input, outer, err)
               : read_plain(intake, item, input, err);
}

static bool read_file(struct intake *intake, const struct corpus_item *item, struct error *err)
{
    struct corpus_item file = *item;
    struct input *input = NULL;
    struct error why = {0};
    if (!input_open(item->path, &input, &why)) {
        reject_file(intake, &why);
        return true;
    }
    if (strcmp(item->path, "-") == 0)
        file.path = "standard input";
    bool ok = read_input(intake, &file, input, NULL, err);
    input_close(input);
    return ok;
}

bool intake_run(struct intake *intake, const char *const *paths, size_t count, struct error *err)
{
    struct corpus *corpus = NULL;
    bool ok = corpus_open(paths, count, &corpus, err) &&
              (!intake->apart || handover_open(take, intake, &intake->handover, err));
    const struct corpus_item *item;
    while (ok && (item = corpus_next(corpus)) != NULL) {
        if (item->failure.code != ERROR_NONE)
            reject_file(intake, &item->failure);
        else if (item->skipped)
            intake->skip(intake->context, item->path, item->skipped);
        else
            ok = read_file(intake, item, err);
    }
    if (intake->handover)
        ok = handover_close(intake->handover, err) && ok;
    intake->handover = NULL;
    intake_end(intake);
    corpus_close(corpus);
    return ok;
}

bool intake_file(struct intake *intake, const char *path, const char *origin, struct error *err)
{
    const struct corpus_item item = {.path = path, .origin = origin, .named = true};
    return read_file(intake, &item, err);
}

void intake_end(struct intake *intake)
{
    language_close(intake->language);
    intake->language = NULL;
}
