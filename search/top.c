#include "search/top.h"

#include <stdlib.h>

bool top_init(struct top *top, size_t room, struct error *err)
{
    uint64_t *keys = malloc((room ? room : 1) * sizeof *keys);
    if (!keys)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    *top = (struct top){.keys = keys, .room = room};
    return true;
}

void top_clear(struct top *top)
{
    free(top->keys);
    *top = (struct top){0};
}

static void sift_up(uint64_t *keys, size_t at)
{
    uint64_t key = keys[at];
    for (; at > 0 && keys[(at - 1) / 2] > key; at = (at - 1) / 2)
        keys[at] = keys[(at - 1) / 2];
    keys[at] = key;
}

static void sift_down(uint64_t *keys, size_t count, uint64_t key)
{
    size_t at = 0, child;
    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && keys[child + 1] < keys[child])
            child++;
        if (keys[child] >= key)
            break;
        keys[at] = keys[child];
        at = child;
    }
    keys[at] = key;
}

void top_offer(struct top *top, uint64_t key)
{
    if (top->count < top->room) {
        top->keys[top->count] = key;
        sift_up(top->keys, top->count++);
    } else if (top->room && key > top->keys[0]) {
        sift_down(top->keys, top->count, key);
    }
}

uint64_t top_least(const struct top *top)
{
    return top->room && top->count == top->room ? top->keys[0] : 0;
}
