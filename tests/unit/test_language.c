/* Short and long texts that no model was made of: tests/cases/languages/texts.tsv has them, each
 * behind its language's code, "-" for what is in none. */
#include "indexer/language.h"
#include "tests/unit/scratch.h"

static struct language *language;

static const char *find(const char *text)
{
    return language_find(language, text, strlen(text));
}

static void none_is_wrong_and_few_are_unknown(void **state)
{
    (void)state;
    char line[4000];
    size_t count = 0, unknown = 0;
    FILE *file = fopen("tests/cases/languages/texts.tsv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *text = strchr(line, '\t');
        assert_non_null(text);
        *text++ = '\0';
        const char *code = find(text);
        count++;
        unknown += strcmp(line, "-") != 0 && !code;
        if (code && strcmp(code, line) != 0)
            fail_msg("%s for %s: %s", code, line, text);
        if (!code && strlen(text) > 150)
            fail_msg("unknown for %s: %s", line, text);
    }
    fclose(file);
    assert_true(count > 50);
    if (unknown > 5)
        fail_msg("%zu of %zu are unknown", unknown, count);
}

static void english_needs_no_model(void **state)
{
    (void)state;
    assert_string_equal(find("the convoy and the men"), "en");
    assert_null(find("the"));
    assert_null(find(""));
}

/* The text goes on in another language where nobody looks; the cut is inside of a character. */
static void only_the_beginning_counts(void **state)
{
    (void)state;
    char text[3 * LANGUAGE_BYTES];
    size_t size = 0;
    while (size < LANGUAGE_BYTES - 1)
        size += (size_t)snprintf(text + size, sizeof text - size,
                                 "Des hommes armés ont attaqué un village du nord et brûlé ses "
                                 "greniers, a indiqué le ministère. ");
    size = LANGUAGE_BYTES - 1;
    for (; size + 2 < sizeof text; size += 2)
        memcpy(text + size, "\xd0\xb6", 2);
    const char *code = language_find(language, text, size);
    assert_non_null(code);
    assert_string_equal(code, "fr");
}

static int begin(void **state)
{
    (void)state;
    struct error err = {0};
    return !language_open(&language, &err);
}

static int end(void **state)
{
    (void)state;
    language_close(language);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_wrong_and_few_are_unknown),
        cmocka_unit_test(english_needs_no_model),
        cmocka_unit_test(only_the_beginning_counts),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
