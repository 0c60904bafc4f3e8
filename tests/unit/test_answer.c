/* Answers over a handful of reports whose counts can be told by looking at them. */
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
#include "schema/limits.h"
#include "search/answer.h"
#include "search/answer_text.h"
#include "search/explain.h"
#include "tests/flow/snapshot_fixture.h"

static const char actors[] =
    "actor: jnim\nlabel: JNIM\nkind: jihadist-group\nname: Jama'at Nusrat al-Islam\n\n"
    "actor: isgs\nlabel: ISGS\nkind: jihadist-group\nname: Islamic State in the Greater Sahara\n\n"
    "actor: fama\nlabel: Malian army\nkind: state-force\nname: Malian Armed Forces\n\n"
    "actor: un\nlabel: United Nations\nkind: international-organisation\nname: United Nations\n"
    "name: UN | acronym\nname: UNMO | acronym\nname: Blue Hats | ambiguous\n";
static const char regions[] =
    "region: sahel\nlabel: Sahel\nkind: area\nname: Sahel\n\n"
    "region: ML\nlabel: Mali\nkind: country\nparent: sahel\nname: Mali\n"
    "demonym: Malian\n\n"
    "region: NE\nlabel: Niger\nkind: country\nparent: sahel\nname: Niger\n\n"
    "region: ML-7\nlabel: Gao\nkind: division\nparent: ML\nname: Gao Region\n";

static const struct row {
    const char *id, *date, *title, *body, *actors[4], *regions[4];
} rows[] = {
    {"r1",
     "2023-01-10",
     "Clashes in Ansongo",
     "Fighters clashed near Ansongo. Peace is far.",
     {"jnim", "isgs"},
     {"ML", "ML-7", "sahel"}},
    {"r2",
     "2023-01-31",
     "Army convoy attacked",
     "The convoy came under attack; peace talks ended.",
     {"jnim", "fama"},
     {"ML", "sahel"}},
    {"r3",
     "2023-03-01",
     "Peace deal signed",
     "A deal was signed <in Niamey> & \"welcomed\".",
     {"un"},
     {"NE", "sahel"}},
    {"r4", "2023-03-02", NULL, "Peace, says the mission, needs peace and more peace.", {"un"}, {0}},
    {"r5",
     "2024-03-02",
     "Market reopens",
     "Traders went back to the market.",
     {"fama"},
     {"ML", "ML-7", "sahel"}},
    {"r6", NULL, "No day", "An undated note on peace.", {0}, {0}},
};

static int make_snapshot(void **state)
{
    struct report reports[ARRAY_LEN(rows)] = {0};
    struct error err = {0};
    (void)state;
    bool ok = fixture_init(&fixture, actors, regions, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        ok = fixture_report(row->id, row->date, row->title, row->body, &reports[i], &err);
        for (size_t at = 0; ok && at < 4 && row->actors[at]; at++)
            ok = report_add_tag(&reports[i], MENTION_ACTOR, row->actors[at], &err);
        for (size_t at = 0; ok && at < 4 && row->regions[at]; at++)
            ok = report_add_tag(&reports[i], MENTION_REGION, row->regions[at], &err);
    }
    return open_snapshot(reports, ARRAY_LEN(rows), ok, &err);
}

/* ---- help ---------------------------------------------------------------------------- */

/* Asks by the query string of a URL. */
/* The answer as a program reads it. */
static json_t *read_json(const struct answer *answer)
{
    char *text = answer_json(answer, snapshot, NULL);
    json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    assert_non_null(json);
    free(text);
    return json;
}

static struct answer *ask(const char *url)
{
    struct question question;
    struct answer *answer = NULL;
    struct error err = {0};
    assert_true(question_init(&question, NULL));
    if (!question_parse_url(url, strlen(url), &question, &err) ||
        !answer_make(snapshot, &question, &answer, &err))
        fail_msg("%s: %s: %s", url, err.where, err.text);
    question_clear(&question);
    return answer;
}

static void assert_estimate(const char *url, uint64_t reports)
{
    struct question question;
    struct error err = {0};
    uint64_t found = 0;
    assert_true(question_init(&question, NULL));
    if (!question_parse_url(url, strlen(url), &question, &err) ||
        !answer_estimate(snapshot, &question, &found, &err))
        fail_msg("%s: %s: %s", url, err.where, err.text);
    if (found != reports)
        fail_msg("%s: %u, not %u", url, (unsigned)found, (unsigned)reports);
    question_clear(&question);
}

static enum error_code refused(const char *url, const char *where)
{
    struct question question;
    struct answer *answer = NULL;
    struct error err = {0};
    assert_true(question_init(&question, NULL));
    assert_true(question_parse_url(url, strlen(url), &question, NULL));
    assert_false(answer_make(snapshot, &question, &answer, &err));
    assert_null(answer);
    assert_string_equal(err.where, where);
    question_clear(&question);
    return err.code;
}

