#include "indexer/likeness.h"
#include "tests/unit/scratch.h"

#define WORDS 400u

/* A text of made-up words, those from 'begin' to 'end' other ones. */
static void make(char out[8 * WORDS], unsigned seed, unsigned begin, unsigned end)
{
    size_t size = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        unsigned word = (i + WORDS * (i >= begin && i < end ? seed + 100 : seed)) * 2654435761u;
        size += (size_t)snprintf(out + size, 8 * WORDS - size, "w%05x ", word >> 12);
    }
}

static struct likeness likeness(const char *text)
{
    struct likeness out;
    likeness_of(text, strlen(text), &out);
    return out;
}

static void small_changes_do_not_count(void **state)
{
    (void)state;
    static const char text[] =
        "Men on motorbikes attacked the village of Koro before dawn on Friday. They burned "
        "granaries and drove off the cattle, the mayor said, before the army came.";
    static const char other[] =
        "MEN on motorbikes  attacked the village of Koro, before dawn on Friday -- they burned "
        "granaries and\n\ndrove off the cattle, the mayor said; before the army came!";
    struct likeness a = likeness(text), b = likeness(other);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(likeness_is_near(&a, &b));
}

/* Words begin and end anywhere in the blocks that a text is read in. */
static void where_words_stand_does_not_count(void **state)
{
    (void)state;
    char text[2000], word[100];
    struct likeness first = {0};
    for (int shift = 0; shift < 140; shift++) {
        size_t size = 0;
        for (int i = 1; i < 30; i++) {
            memset(word, 'a' + i % 26, sizeof word);
            memcpy(word, i % 3 ? "\u00e9t\u00e9" : "N1", i % 3 ? 5 : 2);
            size += (size_t)snprintf(text + size, sizeof text - size, "%*s%.*s%s", shift % 7, "",
                                     i % 11 == 0 ? 90 : i, word, i < 29 ? "-" : "");
            if (i == 1) {
                memset(text + size, ' ', (size_t)shift);
                size += (size_t)shift;
            }
        }
        struct likeness shifted;
        likeness_of(text, size, &shifted);
        first = shift == 0 ? shifted : first;
        assert_memory_equal(&shifted, &first, sizeof first);
    }
    assert_true(likeness_is_near(&first, &first));
}

static void a_short_text_is_like_no_other(void **state)
{
    (void)state;
    struct likeness a = likeness("The text is not long enough to say what it is like.");
    assert_false(likeness_is_near(&a, &a));
    a = likeness("");
    assert_false(likeness_is_near(&a, &a));
}

/* Texts that differ in so many of their words, a hundred pairs each: how many are near? */
static unsigned near_pairs(unsigned changed)
{
    static char text[8 * WORDS];
    unsigned near = 0;
    for (unsigned seed = 1; seed <= 100; seed++) {
        struct likeness pair[2];
        uint32_t groups[2];
        make(text, seed, 0, 0);
        pair[0] = likeness(text);
        make(text, seed, 50, 50 + changed);
        pair[1] = likeness(text);
        ok(likeness_group(pair, sizeof *pair, 2, groups, err));
        assert_int_equal(groups[0], 0);
        near += groups[1] == 0;
    }
    return near;
}

static void near_ones_are_found_and_others_are_not(void **state)
{
    (void)state;
    assert_int_equal(near_pairs(0), 100);
    assert_true(near_pairs(4) >= 95);  /* resemblance 0.97 */
    assert_true(near_pairs(120) <= 1); /* 0.53 */
    assert_int_equal(near_pairs(WORDS), 0);
}

/* Each is near to the one before it, and the last has nothing of the first. */
static void a_chain_is_not_one_group(void **state)
{
    (void)state;
    enum { LINKS = WORDS / 4 };
    static char text[8 * WORDS];
    static struct likeness chain[LINKS];
    static uint32_t groups[LINKS];
    for (unsigned i = 0; i < LINKS; i++) {
        make(text, 1, 0, 4 * i);
        chain[i] = likeness(text);
    }
    ok(likeness_group(chain, sizeof *chain, LINKS, groups, err));
    assert_int_equal(groups[0], 0);
    assert_int_equal(groups[1], 0);
    assert_true(groups[LINKS - 1] > LINKS / 2);
    for (unsigned i = 0; i < LINKS; i++)
        assert_true(groups[i] <= i && groups[groups[i]] == groups[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_changes_do_not_count),
        cmocka_unit_test(where_words_stand_does_not_count),
        cmocka_unit_test(a_short_text_is_like_no_other),
        cmocka_unit_test(near_ones_are_found_and_others_are_not),
        cmocka_unit_test(a_chain_is_not_one_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
