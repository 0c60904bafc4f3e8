/* The query language: its tree, its limits, and what must hold of every byte string. What the
 * forms of the language are read as stands in tests/cases/query. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/query.h"

#define TODAY 19797 /* 2024-03-15 */

static struct query *parse(const char *text)
{
    struct query *query = NULL;
    struct error err = {0};
    if (!query_parse(text, strlen(text), MATCH_ALL, TODAY, &query, &err))
        fail_msg("%s: %s", text, err.text);
    return query;
}

static void assert_limit(const char *text, size_t size, const char *names)
{
    struct query *query = NULL;
    struct error err = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    assert_false(query_parse(text, size, MATCH_ALL, TODAY, &query, &err));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(err.where, "q");
    if (!strstr(err.text, names))
        fail_msg("'%s' does not name '%s'", err.text, names);
    assert_null(query);
    long ms = (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
    assert_true(ms < 10);
}

/* 'piece' again and again, in a string that the caller frees. */
static char *repeat(const char *piece, size_t times)
{
    struct buffer buffer = {0};
    for (size_t i = 0; i < times; i++)
        buffer_text(&buffer, piece);
    return buffer_take(&buffer, NULL);
}

static void assert_repeat_limit(const char *piece, size_t times, const char *names)
{
    char *text = repeat(piece, times);
    assert_limit(text, strlen(text), names);
    free(text);
}

/* ---- the tree ------------------------------------------------------------- */

static void empty_question_is_everything(void **state)
{
    (void)state;
    static const char *const empty[] = {"", "   ", "\t\n", "()", "\"\"", "-", "NOT", "OR AND"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        struct query *query = parse(empty[i]);
        assert_int_equal(query->root->kind, QUERY_ALL);
        query_free(query);
    }
}

static void words_have_fields_forms_and_places(void **state)
{
    (void)state;
    struct query *query = parse("Ménaka \"bomb\" title:peace-keeping kid*");
    const struct query_node *root = query->root;
    assert_int_equal(root->kind, QUERY_AND);
    assert_int_equal(root->child_count, 4);
    const struct query_node *word = root->children[0], *exact = root->children[1],
                            *phrase = root->children[2], *prefix = root->children[3];
    assert_int_equal(word->kind, QUERY_WORD);
    assert_int_equal(word->field, FIELD_TEXT);
    assert_string_equal(word->words[0], "menaka");
    assert_false(word->exact);
    assert_int_equal(word->begin, 0);
    assert_int_equal(word->end, 7);
    assert_int_equal(exact->kind, QUERY_WORD);
    assert_true(exact->exact);
    assert_int_equal(exact->begin, 8);
    assert_int_equal(exact->end, 14);
    assert_int_equal(phrase->kind, QUERY_PHRASE);
    assert_int_equal(phrase->field, FIELD_TITLE);
    assert_int_equal(phrase->word_count, 2);
    assert_string_equal(phrase->words[1], "keeping");
    assert_int_equal(phrase->begin, 15);
    assert_int_equal(phrase->end, 34);
    assert_int_equal(prefix->kind, QUERY_PREFIX);
    assert_string_equal(prefix->words[0], "kid");
    assert_int_equal(prefix->end, 39);
    assert_int_equal(root->begin, 0);
    assert_int_equal(root->end, 39);
    query_free(query);
}

static void values_are_as_typed(void **state)
{
    (void)state;
    struct query *query = parse("actor:\"  Wagner Group \" region:ML-7");
    const struct query_node *actor = query->root->children[0], *region = query->root->children[1];
    assert_int_equal(actor->kind, QUERY_VALUE);
    assert_int_equal(actor->field, FIELD_ACTOR);
    assert_string_equal(actor->words[0], "Wagner Group");
    assert_int_equal(region->field, FIELD_REGION);
    assert_string_equal(region->words[0], "ML-7");
    query_free(query);
}

static void dates_are_days(void **state)
{
    (void)state;
    struct query *query = parse("date:2023-11 date:..2023 date:\"last 90 days\"");
    struct query_node *const *dates = query->root->children;
    assert_int_equal(dates[0]->kind, QUERY_DATES);
    assert_int_equal(dates[0]->from, day_from_civil(2023, 11, 1));
    assert_int_equal(dates[0]->to, day_from_civil(2023, 11, 30));
    assert_int_equal(dates[1]->from, DAY_NONE);
    assert_int_equal(dates[1]->to, day_from_civil(2023, 12, 31));
    assert_int_equal(dates[2]->from, TODAY - 89);
    assert_int_equal(dates[2]->to, TODAY);
    query_free(query);
}

static void only_negatives_take_away_from_everything(void **state)
{
    (void)state;
    struct query *query = parse("-mali");
    assert_int_equal(query->root->kind, QUERY_AND);
    assert_int_equal(query->root->child_count, 2);
    assert_int_equal(query->root->children[0]->kind, QUERY_ALL);
    assert_int_equal(query->root->children[1]->kind, QUERY_NOT);
    query_free(query);
    query = parse("gao -mali");
    assert_int_equal(query->root->children[0]->kind, QUERY_WORD);
    assert_int_equal(query->root->children[1]->kind, QUERY_NOT);
    query_free(query);
}

static void notes_say_where(void **state)
{
    (void)state;
    struct query *query = parse("mali \"peace");
    assert_int_equal(query->note_count, 1);
    assert_int_equal(query->notes[0].begin, 5);
    assert_int_equal(query->notes[0].end, 6);
    query_free(query);
}

static void notes_are_bounded(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 200; i++)
        buffer_format(&text, "\xc2\xb7%c%c ", "!?.,;&%$#@"[i % 10], "!?.,;&%$#@"[i / 10 % 10]);
    struct query *query = parse(text.bytes);
    assert_in_range(query->note_count, 10, 30);
    assert_non_null(strstr(query->notes[query->note_count - 1].text, "More"));
    query_free(query);
    buffer_free(&text);
}

