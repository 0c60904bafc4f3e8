#include "indexer/document.h"
#include "indexer/frequent_lists.h"
#include "schema/frequent_file.h"
#include "schema/limits.h"
#include "schema/packing.h"
#include "tests/unit/scratch.h"

static const unsigned char no_hash[SPOOL_HASH_BYTES] = {1, 2, 3};

/* The document of a report, put into a database of its own. */
static struct xap_writer *index_one_with(void **state, struct report *report, const char *words)
{
    struct document_kit *kit = NULL;
    struct xap_document *doc = NULL;
    struct xap_writer *writer = NULL;
    if (!report->origin)
        report->origin = strdup("f.txt");
    ok(report_complete(report, err));
    ok(document_kit_new(NULL, 0, &kit, err));
    ok(document_kit_set_words(kit, words, NULL, err));
    ok(document_make(kit, report, no_hash, &doc, err));
    assert_true(document_embed(kit, doc, NULL));
    assert_true(
        xap_writer_open(scratch_path(state, "db"), XAP_CREATE_OR_OVERWRITE, 0, 0, &writer, NULL));
    assert_true(xap_writer_add(writer, doc, NULL, NULL));
    xap_document_free(doc);
    document_kit_free(kit);
    return writer;
}

static struct xap_writer *index_one(void **state, struct report *report)
{
    return index_one_with(state, report, "");
}

/* The terms that begin with a prefix and do not go on in a capital, joined by blanks. */
static const char *terms(const struct xap_writer *writer, const char *prefix)
{
    static char text[4000];
    struct xap_terms *cursor = NULL;
    const char *term;
    text[0] = '\0';
    assert_true(xap_terms_open(xap_writer_db(writer), prefix, &cursor, NULL));
    while (xap_terms_next(cursor, &term, NULL, NULL) && term)
        if (term[strlen(prefix)] < 'A' || term[strlen(prefix)] > 'Z')
            strcat(strcat(text, term), " ");
    xap_terms_close(cursor);
    return text;
}

/* The word stream, in hex. */
static const char *stream(const struct xap_writer *writer)
{
    static char hex[400];
    struct xap_document *doc = NULL;
    char *bytes = NULL;
    size_t size = 0;
    assert_true(xap_db_document(xap_writer_db(writer), 1, &doc, NULL));
    assert_true(xap_document_value(doc, SLOT_WORDS, &bytes, &size, NULL));
    assert_in_range(size, 1, sizeof hex / 3);
    for (size_t i = 0; i < size; i++)
        sprintf(hex + 3 * i, "%02x ", (unsigned char)bytes[i]);
    xap_document_free(doc);
    free(bytes);
    return hex;
}

static struct report seed(const char *title, const char *body)
{
    struct report report = {.day = day_from_civil(2023, 11, 15)};
    report.title = title ? strdup(title) : NULL;
    report.body = strdup(body);
    report.body_size = strlen(body);
    return report;
}

/* The same whether the list of frequent words has them or not. */
static void words_stems_and_title(void **state)
{
    static const char *const lists[] = {"", "raiders\nin\nraided\nmenaka\nelsewhere\n"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct report report = seed("Raiders in Ménaka", "Jama\xe2\x80\x99"
                                                         "at raided Gao.");
        struct xap_writer *writer = index_one_with(state, &report, lists[i]);
        assert_string_equal(terms(writer, ""), "gao in jamaat menaka raided raiders ");
        assert_string_equal(terms(writer, "Z"), "Zgao Zin Zjamaat Zmenaka Zraid Zraider ");
        assert_string_equal(terms(writer, "S"), "Sin Smenaka Sraiders ");
        assert_string_equal(terms(writer, "ZS"), "ZSin ZSmenaka ZSraider ");
        uint32_t wdf = 0;
        assert_true(xap_db_wdf_upper_bound(xap_writer_db(writer), "Zraid", &wdf, NULL));
        assert_int_equal(wdf, 1);
        xap_writer_close(writer);
        report_clear(&report);
    }
}

