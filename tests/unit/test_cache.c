/* What a cache keeps, forgets and finds again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "search/cache.h"
#include "search/docset.h"
#include "search/query_key.h"

#define LAST 640 /* 11 words a set: 104 bytes with its head, and the key */

static struct docset *make(uint32_t docid)
{
    struct docset *set = NULL;
    assert_true(docset_new(LAST, &set, NULL));
    docset_add(set, docid);
    return set;
}

static void free_set(void *set)
{
    docset_free(set);
}

static void keep(struct cache *cache, const char *key, uint32_t docid)
{
    struct docset *set = make(docid);
    cache_take(cache, key, strlen(key), set, docset_memory(set));
}

/* The one docid of the set under a key; 0 where there is none. */
static uint32_t found(struct cache *cache, const char *key)
{
    const struct docset *set = cache_find(cache, key, strlen(key));
    return set ? docset_next(set, 1) : 0;
}

static void sets_are_found_by_their_whole_key(void **state)
{
    (void)state;
    struct cache *cache;
    assert_true(cache_new(10000, free_set, &cache, NULL));
    assert_int_equal(found(cache, "a"), 0);
    keep(cache, "a", 1);
    keep(cache, "ab", 2);
    keep(cache, "", 3);
    assert_int_equal(found(cache, "a"), 1);
    assert_int_equal(found(cache, "ab"), 2);
    assert_int_equal(found(cache, ""), 3);
    assert_int_equal(found(cache, "b"), 0);
    cache_forget(cache);
    assert_int_equal(found(cache, "ab"), 0);
    cache_free(cache);
    cache_free(NULL);
}

static void what_was_wanted_longest_ago_goes(void **state)
{
    (void)state;
    struct cache *cache;
    assert_true(cache_new(400, free_set, &cache, NULL)); /* three sets */
    keep(cache, "a", 1);
    keep(cache, "b", 2);
    keep(cache, "c", 3);
    assert_int_equal(found(cache, "a"), 1);
    keep(cache, "d", 4);
    assert_int_equal(found(cache, "b"), 0);
    assert_int_equal(found(cache, "a"), 1);
    assert_int_equal(found(cache, "c"), 3);
    assert_int_equal(found(cache, "d"), 4);
    cache_free(cache);
}

static void the_budget_holds(void **state)
{
    (void)state;
    struct cache *cache;
    assert_true(cache_new(400, free_set, &cache, NULL));
    size_t empty = cache_memory(cache);
    for (uint32_t docid = 1; docid <= LAST; docid++) {
        char key[16];
        snprintf(key, sizeof key, "%u", docid);
        keep(cache, key, docid);
        assert_int_equal(found(cache, key), docid);
        assert_in_range(cache_memory(cache), empty + 1, empty + 400);
    }
    cache_forget(cache);
    assert_int_equal(cache_memory(cache), empty);
    cache_free(cache);
    assert_true(cache_new(50, free_set, &cache, NULL)); /* not even one */
    keep(cache, "a", 1);
    assert_int_equal(found(cache, "a"), 0);
    cache_free(cache);
}

static void entries_have_a_limit_too(void **state)
{
    (void)state;
    struct cache *cache;
    assert_true(cache_new(SIZE_MAX / 2, free_set, &cache, NULL));
    for (uint32_t number = 1; number <= 4 * LAST; number++) {
        char key[16];
        snprintf(key, sizeof key, "%u", number);
        keep(cache, key, number % LAST + 1);
    }
    assert_int_equal(found(cache, "1"), 0);
    for (uint32_t number = 3 * LAST; number <= 4 * LAST; number++) {
        char key[16];
        snprintf(key, sizeof key, "%u", number);
        assert_int_equal(found(cache, key), number % LAST + 1);
    }
    cache_free(cache);
}

static void get_key(const char *text, enum match match, struct buffer *out)
{
    struct query *query = NULL;
    assert_true(query_parse(text, strlen(text), match, 0, &query, NULL));
    query_key(query->root, out);
    assert_false(out->failed);
    query_free(query);
}

static bool same_key(const char *a, enum match match_a, const char *b, enum match match_b)
{
    struct buffer left = {0}, right = {0};
    get_key(a, match_a, &left);
    get_key(b, match_b, &right);
    bool same = left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
    buffer_free(&left);
    buffer_free(&right);
    return same;
}

static void a_key_says_all_that_matching_asks(void **state)
{
    (void)state;
    static const char *const different[] = {
        "",
        "gao",
        "title:gao",
        "\"gao\"",
        "gao*",
        "gao mopti",
        "mopti -gao",
        "\"gao mopti\"",
        "gao near/3 mopti",
        "gao near/4 mopti",
        "actor:gao",
        "region:gao",
        "date:2023",
        "date:2024",
        "date:2023..",
        "date:..2023",
        "gao (mopti OR kidal)",
        "gao OR mopti OR kidal",
        "(gao mopti) OR kidal",
        "gao mopti kidal",
    };
    for (size_t i = 0; i < ARRAY_LEN(different); i++)
        for (size_t j = 0; j < ARRAY_LEN(different); j++)
            if (same_key(different[i], MATCH_ALL, different[j], MATCH_ALL) != (i == j))
                fail_msg("'%s' and '%s'", different[i], different[j]);
    assert_false(same_key("gao mopti", MATCH_ALL, "gao mopti", MATCH_ANY));
    assert_true(same_key("gao OR mopti", MATCH_ALL, "  gao   mopti", MATCH_ANY));
    assert_true(same_key("(gao) Mopti", MATCH_ALL, "gao AND mopti", MATCH_ALL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_found_by_their_whole_key),
        cmocka_unit_test(what_was_wanted_longest_ago_goes),
        cmocka_unit_test(the_budget_holds),
        cmocka_unit_test(entries_have_a_limit_too),
        cmocka_unit_test(a_key_says_all_that_matching_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
