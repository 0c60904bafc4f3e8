/* A list of a file of frequent terms is read as it was written, from wherever one skips to. */
#include <stdlib.h>

#include "indexer/frequent_writer.h"
#include "schema/buffer.h"
#include "schema/frequent_cursor.h"
#include "tests/unit/scratch.h"

#define LAST 20000u

struct postings {
    uint32_t docids[LAST], wdfs[LAST], count;
};

static uint32_t pick(size_t count)
{
    return (uint32_t)((size_t)rand() % count);
}

/* One report in so many, with wdfs of all sizes. */
static struct postings *make_postings(uint32_t one_in, bool counted)
{
    static const uint32_t wdfs[] = {0, 1, 2, 3, 4, 14, 15, 16, 130, 254, 255, 256, 70000};
    struct postings *postings = calloc(1, sizeof *postings);
    for (uint32_t docid = 1; docid <= LAST; docid++) {
        if (pick(one_in) != 0)
            continue;
        postings->docids[postings->count] = docid;
        postings->wdfs[postings->count++] = !counted   ? 0
                                            : pick(20) ? 1 + pick(3)
                                                       : wdfs[pick(ARRAY_LEN(wdfs))];
    }
    return postings;
}

static uint32_t greatest_of(const struct postings *postings)
{
    uint32_t greatest = 0;
    for (uint32_t i = 0; i < postings->count; i++)
        greatest = postings->wdfs[i] > greatest ? postings->wdfs[i] : greatest;
    return greatest;
}

/* From any place on, by reads of any size and skips of any width. */
static void check_walk(const struct frequent_postings *list, const struct postings *all)
{
    uint32_t docids[700], wdfs[ARRAY_LEN(docids)];
    struct frequent_cursor cursor;
    frequent_cursor_start(&cursor, list, LAST);
    for (uint32_t at = 0;;) {
        uint32_t docid = at < all->count ? all->docids[at] : LAST;
        if (pick(2)) {
            uint32_t wanted = docid + pick(pick(3) ? 40 : 4000);
            frequent_cursor_skip_to(&cursor, wanted);
            while (at < all->count && all->docids[at] < wanted)
                at++;
        }
        if (pick(5) == 0)
            frequent_cursor_skip_to(&cursor, docid / 2); /* it does not go back */
        size_t room = 1 + pick(ARRAY_LEN(docids)), left = all->count - at;
        size_t count = frequent_cursor_read(&cursor, room, docids, pick(4) ? wdfs : NULL);
        assert_int_equal(count, left < room ? left : room);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(docids[i], all->docids[at + i]);
        count = count < room ? 0 : frequent_cursor_read(&cursor, 1, docids, wdfs);
        at += (uint32_t)(left < room ? left : room);
        if (count == 0)
            break;
        assert_int_equal(docids[0], all->docids[at]);
        assert_int_equal(wdfs[0], all->wdfs[at]);
        at++;
    }
    assert_int_equal(frequent_cursor_read(&cursor, 1, docids, wdfs), 0);
}

static void check_whole(const struct frequent_postings *list, const struct postings *all)
{
    static uint32_t docids[LAST + 1], wdfs[LAST + 1];
    struct frequent_cursor cursor;
    frequent_cursor_start(&cursor, list, LAST);
    assert_int_equal(list->reports, all->count);
    assert_int_equal(frequent_cursor_read(&cursor, LAST + 1, docids, wdfs), all->count);
    assert_memory_equal(docids, all->docids, all->count * sizeof docids[0]);
    assert_memory_equal(wdfs, all->wdfs, all->count * sizeof wdfs[0]);
}

static void a_list_is_read_as_written(void **state)
{
    static const struct {
        const char *term;
        uint32_t one_in;
        bool counted, dense;
    } rows[] = {{"XPaa", 5, false, true},
                {"XPbb", 500, false, false},
                {"Zall", 1, true, true},
                {"Zfew", 100, true, false},
                {"Zmany", 20, true, true},
                {"Zmiddling", 40, true, false},
                {"Znone", LAST * 1000, true, false},
                {"Zrare", 3000, true, false}};
    struct postings *all[ARRAY_LEN(rows)];
    struct frequent_writer *writer = NULL;
    struct frequent_file *file = NULL;
    srand(7);
    ok(frequent_writer_open(scratch_path(state, "lists"), LAST, &writer, err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        all[i] = make_postings(rows[i].one_in, rows[i].counted);
        ok(frequent_writer_add(writer, rows[i].term, i % 2, all[i]->docids, all[i]->wdfs,
                               all[i]->count, err));
    }
    ok(frequent_writer_finish(writer, err));
    frequent_writer_close(writer);
    ok(frequent_file_open(scratch_path(state, "lists"), &file, err));
    assert_int_equal(frequent_file_last(file), LAST);
    assert_int_equal(frequent_file_count(file), ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct frequent_postings list;
        assert_true(frequent_file_find(file, rows[i].term, &list));
        assert_string_equal(list.term, rows[i].term);
        assert_int_equal(list.words != NULL, rows[i].dense);
        assert_int_equal(list.alone, i % 2);
        assert_int_equal(list.greatest, greatest_of(all[i]));
        check_whole(&list, all[i]);
        for (size_t times = 0; times < 300; times++)
            check_walk(&list, all[i]);
        free(all[i]);
    }
    frequent_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_read_as_written, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
