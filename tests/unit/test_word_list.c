/* Frequent words: how they are chosen, kept and found, and the terms of pairs of them. */
#include "indexer/word_choice.h"
#include "schema/buffer.h"
#include "schema/word_list.h"
#include "tests/unit/scratch.h"

static struct word_list *list_of(const char *text)
{
    struct word_list *list = NULL;
    ok(word_list_new(text, &list, err));
    return list;
}

static void words_have_numbers(void **state)
{
    (void)state;
    struct word_list *list = list_of("army\nforces*\nm\xc3\xa9nage\n"), *none = list_of("");
    assert_int_equal(word_list_count(list), 3);
    assert_int_equal(word_list_number(list, "army"), 0);
    assert_int_equal(word_list_number(list, "forces"), 1);
    assert_int_equal(word_list_number(list, "m\xc3\xa9nage"), 2);
    assert_int_equal(word_list_number(list, "arm"), -1);
    assert_int_equal(word_list_count(none), 0);
    assert_int_equal(word_list_number(none, "army"), -1);
    word_list_free(list);
    word_list_free(none);
    word_list_free(NULL);
}

/* More words than there are codes, of which the even ones make pairs. */
static struct word_list *long_list(void)
{
    struct buffer text = {0};
    for (int i = 0; i <= WORD_LIST_WORDS; i++)
        buffer_format(&text, "w%05d%s\n", i, i % 2 ? "" : WORD_LIST_PAIRS);
    struct word_list *list = list_of(text.bytes);
    buffer_free(&text);
    return list;
}

static void pairs_are_told_apart(void **state)
{
    (void)state;
    char term[PAIR_TERM_ROOM];
    struct word_list *list = long_list();
    assert_true(word_list_pair(list, 0, 2, term));
    assert_string_equal(term, "XP0002");
    assert_true(word_list_pair(list, 62, 64, term));
    assert_string_equal(term, "XP0-10");
    assert_true(word_list_pair(list, WORD_LIST_PAIR_WORDS - 2, 0, term));
    assert_string_equal(term, "XP_-00");
    assert_false(word_list_pair(list, 0, 1, term));
    assert_false(word_list_pair(list, 1, 0, term));
    assert_false(word_list_pair(list, -1, 0, term));
    assert_false(word_list_pair(list, 0, WORD_LIST_PAIR_WORDS, term));
    word_list_free(list);
}

static void words_past_the_last_are_none(void **state)
{
    (void)state;
    struct word_list *list = long_list();
    assert_int_equal(word_list_number(list, "w16381"), WORD_LIST_WORDS - 1);
    assert_int_equal(word_list_number(list, "w16382"), -1);
    word_list_free(list);
}

/* What is chosen of so many reports of three kinds. */
static char *chosen_of(unsigned reports)
{
    struct word_choice *choice = NULL;
    ok(word_choice_new(&choice, err));
    for (unsigned i = 0; i < reports; i++) {
        char body[] = "the troops of the east, the west, the east";
        struct report report = {.title = i % 2 ? "Convoy" : i ? "" : "Only", .body = body};
        report.body_size = i % 20 ? 14 : strlen(body);
        ok(word_choice_count(choice, &report, err));
    }
    char *text = word_choice_make(choice);
    word_choice_free(choice);
    word_choice_free(NULL);
    assert_non_null(text);
    return text;
}

static void frequent_words_are_chosen(void **state)
{
    (void)state;
    char *many = chosen_of(400), *few = chosen_of(30), *none = chosen_of(0);
    /* the east is in a twentieth; what occurs once is left out */
    assert_string_equal(many, "the\nof\ntroops*\nconvoy*\neast\nwest\n");
    assert_string_equal(few, "the\nof\ntroops*\nconvoy\neast\nwest\n");
    assert_string_equal(none, "");
    free(many);
    free(few);
    free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_numbers),
        cmocka_unit_test(pairs_are_told_apart),
        cmocka_unit_test(words_past_the_last_are_none),
        cmocka_unit_test(frequent_words_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