/* Of the report's; English where it is unknown; the words themselves where there are no rules. */
static void stems_have_a_language(void **state)
{
    static const struct {
        const char *language, *stems, *title_stems;
    } rows[] = {
        {"es", "Zes:beg Zes:gao ", "ZSes:gao "},
        {"xx", "Znone:began Znone:gao ", "ZSnone:gao "},
        {NULL, "Zbegan Zgao ", "ZSgao "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report = seed("Gao", "Began.");
        report.language = rows[i].language ? strdup(rows[i].language) : NULL;
        struct xap_writer *writer = index_one_with(state, &report, "began\n");
        assert_string_equal(terms(writer, "Z"), rows[i].stems);
        assert_string_equal(terms(writer, "ZS"), rows[i].title_stems);
        xap_writer_close(writer);
        report_clear(&report);
    }
}

static void a_derived_title_is_not_counted_twice(void **state)
{
    struct report report = seed(NULL, "Raiders came. They left.");
    struct xap_writer *writer = index_one(state, &report);
    assert_string_equal(terms(writer, ""), "came left raiders they ");
    assert_string_equal(terms(writer, "S"), "Scame Sraiders ");
    uint32_t length = 0;
    assert_true(xap_db_document_length(xap_writer_db(writer), 1, &length, NULL));
    assert_int_equal(length, 4 + 4 + 2 + 2);
    xap_writer_close(writer);
    report_clear(&report);
}

/* Words by their numbers, FF where a section starts; "six" and "org" are not listed. */
static void words_stand_in_order(void **state)
{
    struct report report =
        seed("One two", "Two three.\n\nFAQ:\nQ: One?\n\nSources:\nSix https://six.org/");
    struct xap_writer *writer =
        index_one_with(state, &report, "one\ntwo\nthree\nfaq\nq\nsources\nhttps\n");
    assert_string_equal(stream(writer), "ff 80 81 ff 81 82 ff 83 84 80 ff 85 00 73 69 f8 86 "
                                        "00 73 69 f8 00 6f 72 e7 ");
    xap_writer_close(writer);
    report_clear(&report);
}

static void a_derived_title_stands_apart(void **state)
{
    struct report report = seed(NULL, "One two. Two one.");
    struct xap_writer *writer = index_one_with(state, &report, "one\ntwo\n");
    assert_string_equal(stream(writer), "fe 80 81 ff 80 81 81 80 ");
    xap_writer_close(writer);
    report_clear(&report);
}

static void boolean_terms_values_and_data(void **state)
{
    struct report report = seed(NULL, "Text.");
    report.id = strdup("Case-7");
    report.source = strdup("un.org");
    report.language = strdup("fr");
    ok(report_add_tag(&report, MENTION_ACTOR, "jnim", err));
    ok(report_add_tag(&report, MENTION_REGION, "ML", err));
    ok(report_add_tag(&report, MENTION_REGION, "ML-7", err));
    struct xap_writer *writer = index_one(state, &report);
    char term[FIELD_TERM_ROOM];
    static const struct {
        enum field_id field;
        const char *value;
    } expected[] = {{FIELD_ID, "Case-7"},  {FIELD_SOURCE, "un.org"}, {FIELD_LANGUAGE, "fr"},
                    {FIELD_ACTOR, "jnim"}, {FIELD_REGION, "ML"},     {FIELD_REGION, "ML-7"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        uint32_t freq = 0, wdf = 9;
        field_term(&fields[expected[i].field], expected[i].value, strlen(expected[i].value), term);
        assert_true(xap_db_term_freq(xap_writer_db(writer), term, &freq, NULL));
        assert_true(xap_db_wdf_upper_bound(xap_writer_db(writer), term, &wdf, NULL));
        assert_int_equal(freq, 1);
        assert_int_equal(wdf, 0);
    }
    struct xap_document *doc = NULL;
    char *bytes = NULL;
    size_t size = 0;
    assert_true(xap_db_document(xap_writer_db(writer), 1, &doc, NULL));
    assert_true(xap_document_value(doc, SLOT_DATE, &bytes, &size, NULL));
    assert_string_equal(bytes, "20231115");
    free(bytes);
    assert_true(xap_document_value(doc, DOCUMENT_HASH_SLOT, &bytes, &size, NULL));
    assert_int_equal(size, SPOOL_HASH_BYTES);
    assert_memory_equal(bytes, no_hash, size);
    free(bytes);
    struct report back = {0};
    assert_true(xap_document_data(doc, &bytes, &size, NULL));
    struct packing *packing = NULL;
    char *plain = NULL;
    ok(packing_of(xap_writer_db(writer), &packing, err));
    ok(packing_unpack(packing, bytes, size, &plain, &size, err));
    ok(report_decode(plain, size, &back, err));
    assert_string_equal(back.id, "Case-7");
    assert_int_equal(back.region_count, 2);
    packing_free(packing);
    free(plain);
    free(bytes);
    report_clear(&back);
    xap_document_free(doc);
    xap_writer_close(writer);
    report_clear(&report);
}

static void undated_reports_have_no_date_value(void **state)
{
    struct report report = seed(NULL, "Text.");
    report.day = DAY_NONE;
    struct xap_writer *writer = index_one(state, &report);
    uint32_t freq = 9;
    assert_true(xap_db_value_freq(xap_writer_db(writer), SLOT_DATE, &freq, NULL));
    assert_int_equal(freq, 0);
    xap_writer_close(writer);
    report_clear(&report);
}

/* Whatever the words, no term is past what Xapian takes at the commit. */
static void hard_words_commit(void **state)
{
    char body[3000];
    size_t size = 0;
    for (int i = 0; i < 700; i++) /* capitals that fold to two letters each */
        size += (size_t)snprintf(body + size, sizeof body - size, "\xef\xac\x83");
    size += (size_t)snprintf(body + size, sizeof body - size, " \xe6\x9d\xb1\xe4\xba\xac ok");
    struct report report = seed(NULL, body);
    char *id = calloc(1, LIMIT_ID_BYTES + 1);
    memset(id, 'I', LIMIT_ID_BYTES);
    report.id = id;
    report.language = strdup("xx"); /* no such stemmer */
    char *source = calloc(1, LIMIT_FIELD_BYTES + 1);
    memset(source, 's', LIMIT_FIELD_BYTES);
    report.source = source;
    struct xap_writer *writer = index_one(state, &report);
    struct xap_error fault = {0};
    if (!xap_writer_commit(writer, &fault))
        fail_msg("%s", fault.text);
    assert_non_null(strstr(terms(writer, ""), "ok "));
    xap_writer_close(writer);
    report_clear(&report);
}

/* The sections of a report part the words of a pair as a word between them does. */
static void pairs_stand_side_by_side(void **state)
{
    struct report report = seed("Human rights", "Rights of human beings, human rights human.\n\n"
                                                "FAQ:\n\nQ: Rights?\n");
    struct xap_writer *writer = index_one_with(state, &report, "human*\nrights*\nbeings\n");
    assert_string_equal(terms(writer, "XP"), "XP0001 XP0100 XP1tc XP2UD ");
    uint64_t length;
    assert_true(xap_db_total_length(xap_writer_db(writer), &length, NULL));
    assert_int_equal(length, 2 * (2 + 7 + 3) + 2 * 2); /* pairs add nothing */
    xap_writer_close(writer);
    report_clear(&report);
}

/* -1 where the document does not have the term. */
static int wdf_in(const struct xap_document *doc, const char *wanted)
{
    struct xap_terms *terms = NULL;
    const char *term;
    uint32_t wdf;
    int found = -1;
    assert_true(xap_terms_open_document(doc, wanted, &terms, NULL));
    while (xap_terms_next(terms, &term, &wdf, NULL) && term)
        if (strcmp(term, wanted) == 0)
            found = (int)wdf;
    xap_terms_close(terms);
    return found;
}

static uint64_t length_of(const struct xap_document *doc)
{
    struct xap_terms *terms = NULL;
    const char *term;
    uint32_t wdf;
    uint64_t length = 0;
    assert_true(xap_terms_open_document(doc, "", &terms, NULL));
    while (xap_terms_next(terms, &term, &wdf, NULL) && term)
        length += wdf;
    xap_terms_close(terms);
    return length;
}

/* Frequent terms are counted in the lists, whatever makes them, and the document is as long as if
 * it had them. */
static void frequent_terms_stay_outside(void **state)
{
    static const struct {
        const char *term;
        uint32_t wdf;
    } rows[] = {{"Shuman", 1}, {"XP0001", 0}, {"XP1tc", 0}, {"Zbe", 2},
                {"Zhuman", 4}, {"be", 1},     {"rights", 3}};
    (void)state;
    struct document_kit *kit = NULL;
    struct frequent_lists *lists = NULL;
    struct xap_document *doc = NULL;
    struct report report = seed("Human rights", "Rights of human beings, human rights human be.");
    struct buffer terms = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        buffer_format(&terms, "%s\n", rows[i].term);
    report.origin = strdup("f");
    ok(report_complete(&report, err));
    ok(frequent_lists_new(terms.bytes, &lists, err));
    ok(document_kit_new(NULL, 0, &kit, err));
    ok(document_kit_set_words(kit, "human*\nrights*\nbeings*\nbe\n", lists, err));
    for (int times = 0; times < 2; times++) { /* nothing is left of a report that is dropped */
        ok(document_make(kit, &report, no_hash, &doc, err));
        assert_int_equal(frequent_lists_length(lists), 1 + 2 + 4 + 1 + 3);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
            assert_int_equal(wdf_in(doc, rows[i].term), -1);
        assert_int_equal(wdf_in(doc, FREQUENT_REST_TERM), frequent_lists_length(lists));
        assert_int_equal(wdf_in(doc, "XP0002"), -1); /* "human beings" is rare, as its class is */
        assert_int_equal(wdf_in(doc, "XP0yR"), 0);
        assert_int_equal(wdf_in(doc, "XP0100"), -1); /* of "rights human" the class is listed */
        assert_int_equal(wdf_in(doc, "human"), 4);
        assert_int_equal(wdf_in(doc, "Zright"), 3);
        assert_int_equal(wdf_in(doc, "Srights"), 1);
        assert_int_equal(length_of(doc), 2 * (2 + 8) + 2 * 2);
        if (times == 0)
            xap_document_free(doc);
    }
    ok(frequent_lists_keep(lists, 1, err));
    ok(frequent_lists_write(lists, scratch_path(state, "lists"), 1, err));
    struct frequent_file *file = NULL;
    ok(frequent_file_open(scratch_path(state, "lists"), &file, err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct frequent_postings list;
        assert_true(frequent_file_find(file, rows[i].term, &list));
        assert_int_equal(list.reports, 1);
        assert_int_equal(list.greatest, rows[i].wdf);
    }
    frequent_file_close(file);
    xap_document_free(doc);
    document_kit_free(kit);
    frequent_lists_free(lists);
    buffer_free(&terms);
    report_clear(&report);
}

/* More languages than are kept at a time. */
static void many_languages(void **state)
{
    (void)state;
    struct document_kit *kit = NULL;
    ok(document_kit_new(NULL, 0, &kit, err));
    ok(document_kit_set_words(kit, "running\n", NULL, err));
    for (int i = 0; i < 60; i++) {
        struct report report = seed("t", "running");
        report.origin = strdup("f");
        report.language = calloc(1, 3);
        report.language[0] = (char)('a' + i % 26);
        report.language[1] = (char)('a' + i % 25);
        ok(report_complete(&report, err));
        struct xap_document *doc = NULL;
        ok(document_make(kit, &report, no_hash, &doc, err));
        xap_document_free(doc);
        report_clear(&report);
    }
    document_kit_free(kit);
    document_kit_free(NULL);
}

static void too_many_tags(void **state)
{
    (void)state;
    struct document_kit *kit = NULL;
    struct xap_document *doc = NULL;
    struct report report = seed("t", "running");
    char *regions[LIMIT_TAGS + 1];
    for (size_t i = 0; i < ARRAY_LEN(regions); i++)
        assert_true(asprintf(&regions[i], "r%zu", i) > 0);
    report.origin = strdup("f");
    ok(report_complete(&report, err));
    ok(document_kit_new(NULL, 0, &kit, err));
    ok(document_kit_set_words(kit, "running\n", NULL, err));
    report.regions = regions;
    report.region_count = LIMIT_TAGS;
    ok(document_make(kit, &report, no_hash, &doc, err));
    xap_document_free(doc);
    report.region_count++;
    fails(ERROR_LIMIT, document_make(kit, &report, no_hash, &doc, err));
    report.regions = NULL;
    report.region_count = 0;
    for (size_t i = 0; i < ARRAY_LEN(regions); i++)
        free(regions[i]);
    report_clear(&report);
    document_kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frequent_terms_stay_outside, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(words_stems_and_title, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(stems_have_a_language, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_derived_title_is_not_counted_twice, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(words_stand_in_order, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_derived_title_stands_apart, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(boolean_terms_values_and_data, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(undated_reports_have_no_date_value, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(hard_words_commit, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(pairs_stand_side_by_side, scratch_setup, scratch_teardown),
        cmocka_unit_test(many_languages),
        cmocka_unit_test(too_many_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
