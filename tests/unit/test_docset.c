#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "schema/buffer.h"
#include "search/docset.h"

static struct docset *make(uint32_t last, const uint32_t *docids, size_t count)
{
    struct docset *set = NULL;
    assert_true(docset_new(last, &set, NULL));
    docset_add_many(set, docids, count);
    return set;
}

static void members_are_what_was_added(void **state)
{
    (void)state;
    static const uint32_t docids[] = {1, 63, 64, 65, 127, 128, 200};
    struct docset *set = make(200, docids, ARRAY_LEN(docids));
    assert_int_equal(docset_count(set), ARRAY_LEN(docids));
    for (uint32_t docid = 0; docid <= 300; docid++) {
        bool added = false;
        for (size_t i = 0; i < ARRAY_LEN(docids); i++)
            added |= docids[i] == docid;
        assert_int_equal(docset_has(set, docid), added);
    }
    docset_free(set);
}

static void docids_out_of_range_are_left_out(void **state)
{
    (void)state;
    static const uint32_t docids[] = {64, 65, 1000, UINT32_MAX};
    struct docset *set = make(64, docids, ARRAY_LEN(docids));
    assert_int_equal(docset_count(set), 1);
    assert_true(docset_has(set, 64));
    assert_false(docset_has(set, 65));
    docset_free(set);
    set = make(0, docids, ARRAY_LEN(docids)); /* of an empty index */
    assert_int_equal(docset_count(set), 0);
    assert_int_equal(docset_next(set, 1), 0);
    docset_free(set);
}

static void ranges_are_added_whole(void **state)
{
    (void)state;
    static const uint32_t bounds[] = {1, 2, 63, 64, 65, 127, 128, 129, 192, 199, 200, 201};
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
        for (size_t j = 0; j < ARRAY_LEN(bounds); j++) {
            struct docset *set = make(200, NULL, 0);
            docset_add_range(set, bounds[i], bounds[j]);
            for (uint32_t docid = 0; docid <= 200; docid++)
                assert_int_equal(docset_has(set, docid), docid >= bounds[i] && docid < bounds[j]);
            docset_free(set);
        }
}

static void ranges_are_counted(void **state)
{
    (void)state;
    struct docset *set = make(200, NULL, 0);
    for (uint32_t docid = 1; docid <= 200; docid++)
        if (docid * docid % 7 < 3)
            docset_add(set, docid);
    for (uint32_t first = 0; first <= 201; first++)
        for (uint32_t end = 0, count = 0; end <= 300; end++) {
            assert_int_equal(docset_count_range(set, first, end), count);
            count += end >= first && docset_has(set, end);
        }
    docset_free(set);
}

static void members_are_read_in_bulk(void **state)
{
    (void)state;
    static const uint32_t docids[] = {1, 62, 63, 64, 65, 127, 128, 199, 200};
    struct docset *set = make(200, docids, ARRAY_LEN(docids));
    for (uint32_t from = 0; from <= 300; from++)
        for (size_t room = 0; room <= ARRAY_LEN(docids) + 1; room++) {
            uint32_t read[ARRAY_LEN(docids) + 1];
            size_t count = docset_read(set, from, read, room), first = 0;
            while (first < ARRAY_LEN(docids) && docids[first] < from)
                first++;
            size_t left = ARRAY_LEN(docids) - first;
            assert_int_equal(count, left < room ? left : room);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(read[i], docids[first + i]);
        }
    docset_free(set);
}

static void walks_go_both_ways(void **state)
{
    (void)state;
    static const uint32_t docids[] = {3, 64, 65, 500, 511, 512};
    struct docset *set = make(640, docids, ARRAY_LEN(docids));
    uint32_t docid = 0;
    for (size_t i = 0; i < ARRAY_LEN(docids); i++) {
        docid = docset_next(set, docid + 1);
        assert_int_equal(docid, docids[i]);
    }
    assert_int_equal(docset_next(set, docid + 1), 0);
    assert_int_equal(docset_next(set, UINT32_MAX), 0);
    for (size_t i = ARRAY_LEN(docids); i > 0; i--) {
        docid = docset_previous(set, i == ARRAY_LEN(docids) ? UINT32_MAX : docid - 1);
        assert_int_equal(docid, docids[i - 1]);
    }
    assert_int_equal(docset_previous(set, docid - 1), 0);
    assert_int_equal(docset_previous(set, 0), 0);
    docset_free(set);
}

