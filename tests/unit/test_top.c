#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "search/top.h"

static int larger_first(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left < right) - (left > right);
}

static void keeps_the_largest(void **state)
{
    (void)state;
    enum { KEYS = 500 };
    uint64_t keys[KEYS], number = 88172645463325252u;
    for (size_t room = 0; room < 40; room += 1 + room / 3) {
        struct top top;
        assert_true(top_init(&top, room, NULL));
        for (size_t i = 0; i < KEYS; i++) {
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
            keys[i] = i % 5 ? number : number % 7; /* some of them equal */
            top_offer(&top, keys[i]);
        }
        qsort(keys, KEYS, sizeof keys[0], larger_first);
        assert_int_equal(top.count, room);
        assert_true(top_least(&top) == (room ? keys[room - 1] : 0));
        qsort(top.keys, room, sizeof top.keys[0], larger_first);
        for (size_t i = 0; i < room; i++)
            assert_true(top.keys[i] == keys[i]);
        top_clear(&top);
    }
}

static void fewer_than_wanted_are_all_kept(void **state)
{
    (void)state;
    struct top top;
    assert_true(top_init(&top, 10, NULL));
    assert_int_equal(top.count, 0);
    assert_true(top_least(&top) == 0);
    top_offer(&top, 0);
    top_offer(&top, UINT64_MAX);
    top_offer(&top, 7);
    assert_int_equal(top.count, 3);
    assert_true(top_least(&top) == 0);
    qsort(top.keys, 3, sizeof top.keys[0], larger_first);
    assert_true(top.keys[0] == UINT64_MAX && top.keys[1] == 7 && top.keys[2] == 0);
    top_clear(&top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_largest),
        cmocka_unit_test(fewer_than_wanted_are_all_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
