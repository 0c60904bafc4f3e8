/* Any bytes are looked into as a word stream without a step outside of them, and a phrase is found
 * in them where its codes stand side by side, compared one by one. */
#include <string.h>

#include "search/word_pattern.h"
#include "tests/fuzz/fuzz.h"

static char *words[] = {"the", "rare", "of", "the"};

static bool has_codes(struct word_span in, const struct word_pattern *pattern)
{
    for (const unsigned char *at = in.begin; at < in.end; at++)
        if (word_code_begins(in.begin, at) && (size_t)(in.end - at) >= pattern->size &&
            memcmp(at, pattern->bytes, pattern->size) == 0)
            return true;
    return false;
}

static void look(const struct word_list *list, const char *stream, size_t size, size_t first,
                 size_t count, enum field_id field)
{
    struct query_node node = {.kind = QUERY_PHRASE,
                              .field = field,
                              .window = 1 + (unsigned)(size % LIMIT_NEAR_WINDOW),
                              .words = words + first,
                              .word_count = count};
    struct word_pattern pattern;
    struct word_span in =
        field == FIELD_TITLE ? word_stream_title(stream, size) : word_stream_text(stream, size);
    word_pattern_make(&node, list, &pattern);
    bool phrase = word_pattern_matches(&pattern, stream, size);
    FUZZ_CHECK(phrase == has_codes(in, &pattern));
    node.kind = QUERY_NEAR;
    word_pattern_make(&node, list, &pattern);
    bool near = word_pattern_matches(&pattern, stream, size);
    FUZZ_CHECK(near || !phrase || node.window + 1 < count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct word_list *list;
    struct error err = {0};
    if (!list)
        FUZZ_CHECK(word_list_new("the\nof\n", &list, &err));
    const char *stream = (const char *)data;
    for (size_t first = 0; first < 3; first++)
        for (size_t count = 2; first + count <= 4; count++) {
            look(list, stream, size, first, count, FIELD_TEXT);
            look(list, stream, size, first, count, FIELD_TITLE);
        }
    if (word_stream_is_sound(stream, size, 2))
        FUZZ_CHECK(word_code_ends(data[size - 1]) && word_stream_text(stream, size).begin > data);
    return 0;
}
