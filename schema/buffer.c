#include "schema/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool array_reserve(void *array, size_t *room, size_t needed, size_t item_size)
{
    if (needed <= *room)
        return true;
    size_t larger = *room < 8 ? 8 : *room;
    while (larger < needed) {
        if (larger > SIZE_MAX / 2 / item_size)
            return false;
        larger *= 2;
    }
    void *items;
    memcpy(&items, array, sizeof items);
    items = realloc(items, larger * item_size);
    if (!items)
        return false;
    memcpy(array, &items, sizeof items);
    *room = larger;
    return true;
}

void buffer_append_growing(struct buffer *buffer, const char *bytes, size_t size)
{
    if (buffer->failed)
        return;
    if (size >= SIZE_MAX - buffer->size ||
        !array_reserve(&buffer->bytes, &buffer->room, buffer->size + size + 1, 1)) {
        buffer->failed = true;
        return;
    }
    if (size > 0)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (size < 0) {
        buffer->failed = true;
    } else if ((size_t)size < sizeof small) {
        buffer_append(buffer, small, (size_t)size);
    } else {
        char *large = malloc((size_t)size + 1);
        if (large) {
            vsnprintf(large, (size_t)size + 1, format, again);
            buffer_append(buffer, large, (size_t)size);
            free(large);
        } else {
            buffer->failed = true;
        }
    }
    va_end(again);
}

char *buffer_take(struct buffer *buffer, size_t *size)
{
    buffer_append(buffer, "", 0);
    if (buffer->failed) {
        buffer_free(buffer);
        return NULL;
    }
    char *bytes = buffer->bytes;
    if (size)
        *size = buffer->size;
    memset(buffer, 0, sizeof *buffer);
    return bytes;
}

void buffer_reset(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
}