/* "jnim 2*, un 1": the values listed, in their order; * chosen, - excluded. */
static char *facet_line(const struct answer *answer, enum field_id field)
{
    struct buffer out = {0};
    for (size_t i = 0; i < answer->facet_count; i++)
        for (size_t at = 0; answer->facets[i].field == field && at < answer->facets[i].value_count;
             at++) {
            const struct facet_value *value = &answer->facets[i].values[at];
            buffer_format(&out, "%s%s %u%s%s", at ? ", " : "", value->value, value->reports,
                          value->selected ? "*" : "", value->excluded ? "-" : "");
        }
    return buffer_take(&out, NULL);
}

/* "month: 2023-01-01..2023-01-31 2, ...": all buckets. */
static char *dates_line(const struct answer *answer)
{
    struct buffer out = {0};
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    buffer_format(&out, "%s:", answer->dates.interval->name);
    for (size_t i = 0; i < answer->dates.bucket_count; i++) {
        const struct bucket *bucket = &answer->dates.buckets[i];
        buffer_format(&out, "%s %s..%s %u", i ? "," : "", day_format(bucket->from, from),
                      day_format(bucket->to, to), bucket->reports);
    }
    return buffer_take(&out, NULL);
}

static char *hits_line(const struct answer *answer)
{
    struct buffer out = {0};
    for (size_t i = 0; i < answer->hit_count; i++)
        buffer_format(&out, "%s%s", i ? " " : "", answer->hits[i].id);
    return buffer_take(&out, NULL);
}

static void assert_line(char *line_take, const char *wanted, const char *url)
{
    if (strcmp(line_take, wanted) != 0)
        fail_msg("?%s: '%s', not '%s'", url, line_take, wanted);
    free(line_take);
}

/* ---- totals, facets, dates, hits ------------------------------------------------------ */

static void answers_are_what_reports_say(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint32_t total;
        const char *actors, *hits;
    } cases[] = {
        {"", 6, "jnim 2, fama 2, un 2, isgs 1", "r5 r4 r3 r2 r1 r6"},
        {"sort=oldest", 6, "jnim 2, fama 2, un 2, isgs 1", "r1 r2 r3 r4 r5 r6"},
        {"q=peace&sort=newest", 5, "jnim 2, un 2, isgs 1, fama 1", "r4 r3 r2 r1 r6"},
        {"q=title:peace", 2, "un 2", NULL},
        {"q=attacks", 1, "jnim 1, fama 1", "r2"},
        {"q=%22attacks%22", 0, "", ""},
        {"q=%22peace+talks%22", 1, "jnim 1, fama 1", "r2"},
        {"q=%22talks+peace%22", 0, "", ""},
        {"q=peace+-mission&sort=oldest", 4, "jnim 2, isgs 1, fama 1, un 1", "r1 r2 r3 r6"},
        {"q=market+OR+convoy&sort=oldest", 2, "fama 2, jnim 1", "r2 r5"},
        {"q=market+convoy", 0, "", ""},
        {"q=market+convoy&match=any&sort=oldest", 2, "fama 2, jnim 1", "r2 r5"},
        {"q=conv*", 1, "jnim 1, fama 1", "r2"},
        {"q=deal+near/3+signed", 1, "un 1", "r3"},
        {"q=actor:isgs", 1, "isgs 1, jnim 1", "r1"},
        {"q=date:2023-03", 2, "un 2", "r4 r3"},
        /* choices in a field do not narrow its own counts; they narrow the others' */
        {"actor=isgs", 1, "jnim 2, fama 2, un 2, isgs 1*", "r1"},
        {"actor=isgs&actor=un", 3, "jnim 2, fama 2, un 2*, isgs 1*", "r4 r3 r1"},
        {"region=ML-7", 2, "isgs 1, jnim 1, fama 1", "r5 r1"},
        {"region=ML-7&actor=un", 0, "isgs 1, jnim 1, fama 1, un 0*", ""},
        /* exclusions narrow everything */
        {"-actor=jnim", 4, "un 2, fama 1, jnim 0-", "r5 r4 r3 r6"},
        {"-actor=jnim&actor=isgs", 0, "un 2, fama 1, isgs 0*, jnim 0-", ""},
        {"from=2023-03-01&to=2023-03-01", 1, "un 1", "r3"},
        {"from=2023-03-02", 2, "fama 1, un 1", "r5 r4"},
        /* pages */
        {"size=2&page=2", 6, "jnim 2, fama 2, un 2, isgs 1", "r3 r2"},
        {"size=2&page=3&sort=oldest", 6, "jnim 2, fama 2, un 2, isgs 1", "r5 r6"},
        {"size=2&page=9", 6, "jnim 2, fama 2, un 2, isgs 1", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        if (answer->total != cases[i].total)
            fail_msg("?%s: %u, not %u", cases[i].url, answer->total, cases[i].total);
        assert_line(facet_line(answer, FIELD_ACTOR), cases[i].actors, cases[i].url);
        if (cases[i].hits)
            assert_line(hits_line(answer), cases[i].hits, cases[i].url);
        answer_free(answer);
    }
}

