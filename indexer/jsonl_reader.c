/* JSON Lines: one object a line, named as record.h says. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "indexer/reader.h"
#include "indexer/record.h"
#include "schema/tokenizer.h"

static bool jsonl_recognize(const char *head, size_t size)
{
    size_t at = 0;
    while (at < size && isspace((unsigned char)head[at]))
        at++;
    return at < size && head[at] == '{';
}

/* A line as libyajl walks through it. */
struct walk {
    struct reader *reader;
    struct report *out;
    struct error *why;
    unsigned depth;                 /* of what is open; 1 is the object that the line is */
    const struct record_name *name; /* of the value that comes; NULL: it means nothing here */
    const struct record_name *seen[RECORD_NAMES];
    size_t seen_count;
};

/* What libyajl calls goes on for 1 and ends the walk for 0. */

/* A value that no field takes; it is passed over where its name means nothing. */
static int refuse(const struct walk *walk)
{
    if (walk->depth == 0)
        return error_set(walk->why, ERROR_DATA, NULL, "not a JSON object");
    return !walk->name || error_set(walk->why, ERROR_DATA, NULL, "%s: must be a string%s",
                                    record_name_text(walk->name),
                                    record_is_list(walk->name) ? " or a list of strings" : "");
}

static int on_string(void *context, const unsigned char *text, size_t size)
{
    const struct walk *walk = context;
    return walk->depth == 0 || !walk->name
               ? refuse(walk)
               : record_set(walk->out, walk->name, (const char *)text, size, walk->why);
}

/* A whole number is a string to us: 17 is an id. */
static int on_number(void *context, const char *text, size_t size)
{
    return memchr(text, '.', size) || memchr(text, 'e', size) || memchr(text, 'E', size)
               ? refuse(context)
               : on_string(context, (const unsigned char *)text, size);
}

static int on_boolean(void *context, int value)
{
    (void)value;
    return refuse(context);
}

static int on_null(void *context)
{
    const struct walk *walk = context;
    return walk->depth > 0 || refuse(walk);
}

static int on_object(void *context)
{
    struct walk *walk = context;
    return walk->depth++ == 0 || refuse(walk);
}

static int on_list(void *context)
{
    struct walk *walk = context;
    bool fits = walk->depth == 1 && walk->name && record_is_list(walk->name);
    int on = fits || refuse(walk);
    walk->depth++;
    return on;
}

static int on_end(void *context)
{
    struct walk *walk = context;
    walk->depth--;
    return 1;
}

static int on_name(void *context, const unsigned char *text, size_t size)
{
    struct walk *walk = context;
    if (walk->depth > 1) /* within what means nothing */
        return 1;
    walk->name = record_find((const char *)text, size);
    if (!walk->name)
        tally_add(walk->reader->ignored, (const char *)text, size, 1);
    for (size_t i = 0; i < walk->seen_count; i++)
        if (walk->seen[i] == walk->name)
            return error_set(walk->why, ERROR_DATA, NULL, "%s: given twice",
                             record_name_text(walk->name));
    if (walk->name)
        walk->seen[walk->seen_count++] = walk->name;
    return 1;
}

static const yajl_callbacks callbacks = {.yajl_string = on_string,
                                         .yajl_number = on_number,
                                         .yajl_boolean = on_boolean,
                                         .yajl_null = on_null,
                                         .yajl_start_map = on_object,
                                         .yajl_map_key = on_name,
                                         .yajl_end_map = on_end,
                                         .yajl_start_array = on_list,
                                         .yajl_end_array = on_end};

/* libyajl's reason ends with a newline. */
static void say_fault(yajl_handle handle, size_t at, struct error *why)
{
    unsigned char *fault = yajl_get_error(handle, 0, NULL, 0);
    const char *text = fault ? (const char *)fault : "";
    error_set(why, ERROR_DATA, NULL, "not JSON at byte %zu: %.*s", at, (int)strcspn(text, "\n"),
              text);
    yajl_free_error(handle, fault);
}

static bool walk_line(struct walk *walk, const char *line, size_t size)
{
    yajl_handle handle = yajl_alloc(&callbacks, NULL, walk);
    if (!handle)
        return error_set(walk->why, ERROR_MEMORY, NULL, "out of memory");
    yajl_status status = yajl_parse(handle, (const unsigned char *)line, size);
    size_t at = yajl_get_bytes_consumed(handle);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    if (status == yajl_status_error)
        say_fault(handle, at, walk->why);
    yajl_free(handle);
    return status == yajl_status_ok;
}

/* libyajl refuses bytes that are not UTF-8; they are repaired before it sees them. */
static enum read_result parse(struct reader *reader, const char *line, size_t size,
                              struct report *out, struct error *why)
{
    struct walk walk = {.reader = reader, .out = out, .why = why};
    char *clean = NULL;
    if (!text_is_utf8(line, size) && !(line = clean = text_clean(line, size, &size, NULL))) {
        error_set(why, ERROR_MEMORY, NULL, "out of memory");
        return READ_REJECT;
    }
    bool ok = walk_line(&walk, line, size);
    free(clean);
    return ok ? READ_REPORT : READ_REJECT;
}

static bool is_blank(const char *line, size_t size)
{
    while (size > 0 && isspace((unsigned char)line[size - 1]))
        size--;
    return size == 0;
}

static enum read_result jsonl_next(struct reader *reader, struct report *out, struct error *why)
{
    const char *line;
    size_t size;
    enum input_result result;
    do
        result = input_line(reader->input, &line, &size, why);
    while (result == INPUT_DATA && is_blank(line, size));
    reader->line = input_line_number(reader->input);
    if (result != INPUT_DATA)
        return reader_bad_input(result, why);
    return parse(reader, line, size, out, why);
}

const struct format jsonl_format = {
    .name = "jsonl",
    .extensions = ".jsonl .ndjson",
    .help = "JSON Lines: one object a line",
    .recognize = jsonl_recognize,
    .next = jsonl_next,
    .many = true,
};
