#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench/trec.h"

static void assert_near(double value, double expected)
{
    assert_true(fabs(value - expected) < 1e-9);
}

static FILE *text(const char *bytes)
{
    FILE *file = fmemopen((void *)bytes, strlen(bytes), "r");
    assert_non_null(file);
    return file;
}

static struct trec_judgements judgements_of(const char *lines)
{
    struct trec_judgements judgements = {0};
    struct error err = {0};
    FILE *file = text(lines);
    assert_true(trec_read_judgements(file, "qrels", &judgements, &err));
    fclose(file);
    return judgements;
}

static struct trec_runs runs_of(const char *lines)
{
    struct trec_runs runs = {0};
    struct error err = {0};
    FILE *file = text(lines);
    assert_true(trec_read_runs(file, "run", &runs, &err));
    fclose(file);
    return runs;
}

static struct trec_measures measures_of(const char *judged, const char *run)
{
    struct trec_judgements judgements = judgements_of(judged);
    struct trec_runs runs = runs_of(run);
    struct trec_measures measures = trec_measure(&judgements, &runs);
    trec_clear_runs(&runs);
    trec_clear_judgements(&judgements);
    return measures;
}

/* Relevant: a (3), b (1), c (2). Found: a, x, b, so at ranks 1 and 3.
 * AP = (1/1 + 2/3) / 3; P@10 = 2/10; R@100 = 2/3;
 * DCG = 3/log2(2) + 1/log2(4) = 3.5; ideal = 3/log2(2) + 2/log2(3) + 1/log2(4) = 4.7618595 */
static void one_topic_by_hand(void **state)
{
    (void)state;
    struct trec_measures m = measures_of("7 0 a 3\n7 0 b 1\n7 0 c 2\n7 0 x 0\n",
                                         "7 Q0 a 1 9.5 t\n7 Q0 x 2 8 t\n7 Q0 b 3 7 t\n");
    assert_int_equal(m.topics, 1);
    assert_near(m.map, 5.0 / 9.0);
    assert_near(m.ndcg_10, 3.5 / 4.761859507142915);
    assert_near(m.precision_10, 0.2);
    assert_near(m.recall_100, 2.0 / 3.0);
}

static void perfect_order_is_one(void **state)
{
    (void)state;
    struct trec_measures m =
        measures_of("1 0 a 2\n1 0 b 1\n", "1 Q0 a 1 2 t\n1 Q0 b 2 1 t\n1 Q0 c 3 0 t\n");
    assert_near(m.map, 1);
    assert_near(m.ndcg_10, 1);
    assert_near(m.precision_10, 0.2);
    assert_near(m.recall_100, 1);
}

/* Topic 2 found nothing: 0. Topic 3 has no relevant report: left out. Topic 4 of the run is not
 * judged: left out. */
static void mean_is_over_topics_with_relevant_reports(void **state)
{
    (void)state;
    struct trec_measures m = measures_of("1 0 a 1\n2 0 a 1\n3 0 a 0\n3 0 b -1\n",
                                         "1 Q0 b 1 3 t\n1 Q0 a 2 2 t\n4 Q0 a 1 1 t\n");
    assert_int_equal(m.topics, 2);
    assert_near(m.map, 0.25);
    assert_near(m.precision_10, 0.05);
    assert_near(m.recall_100, 0.5);
}

/* Found at rank 11 and at rank 101. */
static void depths_are_10_and_100(void **state)
{
    (void)state;
    struct trec_judgements judgements = judgements_of("1 0 a 1\n1 0 b 1\n");
    struct trec_runs runs = {0};
    struct trec_run *run = trec_add_run(&runs, "1");
    for (int rank = 1; rank <= 101; rank++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", rank);
        assert_true(trec_add_report(run, rank == 11 ? "a" : rank == 101 ? "b" : name));
    }
    struct trec_measures m = trec_measure(&judgements, &runs);
    assert_near(m.map, (1.0 / 11 + 2.0 / 101) / 2);
    assert_near(m.ndcg_10, 0);
    assert_near(m.precision_10, 0);
    assert_near(m.recall_100, 0.5);
    trec_clear_runs(&runs);
    trec_clear_judgements(&judgements);
}

