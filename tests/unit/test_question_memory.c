/* Memory that runs out while a question is read or a passage is made: an error like any other,
 * with nothing left behind. The linker gives our own calls of malloc and its kin to the functions
 * here, which fail the n-th of them; each work is tried with n = 1, 2, ... until it is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/field.h"
#include "search/question.h"
#include "search/snippet.h"
#include "search/stems.h"
#include "xapian/xap.h"

static long calls_left = -1; /* until the one that fails; -1: none does */

static bool fails(void)
{
    return calls_left > 0 && --calls_left == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *bytes, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return fails() ? NULL : __real_realloc(bytes, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return fails() ? NULL : __real_strndup(text, size);
}

/* Something that allocates; it frees what it made. */
typedef bool work_step(struct error *err);

static void each_allocation_fails(work_step *work)
{
    for (long n = 1;; n++) {
        struct error err = {0};
        calls_left = n;
        bool done = work(&err);
        bool all_tried = calls_left > 0;
        calls_left = -1;
        if (all_tried) {
            assert_true(done);
            assert_true(n > 5);
            return;
        }
        if (done)
            fail_msg("the failure of allocation %ld was not noticed", n);
        assert_int_equal(err.code, ERROR_MEMORY);
    }
}

/* Without scripts that are cut by ICU: the tokenizer makes do where that finds no memory. */
static const char question[] =
    "mali OR (niger -\"peace deal\") title:(a near/5 b) foo:terror* actor:\"Wagner Group\" "
    "NOT NOT x -(c d) date:last 90 days al-qae* l'arm\u00e9e ( !!";

static bool read_query(struct error *err)
{
    struct query *query = NULL;
    if (!query_parse(question, sizeof question - 1, MATCH_ANY, 19797, &query, err)) {
        assert_null(query);
        return false;
    }
    char *described = query_describe(query->root);
    bool done = described || error_set(err, ERROR_MEMORY, NULL, "described");
    free(described);
    query_free(query);
    return done;
}

static bool read_question(struct error *err)
{
    static const char url[] = "q=a%20b&actor=jnim&-actor=isgs&region=ML&from=2023&page=2";
    struct question given = {0}, copy = {0};
    bool done = question_init(&given, err) &&
                question_parse_url(url, sizeof url - 1, &given, err) &&
                question_copy(&given, &copy, err);
    char *again = done ? question_url(&copy) : NULL;
    done = done && (again || error_set(err, ERROR_MEMORY, NULL, "url"));
    free(again);
    question_clear(&given);
    question_clear(&copy);
    return done;
}

static struct query *asked;
static struct stems stems = {.languages = {STEMS_ENGLISH}, .count = 1};

static bool make_snippet(struct error *err)
{
    static const char body[] = "Mali and Niger made a peace deal; b or a. Terrorism in Mali.";
    struct snippet_source source = {body, sizeof body - 1, sizeof body - 1, sizeof body - 1};
    struct marker *marker = NULL;
    struct snippet passage = {0}, title = {0};
    struct buffer html = {0};
    bool done = marker_new(asked->root, &stems, &marker, err) &&
                snippet_make(marker, &source, stems.stemmers[0], &passage, err) &&
                snippet_make_title(marker, body, sizeof body - 1, stems.stemmers[0], &title, err);
    if (done)
        snippet_html(&html, title.text, title.size, title.marks, title.mark_count);
    done = done && (!html.failed || error_set(err, ERROR_MEMORY, NULL, "html"));
    buffer_free(&html);
    snippet_clear(&passage);
    snippet_clear(&title);
    marker_free(marker);
    return done;
}

static void questions_survive(void **state)
{
    (void)state;
    each_allocation_fails(read_query);
    each_allocation_fails(read_question);
}

static void passages_survive(void **state)
{
    (void)state;
    assert_true(xap_stemmer_new(STEMS_ENGLISH, &stems.stemmers[0], NULL));
    assert_true(query_parse(question, sizeof question - 1, MATCH_ALL, 19797, &asked, NULL));
    each_allocation_fails(make_snippet);
    query_free(asked);
    xap_stemmer_free(stems.stemmers[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_survive),
        cmocka_unit_test(passages_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
