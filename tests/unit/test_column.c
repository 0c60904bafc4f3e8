/* Columns of made-up databases, compared with what each report was given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/column.h"
#include "search/day_column.h"
#include "tests/flow/fixture.h"
#include "xapian/xap.h"

static char directory[] = "/tmp/sitrep-test-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    snprintf(fixture.path, sizeof fixture.path, "%s", directory);
    fixture_clear(&fixture);
    return 0;
}

/* A database of its own; documents are added by the test. */
static struct xap_writer *new_database(void)
{
    static int number;
    char path[64];
    struct xap_writer *writer = NULL;
    struct xap_error err = {0};
    snprintf(path, sizeof path, "%s/%d", directory, number++);
    if (!xap_writer_open(path, XAP_CREATE, XAP_NO_SYNC, 0, &writer, &err))
        fail_msg("%s", err.text);
    return writer;
}

static void add(struct xap_writer *writer, const char *const *values, size_t count, day_t day)
{
    struct xap_document *document = NULL;
    char term[FIELD_TERM_ROOM], slot[DAY_VALUE_ROOM];
    assert_true(xap_document_new(&document, NULL));
    for (size_t i = 0; i < count; i++) {
        field_term(&fields[FIELD_REGION], values[i], strlen(values[i]), term);
        assert_true(xap_document_add_term(document, term, 0, NULL));
    }
    if (day != DAY_NONE)
        assert_true(xap_document_add_value(document, SLOT_DATE, day_to_value(day, slot),
                                           DAY_VALUE_ROOM - 1, NULL));
    assert_true(xap_writer_add(writer, document, NULL, NULL));
    xap_document_free(document);
}

static struct column *load(const struct xap_db *db, uint32_t last)
{
    struct column *column = NULL;
    struct error err = {0};
    if (!column_load(db, &fields[FIELD_REGION], last, NULL, NULL, &column, &err))
        fail_msg("%s", err.text);
    return column;
}

static struct docset *all_of(const struct xap_db *db, uint32_t last)
{
    struct docset *set = NULL;
    assert_true(docset_new(last, &set, NULL));
    assert_true(docset_add_postings(set, db, "", NULL));
    return set;
}

static void values_are_numbered_in_their_order(void **state)
{
    (void)state;
    static const char *const values[] = {"basin", "ML", "ML-7", "ML-7.gao", "9th-district", ":x"};
    struct xap_writer *writer = new_database();
    add(writer, values, ARRAY_LEN(values), DAY_NONE);
    add(writer, values + 1, 2, DAY_NONE);
    const struct xap_db *db = xap_writer_db(writer);
    struct column *column = load(db, 2);
    assert_int_equal(column_value_count(column), ARRAY_LEN(values));
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        size_t number = 99;
        assert_true(column_find(column, values[i], &number));
        assert_string_equal(column_value(column, number), values[i]);
        assert_int_equal(column_total(column, number), i == 1 || i == 2 ? 2 : 1);
    }
    size_t number = 99;
    assert_false(column_find(column, "ML-8", &number));
    assert_false(column_find(column, "", &number));
    assert_int_equal(number, 99);
    column_free(column);
    xap_writer_close(writer);
}

/* The counts of a set by number; 'direct' may be NULL. What is not in the tally is 0 there. Both
 * as few reports are counted and as many are, each after the other way was cleared. */
static void count(const struct column *column, const struct docset *set,
                  const struct docset *without, uint32_t *counts, uint32_t *direct)
{
    struct tally *tally = NULL;
    assert_true(column_tally(column, &tally, NULL));
    for (int times = 0; times < 3; times++) {
        size_t listed = 0;
        column_count(column, set, without, times == 1 ? UINT32_MAX : 0, tally);
        for (uint32_t number = 0; number < column_value_count(column); number++) {
            struct value_count found = tally_of(tally, number);
            counts[number] = found.reports;
            if (direct)
                direct[number] = found.direct;
            listed += found.reports > 0;
        }
        assert_int_equal(tally->count, listed);
        for (size_t i = 0; i < tally->count; i++)
            assert_true(counts[tally->numbers[i]] > 0);
        tally_clear(tally);
    }
    tally_free(tally);
}

