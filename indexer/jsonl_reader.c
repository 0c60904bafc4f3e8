/* JSON Lines: one object a line, named as record.h says. */
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool set_scalar(struct report *out, const char *key, const struct record_name *name,
                       const json_t *value, struct error *why)
{
    if (json_is_null(value))
        return true;
    if (json_is_string(value))
        return record_set(out, name, json_string_value(value), json_string_length(value), why);
    if (json_is_integer(value)) {
        char digits[32];
        int size =
            snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return record_set(out, name, digits, (size_t)size, why);
    }
    return error_set(why, ERROR_DATA, NULL, "%s: must be a string%s", key,
                     record_is_list(name) ? " or a list of strings" : "");
}

static bool set_value(struct report *out, const char *key, const struct record_name *name,
                      const json_t *value, struct error *why)
{
    if (!record_is_list(name) || !json_is_array(value))
        return set_scalar(out, key, name, value, why);
    size_t i;
    const json_t *item;
    json_array_foreach(value, i, item) if (!set_scalar(out, key, name, item, why)) return false;
    return true;
}

static bool set_object(struct reader *reader, struct report *out, json_t *object, struct error *why)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const struct record_name *name = record_find(key, strlen(key));
        if (!name)
            tally_add(reader->ignored, key, strlen(key), 1);
        else if (!set_value(out, key, name, value, why))
            return false;
    }
    return true;
}

/* jansson refuses bytes that are not UTF-8; they are repaired before it sees them. */
static json_t *load(const char *line, size_t size, json_error_t *fault)
{
    if (text_is_utf8(line, size))
        return json_loadb(line, size, JSON_REJECT_DUPLICATES, fault);
    char *clean = text_clean(line, size, &size, NULL);
    json_t *root = clean ? json_loadb(clean, size, JSON_REJECT_DUPLICATES, fault) : NULL;
    if (!clean)
        snprintf(fault->text, sizeof fault->text, "out of memory");
    free(clean);
    return root;
}

static enum read_result parse(struct reader *reader, const char *line, size_t size,
                              struct report *out, struct error *why)
{
    json_error_t fault;
    json_t *root = load(line, size, &fault);
    if (!root) {
        error_set(why, ERROR_DATA, NULL, "not JSON: %.120s", fault.text);
        return READ_REJECT;
    }
    bool ok = json_is_object(root) ? set_object(reader, out, root, why)
                                   : error_set(why, ERROR_DATA, NULL, "not a JSON object");
    json_decref(root);
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
