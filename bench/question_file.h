/* question_file.h: the fixed questions that Sitrep and its peers are asked, as a text file:
 * one question a line, six columns parted by tabs, "-" for what a question has not. Lines that
 * begin with '#' and empty ones are passed over.
 *
 *   CLASS   MATCH   WORDS       ACTOR   FROM         TO
 *   phrase  phrase  bo dru      -       -            -
 *   filters all     gaba lopu   jnim    2021-03-01   2022-02-28
 *
 * MATCH is all, any or phrase; WORDS are folded words with a blank between two.
 */
#ifndef SITREP_BENCH_QUESTION_FILE_H
#define SITREP_BENCH_QUESTION_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/day.h"
#include "schema/error.h"

struct asked {
    char *line;                                /* as read, the columns below parted by NUL */
    const char *class, *match, *words, *actor; /* "" for none */
    day_t from, to;                            /* DAY_NONE for an open end */
};

struct question_file {
    struct asked *items;
    size_t count, room;
};

/* ERROR_NO_INPUT, ERROR_IO; ERROR_DATA for a line of another form. */
bool question_file_read(const char *path, struct question_file *out, struct error *err);
void question_file_clear(struct question_file *file);
/* One line, without its end; 'where' is what errors name. */
bool question_file_parse(const char *line, const char *where, struct asked *out, struct error *err);
void question_file_clear_line(struct asked *asked);

#endif
