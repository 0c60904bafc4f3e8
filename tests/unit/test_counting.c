/* Facets counted from what was counted before are as if counted anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "search/counting.h"
#include "search/snapshot_private.h"
#include "tests/flow/asking.h"
#include "tests/flow/generated.h"
#include "tests/flow/snapshot_fixture.h"

#define REPORTS 400u

static int make_snapshot(void **state)
{
    struct report *reports = NULL;
    struct error err = {0};
    struct dice dice = {.state = 11};
    (void)state;
    bool ok = fixture_init(&fixture, generated_actors, generated_regions, &err) &&
              generated_make(&dice, REPORTS, true, &reports, &err);
    int status = open_snapshot(reports, ok ? REPORTS : 0, ok, &err);
    free(reports);
    return status;
}

/* Takes about one in 'of' reports out of a set. */
static void thin_out(struct dice *dice, struct docset **set, uint32_t of)
{
    struct docset *gone;
    assert_true(docset_new((*set)->last, &gone, NULL));
    for (uint32_t docid = docset_next(*set, 1); docid; docid = docset_next(*set, docid + 1))
        if (dice_roll(dice, of) == 0)
            docset_add(gone, docid);
    assert_true(docset_andnot(set, gone, NULL));
    docset_free(gone);
}

static void check(enum field_id field, const struct docset *set)
{
    const struct column *column = snapshot->columns[field];
    struct value_counts counts = {0};
    struct tally *tally = NULL;
    assert_true(counting_count(snapshot, field, set, &counts, NULL));
    assert_true(column_tally(column, &tally, NULL));
    column_count(column, set, NULL, docset_count(set), tally);
    assert_int_equal(counts.count, tally->count);
    for (size_t i = 0; i < counts.count; i++) {
        struct value_count wanted = tally_of(tally, counts.items[i].number);
        assert_int_equal(counts.items[i].reports, wanted.reports);
        assert_int_equal(counts.items[i].direct, wanted.direct);
        tally->cells[counts.items[i].number] = 0; /* each of them once */
    }
    tally_free(tally);
}

static void check_all(const struct docset *set)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (snapshot->columns[id])
            check(id, set);
}

/* Sets within sets, as filters make them, more of them than are kept. */
static void counts_are_exact(void **state)
{
    (void)state;
    struct dice dice = {.state = 12};
    check_all(snapshot->all);
    for (unsigned round = 0; round < 60; round++) {
        struct docset *text = docset_share(snapshot->all);
        thin_out(&dice, &text, 2 + dice_roll(&dice, 9));
        check_all(text);
        struct docset *most = docset_share(text), *few = docset_share(text);
        thin_out(&dice, &most, 7);
        thin_out(&dice, &few, 1 + dice_roll(&dice, 2));
        check_all(most);
        check_all(few);
        check_all(most);
        check_all(text);
        docset_free(text);
        docset_free(most);
        docset_free(few);
    }
}

/* Only about one in 'of' reports. */
static struct docset *few_of(struct dice *dice, const struct docset *all, uint32_t of)
{
    struct docset *few = NULL;
    assert_true(docset_new(all->last, &few, NULL));
    for (uint32_t docid = docset_next(all, 1); docid; docid = docset_next(all, docid + 1))
        if (dice_roll(dice, of) == 0)
            docset_add(few, docid);
    return few;
}

/* Spans of docids, as dates make them, and others, of many reports and of few. */
static void parts_are_exact(void **state)
{
    (void)state;
    struct dice dice = {.state = 15};
    size_t empty = 0;
    for (unsigned round = 0; round < 80; round++) {
        counting_forget(snapshot->counting);
        assert_true(round < 2 || counting_memory(snapshot->counting) == empty);
        empty = counting_memory(snapshot->counting);
        struct docset *whole = few_of(&dice, snapshot->all, 1 + dice_roll(&dice, 40));
        check_all(whole);
        for (unsigned i = 0; i < 6; i++) {
            uint32_t first = dice_roll(&dice, whole->last), last = whole->last;
            struct docset *part = NULL;
            assert_true(docset_new(last, &part, NULL));
            docset_add_range(part, i % 2 ? first : 0, i < 4 ? last + 1 : first + last / 2);
            assert_true(docset_and(&part, whole, NULL));
            check_all(part);
            thin_out(&dice, &part, 2 + dice_roll(&dice, 20));
            check_all(part);
            docset_free(part);
        }
        docset_free(whole);
    }
}

static void kept_counts_take_memory_and_are_forgotten(void **state)
{
    (void)state;
    struct docset *set = docset_share(snapshot->all);
    struct dice dice = {.state = 13};
    check(FIELD_REGION, set); /* makes counters, which stay */
    counting_forget(snapshot->counting);
    size_t empty = counting_memory(snapshot->counting);
    thin_out(&dice, &set, 2);
    check(FIELD_REGION, set);
    size_t one = counting_memory(snapshot->counting);
    assert_true(one > empty);
    check(FIELD_REGION, set);
    assert_int_equal(counting_memory(snapshot->counting), one);
    counting_forget(snapshot->counting);
    assert_int_equal(counting_memory(snapshot->counting), empty);
    check(FIELD_REGION, set);
    docset_free(set);
}

static void budget_is_kept(void **state)
{
    (void)state;
    struct counting *own, *before = snapshot->counting;
    struct dice dice = {.state = 14};
    assert_true(counting_new(0, &own, NULL));
    snapshot->counting = own;
    struct docset *set = docset_share(snapshot->all);
    thin_out(&dice, &set, 2);
    check_all(set);
    counting_forget(own);
    size_t empty = counting_memory(own);
    struct docset *none = docset_share(set);
    assert_true(docset_andnot(&none, set, NULL));
    check_all(set);
    struct docset *few = few_of(&dice, set, 20);
    check_all(few);
    docset_free(few);
    check(FIELD_REGION, none); /* what was counted last stays */
    assert_int_equal(counting_memory(own), empty);
    docset_free(none);
    snapshot->counting = before;
    docset_free(set);
    counting_free(own);
    counting_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_exact),
        cmocka_unit_test(parts_are_exact),
        cmocka_unit_test(kept_counts_take_memory_and_are_forgotten),
        cmocka_unit_test(budget_is_kept),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
