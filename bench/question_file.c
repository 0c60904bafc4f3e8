#include "bench/question_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"

#define COLUMNS 6

static bool is_match(const char *text)
{
    return strcmp(text, "all") == 0 || strcmp(text, "any") == 0 || strcmp(text, "phrase") == 0;
}

static bool read_day(const char *text, day_t *out)
{
    *out = *text ? day_parse(text, strlen(text)) : DAY_NONE;
    return !*text || *out != DAY_NONE;
}

bool question_file_parse(const char *line, const char *where, struct asked *out, struct error *err)
{
    char *columns[COLUMNS], *copy = strdup(line);
    if (!copy)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    char *rest = copy;
    size_t count = 0;
    while (rest && count < COLUMNS) {
        columns[count] = strsep(&rest, "\t");
        if (strcmp(columns[count], "-") == 0)
            columns[count][0] = '\0';
        count++;
    }
    struct asked asked = {.line = copy};
    bool ok = count == COLUMNS && !rest && *columns[0] && is_match(columns[1]) &&
              read_day(columns[4], &asked.from) && read_day(columns[5], &asked.to);
    if (!ok) {
        free(copy);
        return error_set(err, ERROR_DATA, where,
                         "a question has six columns parted by tabs: class, match (all, any or "
                         "phrase), words, actor, from, to");
    }
    asked.class = columns[0];
    asked.match = columns[1];
    asked.words = columns[2];
    asked.actor = columns[3];
    *out = asked;
    return true;
}

void question_file_clear_line(struct asked *asked)
{
    free(asked->line);
    *asked = (struct asked){0};
}

static bool add_line(struct question_file *file, char *line, const char *path, size_t number,
                     struct error *err)
{
    char where[200];
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line || *line == '#')
        return true;
    snprintf(where, sizeof where, "%s:%zu", path, number);
    if (!array_reserve(&file->items, &file->room, file->count + 1, sizeof file->items[0]))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (!question_file_parse(line, where, &file->items[file->count], err))
        return false;
    file->count++;
    return true;
}

bool question_file_read(const char *path, struct question_file *out, struct error *err)
{
    FILE *input = fopen(path, "r");
    if (!input)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    struct question_file file = {0};
    char *line = NULL;
    size_t room = 0, number = 0;
    bool ok = true;
    while (ok && getline(&line, &room, input) > 0)
        ok = add_line(&file, line, path, ++number, err);
    if (ok && ferror(input))
        ok = error_set_errno(err, ERROR_IO, path, "cannot read");
    if (ok && file.count == 0)
        ok = error_set(err, ERROR_DATA, path, "no questions");
    free(line);
    fclose(input);
    if (ok)
        *out = file;
    else
        question_file_clear(&file);
    return ok;
}

void question_file_clear(struct question_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        question_file_clear_line(&file->items[i]);
    free(file->items);
    *file = (struct question_file){0};
}
