/* Any bytes as an archive: its members have names that lead nowhere, and it ends. */
#include "indexer/container.h"
#include "schema/limits.h"
#include "tests/fuzz/memory.h"

static void walk(const struct corpus_item *file, struct input *input, struct container *outer)
{
    struct container *container = NULL;
    struct error err = {0};
    if (!container_open(file, input, outer, &container, &err)) {
        FUZZ_CHECK(err.text[0]);
        return;
    }
    const struct corpus_item *item;
    struct input *member;
    while ((item = container_next(container, &member)) != NULL) {
        FUZZ_CHECK(item->path && item->origin);
        FUZZ_CHECK(item->failure.code == ERROR_NONE || (item->failure.text[0] && !member));
        FUZZ_CHECK(!strstr(item->path, "/../") && item->origin[0] != '/');
        if (member && container_recognize(member, item->origin))
            walk(item, member, container);
    }
    container_close(container);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct corpus_item file = {.path = "a.tar", .origin = "a.tar", .named = true};
    struct memory memory = {data, size};
    struct input *input = memory_open(&memory);
    walk(&file, input, NULL);
    input_close(input);
    return 0;
}
