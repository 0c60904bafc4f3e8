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
#include "schema/report.h"

/* ---- help ----------------------------------------------------------------------- */

static struct report make(const char *body)
{
    struct report report = {.day = DAY_NONE, .origin = strdup("reports/one.txt")};
    report.body = strdup(body);
    report.body_size = strlen(body);
    return report;
}

static void complete(struct report *report)
{
    struct error err = {0};
    if (!report_complete(report, &err))
        fail_msg("%s: %s", err.where, err.text);
}

static char *described(const struct report *report)
{
    char *text = NULL;
    struct error err = {0};
    assert_true(report_describe(report, &text, &err));
    return text;
}

static void refused(struct report *report, enum error_code code, const char *where)
{
    struct error err = {0};
    assert_false(report_complete(report, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.where, where);
    report_clear(report);
}

/* ---- completing ------------------------------------------------------------------- */

static void sections_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        long faq, sources; /* -1: none */
    } rows[] = {
        {"Text.\n\nFAQ:\n\nQ: a\n\nSources:\n\n- b (https://b.org)", 7, 19},
        {"Text.\nfaq :  \r\nQ: a", 6, -1},
        {"Text.\n\tSOURCES: \nb", -1, 6},
        {"FAQ:\nQ", 0, -1},
        {"Text about FAQ: here\nSources: named inline\n", -1, -1},
        {"Text.\nFAQ\nFAQs:\n:\n", -1, -1},
        {"Text.\nSources:\nx\nFAQ:\nq", 17, -1},
        {"Text.\nSources:\nx\nFAQ:\nq\nSources:", 17, 24},
        {"Text.\n", -1, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report = make(rows[i].body);
        complete(&report);
        long size = (long)report.body_size;
        assert_int_equal(report.faq_begin, rows[i].faq < 0 ? size : rows[i].faq);
        assert_int_equal(report.sources_begin, rows[i].sources < 0 ? size : rows[i].sources);
        report_clear(&report);
    }
}

static void titles_are_derived(void **state)
{
    (void)state;
    static const struct {
        const char *body, *title;
    } rows[] = {
        {"Fighting resumed. It was heavy.", "Fighting resumed."},
        {"  The U.N. Security Council met on Nov. 15 in New York. More.",
         "The U.N. Security Council met on Nov. 15 in New York."},
        {"Gen. A. Toure and Mr. Diallo spoke! Then left.", "Gen. A. Toure and Mr. Diallo spoke!"},
        {"Prices rose 3.5 percent. Then fell.", "Prices rose 3.5 percent."},
        {"\u201CWe stay.\u201D The colonel left.", "\u201CWe stay.\u201D"},
        {"Who holds Gao? Nobody.", "Who holds Gao?"},
        {"A wrapped\nline of text. Next.", "A wrapped line of text."},
        {"A heading\n\nThe text. Next.", "A heading"},
        {"A heading\n \t\nThe text.", "A heading"},
        {"No end", "No end"},
        {"They met... and parted. Yes.", "They met... and parted."},
        {"It was in the U.S. The end.", "It was in the U.S. The end."},
        {"See un.org for more. Yes.", "See un.org for more."},
        {"FAQ:\nQ: Who?", "FAQ: Q: Who?"},
        {"Text without end\nFAQ:\nQ: Who?", "Text without end"},
        {"\u505C\u706B\u3002\u7B2C\u4E8C\u53E5\u3002", "\u505C\u706B\u3002"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report = make(rows[i].body);
        complete(&report);
        assert_true(report.title_derived);
        assert_string_equal(report.title, rows[i].title);
        report_clear(&report);
    }
}

static void long_titles_are_cut_at_a_word(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 12; shift++) {
        struct buffer body = {0};
        for (size_t i = 0; i < shift; i++)
            buffer_char(&body, 'x');
        while (body.size < 2 * LIMIT_TITLE_BYTES)
            buffer_text(&body, " word\u00E9");
        struct report report = make(body.bytes);
        complete(&report);
        size_t size = strlen(report.title);
        assert_in_range(size, LIMIT_TITLE_BYTES - 10, LIMIT_TITLE_BYTES);
        assert_string_equal(report.title + size - strlen("d\u00E9\u2026"), "d\u00E9\u2026");
        report_clear(&report);
        buffer_free(&body);
    }
    struct buffer body = {0}; /* one word that is too long, and exactly the limit */
    while (body.size < LIMIT_TITLE_BYTES)
        buffer_text(&body, "\u00E9");
    struct report report = make(body.bytes);
    complete(&report);
    assert_string_equal(report.title, body.bytes);
    report_clear(&report);
    buffer_text(&body, "\u00E9");
    report = make(body.bytes);
    complete(&report);
    assert_in_range(strlen(report.title), LIMIT_TITLE_BYTES - 4, LIMIT_TITLE_BYTES);
    report_clear(&report);
    buffer_free(&body);
}

