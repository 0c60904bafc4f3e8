#include "indexer/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/dating.h"
#include "indexer/record.h"
#include "schema/limits.h"

extern const struct format seed_format, jsonl_format, csv_format, html_format, markdown_format;

const struct format *const reader_formats[] = {&seed_format, &jsonl_format,    &csv_format,
                                               &html_format, &markdown_format, NULL};

static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += size)
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

static const struct format *format_by_name(const char *origin)
{
    const char *slash = strrchr(origin, '/');
    const char *dot = strrchr(slash ? slash : origin, '.');
    if (!dot || dot[1] == '\0')
        return NULL;
    for (size_t i = 0; reader_formats[i]; i++)
        if (has_word(reader_formats[i]->extensions, dot))
            return reader_formats[i];
    return NULL;
}

static const struct format *format_by_content(struct input *input)
{
    const char *head;
    size_t size = input_peek(input, &head);
    for (size_t i = 0; reader_formats[i]; i++)
        if (reader_formats[i]->recognize(head, size))
            return reader_formats[i];
    return NULL;
}

bool reader_open(struct input *input, const char *path, const char *origin, struct tally *ignored,
                 struct reader **out, bool *known, struct error *err)
{
    const struct format *format = format_by_name(origin);
    if (!format)
        format = format_by_content(input);
    *known = format != NULL;
    if (!format)
        return true;
    struct reader *reader = calloc(1, sizeof *reader);
    void *state = reader && format->open ? format->open() : NULL;
    if (!reader || (format->open && !state)) {
        free(reader);
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    }
    *reader = (struct reader){.format = format,
                              .input = input,
                              .path = path,
                              .origin = origin,
                              .state = state,
                              .ignored = ignored};
    *out = reader;
    return true;
}

void reader_close(struct reader *reader)
{
    if (reader && reader->format->close)
        reader->format->close(reader->state);
    free(reader);
}

/* The name that can date a report: a file of many says nothing of one. */
static const char *name_of(const struct reader *reader)
{
    return reader->format->many ? NULL : reader->origin;
}

/* What every report goes through, whatever its format. */
static bool finish(struct reader *reader, struct report *report, struct error *why)
{
    if (reader->format->many && !record_identify(report, reader->origin, why))
        return false;
    if (!report->origin) {
        report->origin = strdup(reader->origin);
        if (!report->origin)
            return error_set(why, ERROR_MEMORY, NULL, "out of memory");
    }
    struct date_anchor date;
    bool is_undated = report->day == DAY_NONE && report->body;
    if (is_undated && dating_find(name_of(reader), report->body, report->body_size, &date)) {
        report->day = date.day;
        report->precision = date.precision;
    }
    return report_complete(report, why);
}

enum read_result reader_next(struct reader *reader, struct report *out, struct error *why)
{
    out->day = DAY_NONE;
    struct error reason = {0};
    enum read_result result = reader->format->next(reader, out, &reason);
    if (result == READ_REPORT && !finish(reader, out, &reason))
        result = READ_REJECT;
    if (result == READ_REPORT)
        return result;
    report_clear(out);
    if (result == READ_REJECT) {
        char where[READER_WHERE_ROOM];
        error_set(why, reason.code, reader_where(reader, where), "%s", reason.text);
    }
    return result;
}

char *reader_where(const struct reader *reader, char out[READER_WHERE_ROOM])
{
    const char *path = reader->path;
    size_t size = strlen(path), most = READER_WHERE_ROOM - 32;
    const char *cut = size > most ? "..." : "";
    if (size > most)
        path += size - most;
    if (reader->line > 0)
        snprintf(out, READER_WHERE_ROOM, "%s%s:%zu", cut, path, reader->line);
    else
        snprintf(out, READER_WHERE_ROOM, "%s%s", cut, path);
    return out;
}

enum read_result reader_whole(struct reader *reader, const char **text, size_t *size,
                              struct error *why)
{
    bool first = reader->line == 0;
    enum input_result result = input_rest(reader->input, text, size, why);
    reader->line = 1;
    if (result == INPUT_END && first) {
        error_set(why, ERROR_DATA, NULL, "is empty");
        return READ_REJECT;
    }
    return result == INPUT_DATA ? READ_REPORT : reader_bad_input(result, why);
}

enum read_result reader_whole_markup(struct reader *reader, const char **text, size_t *size,
                                     struct error *why)
{
    enum read_result result = reader_whole(reader, text, size, why);
    if (result != READ_REPORT || *size <= LIMIT_MARKUP_BYTES)
        return result;
    error_set(why, ERROR_LIMIT, NULL, "larger than %u MiB (LIMIT_MARKUP_BYTES)",
              LIMIT_MARKUP_BYTES >> 20);
    return READ_REJECT;
}

enum read_result reader_bad_input(enum input_result result, struct error *why)
{
    if (result == INPUT_END)
        return READ_END;
    if (result == INPUT_TOO_LONG)
        error_set(why, ERROR_LIMIT, NULL, "larger than %u MiB (LIMIT_REPORT_BYTES)",
                  LIMIT_REPORT_BYTES >> 20);
    return READ_REJECT;
}
