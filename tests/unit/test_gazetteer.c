#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/gazetteer.h"

static struct gazetteer *build(const char *const *names, size_t count)
{
    struct gazetteer_builder *builder = gazetteer_builder_new();
    assert_non_null(builder);
    for (uint32_t i = 0; i < count; i++) {
        size_t words;
        assert_true(gazetteer_builder_add(builder, names[i], strlen(names[i]), i, &words));
        assert_int_not_equal(words, 0);
    }
    struct gazetteer *gazetteer = gazetteer_build_take(builder);
    assert_non_null(gazetteer);
    return gazetteer;
}

/* The values of a name, as "0,2". */
static const char *values_of(const struct gazetteer *gazetteer, const char *name)
{
    static char out[200];
    uint32_t node = gazetteer_find(gazetteer, name, strlen(name));
    const uint32_t *values;
    out[0] = '\0';
    if (node == GAZETTEER_NONE)
        return "none";
    size_t count = gazetteer_values(gazetteer, node, &values), at = 0;
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, i ? ",%u" : "%u", values[i]);
    return out;
}

static void finds_names_however_written(void **state)
{
    (void)state;
    static const char *const names[] = {"Ménaka", "South Sudan", "Sudan", "MENAKA",
                                        "al-Qaeda in the Islamic Maghreb of the West"};
    struct gazetteer *gazetteer = build(names, 5);
    assert_string_equal(values_of(gazetteer, "menaka"), "0,3");
    assert_string_equal(values_of(gazetteer, "south-sudan"), "1");
    assert_string_equal(values_of(gazetteer, "Sudan"), "2");
    assert_string_equal(values_of(gazetteer, "South"), "");
    assert_string_equal(values_of(gazetteer, "South Sudan Sudan"), "none");
    assert_string_equal(values_of(gazetteer, "North"), "none");
    assert_string_equal(values_of(gazetteer, "..."), "none");
    assert_string_equal(values_of(gazetteer, "Al Qaeda in the Islamic Maghreb of the West"), "4");
    gazetteer_free(gazetteer);
}

static void steps_word_by_word(void **state)
{
    (void)state;
    static const char *const names[] = {"New York", "New Zealand", "York"};
    struct gazetteer *gazetteer = build(names, 3);
    uint32_t new = gazetteer_step(gazetteer, GAZETTEER_ROOT, gazetteer_word(gazetteer, "new", 3));
    uint32_t york = gazetteer_word(gazetteer, "york", 4);
    assert_int_not_equal(new, GAZETTEER_NONE);
    assert_int_not_equal(gazetteer_step(gazetteer, new, york), GAZETTEER_NONE);
    assert_int_equal(gazetteer_step(gazetteer, new, gazetteer_word(gazetteer, "new", 3)),
                     GAZETTEER_NONE);
    assert_int_equal(gazetteer_word(gazetteer, "newt", 4), GAZETTEER_NONE);
    assert_int_equal(gazetteer_step(gazetteer, new, GAZETTEER_NONE), GAZETTEER_NONE);
    gazetteer_free(gazetteer);
}

static void holds_nothing(void **state)
{
    (void)state;
    struct gazetteer *gazetteer = build(NULL, 0);
    assert_int_equal(gazetteer_word(gazetteer, "mali", 4), GAZETTEER_NONE);
    assert_string_equal(values_of(gazetteer, "mali"), "none");
    gazetteer_free(gazetteer);
    gazetteer_free(NULL);
    gazetteer_builder_free(NULL);
}

static void counts_words_of_a_name(void **state)
{
    (void)state;
    struct gazetteer_builder *builder = gazetteer_builder_new();
    char text[400] = "";
    size_t words = 7;
    assert_true(gazetteer_builder_add(builder, " - ", 3, 0, &words));
    assert_int_equal(words, 0);
    for (size_t i = 0; i < GAZETTEER_NAME_WORDS + 5; i++)
        strcat(text, "a ");
    assert_true(gazetteer_builder_add(builder, text, strlen(text), 0, &words));
    assert_int_equal(words, GAZETTEER_NAME_WORDS);
    gazetteer_builder_free(builder);
}

/* Names of up to five words from a small alphabet: every one must be found with all its
 * values, and every prefix that is no name must have none. */
static void finds_all_of_many(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static char names[COUNT][16];
    static const char *pointers[COUNT];
    unsigned seed = 12345;
    for (size_t i = 0; i < COUNT; i++) {
        size_t at = 0;
        for (size_t j = 0; j <= (seed >> 20) % 5; j++) {
            seed = seed * 1103515245u + 12345u;
            names[i][at++] = (char)('a' + (seed >> 16) % 7);
            names[i][at++] = ' ';
        }
        names[i][at - 1] = '\0';
        pointers[i] = names[i];
        seed = seed * 1103515245u + 12345u;
    }
    struct gazetteer *gazetteer = build(pointers, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const uint32_t *values;
        uint32_t node = gazetteer_find(gazetteer, names[i], strlen(names[i]));
        assert_int_not_equal(node, GAZETTEER_NONE);
        size_t count = gazetteer_values(gazetteer, node, &values), expected = 0;
        for (size_t j = 0; j < COUNT; j++)
            if (strcmp(names[i], names[j]) == 0) {
                assert_true(expected < count);
                assert_int_equal(values[expected++], j);
            }
        assert_int_equal(count, expected);
    }
    gazetteer_free(gazetteer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_names_however_written),
        cmocka_unit_test(steps_word_by_word),
        cmocka_unit_test(holds_nothing),
        cmocka_unit_test(counts_words_of_a_name),
        cmocka_unit_test(finds_all_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
