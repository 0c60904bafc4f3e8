/* Highlights and passages: which words are marked, which passage is shown, and that its HTML is
 * safe whatever the text is. Marks are written as [brackets] here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "schema/tokenizer.h"
#include "search/snippet.h"
#include "search/stems.h"
#include "xapian/xap.h"

enum { ENGLISH, FRENCH, ARABIC };
static struct stems stems = {.languages = {"en", "fr", "ar"}, .count = 3};

static int open_stemmers(void **state)
{
    (void)state;
    for (size_t i = 0; i < stems.count; i++)
        if (!xap_stemmer_new(stems.languages[i], &stems.stemmers[i], NULL))
            return -1;
    return 0;
}

static int close_stemmers(void **state)
{
    (void)state;
    stems_clear(&stems);
    return 0;
}

static struct marker *marker_for(const char *question)
{
    struct query *query = NULL;
    struct marker *marker = NULL;
    struct error err = {0};
    assert_true(query_parse(question, strlen(question), MATCH_ALL, 0, &query, &err));
    assert_true(marker_new(query->root, &stems, &marker, &err));
    query_free(query);
    return marker;
}

static char *bracketed(const struct snippet *snippet)
{
    struct buffer out = {0};
    size_t at = 0;
    for (size_t i = 0; i < snippet->mark_count; i++) {
        buffer_append(&out, snippet->text + at, snippet->marks[i].begin - at);
        buffer_char(&out, '[');
        at = snippet->marks[i].end;
        buffer_append(&out, snippet->text + snippet->marks[i].begin, at - snippet->marks[i].begin);
        buffer_char(&out, ']');
    }
    buffer_append(&out, snippet->text + at, snippet->size - at);
    return buffer_take(&out, NULL);
}

static void assert_title(const char *question, const char *title, size_t language,
                         const char *expected)
{
    struct marker *marker = marker_for(question);
    struct snippet snippet = {0};
    assert_true(
        snippet_make_title(marker, title, strlen(title), stems.stemmers[language], &snippet, NULL));
    char *actual = bracketed(&snippet);
    assert_string_equal(actual, expected);
    free(actual);
    snippet_clear(&snippet);
    marker_free(marker);
}

/* The passage of a body, its sections where "FAQ:" and "Sources:" stand in it. */
static char *passage_of(const char *question, const char *body)
{
    struct marker *marker = marker_for(question);
    struct snippet snippet = {0};
    size_t size = strlen(body);
    const char *faq = strstr(body, "FAQ:"), *sources = strstr(body, "Sources:");
    struct snippet_source source = {body, size, faq ? (size_t)(faq - body) : size,
                                    sources ? (size_t)(sources - body) : size};
    assert_true(snippet_make(marker, &source, stems.stemmers[ENGLISH], &snippet, NULL));
    char *passage = bracketed(&snippet);
    snippet_clear(&snippet);
    marker_free(marker);
    return passage;
}

static void assert_passage(const char *question, const char *body, const char *expected)
{
    char *passage = passage_of(question, body);
    assert_string_equal(passage, expected);
    free(passage);
}

/* ---- what is marked --------------------------------------------------------- */