static void regions_roll_up_and_name_their_parents(void **state)
{
    (void)state;
    struct answer *answer = ask("");
    assert_line(facet_line(answer, FIELD_REGION), "sahel 4, ML 3, ML-7 2, NE 1", "");
    const struct facet *facet = &answer->facets[1];
    assert_int_equal(facet->field, FIELD_REGION);
    assert_null(facet->values[0].parent);
    assert_string_equal(facet->values[1].parent, "sahel");
    assert_string_equal(facet->values[2].parent, "ML");
    assert_string_equal(facet->values[2].label, "Gao");
    static const uint32_t direct[] = {0, 1, 2, 1};
    for (size_t i = 0; i < ARRAY_LEN(direct); i++)
        assert_int_equal(facet->values[i].direct, direct[i]);
    answer_free(answer);
    answer = ask("actor=jnim&region=NE");
    facet = &answer->facets[1];
    assert_line(facet_line(answer, FIELD_REGION), "ML 2, sahel 2, ML-7 1, NE 0*", "");
    assert_int_equal(facet->values[0].direct, 1);
    assert_int_equal(facet->values[1].direct, 0);
    assert_int_equal(facet->values[2].direct, 1);
    answer_free(answer);
}

static void short_lists_say_what_is_left_out(void **state)
{
    (void)state;
    struct answer *answer = ask("facet_size=1&actor=isgs");
    assert_line(facet_line(answer, FIELD_ACTOR), "jnim 2, isgs 1*", "facet_size=1");
    assert_int_equal(answer->facets[0].total_values, 4);
    assert_int_equal(answer->facets[0].other, 4);
    assert_true(answer->facets[0].truncated);
    answer_free(answer);
    answer = ask("facet_size=4");
    assert_int_equal(answer->facets[0].other, 0);
    assert_false(answer->facets[0].truncated);
    answer_free(answer);
}