/* ---- limits ----------------------------------------------------------------- */

static void limits_are_named_and_quick(void **state)
{
    (void)state;
    assert_repeat_limit("a ", 500000, "1024 bytes");
    assert_repeat_limit("(", 20000, "1024 bytes");
    assert_repeat_limit("(", 1000, "depth");
    assert_repeat_limit("NOT (", 200, "depth");
    assert_repeat_limit("a OR (", 17, "depth");
    assert_repeat_limit("a ", 33, "terms");
    assert_repeat_limit("id:a ", 33, "terms");
    assert_repeat_limit("date:2023 ", 33, "terms");
    assert_repeat_limit("a-", 33, "phrase");
    assert_repeat_limit("a near/5 ", 32, "near");
    assert_limit("*", 1, "wildcard");
    assert_limit("a*", 2, "wildcard");
    assert_limit("title:a*", 8, "wildcard");
    assert_limit("\xd0\xbc\xd0\xb0*", 5, "wildcard"); /* two letters, four bytes */
    assert_limit("a near/101 b", 12, "window");
    assert_limit("a near/99999999999999999999 b", 29, "window");
    char *phrase = repeat("word ", 100);
    struct buffer quoted = {0};
    buffer_format(&quoted, "\"%s\"", phrase);
    assert_limit(quoted.bytes, quoted.size, "phrase");
    buffer_free(&quoted);
    free(phrase);
}

static void limits_allow_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
    } allowed[] = {{"a ", LIMIT_QUESTION_TERMS},
                   {"a-", LIMIT_PHRASE_WORDS},
                   {" ", LIMIT_QUESTION_BYTES},
                   {"NOT ", 256},
                   {"- ", 500},
                   {"OR ", 300},
                   {"\" ", 512},
                   {")", 1024},
                   {"title: ", 140}};
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
        char *text = repeat(allowed[i].piece, allowed[i].times);
        query_free(parse(text));
        free(text);
    }
    query_free(parse("a near/100 b"));
    query_free(parse("abc*"));
    query_free(parse("((((((((((((((((a))))))))))))))))"));
}

/* ---- what holds of every question --------------------------------------------- */

