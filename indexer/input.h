/* input.h: the bytes of one file, of standard input, or of a member of an archive, read once
 * from front to back, line by line or whole, in bounded memory.
 */
#ifndef SITREP_INPUT_H
#define SITREP_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "schema/error.h"

struct input;

enum input_result {
    INPUT_DATA,
    INPUT_TOO_LONG, /* more than LIMIT_REPORT_BYTES: it was passed over */
    INPUT_END,
    INPUT_FAILED, /* reading failed, the error says why; INPUT_END comes next */
};

/* Opens a regular file, or standard input for "-". A UTF-8 byte-order mark is passed over.
 * ERROR_NO_INPUT for what cannot be opened or is no regular file, ERROR_IO where that is the
 * machine's fault and may pass; never waits for the other end of a FIFO. A file that is written to
 * before its end is reached ends in INPUT_FAILED. */
bool input_open(const char *path, struct input **out, struct error *err);
/* Where the bytes come from instead: up to 'room' of them; 0 at the end, -1 where reading
 * fails, and the error says why. */
typedef ssize_t input_source(void *context, char *bytes, size_t room, struct error *why);
bool input_from(input_source *source, void *context, struct input **out, struct error *err);
void input_close(struct input *input);

/* The first bytes, at most 4,096, without reading past them: good for a guess at the format.
 * Borrowed until the next call. Empty for a file that cannot be read; reading it says why. */
size_t input_peek(struct input *input, const char **bytes);
/* The next line, without its newline. Borrowed until the next call. */
enum input_result input_line(struct input *input, const char **line, size_t *size,
                             struct error *err);
/* All that is left. */
enum input_result input_rest(struct input *input, const char **bytes, size_t *size,
                             struct error *err);
/* Some of what is left, as it comes: at least one byte. Borrowed until the next call. */
enum input_result input_some(struct input *input, const char **bytes, size_t *size,
                             struct error *err);
/* Goes to a byte of a file, as lseek(2) does, and gives its number; -1 for what is no file.
 * Bytes taken are then those before it. */
int64_t input_seek(struct input *input, int64_t offset, int whence);
/* The number, from 1, of the line that input_line gave last. */
size_t input_line_number(const struct input *input);
/* Bytes taken so far. */
uint64_t input_taken(const struct input *input);

#endif
