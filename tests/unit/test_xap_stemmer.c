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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),
        cmocka_unit_test(room),
        cmocka_unit_test(languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
