/* Which terms are listed: those of words that enough reports of the sample have, and no more than
 * have numbers. */
#include "indexer/frequent_choice.h"
#include "schema/buffer.h"
#include "tests/unit/scratch.h"

static void count_report(struct frequent_choice *choice, const char *title, const char *body)
{
    struct report report = {.id = strdup("r"),
                            .origin = strdup("f"),
                            .title = strdup(title),
                            .body = strdup(body),
                            .body_size = strlen(body),
                            .language = strdup("en")};
    ok(report_complete(&report, err));
    ok(report_add_tag(&report, MENTION_ACTOR, "zig", err));
    ok(frequent_choice_count(choice, &report, err));
    report_clear(&report);
}

static void terms_of_many_reports_are_chosen(void **state)
{
    (void)state;
    struct frequent_choice *choice = NULL;
    ok(frequent_choice_new("attacks*\nconvoy*\nseldom\n", &choice, err));
    for (unsigned i = 0; i < FREQUENT_CHOICE_LEAST; i++)
        count_report(choice, i % 2 ? "Bridge" : "Road",
                     i ? "Attacks. The attacks convoy unlisted seldom" : "Attacks the unlisted");
    char *chosen = frequent_choice_make(choice);
    /* Neither tags, nor what one report lacks, nor a word that is not in the list: its stem. */
    assert_string_equal(chosen, "Zattack\nZthe\nZunlist\nattacks\n");
    free(chosen);
    for (unsigned i = 0; i < FREQUENT_CHOICE_LEAST; i++)
        count_report(choice, "Bridge", "Attacks convoy");
    chosen = frequent_choice_make(choice);
    assert_string_equal(chosen,
                        "Sbridge\nXP0001\nXP2UD\nZSbridg\nZattack\nZbridg\nZconvoy\nZthe\nZunlist\n"
                        "attacks\nconvoy\n");
    free(chosen);
    frequent_choice_free(choice);
    frequent_choice_free(NULL);
}

/* All reports have the words, and one more has the first of them; none is in the list. */
static void of_too_many_the_most_frequent_are_chosen(void **state)
{
    (void)state;
    const unsigned words = FREQUENT_CHOICE_TERMS + 100, first = 300;
    struct frequent_choice *choice = NULL;
    struct buffer all = {0};
    for (unsigned i = 0; i < words; i++)
        buffer_format(&all, "x%05u ", i);
    ok(frequent_choice_new("", &choice, err));
    for (unsigned i = 0; i < FREQUENT_CHOICE_LEAST; i++)
        count_report(choice, "Title", all.bytes);
    all.bytes[first * strlen("x00000 ")] = '\0';
    count_report(choice, "Title", all.bytes);
    char *chosen = frequent_choice_make(choice);
    size_t lines = 0;
    for (const char *at = chosen; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, first + 3); /* and what the title is in */
    assert_non_null(strstr(chosen, "\nZx00299\n"));
    assert_null(strstr(chosen, "\nZx00300\n"));
    free(chosen);
    frequent_choice_free(choice);
    buffer_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_of_many_reports_are_chosen),
        cmocka_unit_test(of_too_many_the_most_frequent_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
