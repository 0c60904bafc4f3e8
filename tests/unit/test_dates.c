#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/dates.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

/* A case is two lines: "DATE | text" (the date may be a month, a year or missing), and "= " with
 * the dates found, as surface=id parted by "; ". '#' begins a comment. */
#define CASES "tests/cases/dates/cases.txt"

static size_t cut(const char *text, size_t size, struct word **out)
{
    struct tokenizer tokenizer;
    struct token token;
    struct word *words = NULL;
    size_t count = 0, room = 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        assert_true(array_reserve(&words, &room, count + 1, sizeof *words));
        words[count++] = (struct word){.begin = (uint32_t)token.begin,
                                       .end = (uint32_t)token.end,
                                       .flags = (uint16_t)token.flags};
    }
    tokenizer_end(&tokenizer);
    *out = words;
    return count;
}

struct found {
    const char *text;
    struct buffer list;
    uint32_t end;
};

static bool collect(void *context, const struct date *date)
{
    struct found *found = context;
    char id[DAY_TEXT_ROOM];
    assert_true(date->begin >= found->end && date->begin < date->end);
    assert_in_range(date->confidence, 1, 100);
    found->end = date->end;
    buffer_format(&found->list, "%s%.*s=%s", found->list.size ? "; " : "",
                  (int)(date->end - date->begin), found->text + date->begin,
                  day_format_to(date->day, date->precision, id));
    return true;
}

static struct date_anchor read_anchor(const char *text, size_t size)
{
    char full[] = "0000-01-01";
    if (size == 0 || size > 10)
        return (struct date_anchor){DAY_NONE, PRECISION_DAY};
    memcpy(full, text, size);
    day_t day = day_parse(full, 10);
    assert_int_not_equal(day, DAY_NONE);
    return (struct date_anchor){day, size == 10  ? PRECISION_DAY
                                     : size == 7 ? PRECISION_MONTH
                                                 : PRECISION_YEAR};
}

static char *find(const char *text, struct date_anchor anchor)
{
    struct found found = {.text = text};
    struct word *words;
    size_t count = cut(text, strlen(text), &words);
    buffer_text(&found.list, "");
    assert_true(dates_find(text, strlen(text), words, count, anchor, collect, &found));
    free(words);
    char *list = buffer_take(&found.list, NULL);
    assert_non_null(list);
    return list;
}

static void cases(void **state)
{
    (void)state;
    char *line = NULL, *text = NULL;
    size_t room = 0, number = 0, wrong = 0, count = 0;
    struct date_anchor anchor = {DAY_NONE, PRECISION_DAY};
    FILE *file = fopen(CASES, "r");
    assert_non_null(file);
    for (ssize_t size; number++, (size = getline(&line, &room, file)) > 0;) {
        line[strcspn(line, "\n")] = '\0';
        char *bar = strstr(line, "| ");
        if (line[0] == '=') {
            assert_non_null(text);
            char *list = find(text, anchor);
            const char *wanted = line[1] ? line + 2 : "";
            if (strcmp(list, wanted) != 0) {
                print_error("%s:%zu: %s\n  wanted %s\n  found  %s\n", CASES, number, text, wanted,
                            list);
                wrong++;
            }
            count++;
            free(list);
        } else if (line[0] != '#' && line[0] != '\0') {
            assert_non_null(bar);
            size_t head = (size_t)(bar - line);
            while (head > 0 && line[head - 1] == ' ')
                head--;
            anchor = read_anchor(line, head);
            free(text);
            text = strdup(bar + 2);
            for (char *at; (at = strstr(text, "\\n")) != NULL;)
                memcpy(at, " \n", 2);
        }
    }
    fclose(file);
    free(line);
    free(text);
    print_message("%zu of %zu cases\n", count - wrong, count);
    assert_true(count > 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
