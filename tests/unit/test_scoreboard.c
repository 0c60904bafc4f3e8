#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fcgi/scoreboard.h"

static const char *const names[] = {"search", "other"};

static struct buffer describe(const struct scoreboard *board)
{
    struct buffer out = {0};
    scoreboard_describe(board, names, 2, &out);
    assert_false(out.failed);
    return out;
}

static void test_counts_of_a_child_that_dies(void **state)
{
    struct error err = {0};
    struct scoreboard *board = scoreboard_new(4, &err);
    int status;

    (void)state;
    assert_non_null(board);
    pid_t pid = fork();
    if (pid == 0) {
        scoreboard_count(board, 0, 200, 1500);
        scoreboard_count(board, 0, 200, 10);
        scoreboard_count(board, 1, 404, 60000000);
        board->slots[3].state = WORKER_BUSY;
        board->slots[3].cache_bytes = 1000;
        _exit(7);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    board->slots[0].state = WORKER_IDLE;
    board->slots[0].cache_bytes = 24;
    board->slots[1].cache_bytes = 5; /* of a worker that is gone */
    struct buffer text = describe(board);
    static const char *const lines[] = {
        "sitrep_requests_total{route=\"search\",status=\"200\"} 2\n",
        "sitrep_requests_total{route=\"other\",status=\"404\"} 1\n",
        "sitrep_request_seconds_bucket{route=\"search\",le=\"0.0005\"} 1\n",
        "sitrep_request_seconds_bucket{route=\"search\",le=\"0.001\"} 1\n",
        "sitrep_request_seconds_bucket{route=\"search\",le=\"0.002\"} 2\n",
        "sitrep_request_seconds_bucket{route=\"search\",le=\"+Inf\"} 2\n",
        "sitrep_request_seconds_sum{route=\"search\"} 0.001510\n",
        "sitrep_request_seconds_bucket{route=\"other\",le=\"5\"} 0\n",
        "sitrep_request_seconds_bucket{route=\"other\",le=\"+Inf\"} 1\n",
        "sitrep_request_seconds_count{route=\"other\"} 1\n",
        "sitrep_workers{state=\"idle\"} 1\n",
        "sitrep_workers{state=\"busy\"} 1\n",
        "sitrep_cache_bytes 1024\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        if (!strstr(text.bytes, lines[i]))
            fail_msg("no %s in:\n%s", lines[i], text.bytes);
    buffer_free(&text);
    scoreboard_free(board);
}

static void test_numbers_out_of_range(void **state)
{
    struct error err = {0};
    struct scoreboard *board = scoreboard_new(1, &err);

    (void)state;
    assert_non_null(board);
    scoreboard_count(board, SCOREBOARD_ROUTES, 200, 1);
    scoreboard_count(board, 0, SCOREBOARD_STATUSES, 1);
    struct buffer text = describe(board);
    assert_null(strstr(text.bytes, "sitrep_requests_total{"));
    buffer_free(&text);
    scoreboard_free(board);
    scoreboard_free(NULL);
}

/* Each family has its HELP and TYPE before its samples, once. */
static void test_format(void **state)
{
    struct error err = {0};
    struct scoreboard *board = scoreboard_new(1, &err);
    size_t helps = 0, types = 0;

    (void)state;
    struct buffer text = describe(board);
    for (const char *at = text.bytes; (at = strstr(at, "# HELP ")) != NULL; at++)
        helps++;
    for (const char *at = text.bytes; (at = strstr(at, "# TYPE ")) != NULL; at++)
        types++;
    assert_int_equal(helps, types);
    assert_true(helps > 5);
    assert_int_equal(text.bytes[text.size - 1], '\n');
    buffer_free(&text);
    scoreboard_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_of_a_child_that_dies),
        cmocka_unit_test(test_numbers_out_of_range),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