/* Every pair of sets over eight docids. */
static void operations_are_those_of_sets(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b += 3) {
            struct docset *sets[3];
            unsigned wanted[] = {a & b, a | b, a & ~b};
            struct docset *other = make(8, NULL, 0);
            for (uint32_t bit = 0; bit < 8; bit++)
                if (b >> bit & 1)
                    docset_add(other, bit + 1);
            for (size_t i = 0; i < 3; i++) {
                sets[i] = make(8, NULL, 0);
                for (uint32_t bit = 0; bit < 8; bit++)
                    if (a >> bit & 1)
                        docset_add(sets[i], bit + 1);
            }
            assert_true(docset_and(&sets[0], other, NULL));
            assert_true(docset_or(&sets[1], other, NULL));
            assert_true(docset_andnot(&sets[2], other, NULL));
            for (size_t i = 0; i < 3; i++) {
                assert_int_equal(sets[i]->words[0] >> 1, wanted[i]);
                docset_free(sets[i]);
            }
            docset_free(other);
        }
}

static bool add_50(struct docset **set, const struct docset *other, struct error *err)
{
    (void)other;
    if (!docset_own(set, err))
        return false;
    docset_add(*set, 50);
    return true;
}

/* Whoever changes a set, whoever frees it first: the other holder sees what it was. */
static void shared_sets_do_not_change(void **state)
{
    (void)state;
    static const uint32_t docids[] = {1, 2, 100}, others[] = {2, 3};
    static const struct wanted {
        bool (*change)(struct docset **, const struct docset *, struct error *);
        uint32_t count, before_100; /* what a changed set has */
    } unchanged = {NULL, 3, 2},
      changes[] = {{docset_and, 1, 2}, {docset_or, 4, 3}, {docset_andnot, 2, 1}, {add_50, 4, 50}};
    struct docset *other = make(100, others, ARRAY_LEN(others));
    for (size_t i = 0; i < ARRAY_LEN(changes); i++)
        for (size_t changer = 0; changer < 3; changer++)
            for (size_t first = 0; first < 3; first++) {
                struct docset *set = make(100, docids, ARRAY_LEN(docids));
                struct docset *held[] = {set, docset_share(set), docset_share(set)};
                assert_int_equal(docset_count(set), unchanged.count);
                assert_true(changes[i].change(&held[changer], other, NULL));
                docset_free(held[first]);
                for (size_t j = 0; j < 3; j++) {
                    if (j == first)
                        continue;
                    const struct wanted *wanted = j == changer ? &changes[i] : &unchanged;
                    assert_int_equal(docset_count(held[j]), wanted->count);
                    assert_int_equal(docset_previous(held[j], 99), wanted->before_100);
                    docset_free(held[j]);
                }
            }
    docset_free(other);
    docset_free(NULL);
}

static void sole_holders_change_their_set_in_place(void **state)
{
    (void)state;
    static const uint32_t docids[] = {1, 2, 100};
    struct docset *set = make(100, docids, ARRAY_LEN(docids)), *share = docset_share(set),
                  *before = set;
    docset_free(share);
    assert_true(docset_own(&set, NULL) && docset_and(&set, set, NULL));
    assert_ptr_equal(set, before);
    docset_free(set);
}

static void counts_follow_every_change(void **state)
{
    (void)state;
    static const uint32_t docids[] = {5, 6};
    struct docset *set = make(100, NULL, 0), *other = make(100, docids, ARRAY_LEN(docids));
    assert_int_equal(docset_count(set), 0);
    docset_add(set, 1);
    assert_int_equal(docset_count(set), 1);
    docset_add_range(set, 2, 5);
    assert_int_equal(docset_count(set), 4);
    docset_add_many(set, docids, 1);
    assert_int_equal(docset_count(set), 5);
    assert_true(docset_or(&set, other, NULL));
    assert_int_equal(docset_count(set), 6);
    assert_true(docset_and(&set, other, NULL));
    assert_int_equal(docset_count(set), 2);
    assert_true(docset_andnot(&set, other, NULL));
    assert_int_equal(docset_count(set), 0);
    docset_free(other);
    docset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_what_was_added),
        cmocka_unit_test(docids_out_of_range_are_left_out),
        cmocka_unit_test(ranges_are_added_whole),
        cmocka_unit_test(ranges_are_counted),
        cmocka_unit_test(members_are_read_in_bulk),
        cmocka_unit_test(walks_go_both_ways),
        cmocka_unit_test(operations_are_those_of_sets),
        cmocka_unit_test(shared_sets_do_not_change),
        cmocka_unit_test(sole_holders_change_their_set_in_place),
        cmocka_unit_test(counts_follow_every_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
