#include "indexer/reader.h"
#include "tests/unit/scratch.h"

static struct tally ignored;
static struct input *input;

static struct reader *open_file(void **state, const char *name, const char *text)
{
    static char path[300];
    snprintf(path, sizeof path, "%s", scratch_file(state, name, text));
    struct reader *reader = NULL;
    bool known = false;
    memset(&ignored, 0, sizeof ignored);
    ok(input_open(path, &input, err));
    ok(reader_open(input, path, name, &ignored, &reader, &known, err));
    assert_true(known);
    return reader;
}

static void close_file(struct reader *reader)
{
    reader_close(reader);
    input_close(input);
}

static struct report next_report(struct reader *reader, size_t line)
{
    struct report report = {0};
    struct error why = {0};
    if (reader_next(reader, &report, &why) != READ_REPORT)
        fail_msg("no report: %s: %s", why.where, why.text);
    assert_int_equal(reader->line, line);
    return report;
}

static void next_reject(struct reader *reader, const char *where_end, const char *reason)
{
    struct report report = {0};
    struct error why = {0};
    assert_int_equal(reader_next(reader, &report, &why), READ_REJECT);
    assert_null(report.id);
    assert_null(report.body);
    if (!strstr(why.text, reason))
        fail_msg("'%s' is not in '%s'", reason, why.text);
    size_t size = strlen(why.where), end = strlen(where_end);
    if (size < end || strcmp(why.where + size - end, where_end) != 0)
        fail_msg("'%s' does not end in '%s'", why.where, where_end);
}

static void at_end(struct reader *reader)
{
    struct report report = {0};
    assert_int_equal(reader_next(reader, &report, NULL), READ_END);
    assert_int_equal(reader_next(reader, &report, NULL), READ_END);
    close_file(reader);
}

static void expect_day(const struct report *report, const char *expected)
{
    char day[DAY_TEXT_ROOM];
    assert_string_equal(day_format(report->day, day), expected);
}

static void seed_form(void **state)
{
    struct reader *reader = open_file(state, "dir/one.txt",
                                      " date 2023-11-15 Men on horses came. They left.\n\nMore.\n");
    struct report report = next_report(reader, 1);
    expect_day(&report, "2023-11-15");
    assert_string_equal(report.body, "Men on horses came. They left.\n\nMore.");
    assert_string_equal(report.origin, "dir/one.txt");
    assert_true(report.title_derived);
    char id[17];
    report_hash_id("dir/one.txt", id);
    assert_string_equal(report.id, id);
    report_clear(&report);
    at_end(reader);
}