/* Counts part of a set from its rows, and as any set. */
static void check_part(const struct column *column, const struct column_rows *rows,
                       const struct docset *set, struct docset *part)
{
    struct tally *tally = NULL, *wanted = NULL;
    assert_true(docset_and(&part, set, NULL));
    assert_true(column_tally(column, &tally, NULL));
    assert_true(column_tally(column, &wanted, NULL));
    column_count_part(column, rows, set, part, tally);
    column_count(column, part, NULL, UINT32_MAX, wanted);
    assert_int_equal(tally->count, wanted->count);
    for (uint32_t number = 0; number < column_value_count(column); number++)
        assert_true(tally->cells[number] == wanted->cells[number]);
    tally_free(tally);
    tally_free(wanted);
    docset_free(part);
}

/* Spans of docids, with the first and the last, and reports here and there. False where the set has
 * too many reports for rows. */
static bool check_rows(const struct column *column, const struct docset *set)
{
    struct column_rows *rows = NULL;
    struct tally *tally = NULL;
    assert_true(column_tally(column, &tally, NULL));
    column_count_rows(column, set, docset_count(set), tally, &rows);
    tally_free(tally);
    assert_int_equal(column_rows_memory(rows) > 0, rows != NULL);
    uint32_t last = set->last, third = docset_next(set, last / 3);
    uint32_t spans[][2] = {{0, 0},
                           {0, last + 1},
                           {1, last / 2},
                           {third, last},
                           {third, third + 1},
                           {third + 1, last + 1},
                           {last / 2, last + 1},
                           {last, last + 1}};
    for (size_t i = 0; rows && i < ARRAY_LEN(spans); i++) {
        struct docset *part = NULL;
        assert_true(docset_new(last, &part, NULL));
        docset_add_range(part, spans[i][0], spans[i][1]);
        check_part(column, rows, set, part);
    }
    for (uint32_t step = 2; rows && step < 6; step++) {
        struct docset *part = NULL;
        assert_true(docset_new(last, &part, NULL));
        for (uint32_t docid = 0; docid <= last; docid++)
            if (docid / 9 % step == 0)
                docset_add(part, docid);
        check_part(column, rows, set, part);
    }
    column_rows_free(rows);
    return rows;
}

/* The wanted number of values of report 'docid': most have a few, some have many. */
static size_t degree_of(uint32_t docid)
{
    return docid % 50 == 0 ? 40 : docid % 7 == 0 ? 0 : docid % 4 + 1;
}

static void value_name(uint32_t docid, size_t place, size_t distinct, char out[24])
{
    snprintf(out, 24, "v%05zu", (docid * 31 + place * place * 7 + place) % distinct);
}

/* Fills a database and compares the column's counts with counts kept on the way. */
static void check_counts(uint32_t last, size_t distinct, uint32_t step)
{
    struct xap_writer *writer = new_database();
    uint32_t *wanted = calloc(distinct, sizeof wanted[0]);
    for (uint32_t docid = 1; docid <= last; docid++) {
        char names[40][24];
        const char *values[40];
        size_t count = 0;
        for (size_t place = 0; place < degree_of(docid); place++) {
            value_name(docid, place, distinct, names[count]);
            bool seen = false;
            for (size_t i = 0; i < count; i++)
                seen |= strcmp(names[i], names[count]) == 0;
            if (!seen) {
                values[count] = names[count];
                wanted[atoi(names[count] + 1)] += docid % step == 0;
                count++;
            }
        }
        add(writer, values, count, DAY_NONE);
    }
    const struct xap_db *db = xap_writer_db(writer);
    struct column *column = load(db, last);
    struct docset *set = NULL;
    assert_true(docset_new(last, &set, NULL));
    for (uint32_t docid = step; docid <= last; docid += step)
        docset_add(set, docid);
    uint32_t *counts = calloc(column_value_count(column) + 1, sizeof counts[0]);
    count(column, set, NULL, counts, NULL);
    size_t checked = 0;
    for (size_t i = 0; i < distinct; i++) {
        char name[24];
        size_t number;
        snprintf(name, sizeof name, "v%05zu", i);
        if (column_find(column, name, &number)) {
            assert_int_equal(counts[number], wanted[i]);
            checked++;
        } else {
            assert_int_equal(wanted[i], 0);
        }
    }
    assert_int_equal(checked, column_value_count(column));
    assert_true(column_memory(column) > last);
    free(counts);
    free(wanted);
    docset_free(set);
    column_free(column);
    xap_writer_close(writer);
}

static void counts_are_exact(void **state)
{
    (void)state;
    check_counts(400, 30, 1);
    check_counts(400, 300, 3);
    check_counts(49, 5, 1);  /* no report has more than a record holds */
    check_counts(8, 500, 1); /* few reports, many values */
}