static void facets_are_listed_as_asked(void **state)
{
    (void)state;
    static const struct {
        const char *url, *actors;
        size_t total_values;
        uint64_t other;
    } cases[] = {
        {"facet.actor.q=MALIAN", "fama 2", 1, 0},
        {"facet.actor.q=army", "fama 2", 1, 0},
        {"facet.actor.q=rmy", "", 0, 0},
        {"facet.actor.q=nusrat+al", "jnim 2", 1, 0},
        {"facet.actor.q=Fama", "fama 2", 1, 0},
        {"facet.actor.q=.", "jnim 2, fama 2, un 2, isgs 1", 4, 0},
        {"facet.actor.q=nations&actor=jnim", "jnim 2*, un 2", 1, 0},
        {"facet.actor.q=nations&-actor=un", "un 0-", 0, 0},
        {"facet.actor.sort=name", "isgs 1, jnim 2, fama 2, un 2", 4, 0},
        {"facet.actor.sort=name&facet.actor.size=1", "isgs 1", 4, 6},
        {"facet.actor.sort=count&facet.actor.size=3&facet_size=1", "jnim 2, fama 2, un 2", 4, 1},
        {"facet.actor.size=1&facet.actor.sort=name&actor=un", "isgs 1, un 2*", 4, 4},
        {"facet.region.q=gao", "jnim 2, fama 2, un 2, isgs 1", 4, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        assert_line(facet_line(answer, FIELD_ACTOR), cases[i].actors, cases[i].url);
        assert_int_equal(answer->facets[0].total_values, cases[i].total_values);
        assert_int_equal(answer->facets[0].other, cases[i].other);
        assert_int_equal(answer->facets[0].truncated, cases[i].other > 0);
        answer_free(answer);
    }
}

static void counts_come_with_what_they_are_a_part_of(void **state)
{
    (void)state;
    struct answer *answer = ask("q=peace+-talks");
    const struct facet_value *jnim = NULL;
    for (size_t i = 0; i < answer->facets[0].value_count; i++)
        if (strcmp(answer->facets[0].values[i].value, "jnim") == 0)
            jnim = &answer->facets[0].values[i];
    assert_non_null(jnim);
    assert_int_equal(jnim->reports, 1);
    assert_int_equal(jnim->of, 2);
    assert_int_equal(answer->dates.buckets[0].reports, 1);
    assert_int_equal(answer->dates.buckets[0].of, 2);
    json_t *json = read_json(answer);
    json_t *dates = json_object_get(json_object_get(json, "facets"), "date");
    json_t *january = json_array_get(json_object_get(dates, "buckets"), 0);
    assert_float_equal(json_real_value(json_object_get(january, "share")), 0.5, 1e-9);
    assert_non_null(json_object_get(json_object_get(json, "facets"), "source"));
    assert_non_null(json_object_get(json_object_get(json, "facets"), "lang"));
    json_decref(json);
    answer_free(answer);
    answer = ask("from=2023-01-31&to=2023-03-01&interval=month");
    assert_int_equal(answer->dates.buckets[0].of, 1);
    assert_int_equal(answer->dates.buckets[1].of, 0);
    assert_int_equal(answer->dates.buckets[2].of, 1);
    answer_free(answer);
}

/* All hits, page after page by links.after; the number of pages too. */
static char *walk(const char *first, size_t *pages)
{
    struct buffer out = {0};
    const char *next = first;
    json_t *json = NULL;
    for (*pages = 0; next && *pages < 20; (*pages)++) {
        struct answer *answer = ask(next);
        char *line = hits_line(answer);
        buffer_format(&out, "%s%s", out.size && line[0] ? " " : "", line);
        free(line);
        json_decref(json);
        json = read_json(answer);
        answer_free(answer);
        next = json_string_value(json_object_get(json_object_get(json, "links"), "after"));
        next = next ? next + strlen("/search.json?") : NULL;
    }
    json_decref(json);
    return buffer_take(&out, NULL);
}

static void pages_go_on_after_a_hit(void **state)
{
    (void)state;
    static const struct {
        const char *url, *hits;
        size_t pages;
    } cases[] = {
        {"size=2", "r5 r4 r3 r2 r1 r6", 4},
        {"size=4&sort=oldest", "r1 r2 r3 r4 r5 r6", 2},
        {"size=1&sort=oldest&q=peace", "r1 r2 r3 r4 r6", 6},
        {"size=3&actor=un", "r4 r3", 1},
        {"size=2&page=2", "r3 r2 r1 r6", 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t pages;
        assert_line(walk(cases[i].url, &pages), cases[i].hits, cases[i].url);
        assert_int_equal(pages, cases[i].pages);
    }
    struct answer *answer = ask("");
    struct buffer url = {0};
    buffer_format(&url, "after=%s.1", answer->generation);
    answer_free(answer);
    answer = ask(url.bytes); /* r1 */
    assert_int_equal(answer->total, 6);
    assert_line(hits_line(answer), "r6", url.bytes);
    answer_free(answer);
    buffer_text(&url, "000000");
    assert_int_equal(refused(url.bytes, "after"), ERROR_USAGE);
    buffer_free(&url);
    assert_int_equal(refused("after=000009.1.1", "after"), ERROR_USAGE);
    assert_int_equal(refused("after=000001.1.1&q=peace", "after"), ERROR_USAGE);
}

static void histogram_fits_the_span(void **state)
{
    (void)state;
    static const struct {
        const char *url, *dates;
        uint32_t undated;
    } cases[] = {
        {"q=peace",
         "month: 2023-01-01..2023-01-31 2, 2023-02-01..2023-02-28 0, "
         "2023-03-01..2023-03-31 2",
         1},
        {"q=nothing", "month:", 0},
        {"q=undated", "month:", 1},
        {"interval=year", "year: 2023-01-01..2023-12-31 4, 2024-01-01..2024-12-31 1", 1},
        {"from=2023-02-27&to=2023-03-02",
         "day: 2023-02-27..2023-02-27 0, 2023-02-28..2023-02-28 "
         "0, 2023-03-01..2023-03-01 1, 2023-03-02..2023-03-02 1",
         0},
        {"from=2023-01-26&to=2023-03-01&q=peace",
         "week: 2023-01-26..2023-01-29 0, 2023-01-30..2023-02-05 1, 2023-02-06..2023-02-12 0, "
         "2023-02-13..2023-02-19 0, 2023-02-20..2023-02-26 0, 2023-02-27..2023-03-01 1",
         0},
        /* months are cut at the days asked for, and end with the index */
        {"from=2023-01-31&q=-market&to=2023-08-02",
         "month: 2023-01-31..2023-01-31 1, "
         "2023-02-01..2023-02-28 0, 2023-03-01..2023-03-31 2, 2023-04-01..2023-04-30 0, "
         "2023-05-01..2023-05-31 0, 2023-06-01..2023-06-30 0, 2023-07-01..2023-07-31 0, "
         "2023-08-01..2023-08-02 0",
         0},
        {"from=2024-02-25&to=2030",
         "day: 2024-02-25..2024-02-25 0, 2024-02-26..2024-02-26 0, "
         "2024-02-27..2024-02-27 0, 2024-02-28..2024-02-28 0, 2024-02-29..2024-02-29 0, "
         "2024-03-01..2024-03-01 0, 2024-03-02..2024-03-02 1",
         0},
        {"from=0001&to=9999&interval=year",
         "year: 2023-01-01..2023-12-31 4, 2024-01-01..2024-12-31 1", 0},
        {"from=2030", "month:", 0},
        {"to=2022", "month:", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        assert_line(dates_line(answer), cases[i].dates, cases[i].url);
        assert_int_equal(answer->dates.undated, cases[i].undated);
        uint32_t sum = answer->dates.undated;
        for (size_t at = 0; at < answer->dates.bucket_count; at++)
            sum += answer->dates.buckets[at].reports;
        assert_int_equal(sum, answer->total);
        answer_free(answer);
    }
}

static void words_of_the_title_weigh_more(void **state)
{
    (void)state;
    struct answer *answer = ask("q=peace");
    assert_int_equal(answer->order, SORT_RELEVANCE);
    assert_string_equal(answer->hits[0].id, "r4"); /* thrice in the text, and in the title */
    assert_string_equal(answer->hits[1].id, "r3"); /* once, in the title */
    for (size_t i = 0; i < answer->hit_count; i++)
        assert_true(answer->hits[i].score > 0);
    answer_free(answer);
    /* what matches without weighing is still a hit */
    answer = ask("q=market+OR+actor:un&sort=relevance");
    assert_line(hits_line(answer), "r5 r3 r4", "q=market OR actor:un");
    answer_free(answer);
}

/* ---- names, notes and refusals -------------------------------------------------------- */

static void values_are_known_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint32_t total;
    } cases[] = {
        {"actor=JNIM", 2},
        {"actor=united+nations", 2},
        {"actor=Islamic+State+in+the+Greater+Sahara", 1},
        {"region=mali", 3},
        {"region=ml-7", 2},
        {"q=actor:%22Malian+Armed+Forces%22", 2},
        {"q=region:SAHEL", 4},
        {"actor=jnim&actor=JNIM", 2},
        {"q=id:r3", 1},
        {"id=r3&id=r4", 2},
        {"id=R3", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        if (answer->total != cases[i].total)
            fail_msg("?%s: %u, not %u", cases[i].url, answer->total, cases[i].total);
        answer_free(answer);
    }
    struct answer *answer = ask("actor=United+Nations&actor=un");
    char *url = question_url(&answer->question);
    assert_string_equal(url, "actor=un");
    free(url);
    answer_free(answer);
}

static void names_find_what_is_tagged(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint32_t total;
        const char *names; /* "value reports, ..." */
    } cases[] = {
        {"q=mali", 3, "ML 3"},
        {"q=Mali&names=off", 0, ""},
        {"q=-mali", 3, "ML 0"},
        {"q=%22mali%22", 0, ""},
        {"q=title:mali", 0, ""},
        {"q=malian", 0, ""},
        {"q=United+Nations", 2, "un 2"},
        {"q=united+AND+nations", 2, "un 2"},
        {"q=%22united+nations%22", 2, "un 2"},
        {"q=united-nations+OR+convoy", 3, "un 2"},
        {"q=united+OR+nations", 0, ""},
        {"q=nations+united", 0, ""},
        {"q=united+nations&match=any", 2, "un 2"},
        {"q=convoy+united+nations+deal&match=any", 3, "un 2"},
        {"q=peace+mali+-mission", 2, "ML 2"},
        {"q=mali+-mission", 3, "ML 3"},
        {"q=deal+united+nations", 1, "un 1"},
        {"q=mali+united+nations+OR+niger", 1, "ML 0, un 1, NE 1"},
        {"q=(united+nations)+mission", 1, "un 1"},
        {"q=Jama%27at+Nusrat+al-Islam", 2, "jnim 2"},
        {"q=gao+region+%28market+OR+clashed%29", 2, "ML-7 2"},
        {"q=UN", 2, "un 2"},
        {"q=un", 0, ""},
        {"q=unmo", 2, "un 2"},
        {"q=blue+hats", 0, ""},
        {"q=mali&actor=fama", 2, "ML 2"},
        {"q=mali+Mali", 3, "ML 3"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        struct buffer names = {0};
        for (size_t at = 0; at < answer->name_count; at++)
            buffer_format(&names, "%s%s %u", at ? ", " : "", answer->names[at].value,
                          answer->names[at].reports);
        if (answer->total != cases[i].total)
            fail_msg("?%s: %u, not %u", cases[i].url, answer->total, cases[i].total);
        assert_line(buffer_take(&names, NULL), cases[i].names, cases[i].url);
        answer_free(answer);
    }
}

static void names_are_told_and_not_read(void **state)
{
    (void)state;
    static const char *const urls[][2] = {
        {"q=deal+united+nations", "deal AND united AND nations"},
        {"q=deal+OR+united+nations", "deal OR (united AND nations)"},
        {"q=-mali", "NOT mali"},
        {"q=united+nations&match=any", "united OR nations"},
    };
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct answer *answer = ask(urls[i][0]);
        assert_string_equal(answer->read_as, urls[i][1]);
        answer_free(answer);
    }
    struct answer *answer = ask("q=deal+mali&sort=newest&page=2");
    struct buffer text = {0};
    assert_int_equal(answer->names[0].begin, 5);
    assert_int_equal(answer->names[0].end, 9);
    json_t *json = read_json(answer);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "links"), "exact_words")),
        "/search?q=deal+mali&names=off&sort=newest");
    json_decref(json);
    answer_text(answer, snapshot, false, &text);
    assert_non_null(strstr(text.bytes, "\nalso tagged: region Mali 0 (--names off"));
    buffer_free(&text);
    answer_free(answer);
}

