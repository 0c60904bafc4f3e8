/* When the postings of a term are kept: only of frequent terms, and once skipping has cost as much
 * as reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "schema/buffer.h"
#include "search/keeping.h"
#include "search/snapshot_private.h"
#include "tests/flow/snapshot_fixture.h"

static const char regions[] = "region: QA\nlabel: Qasral\nkind: country\nname: Qasral\n";

#define REPORTS 3000u
#define SOME    (REPORTS / FREQUENT_ONE_IN) /* not frequent yet */
#define MORE    (REPORTS / 40)              /* whose postings are codes */

/* All have "common", some "more", the first ones "often" and, one fewer, "seldom". */
static bool make_reports(struct report *reports, struct error *err)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < REPORTS; i++) {
        struct buffer body = {0};
        char id[16];
        snprintf(id, sizeof id, "r%u", i);
        buffer_format(&body, "It is common%s%s%s.", i % 40 == 7 ? " more" : "",
                      i <= SOME ? " often" : "", i < SOME ? " seldom" : "");
        ok = fixture_report(id, "2023-11-15", "Title", body.bytes, &reports[i], err);
        buffer_free(&body);
    }
    return ok;
}

static int make_snapshot(void **state)
{
    (void)state;
    return make_snapshot_of(REPORTS, regions, make_reports);
}

/* Whether the postings of a term that is wanted at so many places are kept then. */
static bool is_kept(const char *text, uint64_t places)
{
    const struct frequent *kept = NULL;
    struct terms terms = {0};
    assert_true(terms_of_term(snapshot, text, &terms, NULL));
    assert_int_equal(terms.count, 1);
    assert_true(keeping_find(snapshot, &terms.items[0], places, &kept, NULL));
    if (kept)
        assert_int_equal(docset_count(kept->set), terms.items[0].freq);
    terms_clear(&terms);
    return kept;
}

static void what_is_wanted_whole_is_kept_at_once(void **state)
{
    (void)state;
    assert_true(is_kept("common", REPORTS));
    assert_true(is_kept("common", 1));
    assert_true(is_kept("often", REPORTS));
    assert_false(is_kept("seldom", REPORTS)); /* reading it is nothing */
    cache_forget(snapshot->frequent);
}

static void skipping_is_paid_for_once_only(void **state)
{
    (void)state;
    static const uint64_t wanted[] = {1, 2, 7};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        uint64_t cost = keeping_cost_of_skipping(wanted[i], MORE, true), spent = cost;
        assert_true(cost < 2 * MORE);
        while (!is_kept("more", wanted[i]))
            spent += cost;
        assert_in_range(spent, MORE, 2 * MORE + cost);
        assert_true(spent > cost);
        cache_forget(snapshot->frequent); /* the next begins anew */
    }
}

static void skipping_costs_more_the_more_is_skipped(void **state)
{
    (void)state;
    for (int are_codes = 0; are_codes < 2; are_codes++)
        for (uint64_t postings = 1; postings < 1000000; postings *= 3)
            for (uint64_t places = 1; places < postings; places *= 2) {
                uint64_t cost = keeping_cost_of_skipping(places, postings, are_codes);
                assert_true(cost <= keeping_cost_of_skipping(places, 2 * postings, are_codes));
                assert_true(cost < keeping_cost_of_skipping(2 * places, postings, are_codes));
            }
    assert_int_equal(keeping_cost_of_skipping(0, 1000, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wanted_whole_is_kept_at_once),
        cmocka_unit_test(skipping_is_paid_for_once_only),
        cmocka_unit_test(skipping_costs_more_the_more_is_skipped),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
