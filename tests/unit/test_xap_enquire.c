/* Enquire: running queries, in every order, with callbacks of every manner. */
#include "tests/unit/test_xap.h"

/* Xapian 1.4.22 forgets a weight of 120 bytes when a wildcard passes its limit. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:Xapian::BM25Weight::clone";
}

/* Six documents; slot 0 has a date, slot 1 a source. */
static void make(const char *path)
{
    static const struct {
        const char *words, *date, *source;
    } reports[] = {
        {"attack in gao", "20230105", "un"},   {"attack attack in mopti", "20230301", "un"},
        {"calm in gao", "20221231", "acled"},  {"attack on convoy", "20230220", "acled"},
        {"convoy in mopti", "20230110", "un"}, {"gao gao gao", "20230401", "un"},
    };
    struct xap_writer *writer = new_writer(path);
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        struct xap_document *doc = words_document(reports[i].words);
        ok(xap_document_add_value(doc, 0, reports[i].date, 8, err));
        ok(xap_document_add_value(doc, 1, reports[i].source, strlen(reports[i].source), err));
        ok(xap_writer_add(writer, doc, NULL, err));
        xap_document_free(doc);
    }
    commit_and_close(writer);
}

/* An enquire over them, whose database is closed already. */
static struct xap_enquire *setup(void **state)
{
    struct xap_enquire *enquire = NULL;
    make(scratch_path(state, "db"));
    struct xap_db *db = open_db(scratch_path(state, "db"));
    ok(xap_enquire_new(db, &enquire, err));
    xap_db_close(db);
    return enquire;
}

/* Takes the query. */
static void ask(struct xap_enquire *enquire, struct xap_query *query)
{
    ok(xap_enquire_set_query(enquire, query, 0, err));
    xap_query_free(query);
}

static struct xap_query *term(const char *name)
{
    struct xap_query *query = NULL;
    ok(xap_query_term(name, 1, 0, &query, err));
    return query;
}

static struct xap_query *join(enum xap_op op, struct xap_query *a, struct xap_query *b)
{
    struct xap_query *query = NULL, *parts[] = {a, b};
    ok(xap_query_join_take(op, parts, 2, 0, &query, err));
    return query;
}

static struct xap_query *all(void)
{
    struct xap_query *query = NULL;
    ok(xap_query_all(&query, err));
    return query;
}

/* The docids that match, in order: "4 2 1". */
static const char *run(struct xap_enquire *enquire)
{
    static char text[200];
    struct xap_matches matches = {0};
    ok(xap_enquire_run(enquire, 0, 100, 100, &matches, err));
    text[0] = '\0';
    for (size_t i = 0; i < matches.count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%u", i == 0 ? "" : " ",
                 matches.items[i].docid);
    }
    xap_matches_clear(&matches);
    return text;
}

static void matching(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_query *query = NULL;
    ask(enquire, term("attack"));
    assert_string_equal(run(enquire), "2 1 4");
    ask(enquire, join(XAP_AND, term("attack"), term("gao")));
    assert_string_equal(run(enquire), "1");
    ask(enquire, join(XAP_AND_NOT, term("attack"), term("gao")));
    assert_string_equal(run(enquire), "2 4");
    ask(enquire, join(XAP_PHRASE, term("in"), term("gao")));
    assert_string_equal(run(enquire), "1 3");
    ok(xap_query_value_range(0, "20230201", 8, NULL, 0, &query, err));
    ask(enquire, query);
    assert_string_equal(run(enquire), "2 4 6");
    ok(xap_query_value_range(9, NULL, 0, "z", 1, &query, err)); /* none has a value there */
    ask(enquire, query);
    assert_string_equal(run(enquire), "");
    ok(xap_query_value_range(9, NULL, 0, NULL, 0, &query, err));
    ask(enquire, query);
    assert_string_equal(run(enquire), "1 2 3 4 5 6");
    ask(enquire, term("absent"));
    assert_string_equal(run(enquire), "");
    ok(xap_query_nothing(&query, err));
    ask(enquire, query);
    assert_string_equal(run(enquire), "");
    xap_enquire_free(enquire);
    xap_enquire_free(NULL);
}

