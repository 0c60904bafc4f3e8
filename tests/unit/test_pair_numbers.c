/* Each pair has the number that looking for its terms gives. */
#include <stdlib.h>

#include "indexer/pair_numbers.h"
#include "schema/buffer.h"
#include "tests/unit/scratch.h"

#define WORDS 300

static int by_bytes(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

/* Of some of the pairs and some of the classes, among other terms. */
static struct frequent_lists *some_lists(void)
{
    static char terms[WORDS * WORDS][PAIR_TERM_ROOM];
    static const char *sorted[WORDS * WORDS + 2] = {"XPother", "Ztroop"};
    struct buffer text = {0};
    struct frequent_lists *lists = NULL;
    size_t count = 2;
    for (int i = 0; i < WORDS * WORDS; i++) {
        if (i % 7 == 0)
            word_list_pair(i / WORDS, i % WORDS, terms[i]);
        else if (i % 30 == 1)
            word_list_pair_class(i / WORDS, i % WORDS, terms[i]);
        else
            continue;
        sorted[count++] = terms[i];
    }
    qsort(sorted, count, sizeof sorted[0], by_bytes);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
            buffer_format(&text, "%s\n", sorted[i]);
    ok(frequent_lists_new(text.bytes, &lists, err));
    buffer_free(&text);
    return lists;
}

static int number_of(const struct frequent_lists *lists, int first, int second)
{
    char term[PAIR_TERM_ROOM];
    word_list_pair(first, second, term);
    int number = frequent_lists_number(lists, term);
    word_list_pair_class(first, second, term);
    return number >= 0 ? number : frequent_lists_number(lists, term);
}

static void pairs_have_the_numbers_of_their_terms(void **state)
{
    (void)state;
    struct frequent_lists *lists = some_lists();
    static struct pair_numbers numbers;
    unsigned found = 0;
    assert_true(pair_numbers_init(&numbers, lists));
    for (int first = 0; first < WORDS; first++)
        for (int second = 0; second < WORDS; second++) {
            int number = pair_numbers_find(&numbers, first, second);
            assert_int_equal(number, number_of(lists, first, second));
            found += number >= 0;
        }
    assert_in_range(found, WORDS * WORDS / 7, WORDS * WORDS - 1);
    pair_numbers_clear(&numbers);
    frequent_lists_free(lists);
}

static void without_lists_there_are_none(void **state)
{
    (void)state;
    struct frequent_lists *lists = NULL;
    static struct pair_numbers numbers;
    ok(frequent_lists_new("", &lists, err));
    assert_true(pair_numbers_init(&numbers, lists));
    assert_int_equal(pair_numbers_find(&numbers, 0, 0), -1);
    assert_int_equal(pair_numbers_find(&numbers, 4095, 4095), -1);
    pair_numbers_clear(&numbers);
    frequent_lists_free(lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_have_the_numbers_of_their_terms),
        cmocka_unit_test(without_lists_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
