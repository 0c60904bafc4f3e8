/* The order of hits: which words weigh, and how much room a question of any words has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/function_words.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "search/answer.h"
#include "tests/flow/snapshot_fixture.h"

static const char *const texts[][3] = {
    {"chatter", "Nothing at all", "The the of the and of the to the in the of the and of the."},
    {"bridge", "A day in spring", "Soldiers closed the bridge near the old market of the town."},
    {"road", "The bridge in spring", "Soldiers closed the road near the old market of the town."},
    {"far", "A day in autumn", "The market stood where once a bridge and a mill had stood."},
    {"ferry", "A day in winter", "Boats crossed the water as on every other day of the month."},
    {"harvest", "A day in summer", "Millet was sold cheaply, and nobody was seen on the hills."},
};
#define REPORTS ARRAY_LEN(texts)

static const char regions[] = "region: QA\nlabel: Qasral\nkind: country\nname: Qasral\n";

static int make_snapshot(void **state)
{
    struct report reports[REPORTS] = {0};
    struct error err = {0};
    (void)state;
    bool ok = fixture_init(&fixture, NULL, regions, &err);
    for (size_t i = 0; ok && i < REPORTS; i++)
        ok = fixture_report(texts[i][0], "2023-11-15", texts[i][1], texts[i][2], &reports[i], &err);
    return open_snapshot(reports, REPORTS, ok, &err);
}

/* The answer, or NULL and the error. */
static struct answer *ask(const char *q, const char *match, struct error *err)
{
    struct question question;
    struct answer *answer = NULL;
    if (question_init(&question, err) && question_set(&question, "q", q, err) &&
        question_set(&question, "match", match, err))
        answer_make(snapshot, &question, &answer, err);
    question_clear(&question);
    return answer;
}

static struct answer *ask_well(const char *q, const char *match)
{
    struct error err = {0};
    struct answer *answer = ask(q, match, &err);
    if (!answer)
        fail_msg("%.40s: %s", q, err.text);
    return answer;
}

/* The score of a report; -1 where it is not among the hits. */
static double score(const struct answer *answer, const char *id)
{
    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].id, id) == 0)
            return answer->hits[i].score;
    return -1;
}

static void function_words_match_and_do_not_weigh(void **state)
{
    (void)state;
    struct answer *answer = ask_well("the bridge of the town", "any");
    assert_int_equal(answer->total, 6);
    assert_string_equal(answer->hits[0].id, "road");
    assert_true(score(answer, "chatter") == 0);
    assert_true(score(answer, "far") > 0);
    answer_free(answer);
    answer = ask_well("the bridge of the town", "all");
    assert_int_equal(answer->total, 2);
    assert_true(score(answer, "bridge") > 0 && score(answer, "road") > 0);
    answer_free(answer);
}

static void function_words_weigh_alone_or_quoted(void **state)
{
    (void)state;
    static const char *const questions[] = {"the of", "\"the\" bridge"};
    for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
        struct answer *answer = ask_well(questions[i], "any");
        assert_true(score(answer, "chatter") > 0);
        answer_free(answer);
    }
}

static void phrases_weigh_by_their_words(void **state)
{
    (void)state;
    struct answer *phrase = ask_well("\"near the old market\"", "all");
    assert_int_equal(phrase->total, 2);
    assert_true(score(phrase, "bridge") > 0);
    answer_free(phrase);
    struct answer *alone = ask_well("\"of the\"", "all");
    assert_true(alone->total > 2 && score(alone, "chatter") > 0);
    answer_free(alone);
}

static void titles_weigh_more(void **state)
{
    (void)state;
    struct answer *answer = ask_well("bridge", "all");
    assert_int_equal(answer->total, 3);
    assert_string_equal(answer->hits[0].id, "road");
    answer_free(answer);
}

static char *prose(const char *piece, size_t times)
{
    struct buffer text = {0};
    for (size_t i = 0; i < times; i++)
        buffer_text(&text, piece);
    return buffer_take(&text, NULL);
}

