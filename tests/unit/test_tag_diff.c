/* What another vocabulary would add to reports and take from them. */
#include "tests/unit/scratch.h"

#include <jansson.h>

#include "indexer/tag_diff.h"
#include "schema/tokenizer.h"

struct both {
    struct vocabulary *vocabulary;
    struct extraction *extraction;
};

static struct both open_both(const char *directory)
{
    struct both both = {0};
    ok(vocabulary_open(directory, &both.vocabulary, err));
    ok(extraction_open(both.vocabulary, NULL, &both.extraction, err));
    return both;
}

static void close_both(struct both *both)
{
    extraction_close(both->extraction);
    vocabulary_close(both->vocabulary);
}

static struct report report_of(const char *id, const char *text)
{
    struct report report = {.id = strdup(id), .day = DAY_NONE, .body = strdup(text)};
    report.body_size = strlen(text);
    ok(report_complete(&report, err));
    return report;
}

static char *diff_of(const struct both *old, const struct both *new, const char *const *texts,
                     size_t count, bool json)
{
    struct tag_diff *diff = NULL;
    struct buffer out = {0};
    ok(tag_diff_open(new->vocabulary, new->extraction, &diff, err));
    for (size_t i = 0; i < count; i++) {
        char id[24];
        snprintf(id, sizeof id, "r%zu", i);
        struct report stored = report_of(id, texts[i]), again = report_of(id, texts[i]);
        ok(extraction_run(old->extraction, &stored, err));
        ok(tag_diff_add(diff, &stored, &again, err));
        report_clear(&stored);
        report_clear(&again);
    }
    if (json)
        ok(tag_diff_json(diff, &out, err));
    else
        tag_diff_text(diff, &out);
    tag_diff_close(diff);
    return buffer_take(&out, NULL);
}

static const char *const texts[] = {
    "It rained. The River Front took Lower Ford.",
    "The River Front left Lower Ford. Then it rained.",
    "The Hill Guard met the Ferry Men in Lower Ford.",
    "Nothing happened.",
};

static void test_same_vocabulary_changes_nothing(void **state)
{
    struct both same = open_both(scratch_vocabulary(state));
    char *text = diff_of(&same, &same, texts, ARRAY_LEN(texts), false);
    assert_string_equal(text, "0 of 4 reports change: 0 tags added, 0 removed\n");
    free(text);
    close_both(&same);
}

static struct both open_edited(void **state)
{
    scratch_file(state, "edited/test.actors",
                 "actor: hill-guard\nkind: militia\nname: Hill Guard\n\n"
                 "actor: ferry-men\nlabel: Ferrymen\nkind: militia\nname: Ferry Men\n");
    scratch_file(state, "edited/test.regions",
                 "region: west\nkind: area\nname: Western Area\n\n"
                 "region: ZA\nkind: country\nparent: west\nname: Zanbar\n\n"
                 "region: ZA-1\nkind: division\nparent: ZA\nname: Lower Ford\n");
    return open_both(scratch_path(state, "edited"));
}

static void test_added_and_removed(void **state)
{
    struct both old = open_both(scratch_vocabulary(state)), new = open_edited(state);
    char *text = diff_of(&old, &new, texts, ARRAY_LEN(texts), false);
    assert_string_equal(text, "3 of 4 reports change: 1 tags added, 2 removed\n"
                              "\nactor river-front (river-front): +0 -2\n"
                              "  - r0 undated: The River Front took Lower Ford.\n"
                              "  - r1 undated: The River Front left Lower Ford.\n"
                              "\nactor ferry-men (Ferrymen): +1 -0\n"
                              "  + r2 undated: The Hill Guard met the Ferry Men in Lower Ford.\n");
    free(text);
    close_both(&old);
    close_both(&new);
}

/* A region that is no longer there takes its ancestors along. */
static void test_ancestors_and_json(void **state)
{
    struct both old = open_both(scratch_vocabulary(state));
    scratch_file(state, "less/test.regions", "region: west\nkind: area\nname: Western Area\n");
    scratch_file(state, "less/test.actors", "actor: hill-guard\nkind: militia\nname: Hill Guard\n");
    struct both new = open_both(scratch_path(state, "less"));
    char *text = diff_of(&old, &new, texts, ARRAY_LEN(texts), true);
    json_t *json = json_loads(text, 0, NULL);
    json_t *values = json_object_get(json, "values");
    assert_int_equal(json_integer_value(json_object_get(json, "removed")), 2 + 3);
    assert_int_equal(json_array_size(values), 4); /* river-front, ZA, ZA-1, west */
    json_t *country = json_array_get(values, 1);
    assert_string_equal(json_string_value(json_object_get(country, "value")), "ZA");
    assert_int_equal(json_integer_value(json_object_get(country, "removed")), 1);
    assert_int_equal(json_array_size(json_object_get(country, "examples")), 1);
    json_decref(json);
    free(text);
    close_both(&old);
    close_both(&new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_vocabulary_changes_nothing, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_added_and_removed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_ancestors_and_json, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
