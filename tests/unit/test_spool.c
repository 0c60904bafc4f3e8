#include <unistd.h>

#include "indexer/spool.h"
#include "tests/unit/scratch.h"

static struct report make_report(const char *id, const char *day, const char *body)
{
    struct report report = {0};
    report.id = strdup(id);
    report.day = day ? day_parse(day, strlen(day)) : DAY_NONE;
    report.body = strdup(body);
    report.body_size = strlen(body);
    report.origin = strdup("o.jsonl");
    ok(report_complete(&report, err));
    return report;
}

static void append(struct spool *spool, const char *id, const char *day, const char *body,
                   const char *where)
{
    struct report report = make_report(id, day, body);
    ok(spool_append(spool, &report, where, err));
    report_clear(&report);
}

/* The ids of a spool, in its order, and the hash of the last. */
static char *ids(const struct spool *spool, unsigned char hash[SPOOL_HASH_BYTES])
{
    static char text[1000];
    text[0] = '\0';
    for (size_t i = 0; i < spool_count(spool); i++) {
        struct report report = {0};
        struct spool_note note;
        ok(spool_read(spool, i, &report, &note, err));
        strcat(strcat(text, report.id), " ");
        if (hash)
            memcpy(hash, note.hash, SPOOL_HASH_BYTES);
        report_clear(&report);
    }
    return text;
}

static void keep_reason(void *context, const struct error *why)
{
    strcat(strcat(strcat(strcat(context, why->where), ": "), why->text), "\n");
}

static void comes_back_in_order_of_days(void **state)
{
    struct spool *spool = NULL;
    char reasons[1000] = "";
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    append(spool, "c", "2023-03-01", "c", "f:1");
    append(spool, "a", "2023-01-01", "a", "f:2");
    append(spool, "none", NULL, "n", "f:3");
    append(spool, "c2", "2023-03-01", "c", "f:4");
    append(spool, "b", "0001-01-01", "b", "f:5");
    ok(spool_sort(spool, keep_reason, reasons, err));
    assert_string_equal(ids(spool, NULL), "none b a c c2 ");
    assert_string_equal(reasons, "");
    spool_close(spool);
}

/* The text that others have too, whatever the case, goes by the id of the earliest. */
static void the_same_texts_are_found(void **state)
{
    static const char text[] = "Men on motorbikes attacked the village of Koro before dawn on "
                               "Friday, burned its granaries and drove off the cattle, he said.";
    static const char louder[] = "MEN on motorbikes attacked the village of Koro before dawn on "
                                 "Friday, burned its granaries and drove off the cattle, he said!";
    struct spool *spool = NULL;
    struct spool_note note;
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    append(spool, "late", "2023-03-01", text, "f:1");
    append(spool, "other", "2023-01-01", "Short.", "f:2");
    append(spool, "early", "2023-01-02", louder, "f:3");
    ok(spool_sort(spool, keep_reason, NULL, err));
    static const char *const expected[] = {NULL, "early", "early"};
    for (size_t i = 0; i < 3; i++) {
        struct report report = {0};
        ok(spool_read(spool, i, &report, &note, err));
        assert_int_equal(report.same == NULL, expected[i] == NULL);
        if (expected[i])
            assert_string_equal(report.same, expected[i]);
        report_clear(&report);
    }
    struct spool_same same = spool_count_same(spool);
    assert_int_equal(same.reports, 2);
    assert_int_equal(same.texts, 1);
    spool_close(spool);
}

static void the_last_of_an_id_stays(void **state)
{
    struct spool *spool = NULL;
    char reasons[2000] = "";
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    append(spool, "x", "2023-03-01", "one", "f:1");
    append(spool, "y", "2023-03-01", "other", "f:2");
    append(spool, "x", "2023-04-01", "two", "f:3");
    append(spool, "x", "2023-02-01", "three", "g:1");
    ok(spool_sort(spool, keep_reason, reasons, err));
    assert_string_equal(ids(spool, NULL), "x y ");
    struct report report = {0};
    struct spool_note note;
    ok(spool_read(spool, 0, &report, &note, err));
    assert_string_equal(report.body, "three");
    assert_string_equal(note.where, "g:1");
    report_clear(&report);
    assert_string_equal(reasons, "f:1: replaced by a later report of the same id ('x' in g:1)\n"
                                 "f:3: replaced by a later report of the same id ('x' in g:1)\n");
    spool_close(spool);
}

