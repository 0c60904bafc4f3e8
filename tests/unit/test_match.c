/* Matching where it takes another way than usual: long lists that are skipped through, prefixes
 * at their limit, gaps that phrases do not span. What the language means is in test_answer.c and
 * the property test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/match.h"
#include "search/reading.h"
#include "tests/flow/snapshot_fixture.h"

#define REPORTS 300

static const char regions[] = "region: QA\nlabel: Qasral\nkind: country\nname: Qasral\n";

/* All have "common"; 40, 41, 42 and 299 "rare"; number N the words "peopleN" and, up to
 * LIMIT_WILDCARD_TERMS, "wordN". */
static bool make_reports(struct report *reports, struct error *err)
{
    bool ok = true;
    for (unsigned i = 1; ok && i <= REPORTS; i++) {
        struct buffer body = {0};
        char id[16], title[32];
        snprintf(id, sizeof id, "r%u", i);
        snprintf(title, sizeof title, "Title of people%u", i);
        buffer_format(&body, "Here is common text%s.", i - 40 < 3 || i == 299 ? " and rare" : "");
        if (i <= LIMIT_WILDCARD_TERMS)
            buffer_format(&body, " And word%u.", i);
        buffer_text(&body, "\n\nFAQ:\n\nQ: Question");
        ok = fixture_report(id, "2023-11-15", title, body.bytes, &reports[i - 1], err);
        if (ok && i == 41)
            ok = report_add_tag(&reports[i - 1], MENTION_REGION, "QA", err);
        buffer_free(&body);
    }
    return ok;
}

static int make_snapshot(void **state)
{
    (void)state;
    return make_snapshot_of(REPORTS, regions, make_reports);
}

static bool match(const char *text, struct docset **out, struct error *err)
{
    struct query *query = NULL;
    bool ok = query_parse(text, strlen(text), MATCH_ALL, 0, &query, err) &&
              match_tree(snapshot, query->root, out, err);
    query_free(query);
    return ok;
}

/* 'docids' ends with 0. */
static void assert_matches(const char *text, const uint32_t *docids)
{
    struct docset *set = NULL;
    struct error err = {0};
    if (!match(text, &set, &err))
        fail_msg("%s: %s", text, err.text);
    uint32_t docid = docset_next(set, 1);
    for (; *docids; docids++, docid = docset_next(set, docid + 1))
        if (docid != *docids)
            fail_msg("%s: %u, not %u", text, docid, *docids);
    if (docid != 0)
        fail_msg("%s: %u too", text, docid);
    docset_free(set);
}

static void assert_count(const char *text, uint32_t count)
{
    struct docset *set = NULL;
    struct error err = {0};
    if (!match(text, &set, &err))
        fail_msg("%s: %s", text, err.text);
    if (docset_count(set) != count)
        fail_msg("%s: %u, not %u", text, docset_count(set), count);
    docset_free(set);
}

static void check_long_lists(void)
{
    static const uint32_t rare[] = {40, 41, 42, 299, 0}, later[] = {40, 42, 299, 0},
                          only[] = {41, 0}, none[] = {0};
    assert_matches("rare", rare);
    assert_matches("rare common", rare);
    assert_matches("common rare text", rare);
    assert_matches("common rare -people41", later);
    assert_matches("rare -common", none);
    assert_matches("region:QA common", only);
    assert_matches("(rare OR people41) common (region:QA OR word7)", only);
    assert_matches("common near/3 rare", rare);
    assert_matches("\"text and rare\" common", rare);
    assert_matches("nothing common", none);
}

/* So often that their postings are kept in the end. */
static void long_lists_are_skipped_through(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 10; round++)
        check_long_lists();
}

static void prefixes_have_a_limit(void **state)
{
    (void)state;
    struct docset *set = NULL;
    struct error err = {0};
    assert_count("wordy*", 0);
    assert_count("word1* common", 111);
    assert_count("word* OR wordy*", LIMIT_WILDCARD_TERMS);
    assert_false(match("people* common", &set, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(err.where, "q");
    assert_non_null(strstr(err.text, "people*"));
    assert_null(set);

    struct query *query = NULL;
    uint64_t reports;
    error_clear(&err);
    assert_true(query_parse("people*", 7, MATCH_ALL, 0, &query, NULL));
    assert_false(match_estimate(snapshot, query->root, &reports, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    query_free(query);
}

static void phrases_stay_within_a_part(void **state)
{
    (void)state;
    assert_count("\"title of people7\"", 1);
    assert_count("\"people7 here\"", 0); /* title and text */
    assert_count("people7 near/50 here", 0);
    assert_count("\"word7 faq\"", 0); /* text and FAQ */
    assert_count("\"question common\"", 0);
    assert_count("title:\"title of people7\"", 1);
    assert_count("title:\"here is\"", 0);
}

/* Words that most reports have count for nothing, and no report is like itself. */
static void reports_are_alike_by_rare_words(void **state)
{
    (void)state;
    static const struct {
        const char *like, *q;
        uint32_t docids[4];
    } cases[] = {
        {"r40", "", {41, 42, 299}}, {"r40", "-word42", {41, 299}}, {"r7", "", {0}},
        {"r301", "", {0}},          {"r301", "common", {0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct question question;
        struct reading reading;
        struct docset *set = NULL;
        assert_true(question_init(&question, NULL));
        assert_true(question_set(&question, "like", cases[i].like, NULL));
        assert_true(question_set(&question, "q", cases[i].q, NULL));
        assert_true(reading_make(snapshot, &question, &reading, NULL));
        assert_true(match_tree(snapshot, reading.query->root, &set, NULL));
        const uint32_t *docids = cases[i].docids;
        uint32_t docid = docset_next(set, 1);
        for (; *docids; docids++, docid = docset_next(set, docid + 1))
            assert_int_equal(docid, *docids);
        assert_int_equal(docid, 0);
        docset_free(set);
        reading_clear(&reading);
        question_clear(&question);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_lists_are_skipped_through),
        cmocka_unit_test(prefixes_have_a_limit),
        cmocka_unit_test(phrases_stay_within_a_part),
        cmocka_unit_test(reports_are_alike_by_rare_words),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
