/* No report that could come to more than the least is taken out, and most that could not are. */
#include <math.h>

#include "schema/buffer.h"
#include "search/bounds.h"
#include "tests/unit/scratch.h"

#define REPORTS 5000u /* no multiple of a word or a chunk of words */

static unsigned next_random(unsigned below)
{
    static uint64_t state = 20261127;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static struct docset *make_set(unsigned one_in)
{
    struct docset *set = NULL;
    ok(docset_new(REPORTS, &set, err));
    for (uint32_t docid = 1; docid <= REPORTS; docid++)
        if (next_random(one_in) == 0)
            docset_add(set, docid);
    return set;
}

static double sum_of(const struct bound *bounds, size_t count, uint32_t docid)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += !bounds[i].set || docset_has(bounds[i].set, docid) ? bounds[i].most : 0;
    return sum;
}

static void those_that_can_exceed_stay(void **state)
{
    (void)state;
    size_t hopeless = 0, left = 0;
    for (int round = 0; round < 200; round++) {
        struct bound bounds[12];
        size_t count = 1 + next_random(ARRAY_LEN(bounds));
        double all = 0;
        for (size_t i = 0; i < count; i++) {
            double most = next_random(8) ? next_random(1000) / 100.0 : 0;
            struct docset *set = next_random(9) ? make_set(1 + next_random(20)) : NULL;
            bounds[i] = (struct bound){.set = set, .most = most};
            all += most;
        }
        struct docset *set = make_set(2), *before = docset_share(set);
        double least = all * (1 + next_random(150)) / 100 + 1e-6;
        ok(bounds_narrow(bounds, count, least, &set, err));
        for (uint32_t docid = 1; docid <= REPORTS; docid++) {
            bool can = docset_has(before, docid) && sum_of(bounds, count, docid) > least;
            assert_true(docset_has(set, docid) >= can);
            assert_true(docset_has(before, docid) >= docset_has(set, docid));
            hopeless += docset_has(before, docid) && !can;
            left += docset_has(set, docid) && !can;
        }
        docset_free(set);
        docset_free(before);
        for (size_t i = 0; i < count; i++)
            docset_free((struct docset *)(uintptr_t)bounds[i].set);
    }
    assert_true(hopeless > 100000);
    assert_true(left < hopeless / 5);
}

/* What comes to just the least does not exceed it, and what is a little more does. */
static void the_least_itself_is_not_enough(void **state)
{
    (void)state;
    struct docset *one = make_set(3), *other = make_set(3), *both = docset_share(one);
    struct bound bounds[] = {{.set = one, .most = 1}, {.set = other, .most = 2}};
    ok(docset_and(&both, other, err));
    struct docset *set = make_set(1);
    ok(bounds_narrow(bounds, 2, nextafter(3, 0), &set, err));
    assert_true(docset_holds(set, both));
    assert_true(docset_holds(both, set));
    ok(bounds_narrow(bounds, 2, 6, &set, err));
    assert_int_equal(docset_count(set), 0);
    docset_free(set);
    docset_free(both);
    docset_free(one);
    docset_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_can_exceed_stay),
        cmocka_unit_test(the_least_itself_is_not_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
