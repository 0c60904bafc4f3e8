/* The command that measures extraction against gold. */
#include "indexer/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/commands/command.h"

/* Scores each line of a file; an error says which line. */
static bool score_lines(struct score *score, FILE *file, const char *name, struct error *err)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    bool ok = true;
    for (ssize_t size; ok && (size = getline(&line, &room, file)) > 0;) {
        struct error fault = {0};
        number++;
        if (strspn(line, " \t\r\n") == (size_t)size)
            continue;
        if (!score_add(score, line, (size_t)size, &fault)) {
            char where[sizeof fault.where];
            snprintf(where, sizeof where, "%.200s:%zu", name, number);
            ok = error_set(err, fault.code, where, "%s", fault.text);
        }
    }
    if (ok && ferror(file))
        ok = error_set_errno(err, ERROR_IO, name, "cannot be read");
    free(line);
    return ok;
}

static bool score_file(struct score *score, const char *path, struct error *err)
{
    if (strcmp(path, "-") == 0)
        return score_lines(score, stdin, "standard input", err);
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot be opened");
    bool ok = score_lines(score, file, path, err);
    fclose(file);
    return ok;
}

static bool show(struct score *score, bool as_json, struct error *err)
{
    struct buffer text = {.bytes = NULL};
    json_t *object = NULL;
    bool ok = as_json ? score_json(score, &object, err) : score_text(score, &text, err);
    if (ok && as_json)
        command_show_json(object);
    else if (ok)
        fwrite(text.bytes, 1, text.size, stdout);
    buffer_free(&text);
    return ok;
}

bool command_score(const struct options *options, struct error *err)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct score *score = NULL;
    bool ok = vocabulary_open(options->vocabulary, &vocabulary, err) &&
              extraction_open(vocabulary, &options->extraction, &extraction, err) &&
              score_open(extraction, vocabulary, &score, err) &&
              score_file(score, options->arguments[0], err) && show(score, options->json, err);
    score_close(score);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return ok;
}
