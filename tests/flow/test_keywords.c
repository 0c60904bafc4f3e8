/* The terms that tell some reports from the rest: of random reports, by search/keywords.h and by
 * Xapian's expand set over a database of its own that has every term of the same reports. */
#include <math.h>

#include "indexer/document.h"
#include "schema/buffer.h"
#include "search/keywords.h"
#include "search/snapshot_private.h"
#include "tests/flow/asking.h"
#include "tests/flow/fixture.h"
#include "tests/flow/generated.h"
#include "tests/unit/scratch.h"

#define REPORTS   400u
#define PUBLISHED 300u /* the others are added later */
#define TRIES     300u
#define CHOSEN    10u /* reports, at most */
#define ROOM      30u
#define TOLERANCE 1e-9

static struct fixture fixture;
static struct xap_writer *plain;
static struct snapshot *snapshot;

/* What generated reports have not: letters of more than a byte, or no word at all. */
static const char *const rows[][3] = {
    {"ru", "Переговоры о прекращении огня", "Стороны подписали соглашение. Обмен пленными идёт."},
    {"ru", NULL, "Войска обстреляли больницу; переговоры о соглашении прерваны, пленные ждут."},
    {"ar", "اتفاق على وقف إطلاق النار", "وقّعت الأطراف اتفاقية سلام، وعاد اللاجئون إلى قراهم."},
    {"fr", NULL, "Des hélicoptères ont survolé l'hôpital, et les hôpitaux ont été évacués."},
    {"zh", "双方签署停火协议", "双方在日内瓦签署停火协议，难民开始返回家园。"},
    {"en", NULL, "?!"},
};
#define ROW_DOCID(row) (41u + 70u * (uint32_t)(row))

/* In the place of generated ones, some of which are added later. */
static void put_rows(struct report *reports)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct report *report = &reports[ROW_DOCID(i) - 1];
        char id[16];
        snprintf(id, sizeof id, "row%zu", i);
        report_clear(report);
        ok(fixture_report(id, NULL, rows[i][1], rows[i][2], report, err));
        report->language = strdup(rows[i][0]);
        assert_non_null(report->language);
    }
}

static void take_away(const char *id)
{
    char term[FIELD_TERM_ROOM];
    document_id_term(id, term);
    ok(fixture_delete(&fixture, id, err));
    assert_true(xap_writer_delete_term(plain, term, NULL));
}

static int make_both(void **state)
{
    struct report *reports = NULL;
    struct dice dice = {5};
    (void)state;
    ok(fixture_init(&fixture, generated_actors, generated_regions, err));
    ok(generated_make(&dice, REPORTS, true, &reports, err));
    put_rows(reports);
    ok(fixture_publish(&fixture, reports, PUBLISHED, err));
    ok(fixture_add(&fixture, reports + PUBLISHED, REPORTS - PUBLISHED, err));
    ok(fixture_plain(&fixture, reports, REPORTS, &plain, err));
    take_away("r7");
    take_away("r333");
    ok(snapshot_open(fixture.path, &snapshot, err));
    generated_free(reports, REPORTS);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    snapshot_close(snapshot);
    xap_writer_close(plain);
    fixture_clear(&fixture);
    return 0;
}

/* ---- what is compared -------------------------------------------------------------------- */

static bool is_text_stem(void *context, const char *term)
{
    (void)context;
    return term[0] == 'Z' && term[1] != fields[FIELD_TITLE].prefix[0];
}

/* No prefix begins with one. */
static bool is_word(void *context, const char *term)
{
    (void)context;
    return term[0] < 'A' || term[0] > 'Z';
}

/* Where a term stands; 'count' for nowhere. */
static size_t place_of(const struct xap_expansion *all, size_t count, const char *term)
{
    size_t at = 0;
    while (at < count && strcmp(all[at].term, term) != 0)
        at++;
    return at;
}

/* The weights are Xapian's best, one by one, and each term has its own; equal ones stand in byte
 * order, and so they are cut. */
static void expect_same(const struct keyword *found, size_t count, const struct xap_expansion *all,
                        size_t all_count)
{
    assert_int_equal(count, all_count < ROOM ? all_count : ROOM);
    for (size_t i = 0; i < count; i++) {
        size_t at = place_of(all, all_count, found[i].term);
        if (at == all_count || fabs(all[at].weight - found[i].weight) > TOLERANCE)
            fail_msg("'%s' weighs %.12f, and not %.12f", found[i].term, found[i].weight,
                     at < all_count ? all[at].weight : 0);
        if (fabs(all[i].weight - found[i].weight) > TOLERANCE)
            fail_msg("number %zu weighs %.12f, and not %.12f", i, found[i].weight, all[i].weight);
        if (i && (found[i - 1].weight < found[i].weight ||
                  (found[i - 1].weight == found[i].weight &&
                   strcmp(found[i - 1].term, found[i].term) >= 0)))
            fail_msg("'%s' stands before '%s'", found[i - 1].term, found[i].term);
    }
}

/* Reports that are there, all different. */
static size_t choose_reports(struct dice *dice, uint32_t docids[CHOSEN])
{
    size_t wanted = 1 + dice_roll(dice, CHOSEN), count = 0;
    while (count < wanted) {
        uint32_t docid = 1 + dice_roll(dice, snapshot->all->last);
        bool is_new = docset_has(snapshot->all, docid);
        for (size_t i = 0; i < count; i++)
            is_new = is_new && docids[i] != docid;
        docids[count] = docid;
        count += is_new;
    }
    return count;
}

static void compare(enum keyword_kind kind, bool (*accept)(void *context, const char *term))
{
    struct xap_enquire *enquire = NULL;
    struct dice dice = {7};
    assert_true(xap_enquire_new(xap_writer_db(plain), &enquire, NULL));
    for (unsigned i = 0; i < TRIES; i++) {
        struct keyword found[ROOM];
        struct xap_expansion *all = NULL;
        uint32_t docids[CHOSEN];
        size_t found_count = 0, all_count = 0, count = choose_reports(&dice, docids);
        ok(keywords_find(snapshot, docids, count, kind, NULL, found, ROOM, &found_count, err));
        assert_true(xap_enquire_expand(enquire, docids, count, UINT32_MAX, accept, NULL, &all,
                                       &all_count, NULL));
        expect_same(found, found_count, all, all_count);
        xap_expansions_free(all, all_count);
    }
    xap_enquire_free(enquire);
}

static void stems_are_those_of_xapian(void **state)
{
    (void)state;
    compare(KEYWORD_STEMS, is_text_stem);
}

static void words_are_those_of_xapian(void **state)
{
    (void)state;
    compare(KEYWORD_WORDS, is_word);
}

static void no_words_no_keywords(void **state)
{
    (void)state;
    const uint32_t docids[] = {ROW_DOCID(ARRAY_LEN(rows) - 1)};
    struct keyword found[ROOM];
    size_t count = 1;
    ok(keywords_find(snapshot, docids, 1, KEYWORD_WORDS, NULL, found, ROOM, &count, err));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems_are_those_of_xapian),
        cmocka_unit_test(words_are_those_of_xapian),
        cmocka_unit_test(no_words_no_keywords),
    };
    return cmocka_run_group_tests(tests, make_both, close_both);
}
