/* A dump of GeoNames as a table of the vocabulary. */
#include "tests/unit/scratch.h"

#include "indexer/geonames.h"
#include "schema/buffer.h"

/* A vocabulary with the country Zanbar, its divisions ZA-1 and ZA-2, a place in the first and
 * the country Bandar; GeoNames has 01 for ZA-1. */
static const char *make_vocabulary(void **state)
{
    scratch_file(state, "v/a.regions",
                 "region: ZA\nkind: country\nname: Zanbar\n\n"
                 "region: BD\nkind: country\nname: Bandar\n\n"
                 "region: ZA-1\nkind: division\nname: Lower Ford\n\n"
                 "region: ZA-2\nkind: division\nname: Upper Ford\n");
    scratch_file(state, "v/a.places", "ZA-1.known\tKnown\t1\t2\t300\n");
    scratch_file(state, "v/admin1.tsv", "# codes\nZA.01\tZA-1\nZA.02.7\tZA-2\n");
    return scratch_path(state, "v");
}

/* A line of the dump. */
static void add(struct buffer *dump, const char *name, const char *ascii, const char *others,
                const char *feature, const char *country, const char *division, const char *people)
{
    buffer_format(dump, "1\t%s\t%s\t%s\t16.2666\t-0.0512\t%.1s\t%s\t%s\t\t%s\t\t\t%s\t\t\t\t\n",
                  name, ascii, others, feature, feature, country, division, people);
}

static bool import(void **state, struct buffer *dump, struct geonames_options options, char **table,
                   struct geonames_counts *counts, struct error *why)
{
    struct vocabulary *vocabulary = NULL;
    size_t size = 0;
    options.vocabulary = make_vocabulary(state);
    ok(vocabulary_open(options.vocabulary, &vocabulary, err));
    FILE *from = fmemopen(dump->bytes, dump->size, "r"), *to = open_memstream(table, &size);
    assert_non_null(from);
    assert_non_null(to);
    bool done = geonames_import(from, "dump", &options, vocabulary, to, counts, why);
    fclose(from);
    fclose(to);
    vocabulary_close(vocabulary);
    buffer_free(dump);
    return done;
}

/* The table without its head. */
static const char *rows_of(const char *table)
{
    const char *head_end = strstr(table, "other names\n");
    assert_non_null(head_end);
    return head_end + strlen("other names\n");
}

static void test_places(void **state)
{
    struct buffer dump = {0};
    struct geonames_counts counts;
    char *table = NULL;
    add(&dump, "Ménaka", "Menaka", "Menaka,Minaka,Менака,MNK,Bandar,menaka,M3", "PPL", "ZA", "01\t",
        "9000");
    add(&dump, "Known", "Known", "", "PPL", "ZA", "01\t", "1");
    add(&dump, "Ford", "Ford", "", "PPL", "ZA", "02\t7", "10");
    add(&dump, "Ford", "Ford", "", "PPLA", "ZA", "02\t7", "20");
    add(&dump, "Nowhere", "Nowhere", "", "PPL", "ZA", "77\t", "0");
    add(&dump, "Ruin", "Ruin", "", "PPLQ", "ZA", "01\t", "0");
    add(&dump, "Lake", "Lake", "", "HLK", "ZA", "01\t", "0");
    add(&dump, "Elsewhere", "Elsewhere", "", "PPL", "XX", "01\t", "0");
    ok(import(state, &dump, (struct geonames_options){0}, &table, &counts, err));
    assert_string_equal(rows_of(table), "ZA.nowhere\tNowhere\t16.27\t-0.05\t0\n"
                                        "ZA-1.menaka\tMénaka\t16.27\t-0.05\t9000\tMinaka\n"
                                        "ZA-2.ford\tFord\t16.27\t-0.05\t20\n"
                                        "ZA-2.ford-2\tFord\t16.27\t-0.05\t10\n");
    assert_int_equal(counts.lines, 8);
    assert_int_equal(counts.written, 4);
    assert_int_equal(counts.undivided, 1);
    assert_int_equal(counts.known, 1);
    assert_int_equal(counts.left_out, 2);
    assert_int_equal(counts.unplaced, 1);
    scratch_file(state, "v/geonames.places", table);
    free(table);
    struct vocabulary *vocabulary = NULL;
    ok(vocabulary_open(scratch_path(state, "v"), &vocabulary, err));
    assert_non_null(vocabulary_find(vocabulary, MENTION_REGION, "ZA-2.ford-2"));
    vocabulary_close(vocabulary);
}

static void test_choice(void **state)
{
    struct buffer dump = {0};
    struct geonames_counts counts;
    char *table = NULL;
    add(&dump, "Small", "Small", "", "PPL", "ZA", "01\t", "99");
    add(&dump, "Large", "Large", "", "PPL", "ZA", "01\t", "100");
    add(&dump, "Other", "Other", "", "PPL", "BD", "01\t", "500");
    ok(import(state, &dump, (struct geonames_options){.countries = "XX,ZA", .population = 100},
              &table, &counts, err));
    assert_string_equal(rows_of(table), "ZA-1.large\tLarge\t16.27\t-0.05\t100\n");
    free(table);
}

static void test_lines_that_are_none(void **state)
{
    static const char *const lines[] = {
        "one column\n",
        "1\tA\tA\t\tnorth\t2\tP\tPPL\tZA\t\t01\t\t\t\t5\t\t\t\t\n",
        "1\tA\tA\t\t91\t2\tP\tPPL\tZA\t\t01\t\t\t\t5\t\t\t\t\n",
        "1\tA\tA\t\t1\t2\tP\tPPL\tZA\t\t01\t\t\t\tmany\t\t\t\t\n",
        "1\tA\tA\t\t1\t2\tP\tPPL\tZA\t\t01\t\t\t\t5\t\t\t\t\ttoo many\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct buffer dump = {0};
        struct geonames_counts counts;
        char *table = NULL;
        add(&dump, "Small", "Small", "", "PPL", "ZA", "01\t", "99");
        buffer_text(&dump, lines[i]);
        struct error failure = {0};
        assert_false(import(state, &dump, (struct geonames_options){0}, &table, &counts, &failure));
        assert_int_equal(failure.code, ERROR_DATA);
        assert_string_equal(failure.where, "dump:2");
        free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_places, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_choice, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_lines_that_are_none, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
