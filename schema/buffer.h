/* buffer.h: a growing string of bytes. Appending to a buffer that has failed does
 * nothing, so a run of calls needs one check, at its end.
 */
#ifndef SITREP_BUFFER_H
#define SITREP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Zero it before first use. */
struct buffer {
    char *bytes; /* NUL-terminated once anything was appended */
    size_t size, room;
    bool failed; /* out of memory */
};

/* What buffer_append does where there is no room, or has failed. */
void buffer_append_growing(struct buffer *buffer, const char *bytes, size_t size);

static inline void buffer_append(struct buffer *buffer, const char *bytes, size_t size)
{
    if (buffer->failed || size >= buffer->room - buffer->size) {
        buffer_append_growing(buffer, bytes, size);
        return;
    }
    if (size > 0)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
}

static inline void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

static inline void buffer_char(struct buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Gives the string to the caller ("" for an empty one) and zeroes the buffer; NULL, and
 * nothing kept, where an append had failed. */
char *buffer_take(struct buffer *buffer, size_t *size);
/* Empties it, keeping the memory. */
void buffer_reset(struct buffer *buffer);
void buffer_free(struct buffer *buffer);

/* Makes room for 'needed' items in an array, doubling; false, array untouched, when out
 * of memory. 'array' is a pointer to the array's pointer. */
bool array_reserve(void *array, size_t *room, size_t needed, size_t item_size);

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
