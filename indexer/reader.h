/* reader.h: a file's bytes to reports, one format a row of a table.
 *
 * A format is a file of its own, FORMAT_reader.c, with one 'struct format'; reader.c lists
 * them. What a reader yields has been through report_complete.
 */
#ifndef SITREP_READER_H
#define SITREP_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/input.h"
#include "indexer/tally.h"
#include "schema/report.h"

enum read_result {
    READ_REPORT,
    READ_REJECT, /* one report that cannot be taken; the error says where and why */
    READ_END,
};

struct reader;

struct format {
    const char *name;
    const char *extensions; /* ".jsonl .ndjson" */
    const char *help;       /* one line */
    /* Whether a file that begins so is of this format. */
    bool (*recognize)(const char *head, size_t size);
    /* The format's own state; NULL where it has none or memory is out. May be NULL. */
    void *(*open)(void);
    /* Fills the zeroed report from 'input' and sets 'line' to where it stands. After a reject it
     * can be called again. */
    enum read_result (*next)(struct reader *reader, struct report *out, struct error *why);
    void (*close)(void *state); /* may be NULL */
    bool many;                  /* a file can hold several reports */
};

/* One file being read. Formats use the members; others the functions below. */
struct reader {
    const struct format *format;
    struct input *input;
    const char *path, *origin; /* borrowed */
    void *state;
    size_t line;           /* where the last report stands */
    struct tally *ignored; /* names of values that mean nothing here; borrowed */
};

/* NULL-terminated. */
extern const struct format *const reader_formats[];

/* Reads a file as the format that the ending of its origin names, else the one it looks like.
 * '*known' says whether there is one; where not, 'out' is untouched and nothing is wrong. Borrows
 * the input, the strings and the tally. */
bool reader_open(struct input *input, const char *path, const char *origin, struct tally *ignored,
                 struct reader **out, bool *known, struct error *err);
void reader_close(struct reader *reader);

/* The next report. 'out' must be zeroed or cleared; it is empty but for READ_REPORT. */
enum read_result reader_next(struct reader *reader, struct report *out, struct error *why);
/* "FILE:LINE" of what reader_next gave last, cut at the front to fit. */
#define READER_WHERE_ROOM 240
char *reader_where(const struct reader *reader, char out[READER_WHERE_ROOM]);

/* The whole text of a file that is one report; READ_END the second time. */
enum read_result reader_whole(struct reader *reader, const char **text, size_t *size,
                              struct error *why);
/* The same for text with marks, which LIMIT_MARKUP_BYTES limits. */
enum read_result reader_whole_markup(struct reader *reader, const char **text, size_t *size,
                                     struct error *why);
/* What INPUT_TOO_LONG and INPUT_FAILED are to a reader: a reject. */
enum read_result reader_bad_input(enum input_result result, struct error *why);

#endif
