/* Stemmers: languages, stems, and room for them. */
#include "tests/unit/test_xap.h"

static void check_stem(const char *language, const char *word, const char *expected)
{
    struct xap_stemmer *stemmer = NULL;
    char stem[64] = "";
    size_t size = 0;
    ok(xap_stemmer_new(language, &stemmer, err));
    ok(xap_stemmer_stem(stemmer, word, strlen(word), stem, sizeof stem, &size, err));
    assert_string_equal(stem, expected);
    assert_int_equal(size, strlen(expected));
    xap_stemmer_free(stemmer);
}

static void stems(void **state)
{
    (void)state;
    check_stem("english", "attacks", "attack");
    check_stem("en", "fighting", "fight");
    check_stem("fr", "attaques", "attaqu");
    check_stem("fr", "blesses", "bless");
    check_stem("fr", "blessee", "bless"); /* as folding leaves it */
    check_stem("fr", "blessees", "bless");
    check_stem("ar", "المدنيين", "مدني");
    check_stem("ar", "مدنيين", "مدني");
    check_stem("ar", "والمدنيين", "مدني");
    check_stem("none", "attacks", "attacks");
    check_stem("en", "", "");
    check_stem("fr", "\xff\xfe\xc3", "\xff\xfe\xc3"); /* no UTF-8: no crash */
}

static void room(void **state)
{
    (void)state;
    struct xap_stemmer *stemmer = NULL;
    char stem[8] = "before";
    size_t size = 77;
    ok(xap_stemmer_new("en", &stemmer, err));
    fails(XAP_INVALID_ARGUMENT, xap_stemmer_stem(stemmer, "attack", 6, stem, 6, &size, err));
    fails(XAP_INVALID_ARGUMENT, xap_stemmer_stem(stemmer, "", 0, stem, 0, &size, err));
    assert_string_equal(stem, "before");
    assert_int_equal(size, 77);
    ok(xap_stemmer_stem(stemmer, "attacks ahead", 7, stem, 7, NULL, err));
    assert_string_equal(stem, "attack");
    xap_stemmer_free(stemmer);
    xap_stemmer_free(NULL);
}

static void languages(void **state)
{
    (void)state;
    char *names = NULL;
    ok(xap_stemmer_languages(&names, err));
    assert_non_null(strstr(names, "english"));
    assert_non_null(strstr(names, "arabic"));
    free(names);
    struct xap_stemmer *stemmer = NULL;
    fails(XAP_INVALID_ARGUMENT, xap_stemmer_new("klingon", &stemmer, err));
    assert_null(stemmer);
}

/* A word of letters out of which affixes come about. */
static void random_word(unsigned *seed, char word[64])
{
    static const char *const parts[] = {"a",  "b",   "d",  "e",  "g",  "i",  "k",   "l",  "n",
                                        "o",  "r",   "s",  "t",  "u",  "y",  "ing", "ed", "ies",
                                        "ge", "mem", "ий", "ая", "по", "ем", "7"};
    word[0] = '\0';
    for (unsigned i = 0, count = 1 + *seed % 6; i < count; i++) {
        *seed = *seed * 1103515245u + 12345u;
        strcat(word, parts[(*seed >> 16) % (sizeof parts / sizeof *parts)]);
    }
}

static void beginnings(void **state)
{
    (void)state;
    char *names = NULL;
    unsigned keepers = 0;
    ok(xap_stemmer_languages(&names, err));
    for (char *name = strtok(names, " "); name; name = strtok(NULL, " ")) {
        struct xap_stemmer *stemmer = NULL;
        ok(xap_stemmer_new(name, &stemmer, err));
        keepers += xap_stemmer_keeps_beginnings(stemmer);
        unsigned seed = 1;
        for (int i = 0; i < 20000 && xap_stemmer_keeps_beginnings(stemmer); i++) {
            char word[64], stem[128];
            random_word(&seed, word);
            ok(xap_stemmer_stem(stemmer, word, strlen(word), stem, sizeof stem, NULL, err));
            if (stem[0] != word[0])
                fail_msg("%s: the stem of '%s' is '%s'", name, word, stem);
        }
        if (strcmp(name, "arabic") == 0 || strcmp(name, "turkish") == 0)
            assert_false(xap_stemmer_keeps_beginnings(stemmer));
        xap_stemmer_free(stemmer);
    }
    assert_int_equal(keepers, 14);
    free(names);
}

/* What is remembered of a word is not taken for another's, however many there are. */
static void many_words(void **state)
{
    (void)state;
    struct xap_stemmer *forward = NULL, *backward = NULL;
    char word[64], stem[64], other[64];
    ok(xap_stemmer_new("en", &forward, err));
    ok(xap_stemmer_new("en", &backward, err));
    for (int i = 0; i < 20000; i++) {
        snprintf(word, sizeof word, "%dattacks", 19999 - i);
        ok(xap_stemmer_stem(backward, word, strlen(word), stem, sizeof stem, NULL, err));
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(word, sizeof word, "%dattacks", i);
        ok(xap_stemmer_stem(forward, word, strlen(word), stem, sizeof stem, NULL, err));
        ok(xap_stemmer_stem(backward, word, strlen(word), other, sizeof other, NULL, err));
        assert_string_equal(stem, other);
        word[strlen(word) - 1] = '\0';
        assert_string_equal(stem, word);
    }
    char longest[63];
    memset(longest, 'x', sizeof longest);
    for (size_t size = 20; size <= sizeof longest; size++) /* some are too long to remember */
        for (int again = 0; again < 2; again++) {
            size_t stem_size = 0;
            ok(xap_stemmer_stem(forward, longest, size, stem, sizeof stem, &stem_size, err));
            assert_int_equal(stem_size, size);
            assert_memory_equal(stem, longest, size);
        }
    xap_stemmer_free(forward);
    xap_stemmer_free(backward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),      cmocka_unit_test(room),       cmocka_unit_test(languages),
        cmocka_unit_test(beginnings), cmocka_unit_test(many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
