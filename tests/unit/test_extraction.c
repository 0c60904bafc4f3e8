#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/extraction.h"
#include "schema/buffer.h"

/* A case file is groups of lines: the report ("date | text", the date may be missing), then
 * what must be tagged: "actors: ..." and "regions: ..." in byte order, or "mentions: ..." as
 * surface=id/rule. Which of the three are there is checked. Blank lines part the groups, '#'
 * begins a comment. */
#define VOCABULARY "tests/cases/extraction/vocabulary"
#define CASES      "tests/cases/extraction/cases.txt"

struct both {
    struct vocabulary *vocabulary;
    struct extraction *extraction;
};

static int open_all(void **state)
{
    static struct both both;
    struct error err = {.code = ERROR_NONE};
    if (!vocabulary_open(VOCABULARY, &both.vocabulary, &err) ||
        !extraction_open(both.vocabulary, NULL, &both.extraction, &err)) {
        fprintf(stderr, "%s: %s\n", err.where, err.text);
        return -1;
    }
    *state = &both;
    return 0;
}

static int close_all(void **state)
{
    struct both *both = *state;
    extraction_close(both->extraction);
    vocabulary_close(both->vocabulary);
    return 0;
}

static struct report report_of(const char *date, const char *text)
{
    struct report report = {.day = date ? day_parse(date, strlen(date)) : DAY_NONE};
    report.body = strdup(text);
    assert_non_null(report.body);
    report.body_size = strlen(text);
    return report;
}

static void join(struct buffer *out, char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(out, i ? " %s" : "%s", items[i]);
}

static void list_mentions(struct buffer *out, const struct report *report)
{
    for (size_t i = 0; i < report->mention_count; i++) {
        const struct mention *mention = &report->mentions[i];
        buffer_format(out, i ? ", %.*s=%s/%s" : "%.*s=%s/%s", (int)(mention->end - mention->begin),
                      report->body + mention->begin, mention->id, mention->rule);
    }
}

/* Compares one expectation line with the report; 0 where it holds. */
static int check_line(const char *line, const struct report *report, unsigned number)
{
    struct buffer got = {.bytes = NULL};
    const char *wanted = strchr(line, ':') + 1;
    wanted += *wanted == ' ';
    if (strncmp(line, "actors:", 7) == 0)
        join(&got, report->actors, report->actor_count);
    else if (strncmp(line, "regions:", 8) == 0)
        join(&got, report->regions, report->region_count);
    else
        list_mentions(&got, report);
    char *text = buffer_take(&got, NULL);
    assert_non_null(text);
    int failed = strcmp(text, wanted) != 0;
    if (failed)
        fprintf(stderr, "%s:%u\n  wanted: %s\n  got:    %s\n", CASES, number, wanted, text);
    free(text);
    return failed;
}

static void tags_what_the_cases_say(void **state)
{
    struct both *both = *state;
    FILE *file = fopen(CASES, "r");
    assert_non_null(file);
    struct report report = {.day = DAY_NONE};
    char line[4096];
    int failures = 0;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (strncmp(line, "actors:", 7) == 0 || strncmp(line, "regions:", 8) == 0 ||
            strncmp(line, "mentions:", 9) == 0) {
            failures += check_line(line, &report, number);
            continue;
        }
        struct error err = {.code = ERROR_NONE};
        char *bar = strstr(line, "| ");
        assert_non_null(bar);
        *bar = '\0';
        line[strcspn(line, " ")] = '\0';
        report_clear(&report);
        report = report_of(line[0] ? line : NULL, bar + 2);
        assert_true(extraction_run(both->extraction, &report, &err));
    }
    report_clear(&report);
    fclose(file);
    assert_int_equal(failures, 0);
}

static void takes_given_tags(void **state)
{
    struct both *both = *state;
    struct error err = {.code = ERROR_NONE};
    struct report report = report_of("2023-11-15", "Nothing is named here.");
    uint64_t unknown = extraction_stats(both->extraction)->given_unknown;
    assert_true(report_add_given(&report, MENTION_ACTOR, "jnim", &err));
    assert_true(report_add_given(&report, MENTION_REGION, "Ménaka", &err));
    assert_true(report_add_given(&report, MENTION_REGION, "Atlantis", &err));
    assert_true(extraction_run(both->extraction, &report, &err));
    assert_int_equal(extraction_stats(both->extraction)->given_unknown, unknown + 1);
    assert_int_equal(report.actor_count, 1);
    assert_string_equal(report.actors[0], "jnim");
    assert_int_equal(report.mention_count, 2);
    assert_string_equal(report.mentions[0].rule, "given");
    assert_int_equal(report.mentions[0].begin, 0);
    assert_int_equal(report.mentions[0].end, 0);
    assert_string_equal(report.regions[0], "ML");
    /* Again: the same, not twice. */
    assert_true(extraction_run(both->extraction, &report, &err));
    assert_int_equal(report.mention_count, 2);
    report_clear(&report);
}

static void reads_the_title_unless_derived(void **state)
{
    struct both *both = *state;
    struct error err = {.code = ERROR_NONE};
    struct report report = report_of(NULL, "Nothing is named here.");
    report.title = strdup("JNIM in Mali");
    assert_true(extraction_run(both->extraction, &report, &err));
    assert_int_equal(report.mention_count, 2);
    assert_int_equal(report.mentions[0].part, PART_TITLE);
    assert_int_equal(report.mentions[0].end, 4);
    report.title_derived = true;
    assert_true(extraction_run(both->extraction, &report, &err));
    assert_int_equal(report.mention_count, 0);
    report_clear(&report);
}

static void demonyms_can_be_switched_off(void **state)
{
    struct both *both = *state;
    struct error err = {.code = ERROR_NONE};
    struct extraction *strict;
    struct extraction_options options = {.no_demonyms = true};
    assert_true(extraction_open(both->vocabulary, &options, &strict, &err));
    struct report report = report_of(NULL, "The Malian population waits.");
    assert_true(extraction_run(strict, &report, &err));
    assert_int_equal(report.region_count, 0);
    assert_true(extraction_run(both->extraction, &report, &err));
    assert_string_equal(report.regions[0], "ML");
    report_clear(&report);
    extraction_close(strict);
}

static void survives_odd_text(void **state)
{
    struct both *both = *state;
    struct error err = {.code = ERROR_NONE};
    static const char *const texts[] = {"",
                                        " ",
                                        "(",
                                        "JNIM",
                                        "Mali,",
                                        "\xff\xfe Mali \xc3",
                                        "Gao (Gao (Gao (",
                                        "Islamic State fighters"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct report report = report_of(NULL, texts[i]);
        assert_true(extraction_run(both->extraction, &report, &err));
        for (size_t j = 0; j < report.mention_count; j++)
            assert_true(report.mentions[j].end <= report.body_size);
        report_clear(&report);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_what_the_cases_say),
        cmocka_unit_test(takes_given_tags),
        cmocka_unit_test(reads_the_title_unless_derived),
        cmocka_unit_test(demonyms_can_be_switched_off),
        cmocka_unit_test(survives_odd_text),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