static void words_are_marked(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"gao", "Fighting in Gao", "Fighting in [Gao]"},
        {"menaka", "Ménaka, MÉNAKA and Menaka", "[Ménaka], [MÉNAKA] and [Menaka]"},
        {"Ménaka", "Me\xcc\x81naka", "[Me\xcc\x81naka]"},
        {"jamaat", "Jama’at fighters", "[Jama’at] fighters"},
        {"mali", "Mali’s north, Somali, Malian", "[Mali]’s north, Somali, Malian"},
        {"attack", "Attacks, attacked, attacking", "[Attacks], [attacked], [attacking]"},
        {"attacking", "An attack", "An [attack]"},
        {"\"attack\"", "attack, attacks", "[attack], attacks"},
        {"\"peace deal\"", "a peace deal; deal peace", "a [peace] [deal]; deal peace"},
        {"\"peace deal\"", "peace-deal", "[peace]-[deal]"},
        {"\"peace deal\"", "peace and deal", "peace and deal"},
        {"\"peace peace\"", "peace peace peace war peace", "[peace] [peace] [peace] war peace"},
        {"al-Qaeda", "Al Qaeda, al-Qaeda, Qaeda", "[Al] [Qaeda], [al]-[Qaeda], Qaeda"},
        {"pea*", "peace Peanuts spear pea", "[peace] [Peanuts] spear [pea]"},
        {"mali OR gao", "Gao, Mali", "[Gao], [Mali]"},
        {"mali -gao", "Gao, Mali", "Gao, [Mali]"},
        {"-gao", "Gao, Mali", "Gao, Mali"},
        {"mali (gao OR kidal) -war", "war in Kidal", "war in [Kidal]"},
        {"title:gao mali", "Gao, Mali", "[Gao], [Mali]"},
        {"actor:jnim date:2023", "JNIM 2023", "JNIM 2023"},
        {"", "Gao", "Gao"},
        {"gao", "", ""},
        {"un", "the U.N. said", "the [U.N.] said"},
        {"4350", "4,350 people", "[4,350] people"},
        {"中国军队", "中国军队进攻", "[中国军队]进攻"},
        {"peace peace", "peace", "[peace]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_title(cases[i][0], cases[i][1], 0, cases[i][2]);
}

static void near_words_are_marked_within_the_window(void **state)
{
    (void)state;
    assert_title("peace near/2 deal", "a deal of peace", 0, "a [deal] of [peace]");
    assert_title("peace near/2 deal", "a deal for a peace", 0, "a deal for a peace");
    assert_title("a near/3 b near/3 c", "c x b a", 0, "[c] x [b] [a]");
    assert_title("a near/3 b near/3 c", "c x x b a", 0, "c x x b a");
    assert_title("a near/1 b", "a b x a", 0, "[a] [b] x a");
}

static void stems_are_those_of_the_texts_language(void **state)
{
    (void)state;
    assert_title("attaque", "les attaques", 1, "les [attaques]");
    assert_title("attaques", "une attaque", 1, "une [attaque]");
    assert_title("armee", "l’armée", 1, "l’[armée]");
    assert_title("\u0645\u062f\u0631\u0633\u0629", "\u0627\u0644\u0645\u062f\u0631\u0633\u0629", 2,
                 "[\u0627\u0644\u0645\u062f\u0631\u0633\u0629]");
    assert_title("campaient", "ils campent, camper", FRENCH, "ils campent, [camper]");
    assert_title("campaient", "a camp", ENGLISH, "a camp"); /* its stem in French */
    struct marker *marker = marker_for("attack");
    struct snippet snippet = {0};
    assert_true(snippet_make_title(marker, "attack attacks", 14, NULL, &snippet, NULL));
    assert_int_equal(snippet.mark_count, 1); /* no stemmer: the word alone */
    snippet_clear(&snippet);
    marker_free(marker);
}

static void titles_alone_answer_title_words(void **state)
{
    (void)state;
    assert_passage("title:gao mali", "Gao in Mali.", "Gao in [Mali].");
}

/* ---- which passage ------------------------------------------------------------- */

#define FILL10 "one two three four five six seven eight nine ten "
#define FILL   FILL10 FILL10 FILL10 FILL10 FILL10 FILL10 FILL10 FILL10
#define STOP   "and so on. "

static void short_bodies_are_whole(void **state)
{
    (void)state;
    assert_passage("deal", "A deal\n\nwas  \t signed. ", "A [deal] was signed.");
    assert_passage("zzz", "A deal was signed.", "A deal was signed.");
    assert_passage("deal", "", "");
    assert_passage("deal", " \n ", "");
}

static void the_densest_passage_wins(void **state)
{
    (void)state;
    char *passage = passage_of("peace agreement Algiers",
                               "Peace came. " FILL STOP
                               "The peace agreement of Algiers was signed. " FILL "Peace.");
    assert_non_null(strstr(passage, "The [peace] [agreement] of [Algiers] was signed."));
    assert_true(strncmp(passage, "The ", 4) == 0);
    free(passage);
    passage =
        passage_of("the ceasefire", "The the the the the. " FILL "A ceasefire in the north. " FILL);
    assert_non_null(strstr(passage, "[ceasefire]"));
    free(passage);
}