static void all_of_a_report_comes_back(void **state)
{
    struct spool *spool = NULL;
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    struct report report =
        make_report("id", "2023-11-15",
                    "Text one.\n\nFAQ:\nQ: Why?\nA: So.\n\nSources:\nun.org https://un.org/a");
    report.language = strdup("fr");
    ok(report_add_given(&report, MENTION_ACTOR, "jnim", err));
    ok(report_add_given(&report, MENTION_REGION, "Mali", err));
    ok(spool_append(spool, &report, "f:9", err));
    ok(spool_sort(spool, NULL, NULL, err));
    struct report back = {0};
    struct spool_note note;
    ok(spool_read(spool, 0, &back, &note, err));
    assert_string_equal(back.id, report.id);
    assert_int_equal(back.day, report.day);
    assert_string_equal(back.title, report.title);
    assert_int_equal(back.title_derived, report.title_derived);
    assert_string_equal(back.body, report.body);
    assert_int_equal(back.body_size, report.body_size);
    assert_true(report.faq_begin < report.body_size);
    assert_int_equal(back.faq_begin, report.faq_begin);
    assert_int_equal(back.sources_begin, report.sources_begin);
    assert_string_equal(back.source, report.source);
    assert_null(back.url);
    assert_string_equal(back.language, "fr");
    assert_string_equal(back.origin, "o.jsonl");
    assert_int_equal(back.given_count, 2);
    assert_int_equal(back.given[1].kind, MENTION_REGION);
    assert_string_equal(back.given[1].text, "Mali");
    report_clear(&back);
    report_clear(&report);
    spool_close(spool);
}

/* The hash of one report that says this. */
static void hash_of(void **state, const char *day, const char *body, const char *where,
                    unsigned char hash[SPOOL_HASH_BYTES])
{
    struct spool *spool = NULL;
    const char *path = scratch_path(state, "hash");
    ok(spool_open(path, &spool, err));
    append(spool, "id", day, body, where);
    ok(spool_sort(spool, NULL, NULL, err));
    ids(spool, hash);
    spool_close(spool);
    remove(path);
}

static void the_hash_is_of_what_the_report_says(void **state)
{
    unsigned char a[SPOOL_HASH_BYTES], b[SPOOL_HASH_BYTES];
    hash_of(state, "2023-01-01", "text", "f:1", a);
    hash_of(state, "2023-01-01", "text", "elsewhere:2", b);
    assert_memory_equal(a, b, SPOOL_HASH_BYTES);
    hash_of(state, "2023-01-02", "text", "f:1", b);
    assert_memory_not_equal(a, b, SPOOL_HASH_BYTES);
    hash_of(state, "2023-01-01", "texts", "f:1", b);
    assert_memory_not_equal(a, b, SPOOL_HASH_BYTES);
}

static void misuse(void **state)
{
    struct spool *spool = NULL;
    fails(ERROR_CREATE, spool_open(scratch_path(state, "no/such/dir"), &spool, err));
    fails(ERROR_CREATE, spool_open(scratch_file(state, "there", ""), &spool, err));
    assert_null(spool);
    ok(spool_open(scratch_path(state, "spool"), &spool, err));
    ok(spool_sort(spool, NULL, NULL, err)); /* empty */
    assert_int_equal(spool_count(spool), 0);
    spool_close(spool);
    spool_close(NULL);
}

/* Damage on the disk is an error, and no crash. */
static void a_damaged_file(void **state)
{
    const char *path = scratch_path(state, "spool");
    struct spool *spool = NULL;
    ok(spool_open(path, &spool, err));
    append(spool, "id", "2023-01-01", "text", "f:1");
    ok(spool_sort(spool, NULL, NULL, err));
    FILE *file = fopen(path, "r+");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    unsigned char byte;
    struct report report = {0};
    struct spool_note note;
    for (long at = 0; at < size; at++) {
        fseek(file, at, SEEK_SET);
        assert_int_equal(fread(&byte, 1, 1, file), 1);
        unsigned char bad = (unsigned char)~byte;
        fseek(file, at, SEEK_SET);
        fwrite(&bad, 1, 1, file);
        fflush(file);
        if (spool_read(spool, 0, &report, &note, NULL))
            report_clear(&report);
        fseek(file, at, SEEK_SET);
        fwrite(&byte, 1, 1, file);
        fflush(file);
    }
    assert_int_equal(ftruncate(fileno(file), size - 1), 0);
    fails(ERROR_IO, spool_read(spool, 0, &report, &note, err));
    fclose(file);
    spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_in_order_of_days, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_same_texts_are_found, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_last_of_an_id_stays, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(all_of_a_report_comes_back, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_hash_is_of_what_the_report_says, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(misuse, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_file, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