static void what_a_match_tells(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_matches matches = {0};
    ask(enquire, term("gao"));
    ok(xap_enquire_run(enquire, 1, 1, 100, &matches, err));
    assert_int_equal(matches.lower, 3);
    assert_int_equal(matches.upper, 3);
    assert_int_equal(matches.count, 1);
    assert_int_equal(matches.items[0].rank, 1);
    assert_int_equal(matches.items[0].docid, 1);
    assert_true(matches.items[0].weight > 0);
    assert_true(matches.items[0].percent > 0 && matches.items[0].percent < 100);
    assert_int_equal(matches.items[0].collapse_count, 0);
    assert_int_equal(matches.estimated, 3);
    assert_true(matches.max_possible >= matches.max_attained);
    assert_true(matches.max_attained > matches.items[0].weight);
    xap_matches_clear(&matches);
    assert_null(matches.items);
    ok(xap_enquire_run(enquire, UINT32_MAX, UINT32_MAX, UINT32_MAX, &matches, err));
    assert_int_equal(matches.count, 0);
    assert_null(matches.items);
    ok(xap_enquire_run(enquire, 0, UINT32_MAX, 0, &matches, err));
    assert_int_equal(matches.count, 3);
    xap_matches_clear(&matches);
    xap_matches_clear(&matches);
    xap_enquire_free(enquire);
}

static void no_query_matches_nothing(void **state)
{
    struct xap_enquire *enquire = setup(state);
    assert_string_equal(run(enquire), "");
    xap_enquire_free(enquire);
}

