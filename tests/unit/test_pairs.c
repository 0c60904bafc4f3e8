/* Words whose neighbours are indexed together: how they are chosen, kept and found. */
#include "indexer/pair_words.h"
#include "schema/buffer.h"
#include "schema/pairs.h"
#include "tests/unit/scratch.h"

static struct pairs *pairs_of(const char *text)
{
    struct pairs *pairs = NULL;
    ok(pairs_new(text, &pairs, err));
    return pairs;
}

static void words_have_numbers(void **state)
{
    (void)state;
    struct pairs *pairs = pairs_of("army\nforces\nmÃ©nage\n"), *none = pairs_of("");
    assert_int_equal(pairs_number(pairs, "army"), 0);
    assert_int_equal(pairs_number(pairs, "mÃ©nage"), 2);
    assert_int_equal(pairs_number(pairs, "arm"), -1);
    assert_int_equal(pairs_number(none, "army"), -1);
    assert_int_equal(pairs_number(NULL, "army"), -1);
    pairs_free(pairs);
    pairs_free(none);
    pairs_free(NULL);
}

static void terms_are_told_apart(void **state)
{
    (void)state;
    char term[PAIRS_TERM_ROOM];
    pairs_term(0, 1, term);
    assert_string_equal(term, "XP0001");
    pairs_term(63, 64, term);
    assert_string_equal(term, "XP0_10");
    pairs_term(PAIRS_WORDS - 1, 0, term);
    assert_string_equal(term, "XP__00");
}

static void words_past_the_last_are_none(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i <= PAIRS_WORDS; i++)
        buffer_format(&text, "w%05d\n", i);
    struct pairs *pairs = pairs_of(text.bytes);
    assert_int_equal(pairs_number(pairs, "w04095"), 4095);
    assert_int_equal(pairs_number(pairs, "w04096"), -1);
    pairs_free(pairs);
    buffer_free(&text);
}

/* What is chosen of so many reports of three kinds. */
static char *chosen_of(unsigned reports)
{
    struct pair_words *words = NULL;
    ok(pair_words_new(&words, err));
    for (unsigned i = 0; i < reports; i++) {
        char body[] = "the troops of the east, the east";
        struct report report = {.title = i % 2 ? "Convoy" : "", .body = body};
        report.body_size = i % 20 ? 14 : strlen(body);
        ok(pair_words_count(words, &report, err));
    }
    char *text = pair_words_choose(words);
    pair_words_free(words);
    pair_words_free(NULL);
    assert_non_null(text);
    return text;
}

static void frequent_words_are_chosen(void **state)
{
    (void)state;
    char *many = chosen_of(400), *few = chosen_of(30), *none = chosen_of(0);
    assert_string_equal(many, "convoy\ntroops\n"); /* the east is in a twentieth */
    assert_string_equal(few, "troops\n");
    assert_string_equal(none, "");
    free(many);
    free(few);
    free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_numbers),
        cmocka_unit_test(terms_are_told_apart),
        cmocka_unit_test(words_past_the_last_are_none),
        cmocka_unit_test(frequent_words_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
