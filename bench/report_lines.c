#include "bench/report_lines.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static bool take_line(const char *line, uint32_t number, const char *path, report_taker *take,
                      void *context, struct error *err)
{
    json_t *json = json_loads(line, 0, NULL);
    if (!json)
        return error_set(err, ERROR_DATA, path, "report %u is no JSON: %.40s", number, line);
    struct report_line report = {
        .number = number,
        .id = text_of(json, "id"),
        .date = text_of(json, "date"),
        .title = text_of(json, "title"),
        .text = text_of(json, "text"),
        .actors = json_object_get(json, "actors"),
        .regions = json_object_get(json, "regions"),
        .json = json,
    };
    bool ok = take(context, &report, err);
    json_decref(json);
    return ok;
}

bool report_lines_read(const char *path, report_taker *take, void *context, struct error *err)
{
    FILE *input = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    uint32_t number = 0;
    bool ok = input || error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    while (ok && getline(&line, &room, input) > 0)
        ok = take_line(line, ++number, path, take, context, err);
    if (ok && ferror(input))
        ok = error_set_errno(err, ERROR_IO, path, "cannot read");
    free(line);
    if (input)
        fclose(input);
    return ok;
}

uint32_t report_line_day(const struct report_line *report)
{
    unsigned year, month, day;
    return sscanf(report->date, "%u-%u-%u", &year, &month, &day) == 3
               ? year * 10000 + month * 100 + day
               : 0;
}

/* ---- values ----------------------------------------------------------------- */

/* A node of the tree: the value behind its number. */
struct value {
    uint32_t number;
    char text[];
};

static int compare_values(const void *a, const void *b)
{
    return strcmp(((const struct value *)a)->text, ((const struct value *)b)->text);
}

uint32_t value_list_number(struct value_list *list, const char *text)
{
    size_t size = strlen(text) + 1;
    struct value *value = malloc(sizeof *value + size);
    if (!value ||
        !array_reserve(&list->values, &list->room, list->count + 1, sizeof list->values[0])) {
        free(value);
        return 0;
    }
    memcpy(value->text, text, size);
    struct value **found = tsearch(value, &list->tree, compare_values);
    if (!found || *found != value) {
        free(value);
        return found ? (*found)->number : 0;
    }
    list->values[list->count++] = value->text;
    value->number = (uint32_t)list->count;
    return value->number;
}

const char *value_list_at(const struct value_list *list, uint32_t number)
{
    return number > 0 && number <= list->count ? list->values[number - 1] : "";
}

bool value_list_write(const struct value_list *list, const char *path, struct error *err)
{
    FILE *output = fopen(path, "w");
    if (!output)
        return error_set_errno(err, ERROR_CREATE, path, "cannot create");
    for (size_t i = 0; i < list->count; i++)
        fprintf(output, "%s\n", list->values[i]);
    return fclose(output) == 0 || error_set_errno(err, ERROR_IO, path, "cannot write");
}

bool value_list_read(const char *path, struct value_list *out, struct error *err)
{
    FILE *input = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool ok = input || error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    while (ok && getline(&line, &room, input) > 0) {
        line[strcspn(line, "\n")] = '\0';
        ok = value_list_number(out, line) > 0 || error_set(err, ERROR_MEMORY, NULL, "no memory");
    }
    free(line);
    if (input)
        fclose(input);
    return ok;
}

void value_list_clear(struct value_list *list)
{
    tdestroy(list->tree, free);
    free(list->values);
    *list = (struct value_list){0};
}