static void given_titles_stay(void **state)
{
    (void)state;
    struct report report = make("Text.");
    report.title = strdup("A title");
    complete(&report);
    assert_string_equal(report.title, "A title");
    assert_false(report.title_derived);
    report_clear(&report);
    report = make("Text.");
    report.title = strdup(" \n");
    complete(&report);
    assert_string_equal(report.title, "Text.");
    assert_true(report.title_derived);
    report_clear(&report);
}

static void sources_are_derived(void **state)
{
    (void)state;
    static const struct {
        const char *url, *body, *source;
    } rows[] = {
        {"https://www.UN.org/a?b", "Text.", "un.org"},
        {"http://user@news.example.com:8080/", "Text.", "news.example.com"},
        {"https://www.un.org#x", "Text.\nSources:\n- Other (http://b.org)", "un.org"},
        {"not a url", "Text.", NULL},
        {"mailto:x@y.org", "Text.\nSources:\n\n\u2013 Panel report (https://www.un.org)", "un.org"},
        {NULL, "Text.\nSources:\n\u2014 https://reliefweb.int/x y\n", "reliefweb.int"},
        {NULL, "Text.\nSources:\n-\n\u2022 Radio Ansongo\n", "Radio Ansongo"},
        {NULL, "Text.\nSources:\n\n", NULL},
        {NULL, "Text.\nSources:", NULL},
        {NULL, "Text.\nSources:\n* www (https://www.)", "www."},
        {NULL, "Text.", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report = make(rows[i].body);
        report.url = rows[i].url ? strdup(rows[i].url) : NULL;
        complete(&report);
        if (rows[i].source && report.source)
            assert_string_equal(report.source, rows[i].source);
        else
            assert_true(!rows[i].source && !report.source);
        report_clear(&report);
    }
    struct report report = make("Text.");
    report.source = strdup("Own Name");
    report.url = strdup("https://un.org");
    complete(&report);
    assert_string_equal(report.source, "Own Name");
    report_clear(&report);
}

static void long_derived_source_is_cut(void **state)
{
    (void)state;
    struct buffer body = {0};
    buffer_text(&body, "Text.\nSources:\n- ");
    for (size_t i = 0; i < LIMIT_FIELD_BYTES; i++)
        buffer_text(&body, "\u20AC");
    struct report report = make(body.bytes);
    complete(&report);
    assert_int_equal(strlen(report.source), LIMIT_FIELD_BYTES - LIMIT_FIELD_BYTES % 3);
    report_clear(&report);
    buffer_free(&body);
}

static void ids_are_derived(void **state)
{
    (void)state;
    char hash[17];
    assert_true(report_hash_id("https://un.org/a", hash));
    struct report report = make("Text.");
    report.url = strdup("https://un.org/a");
    complete(&report);
    assert_string_equal(report.id, hash);
    report_clear(&report);

    report = make("Text."); /* by the path: sha256sum says so too */
    complete(&report);
    assert_string_equal(report.id, "99655cd11ad31200");
    report_clear(&report);

    report = make("Text.");
    report.id = strdup("own-id");
    complete(&report);
    assert_string_equal(report.id, "own-id");
    report_clear(&report);

    report = make("Text.");
    free(report.origin);
    report.origin = NULL;
    refused(&report, ERROR_DATA, "id");
}

static void languages_are_codes(void **state)
{
    (void)state;
    static const struct {
        const char *given, *kept;
    } rows[] = {{"en", "en"},     {"EN-us", "en"}, {"fr_ML", "fr"}, {"bam", "bam"},
                {"French", NULL}, {"", NULL},      {"e", NULL},     {"\u00E9", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report = make("Text.");
        report.language = strdup(rows[i].given);
        complete(&report);
        if (rows[i].kept)
            assert_string_equal(report.language, rows[i].kept);
        else
            assert_null(report.language);
        report_clear(&report);
    }
}

static void bad_reports_are_refused(void **state)
{
    (void)state;
    struct report report = make("");
    refused(&report, ERROR_DATA, "body");
    report = make(" \n\t ");
    refused(&report, ERROR_DATA, "body");
    report = (struct report){.day = DAY_NONE};
    refused(&report, ERROR_DATA, "body");
    report = make("bad \xFF byte");
    refused(&report, ERROR_DATA, "body");
    report = make("nul");
    report.body_size = 4; /* the NUL is part of it */
    refused(&report, ERROR_DATA, "body");
    report = make("Text.");
    report.title = strdup("\xC0\x80");
    refused(&report, ERROR_DATA, "title");
}

/* A text of 'size' bytes. */
static char *filled(size_t size)
{
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    return text;
}

static void limits_hold_to_the_byte(void **state)
{
    (void)state;
    static const struct {
        size_t offset, limit;
        const char *name;
    } rows[] = {
        {offsetof(struct report, id), LIMIT_ID_BYTES, "id"},
        {offsetof(struct report, title), LIMIT_FIELD_BYTES, "title"},
        {offsetof(struct report, source), LIMIT_FIELD_BYTES, "source"},
        {offsetof(struct report, url), LIMIT_FIELD_BYTES, "url"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t more = 0; more < 2; more++) {
            struct report report = make("Text.");
            char *text = filled(rows[i].limit + more);
            memcpy((char *)&report + rows[i].offset, &text, sizeof text);
            if (more) {
                refused(&report, ERROR_LIMIT, rows[i].name);
            } else {
                complete(&report);
                report_clear(&report);
            }
        }
    }
    for (size_t more = 0; more < 2; more++) {
        struct report report = make("");
        free(report.body);
        report.body_size = LIMIT_REPORT_BYTES + more;
        report.body = filled(report.body_size);
        if (more) {
            refused(&report, ERROR_LIMIT, "body");
        } else {
            complete(&report);
            report_clear(&report);
        }
    }
}

/* ---- mentions and tags -------------------------------------------------------------- */

static void tags_are_sorted_and_once(void **state)
{
    (void)state;
    static const char *const ids[] = {"ML", "NE", "ML-7", "BF", "ML", "africa", "NE", "ML-7.gao"};
    struct report report = make("Text.");
    struct error err = {0};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        assert_true(report_add_tag(&report, MENTION_REGION, ids[i], &err));
    assert_true(report_add_tag(&report, MENTION_ACTOR, "jnim", &err));
    static const char *const sorted[] = {"BF", "ML", "ML-7", "ML-7.gao", "NE", "africa"};
    assert_int_equal(report.region_count, ARRAY_LEN(sorted));
    for (size_t i = 0; i < ARRAY_LEN(sorted); i++)
        assert_string_equal(report.regions[i], sorted[i]);
    assert_int_equal(report.actor_count, 1);
    report_clear(&report);
}

static void mention_strings_are_shared(void **state)
{
    (void)state;
    struct report report = make("Text.");
    struct error err = {0};
    for (uint32_t i = 0; i < LIMIT_MENTIONS + 10; i++) {
        char id[20], rule[] = "name";
        snprintf(id, sizeof id, "actor-%u", i % 1000);
        struct mention mention = {MENTION_ACTOR, PART_BODY, i, i + 4, id, rule, 90};
        assert_true(report_add_mention(&report, &mention, &err));
    }
    assert_int_equal(report.mention_count, LIMIT_MENTIONS);
    assert_ptr_equal(report.mentions[7].id, report.mentions[1007].id);
    assert_ptr_equal(report.mentions[0].rule, report.mentions[9].rule);
    assert_string_equal(report.mentions[LIMIT_MENTIONS - 1].id, "actor-999");
    report_clear(&report);
    report_clear(&report); /* twice does no harm */
}

/* ---- stored form --------------------------------------------------------------------- */

static struct report full(void)
{
    struct report report = make("Text of Gao.\n\nFAQ:\nQ\n\nSources:\n- Radio (https://r.org)\n");
    struct error err = {0};
    report.day = day_from_civil(2023, 11, 15);
    report.title = strdup("A \\ title = with\nlines\\n");
    report.language = strdup("en");
    report.url = strdup("https://un.org/x=y");
    complete(&report);
    static const struct mention mentions[] = {
        {MENTION_REGION, PART_BODY, 8, 11, "ML-7", "name", 90},
        {MENTION_ACTOR, PART_BODY, 20, 24, "odd id\nof two lines", "acronym", 100},
        {MENTION_ACTOR, PART_TITLE, 0, 0, "jnim", "given", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(mentions); i++)
        assert_true(report_add_mention(&report, &mentions[i], &err));
    assert_true(report_add_tag(&report, MENTION_REGION, "ML", &err));
    assert_true(report_add_tag(&report, MENTION_REGION, "ML-7", &err));
    assert_true(report_add_tag(&report, MENTION_ACTOR, "jnim", &err));
    assert_true(report_add_given(&report, MENTION_ACTOR, "JNIM = \\", &err));
    assert_true(report_add_given(&report, MENTION_REGION, "Gao", &err));
    return report;
}

static void stored_form_is_as_documented(void **state)
{
    (void)state;
    struct report report = full();
    char *bytes = NULL;
    size_t size = 0;
    struct error err = {0};
    assert_true(report_encode(&report, &bytes, &size, &err));
    static const char expected[] = "id=c9c63e3c8be76ebf\n"
                                   "title=A \\\\ title = with\\nlines\\\\n\n"
                                   "source=un.org\n"
                                   "url=https://un.org/x=y\n"
                                   "language=en\n"
                                   "origin=reports/one.txt\n"
                                   "date=2023-11-15\n"
                                   "faq=14\n"
                                   "sources=22\n"
                                   "actor=jnim\n"
                                   "region=ML\n"
                                   "region=ML-7\n"
                                   "given_actor=JNIM = \\\\\n"
                                   "given_region=Gao\n"
                                   "rule=actor title 0 given\n"
                                   "rule=actor body 100 acronym\n"
                                   "rule=region body 90 name\n"
                                   "name=odd id\\nof two lines\n"
                                   "evidence=12\n"
                                   "\n"
                                   "\0\0\0\0"
                                   "\1\24\4\1"
                                   "\2\10\3\1"
                                   "Text of Gao.\n\nFAQ:\nQ\n\nSources:\n- Radio (https://r.org)\n";
    assert_int_equal(size, sizeof expected - 1);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
    report_clear(&report);
}

static void dates_are_stored(void **state)
{
    (void)state;
    struct report report = {.day = day_from_civil(2023, 11, 1), .precision = PRECISION_MONTH}, back;
    struct mention mention = {.kind = MENTION_DATE,
                              .part = PART_BODY,
                              .begin = 3,
                              .end = 14,
                              .id = "2020-08",
                              .rule = "month-year",
                              .confidence = 95};
    char *bytes;
    size_t size;
    struct error err = {0};
    assert_true(report_add_mention(&report, &mention, &err));
    assert_true(report_add_tag(&report, MENTION_DATE, "2020-08", &err));
    assert_true(report_add_tag(&report, MENTION_DATE, "2020", &err));
    assert_true(report_encode(&report, &bytes, &size, &err));
    assert_string_equal(bytes, "date=2023-11-01\ndate_precision=month\nmentioned=2020\n"
                               "mentioned=2020-08\n"
                               "rule=date body 95 month-year\nevidence=4\n\n");
    assert_memory_equal(bytes + size - 4, "\0\3\13\1", 4);
    assert_true(report_decode(bytes, size, &back, &err));
    assert_int_equal(back.precision, PRECISION_MONTH);
    assert_int_equal(back.mentioned_count, 2);
    assert_string_equal(back.mentioned[1], "2020-08");
    assert_int_equal(back.mentions[0].kind, MENTION_DATE);
    report_clear(&back);
    free(bytes);
    static const char bad[] = "date=2023-11-01\ndate_precision=week\n\n";
    assert_false(report_decode(bad, strlen(bad), &back, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    report_clear(&report);
}

static void decoding_gives_the_report_back(void **state)
{
    (void)state;
    struct report report = full(), back, again;
    char *bytes, *same;
    size_t size, same_size;
    struct error err = {0};
    assert_true(report_encode(&report, &bytes, &size, &err));
    assert_true(report_decode(bytes, size, &back, &err));
    assert_int_equal(back.day, report.day);
    assert_int_equal(back.faq_begin, report.faq_begin);
    assert_int_equal(back.mentions[0].part, PART_TITLE); /* sorted now */
    assert_string_equal(back.mentions[1].id, "odd id\nof two lines");
    assert_true(report_encode(&back, &same, &same_size, &err));
    assert_int_equal(size, same_size);
    assert_memory_equal(bytes, same, size);
    assert_true(report_decode(same, same_size, &again, &err));
    char *one = described(&back), *other = described(&again);
    assert_string_equal(one, other);
    free(one);
    free(other);
    free(bytes);
    free(same);
    report_clear(&report);
    report_clear(&back);
    report_clear(&again);
}

static void bare_report_decodes(void **state)
{
    (void)state;
    struct report report;
    struct error err = {0};
    assert_true(report_decode("\n", 1, &report, &err));
    assert_int_equal(report.day, DAY_NONE);
    assert_int_equal(report.body_size, 0);
    assert_string_equal(report.body, "");
    assert_int_equal(report.faq_begin, 0);
    assert_null(report.id);
    report_clear(&report);
    /* Unknown names are left out, the last of a name counts, an offset past the end is the end. */
    static const char text[] = "later=1\nid=a\nid=b\nfaq=900\n\nbody\0!";
    assert_true(report_decode(text, sizeof text - 1, &report, &err));
    assert_string_equal(report.id, "b");
    assert_int_equal(report.faq_begin, 6);
    assert_int_equal(report.body_size, 6);
    report_clear(&report);
}

static void damaged_forms_are_corrupt(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "id=a",
        "id=a\n",
        "no equals sign\n\nbody",
        "date=2023-02-30\n\n",
        "date=\n\n",
        "faq=x\n\n",
        "faq=\n\n",
        "sources=-1\n\n",
        "sources=99999999999\n\n",
        "faq=4294967296\n\n",
        "rule=\n\n",
        "rule=actor body 90\n\n",
        "rule=actor body 101 rule\n\n",
        "rule=actor tail 90 rule\n\n",
        "rule=place body 90 rule\n\n",
        "rule=actor body x rule\n\n",
        "evidence=x\n\n",
        "evidence=5\n\nbody",
        /* a number that does not end, a rule and an id that are not there */
        "actor=a\nrule=actor body 90 rule\nevidence=4\n\n\x80\x80\x80\x80",
        "actor=a\nrule=actor body 90 rule\nevidence=4\n\n\1\1\1\1",
        "actor=a\nname=b\nrule=actor body 90 rule\nrule=actor body 9 other\nevidence=4\n\n\1\1\1\2",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report report = {.body_size = 77};
        struct error err = {0};
        if (report_decode(rows[i], strlen(rows[i]), &report, &err))
            fail_msg("'%s' was read", rows[i]);
        assert_int_equal(err.code, ERROR_CORRUPT);
        assert_int_equal(report.body_size, 77); /* untouched */
    }
}

static void description_is_sorted_json(void **state)
{
    (void)state;
    struct report report = {.day = DAY_NONE, .body = strdup("x\xFFy"), .body_size = 3};
    char *text = described(&report);
    assert_string_equal(
        text,
        "{\n  \"actors\": [],\n  \"body\": \"x\uFFFDy\",\n  \"date\": null,\n"
        "  \"date_precision\": \"day\",\n"
        "  \"faq_begin\": 0,\n  \"given\": [],\n  \"id\": null,\n"
        "  \"language\": null,\n  \"mentioned\": [],\n  \"mentions\": [],\n  \"origin\": null,\n"
        "  \"regions\": [],\n  \"same\": null,\n  \"source\": null,\n  \"sources_begin\": 0,\n"
        "  \"title\": null,\n  \"title_derived\": false,\n"
        "  \"url\": null\n}");
    free(text);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_are_found),
        cmocka_unit_test(titles_are_derived),
        cmocka_unit_test(long_titles_are_cut_at_a_word),
        cmocka_unit_test(given_titles_stay),
        cmocka_unit_test(sources_are_derived),
        cmocka_unit_test(long_derived_source_is_cut),
        cmocka_unit_test(ids_are_derived),
        cmocka_unit_test(languages_are_codes),
        cmocka_unit_test(bad_reports_are_refused),
        cmocka_unit_test(limits_hold_to_the_byte),
        cmocka_unit_test(tags_are_sorted_and_once),
        cmocka_unit_test(mention_strings_are_shared),
        cmocka_unit_test(stored_form_is_as_documented),
        cmocka_unit_test(decoding_gives_the_report_back),
        cmocka_unit_test(dates_are_stored),
        cmocka_unit_test(bare_report_decodes),
        cmocka_unit_test(damaged_forms_are_corrupt),
        cmocka_unit_test(description_is_sorted_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
