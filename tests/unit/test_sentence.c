/* The sentence around a name, as it is shown with it. */
#include "tests/unit/scratch.h"

#include "indexer/sentence.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

static void check(const char *text, const char *name, const char *expected)
{
    const char *at = strstr(text, name);
    assert_non_null(at);
    size_t begin = (size_t)(at - text);
    char *sentence = sentence_around(text, strlen(text), begin, begin + strlen(name));
    assert_string_equal(sentence, expected);
    free(sentence);
}

static void test_whole_sentences(void **state)
{
    (void)state;
    check("One. The army came to Gao. Two.", "Gao", "The army came to Gao.");
    check("One.\nThe army\ncame", "army", "The army");
    check("Gao", "Gao", "Gao");
    check("U.S. troops left. Others came", "Others", "Others came");
    check("Was it Gao? Yes.", "Gao", "Was it Gao?");
}

/* Words of two bytes a letter, so that a cut between any two bytes would show. */
static void test_long_ones_are_cut_at_words(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 60; i++)
        buffer_text(&text, "éàü ");
    buffer_text(&text, "Gao");
    for (int i = 0; i < 60; i++)
        buffer_text(&text, " éàü");
    size_t begin = (size_t)(strstr(text.bytes, "Gao") - text.bytes);
    char *sentence = sentence_around(text.bytes, text.size, begin, begin + 3);
    assert_true(text_is_utf8(sentence, strlen(sentence)));
    assert_true(strlen(sentence) <= 2 * SENTENCE_SIDE + 3 + 2 * strlen("…"));
    assert_memory_equal(sentence, "…éàü ", strlen("…éàü "));
    assert_string_equal(sentence + strlen(sentence) - strlen(" éàü…"), " éàü…");
    free(sentence);
    buffer_free(&text);
}

static void test_one_long_word_is_cut_at_a_character(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "Gao");
    for (int i = 0; i < 200; i++)
        buffer_text(&text, "é");
    char *sentence = sentence_around(text.bytes, text.size, 0, 3);
    assert_true(text_is_utf8(sentence, strlen(sentence)));
    free(sentence);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_sentences),
        cmocka_unit_test(test_long_ones_are_cut_at_words),
        cmocka_unit_test(test_one_long_word_is_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
