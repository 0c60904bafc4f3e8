/* The codes of words, and the streams that they make. */
#include <stdio.h>
#include <string.h>

#include "schema/word_list.h"
#include "schema/word_stream.h"
#include "tests/unit/scratch.h"

/* 'code' is a string literal. */
#define EXPECT_CODE(number, word, code) expect_code(number, word, code, sizeof(code) - 1)

static void expect_code(int number, const char *word, const char *code, size_t size)
{
    unsigned char out[WORD_CODE_ROOM];
    assert_int_equal(word_code(number, word, strlen(word), out), size);
    assert_memory_equal(out, code, size);
}

static void words_have_codes(void **state)
{
    (void)state;
    EXPECT_CODE(0, "the", "\x80");
    EXPECT_CODE(125, "a", "\xfd");
    EXPECT_CODE(126, "a", "\x01\x80");
    EXPECT_CODE(126 + 129, "a", "\x02\x81");
    EXPECT_CODE(WORD_LIST_WORDS - 1, "a", "\x7f\xff");
    EXPECT_CODE(-1, "test", "\0tes\xf4");
    EXPECT_CODE(-1, "x", "\0\xf8");
    EXPECT_CODE(-1,
                "a\xc3\xa9"
                "b", /* é between letters */
                "\0a\x7f\x43\x29\x7f\xe2");
    EXPECT_CODE(-1, "\xd9\x88", "\0\x7f\x59\x88"); /* waw */
}

/* Every code ends where its last byte says, and no other has it. */
static void codes_are_told_apart(void **state)
{
    (void)state;
    static bool seen[0x100][0x100];
    unsigned char out[WORD_CODE_ROOM];
    for (int number = 0; number < WORD_LIST_WORDS; number++) {
        size_t size = word_code(number, "", 0, out);
        assert_in_range(size, 1, 2);
        assert_true(word_code_ends(out[size - 1]));
        assert_true(size == 1 || (out[0] > 0 && !word_code_ends(out[0])));
        assert_false(size == 1 && out[0] >= WORD_STREAM_APART);
        bool *had = size == 1 ? &seen[0][out[0]] : &seen[out[0]][out[1]];
        assert_false(*had);
        *had = true;
    }
}

static void expect_span(struct word_span span, const char *bytes, size_t begin, size_t end)
{
    assert_int_equal((const char *)span.begin - bytes, begin);
    assert_int_equal((const char *)span.end - bytes, end);
}

/* A stream of two words of the title and three of the body in two sections. */
static void make_stream(struct word_stream *stream, bool in_text)
{
    word_stream_start(stream, in_text);
    word_stream_add(stream, 0, "the", 3);
    word_stream_add(stream, 253, "ff", 2); /* ends in a byte that is a gap by itself */
    word_stream_gap(stream);
    word_stream_end_title(stream);
    word_stream_add(stream, 1, "of", 2);
    word_stream_gap(stream);
    word_stream_gap(stream);
    word_stream_add(stream, -1, "rare", 4);
    word_stream_add(stream, 0, "the", 3);
    word_stream_gap(stream);
}

static void a_stream_has_parts(void **state)
{
    (void)state;
    struct word_stream stream = {0};
    const char *bytes;
    make_stream(&stream, true);
    bytes = stream.bytes.bytes;
    assert_int_equal(stream.bytes.size, 13);
    assert_memory_equal(bytes, "\xff\x80\x01\xff\xff\x81\xff\0rar\xe5\x80", 13);
    expect_span(word_stream_title(bytes, 13), bytes, 1, 4);
    expect_span(word_stream_text(bytes, 13), bytes, 1, 13);
    make_stream(&stream, false);
    bytes = stream.bytes.bytes;
    assert_memory_equal(bytes, "\xfe\x80\x01\xff\xff\x81\xff\0rar\xe5\x80", 13);
    expect_span(word_stream_title(bytes, 13), bytes, 1, 4);
    expect_span(word_stream_text(bytes, 13), bytes, 4, 13);
    word_stream_start(&stream, true); /* of a report without a word */
    word_stream_end_title(&stream);
    bytes = stream.bytes.bytes;
    assert_int_equal(stream.bytes.size, 2);
    expect_span(word_stream_title(bytes, 2), bytes, 1, 1);
    buffer_free(&stream.bytes);
}

