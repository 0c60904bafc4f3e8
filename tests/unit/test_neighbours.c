/* What else happened around a report, over a few reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/neighbours.h"
#include "tests/flow/snapshot_fixture.h"

static const char actors[] = "actor: a\nlabel: A\nkind: armed-group\nname: Aaa\n\n"
                             "actor: b\nlabel: B\nkind: armed-group\nname: Bbb\n";
static const char regions[] = "region: ML\nlabel: Mali\nkind: country\nname: Mali\n\n"
                              "region: ML-7\nlabel: Gao\nkind: division\nparent: ML\nname: Gao\n";

static const struct row {
    const char *id, *date, *actors;
    const char *named, *around; /* a region with evidence, a region that it lies in */
} rows[] = {
    {"first", "2023-11-15", "ab", "ML-7", "ML"},   {"week-before", "2023-11-08", "a", NULL, NULL},
    {"week-after", "2023-11-22", "b", NULL, NULL}, {"too-early", "2023-11-07", "a", NULL, NULL},
    {"too-late", "2023-11-23", "b", NULL, NULL},   {"of-none", "2023-11-15", "", NULL, "ML"},
    {"of-gao", "2023-11-16", "", "ML-7", "ML"},    {"undated", NULL, "ab", NULL, NULL},
    {"far", "2001-01-01", "a", NULL, NULL},        {"d1", "1990-01-01", "a", NULL, NULL},
    {"d2", "1990-01-02", "a", NULL, NULL},         {"d3", "1990-01-03", "a", NULL, NULL},
    {"d4", "1990-01-04", "a", NULL, NULL},         {"d5", "1990-01-05", "a", NULL, NULL},
    {"d6", "1990-01-06", "a", NULL, NULL},         {"d7", "1990-01-07", "a", NULL, NULL},
    {"year-one", "0001-01-01", "b", NULL, NULL},
};

static bool make_report(const struct row *row, struct report *out, struct error *err)
{
    bool ok = fixture_report(row->id, row->date, "Title", "Text.", out, err);
    for (const char *actor = row->actors; ok && *actor; actor++)
        ok = report_add_tag(out, MENTION_ACTOR, (char[]){*actor, '\0'}, err);
    if (ok && row->named) {
        struct mention given = {.kind = MENTION_REGION, .id = row->named, .rule = "given"};
        ok = report_add_mention(out, &given, err) &&
             report_add_tag(out, MENTION_REGION, row->named, err);
    }
    return ok && (!row->around || report_add_tag(out, MENTION_REGION, row->around, err));
}

static int make_snapshot(void **state)
{
    struct report reports[ARRAY_LEN(rows)] = {0};
    struct error err = {0};
    (void)state;
    bool ok = fixture_init(&fixture, actors, regions, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(rows); i++)
        ok = make_report(&rows[i], &reports[i], &err);
    return open_snapshot(reports, ARRAY_LEN(rows), ok, &err);
}

static void finds_what_shares_actors_or_regions(void **state)
{
    (void)state;
    static const struct {
        const char *id, *wanted; /* how many: the newest of them */
    } cases[] = {
        {"first", "2: week-after week-before"},
        {"week-before", "2: first too-early"},
        {"too-early", "1: week-before"},
        {"of-gao", "1: first"}, /* not of-none, which has no more than the country */
        {"of-none", "0:"},
        {"undated", "0:"},
        {"far", "0:"},
        {"d1", "6: d7 d6 d5 d4 d3"},
        {"year-one", "0:"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct report report;
        struct neighbours neighbours;
        struct buffer got = {0};
        bool found;
        assert_true(snapshot_report(snapshot, cases[i].id, &report, &found, NULL));
        assert_true(found && neighbours_find(snapshot, &report, &neighbours, NULL));
        buffer_format(&got, "%u:", neighbours.total);
        for (size_t n = 0; n < neighbours.count; n++)
            buffer_format(&got, " %s", neighbours.hits[n].id);
        if (strcmp(got.bytes, cases[i].wanted) != 0)
            fail_msg("%s: %s", cases[i].id, got.bytes);
        buffer_free(&got);
        neighbours_clear(&neighbours);
        report_clear(&report);
    }
}

/* The question that a reader is given finds the same reports. */
static void question_can_be_asked(void **state)
{
    struct report report;
    struct neighbours neighbours;
    struct answer *answer;
    bool found;
    (void)state;
    assert_true(snapshot_report(snapshot, "first", &report, &found, NULL));
    assert_true(neighbours_find(snapshot, &report, &neighbours, NULL));
    char *url = question_url(&neighbours.question);
    assert_string_equal(url, "actor=a&actor=b&-id=first&from=2023-11-08&to=2023-11-22&sort=newest");
    free(url);
    assert_true(answer_make(snapshot, &neighbours.question, &answer, NULL));
    assert_int_equal(answer->total, neighbours.total);
    answer_free(answer);
    neighbours_clear(&neighbours);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_shares_actors_or_regions),
        cmocka_unit_test(question_can_be_asked),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
