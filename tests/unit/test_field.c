#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "schema/field.h"
#include "xapian/xap.h"

static const char *term_of(enum field_id id, const char *value)
{
    static char term[FIELD_TERM_ROOM];
    size_t size = field_term(&fields[id], value, strlen(value), term);
    assert_int_equal(size, strlen(term));
    return term;
}

static void rows_stand_in_order_and_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];
        assert_int_equal(field->id, i);
        assert_true(strlen(field->help) > 0);
        assert_true(strchr(field->help, '\n') == NULL);
        assert_true(strncmp(field->example, field->name, strlen(field->name)) == 0);
        assert_ptr_equal(field_find(field->name, strlen(field->name)), field);
        assert_int_equal(field->slot != FIELD_NO_SLOT, field->kind == FIELD_DAY);
    }
}

static void prefixes_do_not_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (size_t j = 0; j < FIELD_COUNT; j++) {
            const char *one = fields[i].prefix, *other = fields[j].prefix;
            if (i != j && *one && *other)
                assert_true(strncmp(one, other, strlen(one)) != 0);
        }
}

static void unknown_names(void **state)
{
    (void)state;
    assert_null(field_find("actors", 6));
    assert_null(field_find("acto", 4));
    assert_null(field_find("", 0));
    assert_ptr_equal(field_find("actor:jnim", 5), &fields[FIELD_ACTOR]);
}

static void terms_and_back(void **state)
{
    (void)state;
    static const struct {
        enum field_id id;
        const char *value, *term;
    } rows[] = {
        {FIELD_ACTOR, "jnim", "XAjnim"},
        {FIELD_REGION, "ML-7", "XR:ML-7"},
        {FIELD_REGION, "sahel", "XRsahel"},
        {FIELD_REGION, ":odd", "XR::odd"},
        {FIELD_ID, "Ab", "QAb"},
        {FIELD_SOURCE, "un.org", "Hun.org"},
        {FIELD_LANGUAGE, "fr", "Lfr"},
        {FIELD_TITLE, "mali", "Smali"},
        {FIELD_TEXT, "mali", "mali"},
        {FIELD_REGION, "", "XR"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *term = term_of(rows[i].id, rows[i].value);
        assert_string_equal(term, rows[i].term);
        assert_string_equal(field_term_value(&fields[rows[i].id], term), rows[i].value);
    }
}

static void stems(void **state)
{
    (void)state;
    char term[FIELD_TERM_ROOM];
    static const struct {
        enum field_id id;
        const char *language, *term;
    } rows[] = {
        {FIELD_TEXT, STEMS_ENGLISH, "Zattack"},   {FIELD_TITLE, STEMS_ENGLISH, "ZSattack"},
        {FIELD_TEXT, "fr", "Zfr:attack"},         {FIELD_TITLE, "fr", "ZSfr:attack"},
        {FIELD_TEXT, STEMS_NONE, "Znone:attack"}, {FIELD_TITLE, STEMS_NONE, "ZSnone:attack"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = field_stem_term(&fields[rows[i].id], rows[i].language, "attack", 6, term);
        assert_string_equal(term, rows[i].term);
        assert_int_equal(size, strlen(term));
    }
}

static void long_values_stay_different(void **state)
{
    (void)state;
    char value[1000], one[FIELD_TERM_ROOM], other[FIELD_TERM_ROOM];
    memset(value, 'v', sizeof value);
    size_t fits = XAP_TERM_MAX - strlen("XA");
    assert_int_equal(field_term(&fields[FIELD_ACTOR], value, fits, one), XAP_TERM_MAX);
    assert_int_equal(strspn(one + 2, "v"), fits);
    assert_int_equal(field_term(&fields[FIELD_ACTOR], value, fits + 1, one), XAP_TERM_MAX);
    assert_int_equal(field_term(&fields[FIELD_ACTOR], value, fits + 2, other), XAP_TERM_MAX);
    assert_string_not_equal(one, other);
    assert_int_equal(strlen(one), XAP_TERM_MAX);
}

static void long_values_are_cut_at_a_character(void **state)
{
    (void)state;
    char value[400], term[FIELD_TERM_ROOM];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(value, 'x', shift);
        for (size_t i = shift; i + 3 <= sizeof value; i += 3)
            memcpy(value + i, "\u20AC", 3);
        size_t size = field_term(&fields[FIELD_SOURCE], value, 399 - shift, term);
        assert_true(size <= XAP_TERM_MAX);
        assert_true((size - 1 - shift - 16) % 3 == 0);
    }
}

static void nul_in_a_value_is_hashed(void **state)
{
    (void)state;
    char one[FIELD_TERM_ROOM], other[FIELD_TERM_ROOM];
    assert_int_equal(field_term(&fields[FIELD_SOURCE], "a\0b", 3, one), 1 + 1 + 16);
    field_term(&fields[FIELD_SOURCE], "a\0c", 3, other);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_in_order_and_are_whole),
        cmocka_unit_test(prefixes_do_not_meet),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(terms_and_back),
        cmocka_unit_test(stems),
        cmocka_unit_test(long_values_stay_different),
        cmocka_unit_test(long_values_are_cut_at_a_character),
        cmocka_unit_test(nul_in_a_value_is_hashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
