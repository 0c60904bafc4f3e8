/* What questions are read as: tests/cases/query/NAME.test, in groups of three lines,
 *
 *   the question     with \xNN for a byte, \n, \t, \s for a blank, \z for nothing
 *   what it is read as      "(everything)" for all reports, "(limit)" where one is passed
 *   its notes               joined by " | ", "-" for none; or the text of the error
 *
 * parted by blank lines. '#' begins a comment; '% match any' has words joined by OR from there
 * on. Today is 2024-03-15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema/buffer.h"
#include "search/query.h"

#define LINES 3u
#define TODAY 19797 /* 2024-03-15 */

static size_t checked;

static char *unescape(const char *line, size_t *size)
{
    struct buffer out = {0};
    for (; *line; line++) {
        if (*line != '\\') {
            buffer_char(&out, *line);
            continue;
        }
        line++;
        char hex[3] = {0};
        if (*line == 'x' && line[1] && line[2]) {
            memcpy(hex, line + 1, 2);
            buffer_char(&out, (char)strtol(hex, NULL, 16));
            line += 2;
        } else if (*line != 'z') {
            assert_non_null(strchr("nts", *line));
            buffer_char(&out, *line == 'n' ? '\n' : *line == 't' ? '\t' : ' ');
        }
    }
    return buffer_take(&out, size);
}

static char *notes_of(const struct query *query)
{
    struct buffer out = {0};
    for (size_t i = 0; i < query->note_count; i++)
        buffer_format(&out, "%s%s", i > 0 ? " | " : "", query->notes[i].text);
    buffer_text(&out, query->note_count == 0 ? "-" : "");
    return buffer_take(&out, NULL);
}

static void check(const char *file, const char *const lines[LINES], enum match match)
{
    struct query *query = NULL;
    struct error err = {0};
    size_t size;
    char *question = unescape(lines[0], &size), *notes = NULL, *read_as = NULL;
    if (query_parse(question, size, match, TODAY, &query, &err)) {
        read_as = query_describe(query->root);
        notes = notes_of(query);
        if (*read_as == '\0') {
            free(read_as);
            read_as = strdup("(everything)");
        }
    }
    const char *actual[] = {err.code == ERROR_LIMIT ? "(limit)" : read_as,
                            err.code == ERROR_LIMIT ? err.text : notes};
    for (size_t i = 0; i < ARRAY_LEN(actual); i++)
        if (!actual[i] || strcmp(lines[i + 1], actual[i]) != 0)
            fail_msg("%s: %s\n  expected: %s\n  actual:   %s", file, lines[0], lines[i + 1],
                     actual[i]);
    checked++;
    free(question);
    free(read_as);
    free(notes);
    query_free(query);
}

static void run_file(void **state)
{
    const char *name = *state;
    char path[128];
    snprintf(path, sizeof path, "tests/cases/query/%s.test", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    enum match match = MATCH_ALL;
    char *lines[LINES] = {NULL};
    size_t count = 0, rooms[LINES] = {0}, before = checked;
    ssize_t size;
    while ((size = getline(&lines[count], &rooms[count], file)) >= 0) {
        lines[count][strcspn(lines[count], "\n")] = '\0';
        if (count == 0 && (lines[0][0] == '\0' || lines[0][0] == '#'))
            continue;
        if (count == 0 && strcmp(lines[0], "% match any") == 0) {
            match = MATCH_ANY;
            continue;
        }
        if (++count < LINES)
            continue;
        count = 0;
        check(path, (const char *const *)lines, match);
    }
    assert_int_equal(count, 0);
    assert_true(checked > before);
    fclose(file);
    for (size_t i = 0; i < LINES; i++)
        free(lines[i]);
}

/* The text between the next two backquotes, ended in place; '*line' moves past it. */
static char *quoted_cell(char **line)
{
    char *begin = strchr(*line, '`'), *end = begin ? strchr(begin + 1, '`') : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    *line = end + 1;
    return begin + 1;
}

/* The tables of docs/query-language.md whose rows are a question and what it is read as. */
static void the_page_tells_the_truth(void **state)
{
    (void)state;
    FILE *file = fopen("docs/query-language.md", "r");
    assert_non_null(file);
    char *line = NULL;
    size_t room = 0, before = checked;
    bool is_table = false;
    while (getline(&line, &room, file) >= 0) {
        if (line[0] != '|' || strstr(line, "you type"))
            is_table = line[0] == '|';
        char *at = line, *question = quoted_cell(&at), *read_as = quoted_cell(&at);
        if (!is_table || !read_as)
            continue;
        struct query *query = NULL;
        assert_true(query_parse(question, strlen(question), MATCH_ALL, TODAY, &query, NULL));
        char *described = query_describe(query->root);
        assert_string_equal(described, read_as);
        free(described);
        query_free(query);
        checked++;
    }
    assert_true(checked >= before + 40);
    free(line);
    fclose(file);
}

static void there_are_enough(void **state)
{
    (void)state;
    assert_true(checked >= 200);
}

#define CASES(name)                                                                                \
    {                                                                                              \
        name, run_file, NULL, NULL, name                                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES("words"),
        CASES("joins"),
        CASES("fields"),
        CASES("dates"),
        CASES("lenient"),
        CASES("limits"),
        CASES("any"),
        CASES("scripts"),
        cmocka_unit_test(the_page_tells_the_truth),
        cmocka_unit_test(there_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