static uint64_t seed;

static size_t any(size_t below)
{
    seed ^= seed << 13; /* xorshift64 (Marsaglia) */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % below);
}

static bool is_same(const struct query_node *a, const struct query_node *b)
{
    bool same = a->kind == b->kind && a->field == b->field && a->exact == b->exact &&
                a->window == b->window && a->from == b->from && a->to == b->to &&
                a->word_count == b->word_count && a->child_count == b->child_count;
    for (size_t i = 0; same && i < a->word_count; i++)
        same = strcmp(a->words[i], b->words[i]) == 0;
    for (size_t i = 0; same && i < a->child_count; i++)
        same = is_same(a->children[i], b->children[i]);
    return same;
}

/* The normal form that query.h and query.c promise. */
static void assert_normal(const struct query_node *node, const struct query_node *parent,
                          size_t size)
{
    bool in_and = parent && parent->kind == QUERY_AND;
    bool is_join = node->kind == QUERY_AND || node->kind == QUERY_OR;
    assert_true(node->begin <= node->end && node->end <= size);
    assert_true(!parent || !is_join || node->kind != parent->kind);
    assert_true(node->kind != QUERY_NOT || in_and);
    assert_true(node->kind != QUERY_ALL || !parent || (in_and && node == parent->children[0]));
    assert_true(node->kind != QUERY_NOTHING);
    if (is_join)
        assert_true(node->child_count >= 2);
    else
        assert_int_equal(node->child_count, node->kind == QUERY_NOT ? 1 : 0);
    size_t negatives = 0;
    for (size_t i = 0; i < node->child_count; i++) {
        negatives += node->children[i]->kind == QUERY_NOT;
        assert_normal(node->children[i], node, size);
    }
    if (node->kind == QUERY_AND)
        assert_true(negatives < node->child_count);
}

static void show(const char *text, size_t size, const char *described)
{
    for (size_t i = 0; i < size; i++)
        fprintf(stderr, text[i] >= ' ' && text[i] < 0x7f ? "%c" : "\\x%02x",
                (unsigned char)text[i]);
    fprintf(stderr, "\n  read as: %s\n", described);
}

/* Any byte string has a tree or passes a limit, and what the tree is described as has the same
 * tree, however words are joined (but for limits, which any words have more room in). Says whether
 * it had a tree. */
static bool check_question(const char *text, size_t size, enum match match)
{
    struct query *query = NULL, *again = NULL;
    struct error err = {0};
    if (!query_parse(text, size, match, TODAY, &query, &err)) {
        assert_int_equal(err.code, ERROR_LIMIT);
        return false;
    }
    assert_normal(query->root, NULL, size);
    for (size_t i = 0; i < query->note_count; i++)
        assert_true(query->notes[i].begin <= query->notes[i].end && query->notes[i].end <= size);
    char *described = query_describe(query->root);
    size_t described_size = strlen(described);
    bool fits = described_size <= LIMIT_QUESTION_BYTES;
    if (fits) {
        enum match other = match == MATCH_ALL ? (enum match)any(2) : MATCH_ANY;
        bool parsed = query_parse(described, described_size, other, TODAY, &again, &err);
        if (!parsed || !is_same(query->root, again->root) || again->note_count > 0)
            show(text, size, described);
        assert_true(parsed);
        assert_true(is_same(query->root, again->root));
        assert_int_equal(again->note_count, 0);
    }
    free(described);
    query_free(query);
    query_free(again);
    return fits;
}