static void unknown_values_are_noted(void **state)
{
    (void)state;
    struct answer *answer = ask("actor=nobody&q=region:nowhere+-actor:neither");
    assert_int_equal(answer->total, 0);
    assert_int_equal(answer->query->note_count, 3);
    assert_string_equal(answer->query->notes[0].text, "No report has the actor “nobody”.");
    assert_string_equal(answer->query->notes[1].text, "No report has the region “nowhere”.");
    assert_int_equal(answer->query->notes[1].begin, 0);
    assert_int_equal(answer->query->notes[1].end, strlen("region:nowhere"));
    answer_free(answer);
    answer = ask("-actor=nobody");
    assert_int_equal(answer->total, 6);
    assert_int_equal(answer->query->note_count, 0);
    answer_free(answer);
}

static void nothing_found_is_diagnosed(void **state)
{
    (void)state;
    static const struct {
        const char *url, *remedies; /* "part reports, ...; any reports" */
    } cases[] = {
        {"q=peace", ""},
        {"q=nothing", ""},
        {"q=market+convoy", "convoy 1, market 1; any 2"},
        {"q=market+convoy&match=any&actor=un", "actor United Nations 2, market OR convoy 2"},
        {"q=market+peace+talks", "market 1; any 6"},
        {"q=market+-traders", "market 5, NOT traders 1"},
        {"q=peace+actor:jnim+-talks&region=NE", "actor:jnim 1, region Niger 1"},
        {"region=ML-7&actor=un", "actor United Nations 2, region Gao 2"},
        {"q=mali+deal", "deal 3, mali 1; any 4"},
        {"from=2030&q=peace", "date 2030-01-01.. 5"},
        {"q=convoy&-actor=jnim&-actor=un", "convoy 2, not actor JNIM 1"},
        {"q=a+deal+was+signed+in+niamey+and+welcomed", "and 1; any 3"},
        {"q=a+deal+was+signed+a+deal+in+niamey", "; any 2"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        struct buffer out = {0};
        for (size_t at = 0; at < answer->diagnosis.without_count; at++) {
            const struct remedy *remedy = &answer->diagnosis.without[at];
            struct answer *better = NULL;
            buffer_format(&out, "%s%s %u", at ? ", " : "", remedy->part, remedy->reports);
            assert_true(answer_make(snapshot, &remedy->question, &better, NULL));
            assert_int_equal(better->total, remedy->reports);
            answer_free(better);
        }
        if (answer->diagnosis.any)
            buffer_format(&out, "; any %u", answer->diagnosis.any->reports);
        assert_line(buffer_take(&out, NULL), cases[i].remedies, cases[i].url);
        answer_free(answer);
    }
}

static void reports_like_one_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint32_t total;
        const char *hits, *read_as;
    } cases[] = {
        /* what two of them share, half of all reports have: it tells none from the rest */
        {"like=r3", 0, "", ""},
        {"like=r3&q=peace", 0, "", "peace"},
        {"like=r2&q=-deal+-undated", 0, "", "NOT deal AND NOT undated"},
        {"like=nobody", 0, "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        if (answer->total != cases[i].total)
            fail_msg("?%s: %u, not %u", cases[i].url, answer->total, cases[i].total);
        assert_string_equal(answer->read_as, cases[i].read_as);
        if (cases[i].hits)
            assert_line(hits_line(answer), cases[i].hits, cases[i].url);
        answer_free(answer);
    }
    struct answer *answer = ask("like=nobody&q=peace");
    assert_int_equal(answer->query->note_count, 1);
    assert_string_equal(answer->query->notes[0].text, "No report has the id “nobody”.");
    answer_free(answer);
    answer = ask("like=r1");
    assert_int_equal(answer->order, SORT_RELEVANCE);
    char *url = question_url(&answer->question);
    assert_string_equal(url, "like=r1");
    free(url);
    answer_free(answer);
}

