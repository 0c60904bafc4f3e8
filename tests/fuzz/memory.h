/* memory.h: bytes in memory as an input. */
#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <string.h>

#include "indexer/input.h"
#include "tests/fuzz/fuzz.h"

struct memory {
    const uint8_t *bytes;
    size_t size;
};

static inline ssize_t memory_source(void *context, char *bytes, size_t room, struct error *why)
{
    (void)why;
    struct memory *memory = context;
    size_t size = memory->size < room ? memory->size : room;
    if (size > 0)
        memcpy(bytes, memory->bytes, size);
    memory->bytes += size;
    memory->size -= size;
    return (ssize_t)size;
}

static inline struct input *memory_open(struct memory *memory)
{
    struct error err = {0};
    struct input *input = NULL;
    FUZZ_CHECK(input_from(memory_source, memory, &input, &err));
    return input;
}

#endif
