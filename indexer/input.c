#include "indexer/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "schema/limits.h"

#define PEEK_BYTES 4096u
#define FIRST_ROOM (256u << 10)
/* One byte more than a report may have, so that one too long is seen as such. */
#define LARGEST_ROOM (LIMIT_REPORT_BYTES + 1u)

struct input {
    int fd;
    char *bytes;
    size_t room, begin, end; /* [begin, end) of 'bytes' is read and not yet taken */
    size_t line;
    uint64_t taken;
    bool ended;     /* no more bytes will come from fd */
    int read_errno; /* why reading failed, 0 once that was told */
};

static bool open_file(const char *path, int *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot be opened");
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return error_set(err, ERROR_NO_INPUT, path, "is not a regular file");
    }
    *out = fd;
    return true;
}

/* Reads more behind what is there; false where there is no more or no room. */
static bool fill(struct input *input)
{
    if (input->ended)
        return false;
    if (input->begin > 0 && input->end == input->room) {
        memmove(input->bytes, input->bytes + input->begin, input->end - input->begin);
        input->end -= input->begin;
        input->begin = 0;
    }
    if (input->end == input->room) {
        if (input->room == LARGEST_ROOM)
            return false;
        size_t room = input->room * 2 < LARGEST_ROOM ? input->room * 2 : LARGEST_ROOM;
        char *bytes = realloc(input->bytes, room);
        if (!bytes) {
            input->ended = true;
            input->read_errno = ENOMEM;
            return false;
        }
        input->bytes = bytes;
        input->room = room;
    }
    ssize_t got;
    do
        got = read(input->fd, input->bytes + input->end, input->room - input->end);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        input->ended = true;
        input->read_errno = got < 0 ? errno : 0;
        return false;
    }
    input->end += (size_t)got;
    return true;
}

static void take(struct input *input, size_t size)
{
    input->begin += size;
    input->taken += size;
}

bool input_open(const char *path, struct input **out, struct error *err)
{
    int fd = STDIN_FILENO;
    bool is_stdin = strcmp(path, "-") == 0;
    if (!is_stdin && !open_file(path, &fd, err))
        return false;
    struct input *input = calloc(1, sizeof *input);
    char *bytes = malloc(FIRST_ROOM);
    if (!input || !bytes) {
        free(input);
        free(bytes);
        if (!is_stdin)
            close(fd);
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    }
    *input = (struct input){.fd = fd, .bytes = bytes, .room = FIRST_ROOM};
    const char *head;
    if (input_peek(input, &head) >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
        take(input, 3);
    *out = input;
    return true;
}

void input_close(struct input *input)
{
    if (!input)
        return;
    if (input->fd != STDIN_FILENO)
        close(input->fd);
    free(input->bytes);
    free(input);
}

size_t input_peek(struct input *input, const char **bytes)
{
    while (input->end - input->begin < PEEK_BYTES && fill(input))
        ;
    size_t size = input->end - input->begin;
    *bytes = input->bytes + input->begin;
    return size < PEEK_BYTES ? size : PEEK_BYTES;
}

/* Passes over the rest of a line that does not fit. */
static void pass_line(struct input *input)
{
    do {
        const char *at = input->bytes + input->begin;
        const char *newline = memchr(at, '\n', input->end - input->begin);
        if (newline) {
            take(input, (size_t)(newline - at) + 1);
            return;
        }
        take(input, input->end - input->begin);
    } while (fill(input));
}

static enum input_result at_end(struct input *input, struct error *err)
{
    if (input->read_errno == 0)
        return INPUT_END;
    errno = input->read_errno;
    input->read_errno = 0;
    error_set_errno(err, ERROR_IO, NULL, "cannot be read");
    return INPUT_FAILED;
}

enum input_result input_line(struct input *input, const char **line, size_t *size,
                             struct error *err)
{
    size_t searched = 0;
    for (;;) {
        size_t there = input->end - input->begin;
        const char *at = input->bytes + input->begin;
        const char *newline = memchr(at + searched, '\n', there - searched);
        if (newline || (input->ended && there > 0 && input->read_errno == 0)) {
            *line = at;
            *size = newline ? (size_t)(newline - at) : there;
            take(input, *size + (newline ? 1 : 0));
            input->line++;
            return INPUT_DATA;
        }
        searched = there;
        if (fill(input))
            continue;
        if (input->ended && input->begin == input->end)
            return at_end(input, err);
        if (input->ended && input->read_errno != 0) {
            input->begin = input->end; /* half a line is no line */
            input->line++;
            return at_end(input, err);
        }
        if (!input->ended) {
            pass_line(input);
            input->line++;
            return INPUT_TOO_LONG;
        }
    }
}

enum input_result input_rest(struct input *input, const char **bytes, size_t *size,
                             struct error *err)
{
    while (fill(input))
        ;
    if (!input->ended) {
        while (input->begin < input->end || !input->ended) {
            take(input, input->end - input->begin);
            fill(input);
        }
        return INPUT_TOO_LONG;
    }
    if (input->read_errno != 0 || input->begin == input->end) {
        input->begin = input->end;
        return at_end(input, err);
    }
    *bytes = input->bytes + input->begin;
    *size = input->end - input->begin;
    take(input, *size);
    input->line++;
    return INPUT_DATA;
}

size_t input_line_number(const struct input *input)
{
    return input->line;
}

uint64_t input_taken(const struct input *input)
{
    return input->taken;
}