static void misspelt_words_are_corrected(void **state)
{
    (void)state;
    static const struct {
        const char *url, *q;
        uint32_t reports;
    } cases[] = {
        {"q=pease", "peace", 5},
        {"q=peaec+-mission", "peace -mission", 4},
        {"q=peace", NULL, 0},
        {"q=convoi+atacked", "convoy attacked", 1},
        {"q=(pease+OR+traderz)+AND+actor:fama", "(peace OR traders) AND actor:fama", 2},
        {"q=%22pease%22", NULL, 0},
        {"q=mission+-pease", NULL, 0},
        {"q=title:pease", NULL, 0},
        {"q=pse", NULL, 0},
        {"q=qeace", NULL, 0},
        {"q=mali", NULL, 0},
        {"q=pease&actor=nobody", NULL, 0},
        {"q=traders+pease&match=any", "traders peace", 6},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct answer *answer = ask(cases[i].url);
        const struct remedy *spelt = answer->diagnosis.spelt;
        if (!spelt != !cases[i].q)
            fail_msg("?%s: %s", cases[i].url, spelt ? spelt->question.q : "nothing");
        if (spelt) {
            assert_string_equal(spelt->question.q, cases[i].q);
            assert_int_equal(spelt->reports, cases[i].reports);
        }
        answer_free(answer);
    }
    struct answer *answer = ask("q=pease&size=5");
    json_t *json = read_json(answer);
    json_t *spelling = json_object_get(json_object_get(json, "diagnosis"), "spelling");
    assert_string_equal(json_string_value(json_object_get(spelling, "q")), "peace");
    assert_string_equal(json_string_value(json_object_get(spelling, "href")),
                        "/search?q=peace&size=5");
    json_decref(json);
    answer_free(answer);
}

static void diagnosis_is_told(void **state)
{
    (void)state;
    struct answer *answer = ask("q=market+convoy&page=3");
    struct buffer text = {0};
    json_t *json = read_json(answer);
    json_t *diagnosis = json_object_get(json, "diagnosis");
    json_t *first = json_array_get(json_object_get(diagnosis, "without"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "href")), "/search?q=market");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(diagnosis, "any_words"), "href")),
        "/search?q=market+convoy&match=any");
    json_decref(json);
    answer_text(answer, snapshot, false, &text);
    assert_non_null(strstr(text.bytes, "\n1 without: convoy\n1 without: market\n"
                                       "2 with any of the words (--match any)\n"));
    buffer_free(&text);
    answer_free(answer);
}

