/* Queries: what is built, as Xapian prints it, and what cannot be. */
#include "tests/unit/test_xap.h"

static struct xap_query *term(const char *name)
{
    struct xap_query *query = NULL;
    ok(xap_query_term(name, 1, 0, &query, err));
    return query;
}

/* Takes the query. */
static void check(struct xap_query *query, const char *expected)
{
    char *text = NULL;
    ok(xap_query_describe(query, &text, err));
    assert_string_equal(text, expected);
    free(text);
    xap_query_free(query);
}

static struct xap_query *join(enum xap_op op, uint32_t parameter)
{
    struct xap_query *query = NULL, *parts[] = {term("a"), term("b"), term("c")};
    ok(xap_query_join_take(op, parts, 3, parameter, &query, err));
    return query;
}

static void operators(void **state)
{
    (void)state;
    check(join(XAP_AND, 0), "Query((a AND b AND c))");
    check(join(XAP_OR, 0), "Query((a OR b OR c))");
    check(join(XAP_AND_NOT, 0), "Query((a AND_NOT b AND_NOT c))");
    check(join(XAP_XOR, 0), "Query((a XOR b XOR c))");
    check(join(XAP_AND_MAYBE, 0), "Query((a AND_MAYBE b AND_MAYBE c))");
    check(join(XAP_FILTER, 0), "Query((a FILTER b FILTER c))");
    check(join(XAP_SYNONYM, 0), "Query((a SYNONYM b SYNONYM c))");
    check(join(XAP_MAX, 0), "Query((a MAX b MAX c))");
    check(join(XAP_ELITE_SET, 2), "Query((a ELITE_SET 2 b ELITE_SET 2 c))");
    check(join(XAP_NEAR, 5), "Query((a NEAR 5 b NEAR 5 c))");
    check(join(XAP_PHRASE, 3), "Query((a PHRASE 3 b PHRASE 3 c))");
}

static void leaves(void **state)
{
    (void)state;
    struct xap_query *query = NULL, *copy = NULL;
    ok(xap_query_term("word", 3, 7, &query, err));
    ok(xap_query_copy(query, &copy, err));
    xap_query_free(query);
    check(copy, "Query(word#3@7)");
    ok(xap_query_all(&query, err));
    check(query, "Query(<alldocuments>)");
    ok(xap_query_nothing(&query, err));
    check(query, "Query()");
    ok(xap_query_scale_take(term("a"), 2.5, &query, err));
    check(query, "Query(2.5 * a)");
    xap_query_free(NULL);
}

static void ranges(void **state)
{
    (void)state;
    struct xap_query *query = NULL;
    ok(xap_query_value_range(0, "20230101", 8, "20231231", 8, &query, err));
    check(query, "Query(VALUE_RANGE 0 20230101 20231231)");
    ok(xap_query_value_range(0, "20230101", 8, NULL, 0, &query, err));
    check(query, "Query(VALUE_GE 0 20230101)");
    ok(xap_query_value_range(0, NULL, 0, "20231231", 8, &query, err));
    check(query, "Query(VALUE_LE 0 20231231)");
    ok(xap_query_value_range(0, NULL, 0, NULL, 0, &query, err));
    check(query, "Query(<alldocuments>)");
    ok(xap_query_value_range(0, "2", 1, "1", 1, &query, err));
    check(query, "Query()");
}

static void any_number_of_parts(void **state)
{
    (void)state;
    struct xap_query *query = NULL, *part = term("a");
    ok(xap_query_join_take(XAP_AND, NULL, 0, 0, &query, err));
    check(query, "Query()");
    ok(xap_query_join_take(XAP_AND, &part, 1, 0, &query, err));
    check(query, "Query(a)");
}

static void a_phrase_of_other_things(void **state)
{
    (void)state;
    struct xap_query *query = NULL;
    struct xap_query *ors[] = {term("a"), join(XAP_OR, 0)};
    ok(xap_query_join_take(XAP_PHRASE, ors, 2, 2, &query, err));
    check(query, "Query((a PHRASE 2 (a OR b OR c)))");
    query = NULL;
    struct xap_query *synonyms[] = {term("a"), join(XAP_SYNONYM, 0)};
    fails(XAP_QUERY, xap_query_join_take(XAP_NEAR, synonyms, 2, 2, &query, err));
    struct xap_query *all[] = {term("a"), NULL};
    ok(xap_query_all(&all[1], err));
    fails(XAP_QUERY, xap_query_join_take(XAP_PHRASE, all, 2, 2, &query, err));
    assert_null(query);
}

/* The parts are freed all the same: the leak checkers see to that. */
static void a_missing_part_fails_the_chain(void **state)
{
    (void)state;
    struct xap_query *query = NULL, *parts[] = {term("a"), NULL, term("b")};
    fails(XAP_INVALID_ARGUMENT, xap_query_join_take(XAP_OR, parts, 3, 0, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_scale_take(query, 2, &query, err));
    assert_null(query);
}

static void refusals(void **state)
{
    (void)state;
    struct xap_query *query = NULL, *part = NULL;
    char name[247] = "";
    memset(name, 't', 246);
    fails(XAP_INVALID_ARGUMENT, xap_query_term(name, 1, 0, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_term("", 1, 0, &query, err));
    part = term("a");
    fails(XAP_INVALID_ARGUMENT, xap_query_join_take((enum xap_op)99, &part, 1, 0, &query, err));
    struct xap_query *parts[] = {term("a"), term("b")};
    fails(XAP_INVALID_ARGUMENT, xap_query_join_take(XAP_AND, parts, 2, 5, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_scale_take(term("a"), -1, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_scale_take(term("a"), (double)NAN, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_wildcard("a", 9, XAP_AND, &query, err));
    fails(XAP_INVALID_ARGUMENT, xap_query_value_range(XAP_NO_SLOT, "a", 1, NULL, 0, &query, err));
    struct xap_docid_source source = {.next = NULL};
    fails(XAP_INVALID_ARGUMENT, xap_query_docids(&source, &query, err));
    assert_null(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators),
        cmocka_unit_test(leaves),
        cmocka_unit_test(ranges),
        cmocka_unit_test(any_number_of_parts),
        cmocka_unit_test(a_phrase_of_other_things),
        cmocka_unit_test(a_missing_part_fails_the_chain),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