static void sections_are_second_choice(void **state)
{
    (void)state;
    const char *body = FILL "Peace. " FILL "FAQ: Q: What of the peace agreement of Algiers? " FILL
                            "Sources: Algiers Herald";
    char *passage = passage_of("peace agreement algiers", body);
    assert_non_null(strstr(passage, "[Peace]."));
    assert_null(strstr(passage, "FAQ"));
    free(passage);
    passage = passage_of("algiers", body);
    assert_non_null(strstr(passage, "FAQ: Q: What"));
    free(passage);
    assert_passage("herald", body, "Sources: Algiers [Herald]");
    passage = passage_of("zzz", body);
    assert_true(strncmp(passage, "one two", 7) == 0);
    free(passage);
    assert_passage("\"one peace\"", "One FAQ: peace", "One");
    assert_passage("one near/5 peace", "One FAQ: peace", "One");
}

static void cuts_are_shown_and_whole_words(void **state)
{
    (void)state;
    char *passage = passage_of("deal", FILL "deal " FILL);
    size_t size = strlen(passage);
    assert_true(strncmp(passage, "…", strlen("…")) == 0);
    assert_string_equal(passage + size - strlen("…"), "…");
    assert_non_null(strstr(passage, " ten [deal] one "));
    assert_in_range(size, SNIPPET_BYTES / 2, SNIPPET_BYTES + 16);
    const char *first = passage + strlen("…");
    char word[16];
    assert_int_equal(sscanf(first, "%15s", word), 1);
    assert_non_null(strstr(FILL10, word));
    free(passage);
    passage = passage_of("zzz", "First sentence is here. " FILL "tail");
    assert_true(strncmp(passage, "First", 5) == 0);
    free(passage);
}

static void sentences_end_passages(void **state)
{
    (void)state;
    char *passage = passage_of("deal", FILL STOP
                               "A deal was signed in the capital of the country by the "
                               "parties to the conflict, who had met there for many weeks, and "
                               "all of them were content. Then came the rains, and the roads "
                               "were cut off for many weeks more." FILL);
    assert_true(strncmp(passage, "A [deal]", 8) == 0);
    assert_string_equal(passage + strlen(passage) - 8, "content.");
    free(passage);
}

/* ---- hostile texts --------------------------------------------------------------- */

static char *html_of(const char *text, size_t size, const struct highlight *marks, size_t count)
{
    struct buffer out = {0};
    snippet_html(&out, text, size, marks, count);
    return buffer_take(&out, NULL);
}

static void html_is_escaped(void **state)
{
    (void)state;
    static const char text[] = "<b>\"Tom\" & 'Jerry'</b>";
    const struct highlight marks[] = {{0, 3}, {4, 7}};
    char *html = html_of(text, sizeof text - 1, marks, 2);
    assert_string_equal(html, "<mark>&lt;b&gt;</mark>&quot;<mark>Tom</mark>&quot; &amp; "
                              "&#39;Jerry&#39;&lt;/b&gt;");
    free(html);
    html = html_of("", 0, NULL, 0);
    assert_string_equal(html, "");
    free(html);
}

static void html_is_clean(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a\xff\x62", "a\uFFFDb"},
        {"a\x01\x1b\x7f", "a\uFFFD\uFFFD\uFFFD"},
        {"a\u202egpj.exe", "agpj.exe"},
        {"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069x", "x"},
        {"\u200e\u0645\u200f", "\u200e\u0645\u200f"},
        {"\u2029x", "\u2029x"},
        {"\xe2\x80", "\uFFFD"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *html = html_of(cases[i][0], strlen(cases[i][0]), NULL, 0);
        if (i + 1 < ARRAY_LEN(cases))
            assert_string_equal(html, cases[i][1]);
        assert_true(text_is_utf8(html, strlen(html)));
        free(html);
    }
    char *html = html_of("a\0b", 3, NULL, 0);
    assert_string_equal(html, "a\uFFFDb");
    free(html);
}

static void bad_marks_are_passed_over(void **state)
{
    (void)state;
    const struct highlight marks[] = {{2, 1}, {1, 2}, {0, 1},  {1, 3},
                                      {3, 3}, {3, 9}, {9, 12}, {4, UINT32_MAX}};
    char *html = html_of("abcdef", 6, marks, ARRAY_LEN(marks));
    assert_string_equal(html, "a<mark>b</mark>cdef");
    free(html);
}

