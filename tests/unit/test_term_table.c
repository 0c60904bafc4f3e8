/* A term is found by its number, and no other is, however full the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/term_table.h"
#include "tests/unit/scratch.h"

#define TERMS 5000u

static void terms_have_numbers(void **state)
{
    (void)state;
    static char terms[TERMS][8], others[TERMS][8];
    struct term_table table = {0};
    uint32_t number;
    assert_true(term_table_init(&table, TERMS));
    for (uint32_t i = 0; i < TERMS; i++) {
        snprintf(terms[i], sizeof terms[i], "Z%u", i);
        snprintf(others[i], sizeof others[i], "z%u", i);
        term_table_add(&table, terms[i], TERMS - i);
    }
    term_table_add(&table, "Z7", 7); /* it has its number */
    for (uint32_t i = 0; i < TERMS; i++) {
        assert_true(term_table_find(&table, terms[i], &number));
        assert_int_equal(number, TERMS - i);
        assert_false(term_table_find(&table, others[i], &number));
    }
    term_table_clear(&table);
}

static void an_empty_table_has_none(void **state)
{
    (void)state;
    struct term_table table = {0};
    uint32_t number;
    assert_true(term_table_init(&table, 0));
    assert_false(term_table_find(&table, "", &number));
    term_table_clear(&table);
    term_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_have_numbers),
        cmocka_unit_test(an_empty_table_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