static void orders(void **state)
{
    struct xap_enquire *enquire = setup(state);
    ask(enquire, term("gao"));
    ok(xap_enquire_sort_by_value(enquire, 0, true, err));
    assert_string_equal(run(enquire), "6 1 3");
    ok(xap_enquire_sort_by_value(enquire, 0, false, err));
    assert_string_equal(run(enquire), "3 1 6");
    ok(xap_enquire_sort_by_value_then_relevance(enquire, 1, true, err));
    assert_string_equal(run(enquire), "6 1 3");
    ok(xap_enquire_sort_by_relevance_then_value(enquire, 0, false, err));
    assert_string_equal(run(enquire), "6 3 1");
    ok(xap_enquire_sort_by_relevance(enquire, err));
    assert_string_equal(run(enquire), "6 1 3");
    ask(enquire, all());
    ok(xap_enquire_set_docid_order(enquire, XAP_DESCENDING, err));
    assert_string_equal(run(enquire), "6 5 4 3 2 1");
    ok(xap_enquire_set_docid_order(enquire, XAP_ASCENDING, err));
    assert_string_equal(run(enquire), "1 2 3 4 5 6");
    ok(xap_enquire_set_docid_order(enquire, XAP_DONT_CARE, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_set_docid_order(enquire, (enum xap_docid_order)9, err));
    xap_enquire_free(enquire);
}

static double top_weight(struct xap_enquire *enquire)
{
    struct xap_matches matches = {0};
    ok(xap_enquire_run(enquire, 0, 1, 0, &matches, err));
    assert_int_equal(matches.count, 1);
    double weight = matches.items[0].weight;
    xap_matches_clear(&matches);
    return weight;
}

static void weights(void **state)
{
    struct xap_enquire *enquire = setup(state);
    ask(enquire, join(XAP_OR, term("attack"), term("mopti")));
    for (int scheme = XAP_BM25; scheme <= XAP_BOOLEAN; scheme++) {
        ok(xap_enquire_set_weighting(enquire, (enum xap_weighting)scheme, NULL, 0, err));
        double weight = top_weight(enquire);
        assert_true(scheme == XAP_BOOLEAN ? weight == 0 : weight >= 0);
    }
    ok(xap_enquire_set_weighting(enquire, XAP_COORD, NULL, 0, err));
    assert_close(top_weight(enquire), 2);
    const double parameters[] = {2, 0, 1, 0, 0.5, 1, 1};
    ok(xap_enquire_set_weighting(enquire, XAP_BM25, NULL, 0, err));
    double by_default = top_weight(enquire);
    ok(xap_enquire_set_weighting(enquire, XAP_BM25, parameters, 1, err));
    assert_true(top_weight(enquire) != by_default);
    ok(xap_enquire_set_weighting(enquire, XAP_BM25, (double[]){1, 0, 1, 0.5, 0.5}, 5, err));
    assert_close(top_weight(enquire), by_default);
    fails(XAP_INVALID_ARGUMENT, xap_enquire_set_weighting(enquire, XAP_BM25, parameters, 6, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_set_weighting(enquire, XAP_DPH, parameters, 1, err));
    fails(XAP_INVALID_ARGUMENT,
          xap_enquire_set_weighting(enquire, (enum xap_weighting)99, NULL, 0, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_set_weighting(enquire, XAP_PL2, (double[]){0}, 1, err));
    assert_close(top_weight(enquire), by_default);
    xap_enquire_free(enquire);
}

static void collapsing_and_cutting_off(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_matches matches = {0};
    ask(enquire, term("in"));
    ok(xap_enquire_set_collapse(enquire, 1, 1, err));
    ok(xap_enquire_run(enquire, 0, 10, 10, &matches, err));
    assert_int_equal(matches.count, 2);
    assert_true(matches.items[0].collapse_count + matches.items[1].collapse_count >= 1);
    xap_matches_clear(&matches);
    ok(xap_enquire_set_collapse(enquire, XAP_NO_SLOT, 0, err));
    assert_int_equal(strlen(run(enquire)), 7);
    ask(enquire, term("gao"));
    ok(xap_enquire_set_cutoff(enquire, 100, 0, err));
    assert_string_equal(run(enquire), "6");
    ok(xap_enquire_set_cutoff(enquire, 0, 1000, err));
    assert_string_equal(run(enquire), "");
    xap_enquire_free(enquire);
}

static void scaling(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_query *query = NULL;
    ask(enquire, term("gao"));
    double weight = top_weight(enquire);
    ok(xap_query_scale_take(term("gao"), 3, &query, err));
    ask(enquire, query);
    assert_close(top_weight(enquire), 3 * weight);
    xap_enquire_free(enquire);
}

static void wildcards(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_query *query = NULL;
    struct xap_matches matches = {.count = 77};
    ok(xap_query_wildcard("c", 2, XAP_SYNONYM, &query, err));
    ask(enquire, query);
    assert_string_equal(run(enquire), "3 4 5");
    ok(xap_query_wildcard("c", 1, XAP_OR, &query, err));
    ask(enquire, query);
    fails(XAP_LIMIT, xap_enquire_run(enquire, 0, 10, 0, &matches, err));
    assert_int_equal(matches.count, 77);
    ok(xap_query_wildcard("", 0, XAP_MAX, &query, err));
    ask(enquire, query);
    assert_int_equal(strlen(run(enquire)), strlen("1 2 3 4 5 6"));
    xap_enquire_free(enquire);
}

/* ---- sets of docids ---------------------------------------------------- */

struct odd_even {
    uint32_t parity, calls;
};

static uint32_t next_of_parity(void *context, uint32_t from)
{
    struct odd_even *set = context;
    set->calls++;
    uint32_t docid = from % 2 == set->parity ? from : from + 1;
    return docid <= 6 ? docid : 0;
}

static struct xap_query *docids(uint32_t (*next)(void *, uint32_t), void *context, uint32_t count)
{
    struct xap_query *query = NULL;
    const struct xap_docid_source source = {.next = next, .context = context, .count = count};
    ok(xap_query_docids(&source, &query, err));
    return query;
}

static void sets_of_docids(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct odd_even odd = {.parity = 1}, even = {.parity = 0};
    ask(enquire, docids(next_of_parity, &odd, 3));
    assert_string_equal(run(enquire), "1 3 5");
    ask(enquire, join(XAP_FILTER, term("gao"), docids(next_of_parity, &even, 3)));
    assert_string_equal(run(enquire), "6");
    ask(enquire, join(XAP_AND_NOT, term("gao"), docids(next_of_parity, &even, 3)));
    assert_string_equal(run(enquire), "1 3");
    ask(enquire, join(XAP_OR, docids(next_of_parity, &odd, 3), docids(next_of_parity, &even, 3)));
    assert_string_equal(run(enquire), "1 2 3 4 5 6");
    assert_true(odd.calls > 0 && even.calls > 0);
    /* The set weighs nothing. */
    ask(enquire, join(XAP_AND, docids(next_of_parity, &odd, 3), all()));
    assert_close(top_weight(enquire), 0);
    xap_enquire_free(enquire);
}

static uint32_t next_backwards(void *context, uint32_t from)
{
    (void)context;
    return from > 2 ? 1 : from;
}

static uint32_t next_past_the_end(void *context, uint32_t from)
{
    (void)context;
    return from <= 2 ? from : UINT32_MAX;
}

static uint32_t next_always(void *context, uint32_t from)
{
    (void)context;
    return from;
}

static void sets_that_misbehave(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_matches matches = {0};
    ask(enquire, docids(next_backwards, NULL, 3));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_run(enquire, 0, 10, 0, &matches, err));
    assert_null(matches.items);
    ask(enquire, docids(next_past_the_end, NULL, UINT32_MAX));
    assert_string_equal(run(enquire), "1 2");
    ask(enquire, docids(next_always, NULL, 0));
    assert_string_equal(run(enquire), "1 2 3 4 5 6");
    xap_enquire_free(enquire);
}

/* ---- callbacks --------------------------------------------------------- */

struct seen {
    struct xap_enquire *enquire;
    uint32_t count, sum;
    double weight;
};

static void look(void *context, uint32_t docid, double weight)
{
    struct seen *seen = context;
    seen->count++;
    seen->sum += docid;
    seen->weight += weight;
}

static bool wants_even(void *context, uint32_t docid)
{
    uint32_t *calls = context;
    ++*calls;
    return docid % 2 == 0;
}

static void spies_and_deciders(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct seen one = {0}, two = {0};
    uint32_t calls = 0;
    ask(enquire, term("gao"));
    ok(xap_enquire_add_spy(enquire, look, &one, err));
    ok(xap_enquire_add_spy(enquire, look, &two, err));
    run(enquire);
    assert_int_equal(one.count, 3);
    assert_int_equal(one.sum, 10);
    assert_true(one.weight > 0);
    assert_int_equal(two.count, 3);
    ok(xap_enquire_clear_spies(enquire, err));
    ok(xap_enquire_set_decider(enquire, wants_even, &calls, err));
    assert_string_equal(run(enquire), "6");
    assert_int_equal(calls, 3);
    ok(xap_enquire_set_decider(enquire, NULL, NULL, err));
    assert_string_equal(run(enquire), "6 1 3");
    assert_int_equal(one.count, 3);
    assert_int_equal(calls, 3);
    fails(XAP_INVALID_ARGUMENT, xap_enquire_add_spy(enquire, NULL, NULL, err));
    xap_enquire_free(enquire);
}

/* Tries to change the enquire that calls it. */
static void meddle(void *context, uint32_t docid, double weight)
{
    struct seen *seen = context;
    struct xap_matches matches = {0};
    (void)weight;
    seen->count++;
    fails(XAP_INVALID_ARGUMENT, xap_enquire_clear_spies(seen->enquire, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_set_decider(seen->enquire, NULL, NULL, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_add_spy(seen->enquire, meddle, seen, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_run(seen->enquire, 0, 10, 0, &matches, err));
    (void)docid;
}

static void a_callback_cannot_change_its_enquire(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct seen seen = {.enquire = enquire};
    ask(enquire, term("gao"));
    ok(xap_enquire_add_spy(enquire, meddle, &seen, err));
    assert_string_equal(run(enquire), "6 1 3");
    assert_int_equal(seen.count, 3);
    ok(xap_enquire_clear_spies(enquire, err)); /* it can once it has run */
    xap_enquire_free(enquire);
}

static void several_databases(void **state)
{
    const char *path = scratch_path(state, "db");
    make(path);
    struct xap_db *db = NULL;
    struct xap_enquire *enquire = NULL;
    struct odd_even odd = {.parity = 1};
    struct seen seen = {0};
    uint32_t calls = 0;
    ok(xap_db_open_multi((const char *[]){path, path}, 2, &db, err));
    ok(xap_enquire_new(db, &enquire, err));
    xap_db_close(db);
    ask(enquire, term("attack"));
    assert_string_equal(run(enquire), "3 4 1 2 7 8");
    struct xap_query *set = join(XAP_OR, term("gao"), docids(next_of_parity, &odd, 3));
    fails(XAP_UNIMPLEMENTED, xap_enquire_set_query(enquire, set, 0, err));
    xap_query_free(set);
    fails(XAP_UNIMPLEMENTED, xap_enquire_add_spy(enquire, look, &seen, err));
    fails(XAP_UNIMPLEMENTED, xap_enquire_set_decider(enquire, wants_even, &calls, err));
    assert_string_equal(run(enquire), "3 4 1 2 7 8");
    xap_enquire_free(enquire);
}

/* ---- terms ------------------------------------------------------------- */

static void matching_terms(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_terms *terms = NULL;
    const char *name = NULL;
    uint32_t freq = 0;
    struct xap_query *query = NULL, *parts[] = {NULL, NULL, NULL};
    const char *const words[] = {"mopti", "absent", "attack"};
    for (uint32_t i = 0; i < 3; i++)
        ok(xap_query_term(words[i], 1, i + 1, &parts[i], err));
    ok(xap_query_join_take(XAP_OR, parts, 3, 0, &query, err));
    ask(enquire, query);
    ok(xap_terms_open_matching(enquire, 2, &terms, err));
    ok(xap_terms_next(terms, &name, &freq, err));
    assert_string_equal(name, "mopti");
    assert_int_equal(freq, 1);
    xap_enquire_free(enquire);
    ok(xap_terms_next(terms, &name, NULL, err));
    assert_string_equal(name, "attack");
    ok(xap_terms_next(terms, &name, NULL, err));
    assert_null(name);
    xap_terms_close(terms);
}

static void matching_terms_refused(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_terms *terms = NULL;
    ask(enquire, term("gao"));
    fails(XAP_NOT_FOUND, xap_terms_open_matching(enquire, 99, &terms, err));
    fails(XAP_INVALID_ARGUMENT, xap_terms_open_matching(enquire, 0, &terms, err));
    assert_null(terms);
    xap_enquire_free(enquire);
}

static bool not_in(void *context, const char *name)
{
    ++*(uint32_t *)context;
    return strcmp(name, "in") != 0;
}

static void expanding(void **state)
{
    struct xap_enquire *enquire = setup(state);
    struct xap_expansion *expansions = NULL;
    size_t count = 0;
    uint32_t calls = 0;
    ask(enquire, term("attack"));
    ok(xap_enquire_expand(enquire, (uint32_t[]){2, 5}, 2, 10, not_in, &calls, &expansions, &count,
                          err));
    assert_true(calls > 0);
    assert_true(count >= 1);
    assert_string_equal(expansions[0].term, "mopti");
    for (size_t i = 0; i < count; i++) {
        assert_true(expansions[i].weight > 0);
        assert_string_not_equal(expansions[i].term, "in");
        assert_string_not_equal(expansions[i].term, "attack"); /* is in the query */
    }
    xap_expansions_free(expansions, count);
    ok(xap_enquire_expand(enquire, NULL, 0, 10, NULL, NULL, &expansions, &count, err));
    assert_int_equal(count, 0);
    xap_expansions_free(expansions, count);
    count = 77;
    expansions = NULL;
    fails(XAP_NOT_FOUND, xap_enquire_expand(enquire, (uint32_t[]){99}, 1, 10, NULL, NULL,
                                            &expansions, &count, err));
    fails(XAP_INVALID_ARGUMENT, xap_enquire_expand(enquire, (uint32_t[]){0}, 1, 10, NULL, NULL,
                                                   &expansions, &count, err));
    assert_int_equal(count, 77);
    assert_null(expansions);
    xap_enquire_free(enquire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(matching),
        scratch_test(what_a_match_tells),
        scratch_test(no_query_matches_nothing),
        scratch_test(orders),
        scratch_test(weights),
        scratch_test(collapsing_and_cutting_off),
        scratch_test(scaling),
        scratch_test(wildcards),
        scratch_test(sets_of_docids),
        scratch_test(sets_that_misbehave),
        scratch_test(spies_and_deciders),
        scratch_test(a_callback_cannot_change_its_enquire),
        scratch_test(several_databases),
        scratch_test(matching_terms),
        scratch_test(matching_terms_refused),
        scratch_test(expanding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