/* More values than 16 bits number. */
static void many_values_are_counted(void **state)
{
    (void)state;
    enum { VALUES = 66000, EACH = 100 };
    struct xap_writer *writer = new_database();
    static char names[EACH][24];
    const char *values[EACH];
    for (uint32_t i = 0; i < VALUES; i += EACH) {
        for (uint32_t j = 0; j < EACH; j++) {
            snprintf(names[j], sizeof names[j], "v%05u", i + j);
            values[j] = names[j];
        }
        add(writer, values, EACH, DAY_NONE);
    }
    struct column *column = load(xap_writer_db(writer), VALUES / EACH);
    struct docset *set = all_of(xap_writer_db(writer), VALUES / EACH);
    uint32_t *counts = calloc(VALUES, sizeof counts[0]);
    assert_int_equal(column_value_count(column), VALUES);
    count(column, set, NULL, counts, NULL);
    for (size_t i = 0; i < VALUES; i++)
        assert_int_equal(counts[i], 1);
    free(counts);
    docset_free(set);
    column_free(column);
    xap_writer_close(writer);
}

/* More sets of values than 16 bits number, by all reports and by few. */
static void many_sets_are_counted(void **state)
{
    (void)state;
    enum { VALUES = 363, REPORTS = VALUES * (VALUES - 1) / 2 + VALUES };
    struct xap_writer *writer = new_database();
    for (unsigned i = 0; i < VALUES; i++)
        for (unsigned j = i; j < VALUES; j++) { /* every pair, and every value alone */
            char names[2][24];
            const char *const values[] = {names[0], names[1]};
            snprintf(names[0], sizeof names[0], "v%03u", i);
            snprintf(names[1], sizeof names[1], "v%03u", j);
            add(writer, values, ARRAY_LEN(values), DAY_NONE);
        }
    const struct xap_db *db = xap_writer_db(writer);
    struct column *column = load(db, REPORTS);
    struct docset *all = all_of(db, REPORTS), *few = NULL;
    uint32_t counts[VALUES];
    assert_true(REPORTS > UINT16_MAX);
    count(column, all, NULL, counts, NULL);
    for (size_t i = 0; i < VALUES; i++)
        assert_int_equal(counts[i], VALUES);
    assert_true(docset_new(REPORTS, &few, NULL));
    for (uint32_t docid = 1; docid <= VALUES; docid++) /* those with the first value */
        docset_add(few, docid);
    count(column, few, NULL, counts, NULL);
    assert_int_equal(counts[0], VALUES);
    for (size_t i = 1; i < VALUES; i++)
        assert_int_equal(counts[i], 1);
    assert_true(check_rows(column, few));
    assert_false(check_rows(column, all));
    docset_free(all);
    docset_free(few);
    column_free(column);
    xap_writer_close(writer);
}