/* Seconds of processor for the passage of so many bytes of a piece. */
static double seconds_for(const char *piece, size_t size)
{
    struct buffer body = {0};
    struct timespec begin, end;
    while (body.size < size)
        buffer_text(&body, piece);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    char *passage = passage_of("deal \"deal deal\" deal near/5 deal dea*", body.bytes);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_true(strlen(passage) < 2000);
    free(passage);
    buffer_free(&body);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

static void long_texts_take_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"deal ", "a", "<", "\xff", "中", ". ", "\u202e"};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        double once = seconds_for(pieces[i], 50000), eightfold = seconds_for(pieces[i], 400000);
        assert_true(eightfold < 24 * once + 0.1);
    }
}

/* ---- what holds of every text ------------------------------------------------------ */

static uint64_t seed;

static size_t any(size_t below)
{
    seed ^= seed << 13; /* xorshift64 (Marsaglia) */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % below);
}

/* The only markup is whole <mark> elements, and the rest is escaped. */
static void assert_safe(const char *html)
{
    bool open = false;
    assert_true(text_is_utf8(html, strlen(html)));
    for (const char *c = html; *c; c++) {
        assert_true(*c != '>' && *c != '"' && *c != '\'');
        if (*c != '<')
            continue;
        const char *tag = open ? "</mark>" : "<mark>";
        assert_true(strncmp(c, tag, strlen(tag)) == 0);
        open = !open;
        c += strlen(tag) - 1;
    }
    assert_false(open);
}

static void random_texts_are_safe(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "peace ",  "deal ",    "Peace-deal. ", "\n\n", "\xff", "\xe2\x80", "<mark>",
        "</mark>", "<script>", "&amp;",        "\"",   "'",    "\u202e",   "中国军队",
        "\u0301",  "FAQ: ",    "attacks ",     "…",    "\t",   "\x01",     "ménaka "};
    for (size_t i = 0; i < 3000; i++) {
        struct buffer body = {0};
        for (size_t count = any(80); count > 0; count--)
            buffer_text(&body, pieces[any(ARRAY_LEN(pieces))]);
        buffer_append(&body, "", 0);
        struct marker *marker =
            marker_for("peace \"peace deal\" att* 中国 deal near/3 menaka mark");
        struct snippet snippet = {0};
        struct snippet_source source = {body.bytes, body.size, any(body.size + 1),
                                        any(body.size + 1)};
        assert_true(snippet_make(marker, &source, stems.stemmers[ENGLISH], &snippet, NULL));
        assert_true(text_is_utf8(snippet.text, snippet.size));
        assert_int_equal(strlen(snippet.text), snippet.size);
        assert_null(strpbrk(snippet.text, "\n\t\r"));
        for (size_t j = 0; j < snippet.mark_count; j++) {
            assert_true(snippet.marks[j].begin < snippet.marks[j].end);
            assert_true(snippet.marks[j].end <= snippet.size);
            assert_true(j == 0 || snippet.marks[j - 1].end < snippet.marks[j].begin);
        }
        char *html = html_of(snippet.text, snippet.size, snippet.marks, snippet.mark_count);
        assert_safe(html);
        free(html);
        snippet_clear(&snippet);
        marker_free(marker);
        buffer_free(&body);
    }
}

int main(void)
{
    const char *given = getenv("SITREP_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    printf("SITREP_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_marked),
        cmocka_unit_test(near_words_are_marked_within_the_window),
        cmocka_unit_test(stems_are_those_of_the_texts_language),
        cmocka_unit_test(titles_alone_answer_title_words),
        cmocka_unit_test(short_bodies_are_whole),
        cmocka_unit_test(the_densest_passage_wins),
        cmocka_unit_test(sections_are_second_choice),
        cmocka_unit_test(cuts_are_shown_and_whole_words),
        cmocka_unit_test(sentences_end_passages),
        cmocka_unit_test(html_is_escaped),
        cmocka_unit_test(html_is_clean),
        cmocka_unit_test(bad_marks_are_passed_over),
        cmocka_unit_test(long_texts_take_linear_time),
        cmocka_unit_test(random_texts_are_safe),
    };
    return cmocka_run_group_tests(tests, open_stemmers, close_stemmers);
}
