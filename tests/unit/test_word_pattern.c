/* Phrases and NEAR in word streams; what matches is said by comparing words one by one. */
#include <string.h>

#include "search/word_pattern.h"
#include "tests/unit/scratch.h"

#define WORDS 5 /* the last two are not in the list */
static char *const names[WORDS] = {"the", "long", "list", "rare", "r"};

#define PLACES 24 /* in a stream, at most */
struct sample {
    int words[PLACES]; /* their numbers; -1 for a gap */
    size_t count;
    struct word_stream stream;
};

static struct word_list *list;

/* "long" has a code of two bytes, the last of which is "the" by itself. */
static int make_list(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "the\n");
    for (int i = 1; i < 126; i++)
        buffer_format(&text, "w%d\n", i);
    buffer_text(&text, "long\nlist\n");
    bool made = word_list_new(text.bytes, &list, NULL);
    buffer_free(&text);
    return !made;
}

static int free_list(void **state)
{
    (void)state;
    word_list_free(list);
    return 0;
}

/* All in the body: gaps part its sections. */
static void make_sample(struct sample *sample)
{
    sample->count = (size_t)(rand() % PLACES);
    word_stream_start(&sample->stream, true);
    word_stream_end_title(&sample->stream);
    for (size_t i = 0; i < sample->count; i++) {
        int word = rand() % (WORDS + 1) - 1;
        sample->words[i] = word;
        if (word < 0)
            word_stream_gap(&sample->stream);
        else
            word_stream_add(&sample->stream, word_list_number(list, names[word]), names[word],
                            strlen(names[word]));
    }
}

static bool says_phrase(const struct sample *sample, const int *words, size_t count)
{
    for (size_t i = 0; i + count <= sample->count; i++)
        if (memcmp(sample->words + i, words, count * sizeof *words) == 0)
            return true;
    return false;
}

/* Whether the words stand in [begin, end), each at a place of its own. */
static bool says_all(const struct sample *sample, size_t begin, size_t end, const int *words,
                     size_t count)
{
    int left[WORDS] = {0};
    for (size_t i = begin; i < end; i++) {
        if (sample->words[i] < 0)
            return false;
        left[sample->words[i]]++;
    }
    for (size_t i = 0; i < count; i++)
        if (left[words[i]]-- == 0)
            return false;
    return true;
}

static bool says_near(const struct sample *sample, const int *words, size_t count, size_t window)
{
    for (size_t begin = 0; begin < sample->count; begin++)
        for (size_t end = begin + 1; end <= sample->count && end <= begin + window + 1; end++)
            if (says_all(sample, begin, end, words, count))
                return true;
    return false;
}

static void patterns_find_what_is_said(void **state)
{
    (void)state;
    struct sample sample = {0};
    unsigned found = 0;
    srand(7);
    for (int i = 0; i < 20000; i++) {
        int words[4];
        char *asked[4];
        struct query_node node = {.kind = i % 2 ? QUERY_NEAR : QUERY_PHRASE,
                                  .window = 1 + (unsigned)rand() % 6,
                                  .words = asked,
                                  .word_count = 2 + (size_t)rand() % 3};
        for (size_t j = 0; j < node.word_count; j++) {
            words[j] = rand() % WORDS;
            asked[j] = names[words[j]];
        }
        struct word_pattern pattern;
        word_pattern_make(&node, list, &pattern);
        make_sample(&sample);
        bool expected = node.kind == QUERY_NEAR
                            ? says_near(&sample, words, node.word_count, node.window)
                            : says_phrase(&sample, words, node.word_count);
        assert_int_equal(
            word_pattern_matches(&pattern, sample.stream.bytes.bytes, sample.stream.bytes.size),
            expected);
        found += expected;
    }
    assert_in_range(found, 3000, 15000);
    buffer_free(&sample.stream.bytes);
}

static bool matches(const struct word_stream *stream, enum query_kind kind, enum field_id field,
                    char **words)
{
    struct query_node node = {
        .kind = kind, .field = field, .window = LIMIT_NEAR_WINDOW, .words = words, .word_count = 2};
    struct word_pattern pattern;
    word_pattern_make(&node, list, &pattern);
    return word_pattern_matches(&pattern, stream->bytes.bytes, stream->bytes.size);
}

/* The title is part of the text where it was not cut from it, and no pattern reaches out of it. */
static void titles_are_looked_into(void **state)
{
    (void)state;
    static char *title[] = {"rare", "long"}, *body[] = {"r", "list"}, *both[] = {"long", "r"};
    for (int in_text = 0; in_text < 2; in_text++) {
        struct word_stream stream = {0};
        word_stream_start(&stream, in_text);
        word_stream_add(&stream, -1, "rare", 4);
        word_stream_add(&stream, word_list_number(list, "long"), "long", 4);
        word_stream_end_title(&stream);
        word_stream_add(&stream, -1, "r", 1);
        word_stream_add(&stream, word_list_number(list, "list"), "list", 4);
        for (int near = 0; near < 2; near++) {
            enum query_kind kind = near ? QUERY_NEAR : QUERY_PHRASE;
            assert_true(matches(&stream, kind, FIELD_TITLE, title));
            assert_int_equal(matches(&stream, kind, FIELD_TEXT, title), in_text);
            assert_false(matches(&stream, kind, FIELD_TITLE, body));
            assert_true(matches(&stream, kind, FIELD_TEXT, body));
            assert_false(matches(&stream, kind, FIELD_TITLE, both));
            assert_false(matches(&stream, kind, FIELD_TEXT, both));
        }
        buffer_free(&stream.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_find_what_is_said),
        cmocka_unit_test(titles_are_looked_into),
    };
    return cmocka_run_group_tests(tests, make_list, free_list);
}
