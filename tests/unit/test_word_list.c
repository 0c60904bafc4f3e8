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
    static const struct {
        int first, second;
        const char *term;
    } rows[] = {{0, 2, "XP0002"}, {62, 64, "XP0-10"}, {WORD_LIST_PAIR_WORDS - 2, 0, "XP_-00"}};
    static const int none[][2] = {{0, 1}, {1, 0}, {-1, 0}, {0, WORD_LIST_PAIR_WORDS}};
    static const char *const others[] = {"",       "XP",     "XP000", "XP00000",
                                         "XP00 2", "XQ0002", "Ztroop"};
    char term[PAIR_TERM_ROOM];
    uint32_t number;
    struct word_list *list = long_list();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(word_list_makes_pair(list, rows[i].first, rows[i].second));
        word_list_pair(rows[i].first, rows[i].second, term);
        assert_string_equal(term, rows[i].term);
        assert_true(word_list_read_pair(term, &number));
        assert_int_equal(number, word_list_pair_number(rows[i].first, rows[i].second));
        assert_false(word_list_read_class(term, &number));
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_false(word_list_read_pair(others[i], &number));
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_false(word_list_makes_pair(list, none[i][0], none[i][1]));
    word_list_free(list);
}

/* Of pairs of the two thousand most frequent words, no class has many more than its share. */
static void classes_are_alike(void **state)
{
    static unsigned counts[1u << WORD_LIST_PAIR_CLASS_BITS];
    const unsigned words = 2000;
    unsigned most = 0;
    char term[PAIR_TERM_ROOM];
    (void)state;
    for (unsigned pair = 0; pair < words * words; pair++) {
        uint32_t number = 0;
        word_list_pair_class((int)(pair / words), (int)(pair % words), term);
        assert_int_equal(strlen(term), strlen(PAIR_PREFIX) + 3);
        assert_true(word_list_read_class(term, &number));
        counts[number]++;
        most = counts[number] > most ? counts[number] : most;
    }
    assert_true(most < 2 * words * words / ARRAY_LEN(counts));
    word_list_pair_class(1, 2, term);
    assert_string_equal(term, "XP2q2");
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
        cmocka_unit_test(words_have_numbers),        cmocka_unit_test(pairs_are_told_apart),
        cmocka_unit_test(classes_are_alike),         cmocka_unit_test(words_past_the_last_are_none),
        cmocka_unit_test(frequent_words_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
