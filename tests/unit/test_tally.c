#include "indexer/tally.h"
#include "tests/unit/scratch.h"

static void counts_by_name(void **state)
{
    (void)state;
    struct tally tally = {0};
    tally_add(&tally, "year", 4, 1);
    tally_add(&tally, "yearly", 6, 2);
    tally_add(&tally, "yearly", 4, 3); /* "year" */
    assert_int_equal(tally.count, 2);
    assert_string_equal(tally.rows[0].name, "year");
    assert_int_equal(tally.rows[0].count, 4);
    assert_string_equal(tally.rows[1].name, "yearly");
    assert_int_equal(tally.rows[1].count, 2);
}

static void has_room_for_so_many(void **state)
{
    (void)state;
    struct tally tally = {0};
    char name[200];
    for (int i = 0; i < TALLY_NAMES + 5; i++)
        tally_add(&tally, name, (size_t)snprintf(name, sizeof name, "name-%d", i), 1);
    tally_add(&tally, "name-0", 6, 1);
    assert_int_equal(tally.count, TALLY_NAMES);
    assert_int_equal(tally.others, 5);
    assert_int_equal(tally.rows[0].count, 2);
    struct tally cut = {0};
    memset(name, 'x', sizeof name);
    tally_add(&cut, name, sizeof name, 1);
    tally_add(&cut, name, sizeof name - 1, 1);
    assert_int_equal(cut.count, 1);
    assert_int_equal(strlen(cut.rows[0].name), TALLY_NAME_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_name),
        cmocka_unit_test(has_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
