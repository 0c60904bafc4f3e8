/* same_reports.h: two indexes compared report by report. */
#ifndef TEST_SAME_REPORTS_H
#define TEST_SAME_REPORTS_H

#include "indexer/published.h"
#include "tests/unit/scratch.h"

/* That the indexes have the same reports in the same order, and how many there are. */
static inline size_t expect_same_reports(const char *index, const char *other)
{
    struct published *left = NULL, *right = NULL;
    ok(published_open(index, &left, err));
    ok(published_open(other, &right, err));
    size_t count = 0;
    for (bool end = false, other_end;; count++) {
        struct report a, b;
        char *said, *expected;
        ok(published_next(left, &a, &end, err));
        ok(published_next(right, &b, &other_end, err));
        assert_int_equal(end, other_end);
        if (end)
            break;
        ok(report_describe(&a, &said, err));
        ok(report_describe(&b, &expected, err));
        assert_string_equal(said, expected);
        free(said);
        free(expected);
        report_clear(&a);
        report_clear(&b);
    }
    published_close(left);
    published_close(right);
    return count;
}

#endif