static void a_paragraph_may_be_asked_for_any_word(void **state)
{
    (void)state;
    static const struct {
        const char *piece, *match;
        size_t times;
        bool allowed;
    } cases[] = {
        {"bridge ", "any", LIMIT_ANY_WORDS, true},
        {"bridge ", "any", LIMIT_ANY_WORDS + 1, false},
        {"bridge ", "all", LIMIT_QUESTION_TERMS, true},
        {"bridge ", "all", LIMIT_QUESTION_TERMS + 1, false},
        {"bridge* ", "any", LIMIT_QUESTION_TERMS + 1, false},
        {"old-market ", "any", LIMIT_QUESTION_TERMS / 2, true},
        {"old-market ", "any", LIMIT_QUESTION_TERMS / 2 + 1, false},
        {" ", "any", LIMIT_ANY_BYTES, true},
        {" ", "any", LIMIT_ANY_BYTES + 1, false},
        {" ", "all", LIMIT_QUESTION_BYTES, true},
        {" ", "all", LIMIT_QUESTION_BYTES + 1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        char *text = prose(cases[i].piece, cases[i].times);
        struct answer *answer = ask(text, cases[i].match, &err);
        if ((answer != NULL) != cases[i].allowed)
            fail_msg("%zu times \"%s\": %s", cases[i].times, cases[i].piece, err.text);
        if (!answer)
            assert_int_equal(err.code, ERROR_LIMIT);
        answer_free(answer);
        free(text);
    }
}

static void a_word_said_twice_weighs_twice(void **state)
{
    (void)state;
    struct answer *once = ask_well("bridge market", "any");
    struct answer *twice = ask_well("bridge market market", "any");
    assert_int_equal(once->total, twice->total);
    assert_true(score(twice, "bridge") > score(once, "bridge"));
    answer_free(once);
    answer_free(twice);
}

/* The hits of one page, as "id id id ". */
static char *page(const char *q, const char *size, const char *number)
{
    struct question question;
    struct answer *answer = NULL;
    struct error err = {0};
    struct buffer ids = {0};
    bool ok = question_init(&question, &err) && question_set(&question, "q", q, &err) &&
              question_set(&question, "match", "any", &err) &&
              question_set(&question, "size", size, &err) &&
              question_set(&question, "page", number, &err) &&
              answer_make(snapshot, &question, &answer, &err);
    if (!ok)
        fail_msg("%s: %s", q, err.text);
    for (size_t i = 0; i < answer->hit_count; i++)
        buffer_format(&ids, "%s ", answer->hits[i].id);
    answer_free(answer);
    question_clear(&question);
    return buffer_take(&ids, NULL);
}

static void feedback_keeps_totals_and_pages(void **state)
{
    (void)state;
    static const char q[] = "the bridge, the market and the water";
    char *whole = page(q, "10", "1"), parts[200] = "";
    for (int i = 1; i <= 4; i++) {
        char number[4];
        snprintf(number, sizeof number, "%d", i);
        char *part = page(q, "2", number);
        strcat(parts, part);
        free(part);
    }
    assert_string_equal(parts, whole);
    struct answer *answer = ask_well(q, "any");
    assert_int_equal(answer->total, 6);
    assert_int_equal(answer->hit_count, 6);
    for (size_t i = 1; i < answer->hit_count; i++)
        assert_true(answer->hits[i - 1].score >= answer->hits[i].score);
    answer_free(answer);
    free(whole);
}

/* Forty words that no report has, around three that some have. */
static void the_words_that_can_weigh_are_weighed(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 40; i++)
        buffer_format(&text, "absent%d %s", i,
                      i == 0    ? "bridge "
                      : i == 20 ? "market "
                      : i == 39 ? "water"
                                : "");
    char *q = buffer_take(&text, NULL);
    struct answer *few = ask_well("bridge market water", "any");
    struct answer *many = ask_well(q, "any");
    assert_int_equal(many->total, few->total);
    assert_int_equal(many->hit_count, few->hit_count);
    for (size_t i = 0; i < few->hit_count; i++) {
        assert_string_equal(many->hits[i].id, few->hits[i].id);
        assert_true(many->hits[i].score == few->hits[i].score);
    }
    answer_free(few);
    answer_free(many);
    free(q);
}

static void function_words_are_folded(void **state)
{
    (void)state;
    static const char *const some[] = {"a", "the", "yourselves", "les", "para", "und", "на", "من"};
    static const char *const none[] = {"",    "us",   "un",  "who", "may", "mine",
                                       "war", "mali", "The", "zz",  "car"};
    for (size_t i = 0; i < ARRAY_LEN(some); i++) {
        char *folded = text_fold(some[i], strlen(some[i]));
        assert_true(function_words_have(folded));
        free(folded);
    }
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_false(function_words_have(none[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(function_words_match_and_do_not_weigh),
        cmocka_unit_test(function_words_weigh_alone_or_quoted),
        cmocka_unit_test(phrases_weigh_by_their_words),
        cmocka_unit_test(titles_weigh_more),
        cmocka_unit_test(a_paragraph_may_be_asked_for_any_word),
        cmocka_unit_test(a_word_said_twice_weighs_twice),
        cmocka_unit_test(the_words_that_can_weigh_are_weighed),
        cmocka_unit_test(feedback_keeps_totals_and_pages),
        cmocka_unit_test(function_words_are_folded),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
