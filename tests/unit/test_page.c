#include "indexer/page.h"
#include "tests/unit/scratch.h"

static struct page page;

static void read_page(const char *html, size_t size)
{
    page_clear(&page);
    ok(page_read(html, size, &page, err));
}

static void expect_text(const char *html, const char *text)
{
    read_page(html, strlen(html));
    assert_string_equal(page.text, text);
}

static void expect_day(const char *head, const char *expected)
{
    char html[2000], day[DAY_TEXT_ROOM];
    snprintf(html, sizeof html, "<html><head>%s</head><body><p>Text.", head);
    read_page(html, strlen(html));
    assert_string_equal(day_format(page.published, day), expected);
}

static void blocks_are_paragraphs(void **state)
{
    (void)state;
    expect_text("<p>One\n  <b>bold</b>word.<p>Two<br>lines.<ul><li>a<li>b</ul>After"
                "<table><tr><td>x<td>y<tr><td>z</table>",
                "One boldword.\n\nTwo\nlines.\n\na\nb\n\nAfter\n\nx y\nz");
    expect_text("<pre>line one\n  line two\n\nthree</pre>", "line one\nline two\n\nthree");
    expect_text("a&amp;b &eacute;&#233;&hellip; &nosuch; &lt;p&gt; <!-- no -->c",
                "a&b \xc3\xa9\xc3\xa9\xe2\x80\xa6 &nosuch; <p> c");
    read_page("", 0);
    assert_null(page.text);
    expect_text("plain words", "plain words");
}

static void what_stands_around_a_text_is_left_out(void **state)
{
    (void)state;
    expect_text(
        "<title>T</title><style>s{}</style><header>Site</header><nav><ul><li>Home</ul></nav>"
        "<div role=navigation>More</div><p>Text.<script>var x = '<p>';</script>"
        "<aside>Also read</aside><form><p>Write <button>Send</button></form>"
        "<p aria-hidden=true>Icon<p>End.<noscript>JavaScript!</noscript><footer>(c)</footer>",
        "Text.\n\nEnd.");
    /* Inside of the one article too, and nothing outside of it. */
    expect_text(
        "<div>Before<article><header><h1>H</h1></header><p>Text.<footer>Tags</footer></article>"
        "After",
        "Text.");
    expect_text("<main><article>One.</article><article>Two.</article></main>Teaser",
                "One.\n\nTwo.");
    expect_text("<div role=main>Text.</div><div>Teaser</div>", "Text.");
    /* Some servers put all of a page into a form. */
    expect_text("<body><form action=x><nav>Home</nav><p>Text.<input value=v></form>", "Text.");
    expect_text("<nav>Home</nav><article></article>", "");
}

