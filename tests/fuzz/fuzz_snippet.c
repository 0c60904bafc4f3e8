/* Any text gives a passage with highlights in order, and HTML whose only tags are <mark>. The
 * first byte is where the sections start, in parts of the text. */
#include <string.h>

#include "schema/field.h"
#include "schema/tokenizer.h"
#include "search/snippet.h"
#include "search/stems.h"
#include "tests/fuzz/fuzz.h"
#include "xapian/xap.h"

static void check_html(const struct snippet *snippet)
{
    struct buffer html = {0};
    snippet_html(&html, snippet->text, snippet->size, snippet->marks, snippet->mark_count);
    buffer_append(&html, "", 0);
    FUZZ_CHECK(!html.failed && text_is_utf8(html.bytes, html.size));
    for (size_t i = 0; i < html.size; i++) {
        if (html.bytes[i] == '<')
            FUZZ_CHECK(strncmp(html.bytes + i, "<mark>", 6) == 0 ||
                       strncmp(html.bytes + i, "</mark>", 7) == 0);
        FUZZ_CHECK(html.bytes[i] != '"' && html.bytes[i] != '\'');
    }
    buffer_free(&html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char question[] = "peace \"peace deal\" att* deal near/3 war title:mali \u4e2d";
    static struct marker *marker;
    static struct stems stems = {.languages = {STEMS_ENGLISH}, .count = 1};
    if (!marker) {
        struct query *query;
        FUZZ_CHECK(xap_stemmer_new(STEMS_ENGLISH, &stems.stemmers[0], NULL));
        FUZZ_CHECK(query_parse(question, strlen(question), MATCH_ALL, 0, &query, NULL));
        FUZZ_CHECK(marker_new(query->root, &stems, &marker, NULL));
        query_free(query);
    }
    if (size == 0)
        return 0;
    size_t text_size = size - 1, faq = text_size * (data[0] & 15) / 15;
    struct snippet_source source = {(const char *)data + 1, text_size, faq,
                                    text_size * (size_t)(data[0] >> 4) / 15};
    struct snippet snippet;
    FUZZ_CHECK(snippet_make(marker, &source, stems.stemmers[0], &snippet, NULL));
    FUZZ_CHECK(text_is_utf8(snippet.text, snippet.size));
    for (size_t i = 0; i < snippet.mark_count; i++)
        FUZZ_CHECK((i == 0 || snippet.marks[i - 1].end < snippet.marks[i].begin) &&
                   snippet.marks[i].begin < snippet.marks[i].end &&
                   snippet.marks[i].end <= snippet.size);
    check_html(&snippet);
    snippet_clear(&snippet);
    return 0;
}