static void damage_is_seen(void **state)
{
    (void)state;
    struct word_stream stream = {0};
    make_stream(&stream, false);
    const char *bytes = stream.bytes.bytes;
    assert_true(word_stream_is_sound(bytes, 13, 254));
    assert_false(word_stream_is_sound(bytes, 13, 253)); /* a word that is not in the list */
    assert_false(word_stream_is_sound(bytes, 11, 254)); /* ends within a word */
    assert_false(word_stream_is_sound(bytes, 4, 254));  /* the title does not end */
    assert_false(word_stream_is_sound(bytes, 1, 254));
    assert_false(word_stream_is_sound(bytes, 0, 254));
    assert_true(word_stream_is_sound("\xfe\xff\x80\xff\x80", 5, 1));
    assert_false(word_stream_is_sound("\xfd\xff\x80\xff\x80", 5, 1)); /* no mark */
    assert_false(word_stream_is_sound("\xff\xff\x80\xfe\x80", 5, 1)); /* one inside */
    assert_false(word_stream_is_sound("\xff\xff\x01\x01\x80", 5, 999));
    assert_false(word_stream_is_sound("\xff\xff\x80\x80", 4, 0));
    expect_span(word_stream_text(bytes, 3), bytes, 3, 3);
    expect_span(word_stream_text(bytes, 0), bytes, 0, 0);
    buffer_free(&stream.bytes);
}

/* ---- words out of a stream ------------------------------------------------------ */

/* "w0" to "w<count - 1>". */
static struct word_list *list_of(int count)
{
    struct buffer text = {0};
    struct word_list *list = NULL;
    for (int i = 0; i < count; i++)
        buffer_format(&text, "w%d\n", i);
    assert_true(word_list_new(text.bytes, &list, NULL));
    buffer_free(&text);
    return list;
}

/* The next word of a span is this one, of the list or not. */
static void expect_next(struct word_span *span, const struct word_list *list, const char *word)
{
    char room[WORD_CODE_ROOM];
    int number = -2;
    const char *found = word_stream_next(span, list, room, &number);
    if (!word) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, word);
    assert_int_equal(number, word_list_number(list, word));
}

static void words_come_out_as_they_went_in(void **state)
{
    (void)state;
    static const char *const spelt[] = {
        "x",
        "rare",
        "\xd9\x88",
        "a\xc3\xa9z",
        "\xc3\xa9t\xc3\xa9",
        "\xe5\x81\x9c",
        "0123456789012345678901234567890123456789012345678901234567890123",
    };
    char word[16];
    struct word_list *list = list_of(WORD_LIST_WORDS);
    struct word_stream stream = {0};
    word_stream_start(&stream, true);
    for (size_t i = 0; i < ARRAY_LEN(spelt); i++)
        word_stream_add(&stream, -1, spelt[i], strlen(spelt[i]));
    word_stream_end_title(&stream);
    for (int i = 0; i < WORD_LIST_WORDS; i++) {
        snprintf(word, sizeof word, "w%d", i);
        word_stream_add(&stream, i, word, strlen(word));
        if (i % 7 == 0)
            word_stream_gap(&stream);
    }
    struct word_span span = word_stream_text(stream.bytes.bytes, stream.bytes.size);
    for (size_t i = 0; i < ARRAY_LEN(spelt); i++)
        expect_next(&span, list, spelt[i]);
    for (int i = 0; i < WORD_LIST_WORDS; i++) {
        snprintf(word, sizeof word, "w%d", i);
        expect_next(&span, list, word);
    }
    expect_next(&span, list, NULL);
    word_list_free(list);
    buffer_free(&stream.bytes);
}

static void what_is_no_word_is_passed_over(void **state)
{
    (void)state;
    /* one that is not in the list, a mark, gaps, one spelt too long, one that does not end */
    static const char bytes[] = "\x82\x80\xfe\xff\xff\x01\x80\0ab\xe3\x81\0ab";
    unsigned char begin[300] = {0};
    struct word_list *list = list_of(2);
    struct word_span span = {begin, begin + sizeof begin};
    begin[WORD_CODE_ROOM] = 0x80;
    memcpy(begin + WORD_CODE_ROOM + 1, bytes, sizeof bytes - 1);
    span.end = begin + WORD_CODE_ROOM + sizeof bytes;
    expect_next(&span, list, "w0");
    expect_next(&span, list, "abc");
    expect_next(&span, list, "w1");
    expect_next(&span, list, NULL);
    word_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_codes),
        cmocka_unit_test(codes_are_told_apart),
        cmocka_unit_test(a_stream_has_parts),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(words_come_out_as_they_went_in),
        cmocka_unit_test(what_is_no_word_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