static void the_title_is_not_said_twice(void **state)
{
    (void)state;
    expect_text("<title>Truce - The Site</title><h1>A  <i>truce</i></h1><p>Text.<h1>B</h1>",
                "Text.\n\nB");
    assert_string_equal(page.title, "A truce");
    expect_text("<title>Truce - The Site</title><p>Text.", "Text.");
    assert_string_equal(page.title, "Truce - The Site");
    expect_text("<meta property='og:title' content='T &amp; U'><h1>Other</h1>Text.",
                "Other\n\nText.");
    assert_string_equal(page.title, "T & U");
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *head, *day;
    } cases[] = {
        {"", ""},
        {"<meta property='article:published_time' content='2023-11-15T10:00:00+01:00'>",
         "2023-11-15"},
        {"<meta name='DC.date' content='2023-11-15'>", "2023-11-15"},
        {"<meta name=date content='soon'><meta name=pubdate content='15 Nov 2023'>", "2023-11-15"},
        {"<meta name=date content=2020-01-01><meta name=dc.date.issued content=2023-11-15>",
         "2023-11-15"},
        {"<meta itemprop=datePublished content=2023-11-15>", "2023-11-15"},
        {"<script type='application/ld+json'>{\"@graph\": [{\"author\": 1}, {\"datePublished\": "
         "\"2023-11-15\"}]}</script><meta name=date content=2020-01-01>",
         "2023-11-15"},
        {"<script type='application/ld+json'>{broken</script>", ""},
        {"</head><body><time>yesterday</time><time datetime=2023-11-15>x</time><time>1 May "
         "2020</time>",
         "2023-11-15"},
        {"</head><body><time>15 November 2023</time>", "2023-11-15"},
        {"<meta name=date content=2020-01-01></head><body><time>15 November 2023</time>",
         "2020-01-01"},
        {"</head><body><nav><time datetime=2020-01-01></time></nav><article><time "
         "datetime=2023-11-15></time>",
         "2023-11-15"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_day(cases[i].head, cases[i].day);
}

static void url_site_and_language(void **state)
{
    (void)state;
    expect_text(
        "<html lang=fr-FR><meta property=og:url content=https://a.org/1>"
        "<meta property=og:site_name content='The A'><link rel=canonical href=https://a.org/2>"
        "<p>Text.",
        "Text.");
    assert_string_equal(page.url, "https://a.org/2");
    assert_string_equal(page.site, "The A");
    assert_string_equal(page.language, "fr-FR");
    expect_text("<link rel=canonical href=/2><meta http-equiv=content-language content=es>Text.",
                "Text.");
    assert_null(page.url);
    assert_string_equal(page.language, "es");
}

static void encodings(void **state)
{
    (void)state;
    expect_text("<p>d\xc3\xa9j\xc3\xa0", "d\xc3\xa9j\xc3\xa0");
    expect_text("<meta charset=iso-8859-1><p>\xc3\xa9", "\xc3\xa9"); /* it is UTF-8 all the same */
    expect_text("<p>d\xe9j\xe0 \x93vu\x94",
                "d\xc3\xa9j\xc3\xa0 \xe2\x80\x9cvu\xe2\x80\x9d"); /* windows-1252 */
    expect_text("<meta charset='ISO-8859-1'><p>\x93vu\x94", "\xe2\x80\x9cvu\xe2\x80\x9d");
    expect_text("<meta http-equiv=content-type content='text/html; charset=windows-1251'><p>"
                "\xcc\xe8\xf0",
                "\xd0\x9c\xd0\xb8\xd1\x80");
    expect_text("<meta charset=koi8-r><p>\xed\xc9\xd2", "\xd0\x9c\xd0\xb8\xd1\x80");
    expect_text("<meta charset=nosuch><p>\xe9", "\xc3\xa9");
    expect_text("<meta charset=utf-8><p>a\xff", "a\xef\xbf\xbd");
    static const char utf16[] = "\xff\xfe<\0p\0>\0\x1c\x04\x38\x04\x40\x04";
    read_page(utf16, sizeof utf16 - 1);
    assert_string_equal(page.text, "\xd0\x9c\xd0\xb8\xd1\x80");
    read_page("<p>a\0b", 6);
    assert_string_equal(page.text, "a\xef\xbf\xbd"
                                   "b");
}

static void hostile_pages_end(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    static const char *const parts[] = {"<b>",  "<div><p>", "<table><tr><td>",
                                        "</x>", "<p></b>",  "<a href=",
                                        "<!--", "&",        "<script>"};
    char *html = malloc(SIZE);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = strlen(parts[i]);
        for (size_t at = 0; at < SIZE; at++)
            html[at] = parts[i][at % length];
        read_page(html, SIZE);
    }
    free(html);
}

static void recognizes(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        bool is_page;
    } cases[] = {
        {"<!DOCTYPE html>", true},
        {"\n<?xml version='1.0'?>\n<!-- x -->\n<HTML lang=en>", true},
        {"<head>", true},
        {"<p>", false},
        {"", false},
        {"date 2023-11-15", false},
        {"<!-- <html>", false},
        {"<?xml version='1.0'?><rss>", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(page_recognize(cases[i].head, strlen(cases[i].head)), cases[i].is_page);
}

static int end(void **state)
{
    (void)state;
    page_clear(&page);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_paragraphs),
        cmocka_unit_test(what_stands_around_a_text_is_left_out),
        cmocka_unit_test(the_title_is_not_said_twice),
        cmocka_unit_test(dates),
        cmocka_unit_test(url_site_and_language),
        cmocka_unit_test(encodings),
        cmocka_unit_test(hostile_pages_end),
        cmocka_unit_test(recognizes),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
