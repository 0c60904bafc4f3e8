/* sitrep-search as a user runs it: what it prints, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "schema/buffer.h"
#include "tests/flow/fixture.h"

static const char actors[] = "actor: jnim\nlabel: JNIM\nkind: jihadist-group\nname: JNIM\n";

static struct fixture fixture;

static int make_index(void **state)
{
    static const char *const rows[][3] = {
        {"r1", "Convoy attacked", "A convoy was attacked near Gao.\033[2J"},
        {"r2", "Talks go on", "The talks, said the mission, go on."},
    };
    struct report reports[ARRAY_LEN(rows)] = {0};
    (void)state;
    bool ok = fixture_init(&fixture, actors, NULL, NULL);
    for (size_t i = 0; ok && i < ARRAY_LEN(rows); i++)
        ok = fixture_report(rows[i][0], "2023-11-15", rows[i][1], rows[i][2], &reports[i], NULL);
    ok = ok && fixture_publish(&fixture, reports, ARRAY_LEN(rows), NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        report_clear(&reports[i]);
    unsetenv("SITREP_INDEX");
    return ok ? 0 : -1;
}

static int remove_index(void **state)
{
    (void)state;
    fixture_clear(&fixture);
    return 0;
}

/* Runs the program with arguments as the shell reads them; errors go where answers go. */
static char *run(const char *arguments, int *status)
{
    struct buffer command = {0}, output = {0};
    char bytes[4096];
    buffer_format(&command, "%s %s 2>&1", SITREP_SEARCH_PROGRAM, arguments);
    FILE *pipe = popen(command.bytes, "r");
    assert_non_null(pipe);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, pipe)) > 0;)
        buffer_append(&output, bytes, got);
    int ended = pclose(pipe);
    assert_true(WIFEXITED(ended));
    *status = WEXITSTATUS(ended);
    buffer_free(&command);
    return buffer_take(&output, NULL);
}

static char *run_on_index(const char *arguments)
{
    struct buffer all = {0};
    int status;
    buffer_format(&all, "--index %s %s", fixture.path, arguments);
    char *output = run(all.bytes, &status);
    if (status != EX_OK)
        fail_msg("%s: %d: %s", arguments, status, output);
    buffer_free(&all);
    return output;
}

static void assert_prints(const char *arguments, const char *wanted)
{
    char *output = run_on_index(arguments);
    if (!strstr(output, wanted))
        fail_msg("%s: no '%s' in: %s", arguments, wanted, output);
    assert_null(strchr(output, '\033')); /* nobody looks: no bold, and none of the report's */
    free(output);
}

static void answers_are_printed(void **state)
{
    (void)state;
    assert_prints("", "2 of 2 reports, 1 to 2 ");
    assert_prints("convoys", "1 of 2 reports, 1 to 1 ");
    assert_prints("convoys", "1. Convoy attacked\n");
    assert_prints("convoy OR talks", "2 of 2 reports");
    assert_prints("--match any convoy talks", "2 of 2 reports");
    assert_prints("--from 2024 talks", "0 of 2 reports");
    assert_prints("--not-id r1 --size 1", "1 of 2 reports");
    assert_prints("-- -talks", "1 of 2 reports");
    assert_prints("--actor nobody", "note: No report has the actor “nobody”.\n");
    assert_prints("--explain convoys", " Zconvoy\n");
    assert_prints("--help", "usage: sitrep-search");
}

/* All that is found, whatever the page, and nothing else. */
static void reports_are_exported(void **state)
{
    (void)state;
    char *output = run_on_index("--export --size 1 --page 2");
    char *newline = strchr(output, '\n');
    assert_non_null(newline);
    assert_true(strncmp(output, "{\"id\":\"r1\",\"date\":\"2023-11-15\"", 30) == 0);
    assert_true(strncmp(newline + 1, "{\"id\":\"r2\"", 10) == 0);
    assert_null(strstr(newline + 1, "r1"));
    free(output);
    output = run_on_index("--export talks");
    assert_true(strncmp(output, "{\"id\":\"r2\"", 10) == 0);
    assert_true(strchr(output, '\n')[1] == '\0');
    free(output);
    output = run_on_index("--export nonsense");
    assert_string_equal(output, "");
    free(output);
}

static void json_is_the_same_answer(void **state)
{
    (void)state;
    char *output = run_on_index("--json --page 2 --size 1 --sort oldest");
    json_t *json = json_loads(output, 0, NULL);
    assert_non_null(json);
    json_t *hit = json_array_get(json_object_get(json, "hits"), 0);
    assert_string_equal(json_string_value(json_object_get(hit, "id")), "r2");
    json_decref(json);
    free(output);
}

static void index_is_taken_from_the_environment(void **state)
{
    int status;
    (void)state;
    assert_int_equal(setenv("SITREP_INDEX", fixture.path, 1), 0);
    char *output = run("talks", &status);
    assert_int_equal(status, EX_OK);
    free(output);
    output = run("--index /nonexistent talks", &status);
    assert_int_equal(status, EX_NOINPUT);
    free(output);
    unsetenv("SITREP_INDEX");
}

/* Every failure is one line that names what is wrong, and its status. */
static void failures_say_what_is_wrong(void **state)
{
    static const struct {
        const char *arguments, *says;
        int status;
    } rows[] = {
        {"--index /nonexistent", "/nonexistent: no index here", EX_NOINPUT},
        {"--sort sideways", "sort: ", EX_USAGE},
        {"--from 2023-02-30", "from: ", EX_USAGE},
        {"--from 2024 --to 2023", "from", EX_USAGE},
        {"--size 1000", "size: ", EX_DATAERR},
        {"--page 0", "page: ", EX_USAGE},
        {"--nonsense", "unrecognized option", EX_USAGE},
        {"--actor", "requires an argument", EX_USAGE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int status;
        char *output = run(rows[i].arguments, &status);
        if (status != rows[i].status || !strstr(output, rows[i].says))
            fail_msg("%s: %d: %s", rows[i].arguments, status, output);
        free(output);
    }
}

static void unwritten_answer_is_a_failure(void **state)
{
    struct buffer command = {0};
    (void)state;
    buffer_format(&command, "%s --index %s >/dev/full 2>/dev/null", SITREP_SEARCH_PROGRAM,
                  fixture.path);
    int ended = system(command.bytes);
    assert_int_equal(WEXITSTATUS(ended), EX_IOERR);
    buffer_free(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_printed),
        cmocka_unit_test(reports_are_exported),
        cmocka_unit_test(json_is_the_same_answer),
        cmocka_unit_test(index_is_taken_from_the_environment),
        cmocka_unit_test(failures_say_what_is_wrong),
        cmocka_unit_test(unwritten_answer_is_a_failure),
    };
    return cmocka_run_group_tests(tests, make_index, remove_index);
}
