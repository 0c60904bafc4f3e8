/* Swaps of the generation under load: 20 of them while wrk asks for 30 s, and not one failed
 * answer. Takes a minute; runs where SITREP_LONG is set or --long is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/http/server.h"

#define WRK     "/usr/bin/wrk"
#define SECONDS 30
#define SWAPS   20

static struct server server;

static int set_up(void **state)
{
    (void)state;
    server_prepare(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    server_end(&server);
    return 0;
}

/* What wrk printed: requests answered, and all kinds of failure. */
struct load {
    unsigned long answered, failed;
};

static struct load read_load(FILE *wrk)
{
    struct load load = {0};
    char line[512];

    while (fgets(line, sizeof(line), wrk)) {
        unsigned long connect, read, write, timeout, other;
        fputs(line, stdout);
        if (sscanf(line, " %lu requests in", &load.answered) == 1)
            continue;
        if (sscanf(line, " Socket errors: connect %lu, read %lu, write %lu, timeout %lu", &connect,
                   &read, &write, &timeout) == 4)
            load.failed += connect + read + write + timeout;
        if (sscanf(line, " Non-2xx or 3xx responses: %lu", &other) == 1)
            load.failed += other;
    }
    return load;
}

static void test_swaps_under_load(void **state)
{
    char command[256], word[32];

    (void)state;
    server_index(&server, "swap0", 30);
    server_start_fcgi(&server, 2);
    server_start_nginx(&server);
    assert_true(server_wait_reports(&server, 30));
    snprintf(command, sizeof(command),
             WRK " -t1 -c8 -d%d --latency 'http://127.0.0.1:%u/search.json?q=report'", SECONDS,
             server.port);
    FILE *wrk = popen(command, "re");
    assert_non_null(wrk);
    for (unsigned swap = 1; swap <= SWAPS; swap++) {
        snprintf(word, sizeof(word), "swap%u", swap);
        server_index(&server, word, 30 + swap);
        assert_true(server_wait_reports(&server, 30 + swap));
        usleep(SECONDS * 1000000 / SWAPS / 2);
    }
    struct load load = read_load(wrk);
    pclose(wrk);
    printf("%lu answers, %lu failed, %zu generations served\n", load.answered, load.failed,
           server_log_count(&server, "serving 0"));
    assert_true(load.answered > 0);
    assert_int_equal(load.failed, 0);
    assert_int_equal(server_log_count(&server, "serving 0"), SWAPS + 1);
    assert_int_equal(server_log_count(&server, "another takes its place"), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_swaps_under_load, set_up, tear_down),
    };

    if (!getenv("SITREP_LONG") && (argc < 2 || strcmp(argv[1], "--long") != 0)) {
        puts("skipped: takes a minute; give --long");
        return 0;
    }
    if (server_missing() || access(WRK, X_OK) != 0) {
        printf("skipped: %s\n", server_missing() ? server_missing() : "there is no " WRK);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