/* Reports that have the same values take no more room for them than one. */
static void equal_sets_take_no_room(void **state)
{
    (void)state;
    static const char *const values[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct xap_writer *writer = new_database();
    for (int i = 0; i < 1000; i++)
        add(writer, values, ARRAY_LEN(values), DAY_NONE);
    struct column *some = load(xap_writer_db(writer), 500);
    struct column *all = load(xap_writer_db(writer), 1000);
    size_t bits = 2 * (1000 / 64 - 500 / 64) * sizeof(uint64_t); /* of any and of the one set */
    assert_int_equal(column_memory(all) - column_memory(some), 500 * sizeof(uint16_t) + bits);
    column_free(some);
    column_free(all);
    xap_writer_close(writer);
}

/* ---- values that lie in others -------------------------------------------- */

#define FOREST_VALUES  40
#define FOREST_REPORTS 300

/* Value N lies in N / 3, some in another one too; 1 and 2 lie in each other, and 7 in itself. */
static size_t forest_parents(const void *context, const char *value, const char **parents,
                             size_t room)
{
    static char names[2][24];
    unsigned number = (unsigned)atoi(value + 1);
    size_t count = 0;
    assert_string_equal(context, "forest");
    assert_true(room >= 2);
    if (number == 0)
        return 0;
    snprintf(names[0], sizeof names[0], "v%u", number == 1 ? 2 : number == 2 ? 1 : number / 3);
    parents[count++] = names[0];
    if (number % 7 == 0) {
        snprintf(names[1], sizeof names[1], "v%u", number == 7 ? 7 : number - 5);
        parents[count++] = names[1];
    }
    return count;
}

/* Whether it does is asked so often that it is found out once. */
static bool lies[FOREST_VALUES][FOREST_VALUES];

static void find_what_lies_in_what(void)
{
    for (unsigned child = 0; child < FOREST_VALUES; child++) {
        const char *parents[2];
        char value[24];
        snprintf(value, sizeof value, "v%u", child);
        size_t count = forest_parents("forest", value, parents, 2);
        for (size_t i = 0; i < count; i++) {
            unsigned parent = (unsigned)atoi(parents[i] + 1);
            if (parent < FOREST_VALUES && parent != child)
                lies[child][parent] = true;
        }
    }
}

/* Bit N: report 'docid' has value N. Every third report has all that its values lie in, as
 * reports do that were tagged by one vocabulary; the others have some values or none. */
static uint64_t forest_set(uint32_t docid, unsigned values)
{
    uint64_t state = docid * UINT64_C(0x9e3779b97f4a7c15), set = 0;
    for (unsigned i = 0; i < docid % 5; i++, state *= UINT64_C(0xbf58476d1ce4e5b9))
        set |= UINT64_C(1) << ((state >> 40) % values);
    for (unsigned times = 0; docid % 3 == 0 && times < 5; times++)
        for (unsigned child = 0; child < values; child++)
            for (unsigned parent = 0; parent < values; parent++)
                if ((set >> child & 1) && lies[child][parent])
                    set |= UINT64_C(1) << parent;
    return set;
}

static void add_forest(struct xap_writer *writer, uint32_t first, uint32_t last, unsigned values)
{
    for (uint32_t docid = first; docid <= last; docid++) {
        char names[FOREST_VALUES][24];
        const char *pointers[FOREST_VALUES];
        size_t count = 0;
        for (unsigned i = 0; i < values; i++)
            if (forest_set(docid, values) >> i & 1) {
                snprintf(names[count], sizeof names[0], "v%u", i);
                pointers[count] = names[count];
                count++;
            }
        add(writer, pointers, count, DAY_NONE);
    }
}

static bool is_direct(uint64_t set, unsigned value)
{
    for (unsigned child = 0; child < FOREST_VALUES; child++)
        if ((set >> child & 1) && lies[child][value])
            return false;
    return set >> value & 1;
}

/* 'old' reports were made of 'old_values' values, later ones of all. */
static void check_forest(const struct column *column, const struct docset *set,
                         const struct docset *without, uint32_t old, unsigned old_values,
                         bool totals)
{
    uint32_t counts[FOREST_VALUES], direct[FOREST_VALUES];
    assert_true(column_value_count(column) <= FOREST_VALUES);
    count(column, set, without, counts, direct);
    for (size_t number = 0; number < column_value_count(column); number++) {
        unsigned value = (unsigned)atoi(column_value(column, number) + 1);
        uint32_t wanted = 0, wanted_direct = 0;
        for (uint32_t docid = docset_next(set, 1); docid; docid = docset_next(set, docid + 1)) {
            uint64_t has = forest_set(docid, docid <= old ? old_values : FOREST_VALUES);
            if (without && docset_has(without, docid))
                continue;
            wanted += (has >> value & 1) != 0;
            wanted_direct += is_direct(has, value);
        }
        assert_int_equal(counts[number], wanted);
        assert_int_equal(direct[number], wanted_direct);
        if (totals) {
            assert_int_equal(column_total(column, number), wanted);
            assert_int_equal(column_direct_total(column, number), wanted_direct);
        }
    }
}

static void check_forest_parts(const struct column *column, const struct docset *all, uint32_t old,
                               unsigned old_values)
{
    check_forest(column, all, NULL, old, old_values, true);
    for (uint32_t step = 2; step < 100; step *= 3) {
        struct docset *some = NULL;
        assert_true(docset_new(all->last, &some, NULL));
        for (uint32_t docid = step; docid <= all->last; docid += step)
            docset_add(some, docid);
        assert_true(docset_and(&some, all, NULL));
        check_forest(column, some, NULL, old, old_values, false);
        check_forest(column, all, some, old, old_values, false);
        bool has_rows = check_rows(column, some);
        assert_true(has_rows || step < 50 || old_values < 10);
        docset_free(some);
    }
}

static void values_in_others_count_for_them(void **state)
{
    (void)state;
    find_what_lies_in_what();
    for (unsigned old_values = 5; old_values <= FOREST_VALUES; old_values += 7) {
        struct xap_writer *writer = new_database();
        const struct xap_db *db = xap_writer_db(writer);
        struct column *column = NULL, *grown = NULL;
        uint32_t later = FOREST_REPORTS + FOREST_REPORTS / 4;
        add_forest(writer, 1, FOREST_REPORTS, old_values);
        struct docset *all = all_of(db, FOREST_REPORTS);
        assert_true(column_load(db, &fields[FIELD_REGION], FOREST_REPORTS, forest_parents, "forest",
                                &column, NULL));
        check_forest_parts(column, all, FOREST_REPORTS, old_values);
        docset_free(all);
        add_forest(writer, FOREST_REPORTS + 1, later, FOREST_VALUES);
        for (uint32_t docid = 3; docid <= FOREST_REPORTS; docid += 4)
            assert_true(xap_writer_delete(writer, docid, NULL));
        all = all_of(db, later);
        assert_true(column_grow(column, db, all, forest_parents, "forest", &grown, NULL));
        check_forest_parts(grown, all, FOREST_REPORTS, old_values);
        column_take_values(grown, column);
        column_free(column);
        column_free(grown);
        docset_free(all);
        xap_writer_close(writer);
    }
}

static void empty_columns_count_nothing(void **state)
{
    (void)state;
    struct xap_writer *writer = new_database();
    struct column *column = load(xap_writer_db(writer), 0);
    struct docset *set = all_of(xap_writer_db(writer), 0);
    uint32_t counts[1] = {7};
    assert_int_equal(column_value_count(column), 0);
    count(column, set, NULL, counts, NULL);
    assert_int_equal(counts[0], 7);
    column_free(column);
    docset_free(set);
    add(writer, NULL, 0, DAY_NONE); /* a report without values */
    column = load(xap_writer_db(writer), 1);
    set = all_of(xap_writer_db(writer), 1);
    assert_int_equal(docset_count(set), 1);
    count(column, set, NULL, counts, NULL);
    docset_free(set);
    column_free(column);
    column_free(NULL);
    xap_writer_close(writer);
}

static void days_are_read(void **state)
{
    (void)state;
    static const struct {
        day_t days[4];
        uint32_t ordered, dated; /* the last docid in order, the first of them that is dated */
        day_t first, last;
        uint32_t tail[4];
    } rows[] = {
        {{10, 10, 11, 400}, 4, 1, 10, 400, {0}},
        {{DAY_NONE, DAY_NONE, -5, 3}, 4, 3, -5, 3, {0}},
        {{10, 9, 11, 12}, 1, 1, 9, 12, {2, 3, 4}},
        {{10, 11, DAY_NONE, 5}, 2, 1, 5, 11, {3, 4}},
        {{10, 11, 9, 5}, 2, 1, 5, 11, {4, 3}},
        {{DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE}, 4, 5, DAY_NONE, DAY_NONE, {0}},
        {{DAY_MIN, 0, 1, DAY_MAX}, 4, 1, DAY_MIN, DAY_MAX, {0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct xap_writer *writer = new_database();
        for (size_t at = 0; at < 4; at++)
            add(writer, NULL, 0, rows[i].days[at]);
        struct docset *all = all_of(xap_writer_db(writer), 4);
        struct day_column column;
        assert_true(day_column_load(xap_writer_db(writer), all, NULL, &column, NULL));
        for (size_t at = 0; at < 4; at++)
            assert_int_equal(column.days[at + 1], rows[i].days[at]);
        assert_int_equal(column.ordered, rows[i].ordered);
        assert_int_equal(day_column_start(&column, DAY_NONE), rows[i].dated);
        assert_int_equal(column.tail_count, 4 - rows[i].ordered);
        assert_memory_equal(column.tail, rows[i].tail, column.tail_count * sizeof column.tail[0]);
        assert_int_equal(column.first_day, rows[i].first);
        assert_int_equal(column.last_day, rows[i].last);
        day_column_clear(&column);
        docset_free(all);
        xap_writer_close(writer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_numbered_in_their_order),
        cmocka_unit_test(counts_are_exact),
        cmocka_unit_test(many_values_are_counted),
        cmocka_unit_test(many_sets_are_counted),
        cmocka_unit_test(equal_sets_take_no_room),
        cmocka_unit_test(values_in_others_count_for_them),
        cmocka_unit_test(empty_columns_count_nothing),
        cmocka_unit_test(days_are_read),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