static const char *const pieces[] = {
    "a",
    "Mali",
    "al-Qaeda",
    "U.N.",
    "l'arm\u00e9e",
    "M\u00e9naka",
    "\u4e2d\u56fd\u519b\u961f",
    "\u0e01\u0e32\u0e23\u0e40\u0e21\u0e37\u0e2d\u0e07",
    "\u0627\u0644\u0633\u0644\u0627\u0645",
    "4,350",
    "near",
    "or",
    "AND",
    "OR",
    "NOT",
    "-",
    "--",
    "(",
    ")",
    "(",
    ")",
    "\"",
    "\"",
    "\u201c",
    "\u201d",
    "\u00ab",
    "*",
    "abc*",
    "peace*",
    "near/5",
    "NEAR/7",
    "near/0",
    "title:",
    "actor:",
    "region:",
    "date:",
    "source:",
    "id:",
    "text:",
    "foo:",
    ":",
    "2023",
    "2023-11",
    "2023-11-15",
    "..",
    "2021..2023",
    "last 90 days",
    "since June 2021",
    "last",
    "jnim",
    "\"Wagner Group\"",
    "\"peace deal\"",
    "\"bomb\"",
    "http://un.org/",
    "\xff",
    "\xc3",
    "\xe4\xb8",
    "\u00a0",
    "\u3000",
    "\n",
    "\t",
    "&",
    "!!",
    "'",
    "\u2019",
    "/",
    "stra\u00dfe",
    "\ufdfa",
    "\u0301",
    "\u202e",
    "1.4.22",
};

static void random_questions_round_trip(void **state)
{
    (void)state;
    size_t described = 0, rounds = 6000;
    for (size_t i = 0; i < rounds; i++) {
        struct buffer text = {0};
        size_t count = any(24);
        for (size_t j = 0; j <= count; j++) {
            buffer_text(&text, pieces[any(ARRAY_LEN(pieces))]);
            buffer_text(&text, any(3) ? " " : "");
        }
        described += check_question(text.bytes, text.size, (enum match)any(2));
        buffer_free(&text);
    }
    assert_true(described > rounds / 4);
}

static void random_bytes_have_an_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6000; i++) {
        char text[64];
        size_t size = any(sizeof text), letters = any(2);
        for (size_t j = 0; j < size; j++)
            text[j] = (char)(letters ? " ()\"-*:abNOTRAD/59.'\xc3\xa9"[any(23)] : (int)any(256));
        check_question(text, size, (enum match)any(2));
    }
}

/* A random question with its joins written out, no deeper than 'depth'. */
static void write_tree(struct buffer *out, size_t depth)
{
    static const char *const leaves[] = {"mali",      "\"bomb\"",     "\"peace deal\"", "pea*",
                                         "title:war", "actor:jnim",   "date:2023",      "lang",
                                         "kidal",     "a near/5 gao", "id:\"x y\""};
    size_t joined = depth == 0 ? 0 : any(4);
    if (joined == 0) {
        buffer_text(out, leaves[any(ARRAY_LEN(leaves))]);
        return;
    }
    const char *join = any(2) ? " AND " : " OR ";
    for (size_t i = 0; i <= joined && joined > 1; i++) {
        buffer_text(out, i > 0 ? join : "");
        buffer_text(out, any(4) ? "(" : "NOT (");
        write_tree(out, depth - 1);
        buffer_text(out, ")");
    }
    if (joined == 1) {
        buffer_text(out, any(2) ? "NOT (" : "-(");
        write_tree(out, depth - 1);
        buffer_text(out, ")");
    }
}

static void random_trees_round_trip(void **state)
{
    (void)state;
    size_t described = 0;
    for (size_t i = 0; i < 6000; i++) {
        struct buffer text = {0};
        write_tree(&text, any(5));
        described += check_question(text.bytes, text.size, (enum match)any(2));
        buffer_free(&text);
    }
    assert_true(described > 1500);
}

int main(void)
{
    const char *given = getenv("SITREP_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    printf("SITREP_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_question_is_everything),
        cmocka_unit_test(words_have_fields_forms_and_places),
        cmocka_unit_test(values_are_as_typed),
        cmocka_unit_test(dates_are_days),
        cmocka_unit_test(only_negatives_take_away_from_everything),
        cmocka_unit_test(notes_say_where),
        cmocka_unit_test(notes_are_bounded),
        cmocka_unit_test(limits_are_named_and_quick),
        cmocka_unit_test(limits_allow_what_they_say),
        cmocka_unit_test(random_questions_round_trip),
        cmocka_unit_test(random_bytes_have_an_answer),
        cmocka_unit_test(random_trees_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
