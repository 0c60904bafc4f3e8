/* Names that look like actors and are not in the vocabulary. */
#include "tests/unit/scratch.h"

#include <jansson.h>

#include "indexer/candidates.h"
#include "indexer/extraction.h"
#include "schema/tokenizer.h"

/* The names found in reports, each with its numbers, parted by "; ". */
static char *names_in(void **state, const char *const *texts, size_t count)
{
    struct vocabulary *vocabulary = NULL;
    struct extraction *extraction = NULL;
    struct candidates *candidates = NULL;
    struct buffer lines = {0}, names = {0};
    ok(vocabulary_open(scratch_vocabulary(state), &vocabulary, err));
    ok(extraction_open(vocabulary, NULL, &extraction, err));
    ok(candidates_open(&candidates, err));
    for (size_t i = 0; i < count; i++) {
        struct report report = {.id = strdup("r"), .day = DAY_NONE, .body = strdup(texts[i])};
        report.body_size = strlen(texts[i]);
        ok(report_complete(&report, err));
        ok(extraction_run(extraction, &report, err));
        ok(candidates_add(candidates, &report, err));
        report_clear(&report);
    }
    ok(candidates_json(candidates, &lines, err));
    for (char *rest = lines.bytes, *line; (line = strsep(&rest, "\n")) && *line;) {
        json_t *object = json_loads(line, 0, NULL);
        const char *acronym = json_string_value(json_object_get(object, "acronym"));
        buffer_format(&names, "%s%s %s %d/%d", names.size ? "; " : "",
                      json_string_value(json_object_get(object, "name")), acronym ? acronym : "-",
                      (int)json_integer_value(json_object_get(object, "reports")),
                      (int)json_integer_value(json_object_get(object, "times")));
        json_decref(object);
    }
    buffer_free(&lines);
    candidates_close(candidates);
    extraction_close(extraction);
    vocabulary_close(vocabulary);
    return buffer_take(&names, NULL);
}

static void check(void **state, const char *text, const char *expected)
{
    char *names = names_in(state, &text, 1);
    assert_string_equal(names, expected);
    free(names);
}

static void test_a_kind_of_group_at_the_end(void **state)
{
    check(state, "The Ferry Liberation Front (FLF) met others.", "Ferry Liberation Front FLF 1/1");
    check(state, "He leads the Ferrymen’s Union now.", "Ferrymen’s Union - 1/1");
    check(state, "In Ferry-Hill Brigades moved.", "Ferry-Hill Brigades - 1/1");
}

static void test_a_kind_of_group_in_front(void **state)
{
    check(state, "talks with the Movement for Justice and Water (MJW), and others",
          "Movement for Justice and Water MJW 1/1");
    check(state, "le Front pour la Paix du Fleuve", "Front pour la Paix du Fleuve - 1/1");
}

static void test_what_is_none(void **state)
{
    check(state, "The Armed Forces and the National Security Council met.", "");
    check(state, "The front moved. Council members and ferry brigades left.", "");
    check(state, "Freedom of Movement was restricted.", "");
    check(state, "Front, Ferry, Army, Hill", "");
}

static void test_known_actors_are_left_out(void **state)
{
    check(state, "The River Front and the Hill Guard met.", "");
    check(state, "The Upper River Front met.", "");
}

static void test_counts_and_order(void **state)
{
    static const char *const texts[] = {
        "The Lake Army came. The Lake Army left. The LAKE ARMY stayed.",
        "The Ferry Front came.",
        "A ferry front. The Ferry Front left.",
    };
    char *names = names_in(state, texts, ARRAY_LEN(texts));
    assert_string_equal(names, "Ferry Front - 2/2; Lake Army - 1/3");
    free(names);
}

int main(void)
{
#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        scratch_test(test_a_kind_of_group_at_the_end),
        scratch_test(test_a_kind_of_group_in_front),
        scratch_test(test_what_is_none),
        scratch_test(test_known_actors_are_left_out),
        scratch_test(test_counts_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