/* Undated, and plain text: the dateline, then the file's name. */
static void dates_from_elsewhere(void **state)
{
    static const struct {
        const char *name, *text, *day;
        enum precision precision;
    } cases[] = {
        {"a.txt", "GAO, 15 Nov. 2023 (AFP) - Men came.", "2023-11-15", PRECISION_DAY},
        {"2023-11-15-men.txt", "Men came.", "2023-11-15", PRECISION_DAY},
        {"2023-11-men.txt", "Men came.", "2023-11-01", PRECISION_MONTH},
        {"2023-11-16.txt", "date 2023-11-15 Men came.", "2023-11-15", PRECISION_DAY},
        {"a.txt", "date 2023-11 Men came.", "2023-11-01", PRECISION_MONTH},
        {"b.jsonl", "{\"date\": 2023, \"text\": \"Men came.\"}", "2023-01-01", PRECISION_YEAR},
        {"2023-11-15.jsonl", "{\"text\": \"Men came.\"}", "", PRECISION_DAY},
        {"a.jsonl", "{\"text\": \"GAO, Nov 15, 2023 - Men came.\"}", "2023-11-15", PRECISION_DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader *reader = open_file(state, cases[i].name, cases[i].text);
        struct report report = next_report(reader, 1);
        expect_day(&report, cases[i].day);
        assert_int_equal(report.precision, cases[i].precision);
        report_clear(&report);
        at_end(reader);
    }
}

static void json_lines(void **state)
{
    struct reader *reader = open_file(
        state, "r.jsonl",
        "{\"id\": \"a1\", \"date\": \"2020-02-29\", \"title\": \"  A \\n title \", \"text\": "
        "\"Body \\u00e9.\","
        " \"url\": \"https://un.org/x\", \"lang\": \"EN-gb\", \"actors\": [\"RF\", \"x\"],"
        " \"places\": \"Mali\", \"extra\": 1, \"source\": null}\n"
        "\r\n"
        "{\"id\": 17, \"body\": \"Undated.\"}");
    struct report report = next_report(reader, 1);
    assert_string_equal(report.id, "a1");
    assert_string_equal(report.title, "A title");
    assert_string_equal(report.body, "Body \xc3\xa9.");
    assert_string_equal(report.language, "en");
    assert_string_equal(report.source, "un.org");
    assert_int_equal(report.given_count, 3);
    assert_string_equal(report.given[2].text, "Mali");
    assert_int_equal(report.given[2].kind, MENTION_REGION);
    assert_int_equal(ignored.count, 1);
    assert_string_equal(ignored.rows[0].name, "extra");
    report_clear(&report);
    report = next_report(reader, 3);
    assert_string_equal(report.id, "17");
    assert_int_equal(report.day, DAY_NONE);
    report_clear(&report);
    at_end(reader);
}

/* What no field takes is passed over whole, what is no text within one is made good. */
static void json_lines_take_what_they_can(void **state)
{
    struct reader *reader = open_file(
        state, "r.jsonl",
        "{\"id\": \"a\", \"deep\": {\"id\": \"b\", \"text\": [{\"date\": 1}, [true]]}, \"text\": "
        "\"Nul \\u0000, half \\uD800 a pair, whole \\uD83D\\uDE00.\", \"url\": null,"
        " \"actors\": [null, \"RF\", 7]}\n"
        "{\"id\": 123456789012345678901234567890, \"text\": \"Big.\"}");
    struct report report = next_report(reader, 1);
    assert_string_equal(report.id, "a");
    assert_string_equal(report.body, "Nul \xef\xbf\xbd, half ? a pair, whole \xf0\x9f\x98\x80.");
    assert_int_equal(report.given_count, 2);
    assert_string_equal(report.given[1].text, "7");
    assert_int_equal(ignored.count, 1);
    report_clear(&report);
    report = next_report(reader, 2);
    assert_string_equal(report.id, "123456789012345678901234567890");
    report_clear(&report);
    at_end(reader);
}

static void json_lines_rejects_name_line_and_reason(void **state)
{
    struct reader *reader = open_file(state, "r.jsonl",
                                      "{\"text\": \"a\"\n"
                                      "[1]\n"
                                      "{\"text\": \"a\", \"date\": \"2023-02-30\"}\n"
                                      "{\"text\": [\"a\"]}\n"
                                      "{\"text\": \"a\", \"text\": \"b\"}\n"
                                      "{\"text\": \"a\", \"body\": \"b\"}\n"
                                      "{\"title\": \"only\"}\n"
                                      "{\"text\": \"control \x01\"}\n"
                                      "{\"text\": \"good\"}\n");
    next_reject(reader, "r.jsonl:1", "not JSON");
    next_reject(reader, "r.jsonl:2", "not a JSON object");
    next_reject(reader, "r.jsonl:3", "date: '2023-02-30' is not a day");
    next_reject(reader, "r.jsonl:4", "text: must be a string");
    next_reject(reader, "r.jsonl:5", "text: given twice");
    next_reject(reader, "r.jsonl:6", "given twice");
    next_reject(reader, "r.jsonl:7", "no text");
    next_reject(reader, "r.jsonl:8", "not JSON");
    struct report report = next_report(reader, 9);
    assert_string_equal(report.body, "good");
    report_clear(&report);
    at_end(reader);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    struct reader *reader = open_file(state, "r.jsonl", "{\"text\": \"a\xff z\"}\n");
    struct report report = next_report(reader, 1);
    assert_string_equal(report.body, "a\xef\xbf\xbd z");
    report_clear(&report);
    at_end(reader);
}

/* An id made of what a record says: the same wherever it stands, another for another text. */
static void records_without_id(void **state)
{
    char ids[3][32];
    static const char *const texts[] = {"{\"text\": \"a\"}\n{\"text\": \"b\"}\n",
                                        "{\"text\": \"b\"}\n"};
    struct reader *reader = open_file(state, "r.jsonl", texts[0]);
    for (size_t i = 0; i < 2; i++) {
        struct report report = next_report(reader, i + 1);
        snprintf(ids[i], sizeof ids[i], "%s", report.id);
        report_clear(&report);
    }
    at_end(reader);
    reader = open_file(state, "r.jsonl", texts[1]);
    struct report report = next_report(reader, 1);
    snprintf(ids[2], sizeof ids[2], "%s", report.id);
    report_clear(&report);
    at_end(reader);
    assert_string_not_equal(ids[0], ids[1]);
    assert_string_equal(ids[1], ids[2]);
}

static void csv_with_a_header(void **state)
{
    struct reader *reader =
        open_file(state, "r.csv",
                  "URL, Date ,title,text,actors,note\r\n"
                  "https://a.org/1,2019-01-04,\"A, \"\"b\"\"\",\"two\nlines\",RF; X,n\r\n"
                  "\r\n"
                  "https://a.org/2,,t,body,,\r\n");
    struct report report = next_report(reader, 2);
    expect_day(&report, "2019-01-04");
    assert_string_equal(report.title, "A, \"b\"");
    assert_string_equal(report.body, "two\nlines");
    assert_int_equal(report.given_count, 2);
    assert_string_equal(report.given[1].text, "X");
    assert_int_equal(strlen(report.id), 16);
    report_clear(&report);
    report = next_report(reader, 5);
    assert_int_equal(report.day, DAY_NONE);
    assert_int_equal(report.given_count, 0);
    report_clear(&report);
    at_end(reader);
    assert_int_equal(ignored.count, 1);
    assert_string_equal(ignored.rows[0].name, "note");
    assert_int_equal(ignored.rows[0].count, 2);
}

static void csv_rejects_name_line_and_reason(void **state)
{
    struct reader *reader = open_file(state, "r.csv",
                                      "id,text\n"
                                      "1,a,too many\n"
                                      "2\n"
                                      "3,\"a\"b\"\n"
                                      "4,good\n"
                                      "5,\"never closed\nmore\n");
    next_reject(reader, "r.csv:2", "columns: 3; the first row has 2");
    next_reject(reader, "r.csv:3", "columns: 1; the first row has 2");
    next_reject(reader, "r.csv:4", "a quote inside a cell is not doubled");
    struct report report = next_report(reader, 5);
    assert_string_equal(report.id, "4");
    report_clear(&report);
    next_reject(reader, "r.csv:6", "a quote is never closed");
    at_end(reader);
    reader = open_file(state, "r.csv", "id,date\n1,2020-01-01\n");
    next_reject(reader, "r.csv:1", "names no column 'text' or 'body'");
    at_end(reader);
    reader = open_file(state, "r.csv", "");
    next_reject(reader, "r.csv:1", "is empty");
    at_end(reader);
}

static void html_pages(void **state)
{
    struct reader *reader = open_file(
        state, "a/page.htm",
        "<html lang=en-GB><title>T</title><meta name=date content=2023-11-15>"
        "<link rel=canonical href='https://www.un.org/a'><meta property=og:site_name content=UN>"
        "<h1>A truce</h1><p>Text.");
    struct report report = next_report(reader, 1);
    expect_day(&report, "2023-11-15");
    assert_string_equal(report.title, "A truce");
    assert_false(report.title_derived);
    assert_string_equal(report.body, "Text.");
    assert_string_equal(report.url, "https://www.un.org/a");
    assert_string_equal(report.source, "un.org");
    assert_string_equal(report.language, "en");
    report_clear(&report);
    at_end(reader);
    reader = open_file(state, "2023-11-15-page", "<!doctype html><p>Text.");
    report = next_report(reader, 1);
    expect_day(&report, "2023-11-15"); /* of its name */
    char id[17];
    report_hash_id("2023-11-15-page", id);
    assert_string_equal(report.id, id);
    report_clear(&report);
    at_end(reader);
    reader = open_file(state, "a.html", "<nav>Home</nav>");
    next_reject(reader, "a.html:1", "no text");
    at_end(reader);
}

static void markdown(void **state)
{
    struct reader *reader =
        open_file(state, "a.md",
                  "---\n"
                  "# a comment\n"
                  "Date: 2023-11-15\n"
                  "title: \"A truce: at last\"\n"
                  "url: https://un.org/a\n"
                  "actors: [RF, 'hill guard']\n"
                  "regions:\n"
                  "  - Mali\n"
                  "draft: no\n"
                  "---\n"
                  "# A truce: at last\n\n"
                  "One *bold* [link](https://x.org/y) and `code`\nnext &amp; ![picture](p.png).\n\n"
                  "- a\n- b\n\n"
                  "> Quote  \n> lines\n\n"
                  "```\nkept\nlines\n```\n"
                  "<div>no</div>\n\n"
                  "## Part\nEnd\n");
    struct report report = next_report(reader, 1);
    expect_day(&report, "2023-11-15");
    assert_string_equal(report.title, "A truce: at last");
    assert_string_equal(report.source, "un.org");
    assert_int_equal(report.given_count, 3);
    assert_string_equal(report.given[1].text, "hill guard");
    assert_int_equal(report.given[2].kind, MENTION_REGION);
    assert_string_equal(report.body, "One bold link and code next & picture.\n\na\nb\n\n"
                                     "Quote\nlines\n\nkept\nlines\n\nPart\n\nEnd");
    assert_int_equal(ignored.count, 1);
    assert_string_equal(ignored.rows[0].name, "draft");
    report_clear(&report);
    at_end(reader);
    reader = open_file(state, "a.markdown", "Lead.\n\n# The title\n\nText.");
    report = next_report(reader, 1);
    assert_string_equal(report.title, "The title");
    assert_string_equal(report.body, "Lead.\n\nText.");
    report_clear(&report);
    at_end(reader);
}

static void markdown_without_a_whole_head(void **state)
{
    struct reader *reader = open_file(state, "a.md", "---\ndate: 2023-11-15\n");
    struct report report = next_report(reader, 1);
    assert_int_equal(report.day, DAY_NONE);
    report_clear(&report);
    at_end(reader);
    reader = open_file(state, "a.md", "---\ndate: 2023-11-31\n---\nText.");
    next_reject(reader, "a.md:1", "date: '2023-11-31' is not a day");
    at_end(reader);
    reader = open_file(state, "a.md", "---\ndate: 2023-11-30\n---\n");
    next_reject(reader, "a.md:1", "no text");
    at_end(reader);
}

static void seed_rejects(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "is empty"},
        {"No date here.", "does not begin with 'date YYYY-MM-DD'"},
        {"date 2023-02-30 Text.", "date: '2023-02-30' is not a day"},
        {"date 2023-02-28", "no text"},
        {"dates 2023-02-28 Text.", "does not begin"},
        {"\xff\xfe"
         "d",
         "UTF-16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader *reader = open_file(state, "r.txt", cases[i].text);
        next_reject(reader, "r.txt:1", cases[i].reason);
        at_end(reader);
    }
}