static void limits_are_named(void **state)
{
    (void)state;
    struct buffer words = {0};
    buffer_text(&words, "q=");
    for (size_t i = 0; i <= LIMIT_QUESTION_TERMS; i++)
        buffer_format(&words, "word%zu+", i);
    assert_int_equal(refused(words.bytes, "q"), ERROR_LIMIT);
    buffer_free(&words);
}

/* ---- as JSON and as text --------------------------------------------------------------- */

static const char *text_at(json_t *json, const char *a, const char *b)
{
    return json_string_value(json_object_get(json_object_get(json, a), b));
}

static void json_has_the_agreed_shape(void **state)
{
    (void)state;
    struct answer *answer = ask("q=deal&actor=un&-actor=isgs&from=2023&size=1");
    json_t *json = read_json(answer);
    assert_non_null(json);
    assert_string_equal(text_at(json, "question", "q"), "deal");
    assert_string_equal(text_at(json, "question", "read_as"), "deal");
    json_t *filters = json_object_get(json_object_get(json, "question"), "filters");
    assert_string_equal(json_string_value(json_array_get(json_object_get(filters, "actor"), 0)),
                        "un");
    assert_string_equal(json_string_value(json_array_get(json_object_get(filters, "-actor"), 0)),
                        "isgs");
    assert_string_equal(json_string_value(json_object_get(filters, "from")), "2023-01-01");
    assert_string_equal(json_string_value(json_object_get(json, "generation")),
                        snapshot_name(snapshot));
    json_t *total = json_object_get(json, "total");
    assert_int_equal(json_integer_value(json_object_get(total, "reports")), 1);
    assert_true(json_is_true(json_object_get(total, "exact")));
    json_t *hit = json_array_get(json_object_get(json, "hits"), 0);
    assert_string_equal(json_string_value(json_object_get(hit, "id")), "r3");
    assert_string_equal(json_string_value(json_object_get(hit, "date")), "2023-03-01");
    assert_string_equal(json_string_value(json_object_get(hit, "href")), "/reports/r3");
    assert_string_equal(
        json_string_value(json_object_get(hit, "snippet")),
        "A <mark>deal</mark> was signed &lt;in Niamey&gt; &amp; &quot;welcomed&quot;.");
    assert_string_equal(json_string_value(json_object_get(hit, "snippet_text")),
                        "A deal was signed <in Niamey> & \"welcomed\".");
    char *marks = json_dumps(json_object_get(hit, "highlights"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(marks, "{\"snippet\":[[2,6]],\"title\":[[6,10]]}");
    free(marks);
    json_decref(json);
    answer_free(answer);
}

/* Every link to a value or a bucket gives the total it promises. */
static void links_keep_their_promise(void **state)
{
    (void)state;
    static const char *const urls[] = {"", "q=peace", "actor=jnim&region=ML", "-actor=un&from=2023",
                                       "actor=un&actor=isgs&to=2023-03-01&size=1&page=2"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct answer *answer = ask(urls[i]);
        json_t *json = read_json(answer), *facet, *value;
        const char *name;
        size_t at;
        json_object_foreach(json_object_get(json, "facets"), name, facet)
        {
            bool dates = strcmp(name, "date") == 0;
            json_array_foreach(json_object_get(facet, dates ? "buckets" : "values"), at, value)
            {
                const char *href = json_string_value(json_object_get(value, "href"));
                assert_memory_equal(href, "/search?", 8);
                struct answer *clicked = ask(href + 8);
                if (clicked->total != json_integer_value(json_object_get(value, "reports")))
                    fail_msg("?%s: %s gives %u", urls[i], href, clicked->total);
                assert_int_equal(clicked->question.first, 0);
                answer_free(clicked);
            }
        }
        json_decref(json);
        answer_free(answer);
    }
}

static void toggles_choose_and_free(void **state)
{
    (void)state;
    struct answer *answer = ask("actor=jnim&actor=un&-actor=isgs&page=2&size=1");
    json_t *json = read_json(answer), *value;
    static const struct {
        const char *value, *toggle;
    } wanted[] = {{"fama", "/search?actor=fama&actor=jnim&actor=un&-actor=isgs&size=1"},
                  {"jnim", "/search?actor=un&-actor=isgs&size=1"},
                  {"isgs", "/search?actor=jnim&actor=un&size=1"}};
    json_t *values =
        json_object_get(json_object_get(json_object_get(json, "facets"), "actor"), "values");
    size_t at, seen = 0;
    json_array_foreach(
        values, at, value) for (size_t i = 0; i < ARRAY_LEN(wanted);
                                i++) if (strcmp(json_string_value(json_object_get(value, "value")),
                                                wanted[i].value) == 0)
    {
        assert_string_equal(json_string_value(json_object_get(value, "toggle")), wanted[i].toggle);
        seen++;
    }
    assert_int_equal(seen, ARRAY_LEN(wanted));
    assert_string_equal(text_at(json, "links", "previous"),
                        "/search.json?actor=jnim&actor=un&-actor=isgs&size=1");
    assert_string_equal(text_at(json, "links", "next"),
                        "/search.json?actor=jnim&actor=un&-actor=isgs&page=3&size=1");
    assert_string_equal(text_at(json, "links", "html"),
                        "/search?actor=jnim&actor=un&-actor=isgs&page=2&size=1");
    json_decref(json);
    answer_free(answer);
}

static void any_bytes_make_valid_json(void **state)
{
    (void)state;
    struct question question;
    struct answer *answer = NULL;
    assert_true(question_init(&question, NULL));
    free(question.q);
    question.q = strdup("peace \xff\xc0\x80 \x1b[31m");
    assert_true(answer_make(snapshot, &question, &answer, NULL));
    json_t *json = read_json(answer);
    assert_non_null(json);
    json_decref(json);
    answer_free(answer);
    question_clear(&question);
}

static void text_cannot_steer_a_terminal(void **state)
{
    (void)state;
    struct question question;
    struct answer *answer = NULL;
    struct buffer out = {0};
    assert_true(question_init(&question, NULL));
    free(question.q);
    question.q = strdup("peace");
    assert_true(answer_make(snapshot, &question, &answer, NULL));
    free(answer->hits[0].title);
    answer->hits[0].title = strdup("a\033[2Jb\xc2\x9b"
                                   "c\xe2\x80\xae"
                                   "d\xff\ne\u00e9");
    answer_text(answer, snapshot, false, &out);
    assert_non_null(strstr(out.bytes, "1. a?[2Jb?c?d? e\u00e9\n"));
    assert_null(strchr(out.bytes, '\033'));
    buffer_reset(&out);
    answer_text(answer, snapshot, true, &out);
    assert_non_null(strstr(out.bytes, "\033[1mpeace\033[0m"));
    buffer_free(&out);
    answer_free(answer);
    question_clear(&question);
}

static void explanation_counts_each_part(void **state)
{
    (void)state;
    struct answer *answer = ask("q=peace+-mission&actor=jnim");
    struct buffer out = {0};
    assert_true(explain_answer(snapshot, answer, &out, NULL));
    assert_non_null(strstr(out.bytes, "read as peace AND NOT mission\n"));
    assert_non_null(strstr(out.bytes, "         5    peace   [Zpeac 5]\n"));
    assert_non_null(strstr(out.bytes, "         4  by its words\n"));
    assert_non_null(strstr(out.bytes, "         2  chosen by actor\n"));
    assert_non_null(strstr(out.bytes, "         2  in all\n"));
    buffer_free(&out);
    answer_free(answer);
}

/* What is known of the matches before they are looked for. */
static void costs_are_told_beforehand(void **state)
{
    static const struct {
        const char *url;
        uint64_t reports;
    } cases[] = {
        {"", 0}, /* all are counted already */
        {"q=market", 1},
        {"q=peace", 5},
        {"q=zebra", 0},
        {"q=peace+market", 1},
        {"q=peace+OR+market+OR+market", 6},
        {"q=peace+OR+market+OR+deal", 6}, /* of six reports */
        {"q=%22peace+talks%22", 1},
        {"q=near/5(peace+talks)", 1},
        {"q=-market", 6},
        {"q=peace+date:2023-01", 2},
        {"q=actor:jnim", 2},
        {"actor=jnim", 2},
        {"actor=jnim&actor=un", 4},
        {"actor=jnim&region=NE", 1},
        {"-actor=jnim", 6},
        {"from=2023-03-02&to=2023-12-31", 1},
        {"q=peace&from=2023-03-02", 2},
        {"like=r1", 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snapshot_forget_questions(snapshot);
        assert_estimate(cases[i].url, cases[i].reports);
    }
    /* Nothing is left to be looked for where the words were asked a moment ago. */
    answer_free(ask("q=peace"));
    assert_estimate("q=peace&actor=jnim&page=2", 0);
    answer_free(ask(""));
    assert_estimate("actor=jnim", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_what_reports_say),
        cmocka_unit_test(regions_roll_up_and_name_their_parents),
        cmocka_unit_test(short_lists_say_what_is_left_out),
        cmocka_unit_test(facets_are_listed_as_asked),
        cmocka_unit_test(counts_come_with_what_they_are_a_part_of),
        cmocka_unit_test(pages_go_on_after_a_hit),
        cmocka_unit_test(histogram_fits_the_span),
        cmocka_unit_test(words_of_the_title_weigh_more),
        cmocka_unit_test(values_are_known_by_their_names),
        cmocka_unit_test(names_find_what_is_tagged),
        cmocka_unit_test(names_are_told_and_not_read),
        cmocka_unit_test(unknown_values_are_noted),
        cmocka_unit_test(nothing_found_is_diagnosed),
        cmocka_unit_test(reports_like_one_are_found),
        cmocka_unit_test(misspelt_words_are_corrected),
        cmocka_unit_test(diagnosis_is_told),
        cmocka_unit_test(limits_are_named),
        cmocka_unit_test(json_has_the_agreed_shape),
        cmocka_unit_test(links_keep_their_promise),
        cmocka_unit_test(toggles_choose_and_free),
        cmocka_unit_test(any_bytes_make_valid_json),
        cmocka_unit_test(text_cannot_steer_a_terminal),
        cmocka_unit_test(explanation_counts_each_part),
        cmocka_unit_test(costs_are_told_beforehand),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