/* Twelve relevant reports: the best order of ten is what counts. */
static void ideal_is_cut_at_ten(void **state)
{
    (void)state;
    char judged[400] = "", run[400] = "";
    for (int i = 1; i <= 12; i++) {
        snprintf(judged + strlen(judged), 30, "1 0 r%d 1\n", i);
        snprintf(run + strlen(run), 30, "1 Q0 r%d %d 1 t\n", i, i);
    }
    struct trec_measures m = measures_of(judged, run);
    assert_near(m.ndcg_10, 1);
    assert_near(m.precision_10, 1);
    assert_near(m.map, 1);
}

static void a_report_twice_counts_once(void **state)
{
    (void)state;
    struct trec_measures m =
        measures_of("1 0 a 1\n1 0 b 1\n", "1 Q0 a 1 3 t\n1 Q0 a 2 2 t\n1 Q0 b 3 1 t\n");
    assert_near(m.map, (1 + 2.0 / 3) / 2);
    assert_near(m.precision_10, 0.2);
    assert_near(m.recall_100, 1);
}

static void topics_in_the_form_of_trec(void **state)
{
    (void)state;
    struct trec_topics topics = {0};
    struct error err = {0};
    FILE *file = text("\n<top>\n<num> Number: 301\n<title> river floods\n\n<desc> Description:\n"
                      "Which towns were\nflooded?\n\n<narr> Narrative:\nNot this.\n</top>\n"
                      "<top>\n<num> 302\n<title>\nbridges\n</top>\n");
    assert_true(trec_read_topics(file, "topics", &topics, &err));
    fclose(file);
    assert_int_equal(topics.count, 2);
    assert_string_equal(topics.items[0].id, "301");
    assert_string_equal(topics.items[0].text, "river floods Which towns were flooded?");
    assert_string_equal(topics.items[1].id, "302");
    assert_string_equal(topics.items[1].text, "bridges");
    trec_clear_topics(&topics);
}

static void bad_topics_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"words\n", "<top>\n<title> no number\n</top>\n",
                                      "<top>\n<num> 1\n", "<top>\n<num> 1\n<num> 2\n</top>\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct trec_topics topics = {0};
        struct error err = {0};
        FILE *file = text(bad[i]);
        assert_false(trec_read_topics(file, "topics", &topics, &err));
        assert_int_equal(err.code, ERROR_DATA);
        assert_null(topics.items);
        fclose(file);
    }
}

static void bad_judgements_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"1 0 a\n", "1 0 a x\n", "1 0 a 1 2\n", "1 0 a 1\n1 0 a 2\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct trec_judgements judgements = {0};
        struct error err = {0};
        FILE *file = text(bad[i]);
        assert_false(trec_read_judgements(file, "qrels", &judgements, &err));
        assert_int_equal(err.code, ERROR_DATA);
        assert_null(judgements.items);
        fclose(file);
    }
}

static void bad_runs_are_refused(void **state)
{
    (void)state;
    struct trec_runs runs = {0};
    struct error err = {0};
    FILE *file = text("1 Q0 a 1 2 t\n1 Q0 b 2\n");
    assert_false(trec_read_runs(file, "run", &runs, &err));
    assert_int_equal(err.code, ERROR_DATA);
    assert_string_equal(err.where, "run");
    assert_non_null(strstr(err.text, "line 2"));
    assert_null(runs.items);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_topic_by_hand),
        cmocka_unit_test(perfect_order_is_one),
        cmocka_unit_test(mean_is_over_topics_with_relevant_reports),
        cmocka_unit_test(depths_are_10_and_100),
        cmocka_unit_test(ideal_is_cut_at_ten),
        cmocka_unit_test(a_report_twice_counts_once),
        cmocka_unit_test(topics_in_the_form_of_trec),
        cmocka_unit_test(bad_topics_are_refused),
        cmocka_unit_test(bad_judgements_are_refused),
        cmocka_unit_test(bad_runs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