static void formats_are_told_by_name_or_content(void **state)
{
    static const struct {
        const char *name, *text, *format;
    } cases[] = {
        {"a.ndjson", "x", "jsonl"},
        {"a.csv", "x", "csv"},
        {"a.txt", "x", "seed"},
        {"stdin", " \n{\"a\": 1}", "jsonl"},
        {"x", "\n date 2020-01-01", "seed"},
        {"x", "\"URL\", text\n", "csv"},
        {"x.unknown", "{}", "jsonl"},
        {"dir.csv/x", "date 2020-01-01 a", "seed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader *reader = open_file(state, cases[i].name, cases[i].text);
        assert_string_equal(reader->format->name, cases[i].format);
        close_file(reader);
    }
    struct reader *reader = NULL;
    bool known = true;
    ok(input_open(scratch_file(state, "a.log", "# A page\n"), &input, err));
    ok(reader_open(input, "a.log", "a.log", NULL, &reader, &known, err));
    assert_false(known);
    assert_null(reader);
    close_file(reader);
    ok(input_open(scratch_file(state, "y", ""), &input, err));
    ok(reader_open(input, "y", "y", NULL, &reader, &known, err));
    assert_false(known);
    close_file(reader);
}

static void a_long_path_keeps_its_end(void **state)
{
    (void)state;
    char path[600], where[READER_WHERE_ROOM];
    memset(path, 'p', sizeof path);
    strcpy(path + sizeof path - 10, "/end.json");
    struct reader reader = {.path = path, .line = 1234567};
    reader_where(&reader, where);
    assert_true(strlen(where) < READER_WHERE_ROOM);
    assert_non_null(strstr(where, "/end.json:1234567"));
    assert_memory_equal(where, "...", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seed_form, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(dates_from_elsewhere, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(html_pages, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(markdown, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(markdown_without_a_whole_head, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(seed_rejects, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(json_lines, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(json_lines_take_what_they_can, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(json_lines_rejects_name_line_and_reason, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(bytes_that_are_not_utf8_are_replaced, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(records_without_id, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(csv_with_a_header, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(csv_rejects_name_line_and_reason, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(formats_are_told_by_name_or_content, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(a_long_path_keeps_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
