/* change_line.h: a line of changes.jsonl or differences.jsonl, for the files that read them. */
#ifndef SITREP_CHANGE_LINE_H
#define SITREP_CHANGE_LINE_H

#include <jansson.h>

#include "schema/changes.h"

/* Zero it before first use. */
struct change_line {
    json_t *root;         /* behind 'change' */
    struct change change; /* sequence, revision and reports are 0 where the line has none */
    size_t room[CHANGE_KINDS];
};

/* False where it is not JSON, or has an id or a time that is none. */
bool change_line_read(struct change_line *line, const char *text);
void change_line_clear(struct change_line *line);

#endif
