#include "indexer/handover.h"
#include "tests/unit/scratch.h"

struct taker {
    size_t taken;
    size_t fails_at; /* 0: never */
};

/* Reports come in order, each with its own place. */
static bool take(void *context, struct report *report, const char *where, struct error *err)
{
    struct taker *taker = context;
    char number[32];
    snprintf(number, sizeof number, "%zu", taker->taken++);
    assert_string_equal(report->title, number);
    assert_string_equal(where, number);
    return taker->taken != taker->fails_at || error_set(err, ERROR_IO, "spool", "disk full");
}

static bool give(struct handover *handover, size_t i, size_t body_size)
{
    struct report report = {.body = calloc(1, body_size + 1), .body_size = body_size};
    assert_true(asprintf(&report.title, "%zu", i) > 0);
    char *where = strdup(report.title);
    bool went = handover_give(handover, &report, where);
    assert_null(report.title);
    free(where);
    return went;
}

static void all_are_taken_in_order(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 256, 257, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct taker taker = {0};
        struct handover *handover = NULL;
        ok(handover_open(take, &taker, &handover, err));
        for (size_t j = 0; j < counts[i]; j++)
            assert_true(give(handover, j, j % 7 == 0 ? 300000 : 3));
        ok(handover_close(handover, err));
        assert_int_equal(taker.taken, counts[i]);
    }
}

static void a_failure_is_told(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 200; at += 3) {
        struct taker taker = {.fails_at = at};
        struct handover *handover = NULL;
        ok(handover_open(take, &taker, &handover, err));
        size_t given = 0;
        while (given < 1000 && give(handover, given, 3))
            given++;
        assert_true(given < 1000);
        fails(ERROR_IO, handover_close(handover, err));
        assert_int_equal(taker.taken, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_taken_in_order),
        cmocka_unit_test(a_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
