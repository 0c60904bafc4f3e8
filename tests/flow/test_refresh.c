/* A snapshot that follows the revisions of its generation answers as one that is opened anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/answer.h"
#include "search/snapshot_private.h"
#include "tests/flow/asking.h"
#include "tests/flow/fixture.h"
#include "tests/flow/generated.h"

#define REPORTS   260u
#define PUBLISHED 160u /* in the order of their days; the others are added later */
#define COMMITS   24u
#define QUESTIONS 12u

/* A call that must work; says the error where it does not. */
#define ok(call)                                                                                   \
    do {                                                                                           \
        struct error err = {0};                                                                    \
        if (!(call))                                                                               \
            fail_msg("%s: %s: %s", #call, err.where, err.text);                                    \
    } while (0)

/* The answer to a URL's parameters but for what times it and for what is spelt nearly so: words
 * for that are those of the earlier revision. */
static json_t *ask(const struct snapshot *snapshot, const char *url)
{
    struct question question;
    ok(question_init(&question, &err));
    struct answer *answer = NULL;
    size_t size;
    ok(question_parse_url(url, strlen(url), &question, &err));
    ok(answer_make(snapshot, &question, &answer, &err));
    char *text = answer_json(answer, snapshot, &size);
    assert_non_null(text);
    json_t *json = json_loadb(text, size, 0, NULL);
    assert_non_null(json);
    free(text);
    json_object_del(json, "took_ms");
    json_object_del(json, "diagnosis");
    answer_free(answer);
    question_clear(&question);
    return json;
}

static void compare(const struct snapshot *refreshed, const struct snapshot *fresh, const char *url)
{
    json_t *one = ask(refreshed, url), *other = ask(fresh, url);
    if (!json_equal(one, other)) {
        char *texts[] = {json_dumps(one, JSON_SORT_KEYS), json_dumps(other, JSON_SORT_KEYS)};
        fail_msg("%s\nrefreshed %s\nfresh     %s", url, texts[0], texts[1]);
    }
    json_decref(one);
    json_decref(other);
}

/* Walks all pages of an order by the links: every report is on one of them. */
static void compare_walk(const struct snapshot *refreshed, const struct snapshot *fresh,
                         const char *sort)
{
    char url[400];
    size_t seen = 0;
    bool more = true;
    snprintf(url, sizeof url, "sort=%s&size=9", sort);
    while (more) {
        compare(refreshed, fresh, url);
        json_t *json = ask(refreshed, url), *links = json_object_get(json, "links");
        const char *after = json_string_value(json_object_get(links, "after"));
        seen += json_array_size(json_object_get(json, "hits"));
        more = after != NULL;
        if (more)
            snprintf(url, sizeof url, "%s", strchr(after, '?') + 1);
        json_decref(json);
    }
    assert_int_equal(seen, snapshot_reports(fresh));
}

static void random_url(struct dice *dice, const struct report *reports, char *url, size_t room)
{
    static const char *const filters[] = {"",           "&actor=a0",   "&actor=a1&actor=a2",
                                          "&region=QA", "&-region=QB", "&region=QA-1&actor=a0",
                                          "&lang=fr",   "&names=off",  "&source=un.example"};
    static const char *const sorts[] = {"", "&sort=newest", "&sort=oldest"};
    const struct report *report = &reports[dice_roll(dice, REPORTS)];
    char word[40] = "";
    if (dice_roll(dice, 3) > 0)
        sscanf(report->body, "%30[a-z]", word);
    int size = snprintf(
        url, room, "q=%s%s%s&page=%u&size=%u", word, filters[dice_roll(dice, ARRAY_LEN(filters))],
        sorts[dice_roll(dice, ARRAY_LEN(sorts))], 1 + dice_roll(dice, 3), 1 + dice_roll(dice, 20));
    if (report->day != DAY_NONE && dice_roll(dice, 2)) {
        char day[DAY_TEXT_ROOM];
        snprintf(url + size, room - (size_t)size, "&%s=%s", dice_roll(dice, 2) ? "from" : "to",
                 day_format(report->day, day));
    }
}

/* Adds some of those not yet added, and takes some away, in one commit each. */
static void change(struct fixture *fixture, struct dice *dice, const struct report *reports,
                   size_t *added, bool gone[REPORTS])
{
    size_t count = dice_roll(dice, 8);
    if (count > REPORTS - *added)
        count = REPORTS - *added;
    if (count > 0)
        ok(fixture_add(fixture, reports + *added, count, &err));
    *added += count;
    for (uint32_t i = dice_roll(dice, 4); i > 0; i--) {
        uint32_t which = dice_roll(dice, (uint32_t)*added);
        if (!gone[which])
            ok(fixture_delete(fixture, reports[which].id, &err));
        gone[which] = true;
    }
}

static void refreshed_answers_as_opened(void **state)
{
    (void)state;
    struct fixture fixture;
    struct dice dice = {.state = 20261127};
    struct report *reports = NULL, *later = NULL;
    struct snapshot *refreshed = NULL, *fresh = NULL;
    bool gone[REPORTS] = {false};
    size_t added = PUBLISHED;
    ok(fixture_init(&fixture, generated_actors, generated_regions, &err));
    ok(generated_make(&dice, REPORTS, true, &reports, &err));
    /* Reports that come later are of any day: every second one is taken out of the order. */
    later = calloc(REPORTS, sizeof later[0]);
    assert_non_null(later);
    size_t first = 0, last = PUBLISHED;
    for (size_t i = 0; i < REPORTS; i++) {
        bool publish = first < PUBLISHED && (last == REPORTS || i * 7 % 13 < 8);
        later[publish ? first++ : last++] = reports[i];
    }
    ok(fixture_publish(&fixture, later, PUBLISHED, &err));
    ok(snapshot_open(fixture.path, &refreshed, &err));
    for (unsigned commit = 0; commit < COMMITS; commit++) {
        change(&fixture, &dice, later, &added, gone);
        ok(snapshot_refresh(&refreshed, &err));
        ok(snapshot_open(fixture.path, &fresh, &err));
        assert_string_equal(snapshot_name(refreshed), snapshot_name(fresh));
        for (unsigned i = 0; i < QUESTIONS; i++) {
            char url[400];
            random_url(&dice, later, url, sizeof url);
            compare(refreshed, fresh, url);
        }
        compare_walk(refreshed, fresh, "newest");
        compare_walk(refreshed, fresh, "oldest");
        snapshot_close(fresh);
    }
    assert_int_equal(refreshed->days.ordered < refreshed->all->last, true);
    snapshot_close(refreshed);
    free(later);
    generated_free(reports, REPORTS);
    fixture_clear(&fixture);
}

static void another_generation_is_opened_whole(void **state)
{
    (void)state;
    struct fixture fixture;
    struct dice dice = {.state = 7};
    struct report *reports = NULL;
    struct snapshot *snapshot = NULL;
    ok(fixture_init(&fixture, generated_actors, generated_regions, &err));
    ok(generated_make(&dice, 20, true, &reports, &err));
    ok(fixture_publish(&fixture, reports, 5, &err));
    ok(snapshot_open(fixture.path, &snapshot, &err));
    ok(fixture_publish(&fixture, reports + 5, 15, &err));
    ok(snapshot_refresh(&snapshot, &err));
    assert_int_equal(snapshot_reports(snapshot), 15);
    snapshot_close(snapshot);
    generated_free(reports, 20);
    fixture_clear(&fixture);
}

static void failure_leaves_the_snapshot(void **state)
{
    (void)state;
    struct fixture fixture;
    struct dice dice = {.state = 7};
    struct report *reports = NULL;
    struct snapshot *snapshot = NULL;
    struct error failure = {0};
    char path[200];
    ok(fixture_init(&fixture, generated_actors, generated_regions, &err));
    ok(generated_make(&dice, 5, true, &reports, &err));
    ok(fixture_publish(&fixture, reports, 5, &err));
    ok(snapshot_open(fixture.path, &snapshot, &err));
    snprintf(path, sizeof path, "%s/current", fixture.path);
    assert_int_equal(remove(path), 0);
    assert_false(snapshot_refresh(&snapshot, &failure));
    assert_int_equal(failure.code, ERROR_NO_INPUT);
    json_t *json = ask(snapshot, "q=&size=5");
    assert_int_equal(json_array_size(json_object_get(json, "hits")), 5);
    json_decref(json);
    snapshot_close(snapshot);
    generated_free(reports, 5);
    fixture_clear(&fixture);
}

/* Its files go when they are closed. */
static void a_removed_generation_answers_on(void **state)
{
    (void)state;
    struct fixture fixture;
    struct dice dice = {.state = 7};
    struct report *reports = NULL;
    struct snapshot *snapshot = NULL;
    char command[400];
    ok(fixture_init(&fixture, generated_actors, generated_regions, &err));
    ok(generated_make(&dice, 200, true, &reports, &err));
    ok(fixture_publish(&fixture, reports, 150, &err));
    ok(snapshot_open(fixture.path, &snapshot, &err));
    json_t *before = ask(snapshot, "q=&size=100");
    ok(fixture_publish(&fixture, reports + 150, 50, &err));
    snprintf(command, sizeof command, "rm -r %s/generations/000001", fixture.path);
    assert_int_equal(system(command), 0);
    json_t *after = ask(snapshot, "q=&size=100");
    assert_true(json_equal(before, after));
    assert_int_equal(json_array_size(json_object_get(after, "hits")), 100);
    ok(snapshot_refresh(&snapshot, &err));
    assert_int_equal(snapshot_reports(snapshot), 50);
    json_decref(before);
    json_decref(after);
    snapshot_close(snapshot);
    generated_free(reports, 200);
    fixture_clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refreshed_answers_as_opened),
        cmocka_unit_test(another_generation_is_opened_whole),
        cmocka_unit_test(failure_leaves_the_snapshot),
        cmocka_unit_test(a_removed_generation_answers_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
