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
    int fd;            /* -1 where 'source' gives the bytes */
    off_t opened_size; /* of a file, with its time, when it was opened */
    struct timespec opened_time;
    input_source *source;
    void *context;
    char *bytes;
    size_t room, begin, end; /* [begin, end) of 'bytes' is read and not yet taken */
    size_t line;
    uint64_t taken;
    bool ended;           /* no more bytes will come */
    struct error failure; /* why reading failed; cleared once that was told */
};

/* Whether a file can never be opened, or the machine could not do it now. */
static enum error_code blame(int number)
{
    static const int of_the_file[] = {EACCES, ENOENT, ELOOP, ENOTDIR, ENAMETOOLONG, ENXIO};
    for (size_t i = 0; i < ARRAY_LEN(of_the_file); i++)
        if (number == of_the_file[i])
            return ERROR_NO_INPUT;
    return ERROR_IO;
}

static bool open_file(const char *path, int *out, struct stat *status, struct error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set_errno(err, blame(errno), path, "cannot be opened");
    if (fstat(fd, status) != 0 || !S_ISREG(status->st_mode)) {
        close(fd);
        return error_set(err, ERROR_NO_INPUT, path, "is not a regular file");
    }
    *out = fd;
    return true;
}

/* Whether somebody wrote to the file since it was opened; what was read may then be of both. */
static bool has_changed(const struct input *input)
{
    struct stat now;
    return input->fd != STDIN_FILENO && fstat(input->fd, &now) == 0 &&
           (now.st_size != input->opened_size || now.st_mtim.tv_sec != input->opened_time.tv_sec ||
            now.st_mtim.tv_nsec != input->opened_time.tv_nsec);
}

static ssize_t read_file(void *context, char *bytes, size_t room, struct error *why)
{
    const struct input *input = context;
    ssize_t got;
    do
        got = read(input->fd, bytes, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        error_set_errno(why, ERROR_IO, NULL, "cannot be read");
    if (got == 0 && has_changed(input)) {
        error_set(why, ERROR_IO, NULL, "changed while it was read; read it again");
        return -1;
    }
    return got;
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
            return error_set(&input->failure, ERROR_MEMORY, NULL, "out of memory");
        }
        input->bytes = bytes;
        input->room = room;
    }
    ssize_t got = input->source(input->context, input->bytes + input->end, input->room - input->end,
                                &input->failure);
    if (got <= 0) {
        input->ended = true;
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

static struct input *make(struct error *err)
{
    struct input *input = calloc(1, sizeof *input);
    char *bytes = malloc(FIRST_ROOM);
    if (!input || !bytes) {
        free(input);
        free(bytes);
        error_set(err, ERROR_MEMORY, NULL, "out of memory");
        return NULL;
    }
    *input = (struct input){.fd = -1, .bytes = bytes, .room = FIRST_ROOM};
    return input;
}

static void skip_byte_order_mark(struct input *input)
{
    const char *head;
    if (input_peek(input, &head) >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
        take(input, 3);
}

bool input_open(const char *path, struct input **out, struct error *err)
{
    int fd = STDIN_FILENO;
    struct stat status = {0};
    if (strcmp(path, "-") != 0 && !open_file(path, &fd, &status, err))
        return false;
    struct input *input = make(err);
    if (!input) {
        if (fd != STDIN_FILENO)
            close(fd);
        return false;
    }
    input->fd = fd;
    input->opened_size = status.st_size;
    input->opened_time = status.st_mtim;
    input->source = read_file;
    input->context = input;
    skip_byte_order_mark(input);
    *out = input;
    return true;
}

bool input_from(input_source *source, void *context, struct input **out, struct error *err)
{
    struct input *input = make(err);
    if (!input)
        return false;
    input->source = source;
    input->context = context;
    skip_byte_order_mark(input);
    *out = input;
    return true;
}

void input_close(struct input *input)
{
    if (!input)
        return;
    if (input->fd > STDIN_FILENO)
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
    if (input->failure.code == ERROR_NONE)
        return INPUT_END;
    error_set(err, input->failure.code, NULL, "%s", input->failure.text);
    error_clear(&input->failure);
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
        if (newline || (input->ended && there > 0 && input->failure.code == ERROR_NONE)) {
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
        if (input->ended && input->failure.code != ERROR_NONE) {
            input->begin = input->end; /* half a line is no line */
            input->line++;
            return at_end(input, err);
        }
        if (!input->ended) {
            pass_line(input);
            input->line++;
            return input->failure.code != ERROR_NONE ? at_end(input, err) : INPUT_TOO_LONG;
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
        if (input->failure.code == ERROR_NONE)
            return INPUT_TOO_LONG;
    }
    if (input->failure.code != ERROR_NONE || input->begin == input->end) {
        input->begin = input->end;
        return at_end(input, err);
    }
    *bytes = input->bytes + input->begin;
    *size = input->end - input->begin;
    take(input, *size);
    input->line++;
    return INPUT_DATA;
}

enum input_result input_some(struct input *input, const char **bytes, size_t *size,
                             struct error *err)
{
    if (input->begin == input->end && !fill(input))
        return at_end(input, err);
    *bytes = input->bytes + input->begin;
    *size = input->end - input->begin;
    take(input, *size);
    return INPUT_DATA;
}

int64_t input_seek(struct input *input, int64_t offset, int whence)
{
    if (input->fd <= STDIN_FILENO)
        return -1;
    if (whence == SEEK_CUR) /* what is read ahead was not taken */
        offset -= (int64_t)(input->end - input->begin);
    int64_t place = lseek(input->fd, offset, whence);
    if (place >= 0) {
        input->begin = input->end = 0;
        input->ended = false;
        input->taken = (uint64_t)place;
    }
    return place;
}

size_t input_line_number(const struct input *input)
{
    return input->line;
}

uint64_t input_taken(const struct input *input)
{
    return input->taken;
}
