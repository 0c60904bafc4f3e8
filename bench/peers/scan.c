/* scan: the slowest peer of all, which is right by its plainness: for each question it walks
 * through all reports, word by word. It answers the task 'check' only; see bench/compare.c.
 *
 *   scan REPORTS.jsonl
 *
 * The reports are those that bench/export_reports.c writes.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/question_file.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

struct scan {
    json_t **reports;
    char **texts; /* of the reports: title and text folded, blanks around every word */
    size_t count, room;
};

/* One value of a facet, once for every report that has it. */
struct found {
    char **values;
    size_t count, room;
};

static char *fold_member(const json_t *report, const char *name)
{
    const json_t *member = json_object_get(report, name);
    return text_fold(json_string_value(member), json_string_length(member));
}

static bool add_report(struct scan *scan, json_t *report)
{
    struct buffer text = {0};
    char *title = fold_member(report, "title"), *body = fold_member(report, "text");
    if (title && body) /* the bar keeps phrases out of the gap */
        buffer_format(&text, " %s | %s ", title, body);
    free(title);
    free(body);
    size_t room = scan->room;
    if (!array_reserve(&scan->reports, &scan->room, scan->count + 1, sizeof(json_t *)) ||
        !array_reserve(&scan->texts, &room, scan->count + 1, sizeof(char *)))
        return false;
    scan->reports[scan->count] = report;
    scan->texts[scan->count] = buffer_take(&text, NULL);
    return scan->texts[scan->count++] != NULL;
}

static bool read_reports(const char *path, struct scan *scan, struct error *err)
{
    FILE *input = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool ok = input || error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    while (ok && getline(&line, &room, input) > 0) {
        json_t *report = json_loads(line, 0, NULL);
        ok = report ? add_report(scan, report) || error_set(err, ERROR_MEMORY, NULL, "no memory")
                    : error_set(err, ERROR_DATA, path, "no JSON: %.40s", line);
    }
    free(line);
    if (input)
        fclose(input);
    return ok;
}

static bool has_run(const char *text, const char *words)
{
    char padded[1024];
    snprintf(padded, sizeof padded, " %s ", words);
    return strstr(text, padded) != NULL;
}

static bool has_words(const char *text, const struct asked *asked)
{
    char words[1024], *rest = words;
    bool any = strcmp(asked->match, "any") == 0;
    if (!*asked->words || strcmp(asked->match, "phrase") == 0)
        return !*asked->words || has_run(text, asked->words);
    snprintf(words, sizeof words, "%s", asked->words);
    for (const char *word; (word = strsep(&rest, " "));)
        if (has_run(text, word) == any)
            return any;
    return !any;
}

static bool has_value(const json_t *values, const char *wanted)
{
    size_t i;
    json_t *value;
    json_array_foreach(values, i,
                       value) if (strcmp(json_string_value(value), wanted) == 0) return true;
    return false;
}

static bool matches(const struct scan *scan, size_t number, const struct asked *asked)
{
    const json_t *report = scan->reports[number];
    const char *date = json_string_value(json_object_get(report, "date"));
    day_t day = day_parse(date, strlen(date));
    bool dated = asked->from != DAY_NONE || asked->to != DAY_NONE;
    return has_words(scan->texts[number], asked) &&
           (!*asked->actor || has_value(json_object_get(report, "actors"), asked->actor)) &&
           (!dated || (day != DAY_NONE && (asked->from == DAY_NONE || day >= asked->from) &&
                       (asked->to == DAY_NONE || day <= asked->to)));
}

static void add_found(struct found *found, const char *value, size_t size)
{
    if (size > 0 && array_reserve(&found->values, &found->room, found->count + 1, sizeof(char *)))
        found->values[found->count++] = strndup(value, size);
}

static void add_values(struct found *found, const json_t *values)
{
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
        add_found(found, json_string_value(value), json_string_length(value));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* " jnim=12 wagner-group=3", and forgets what was found. */
static void print_found(struct found *found)
{
    if (found->count > 0)
        qsort(found->values, found->count, sizeof found->values[0], compare);
    for (size_t i = 0, next; i < found->count; i = next) {
        for (next = i;
             next < found->count && compare(&found->values[i], &found->values[next]) == 0;)
            next++;
        printf(" %s=%zu", found->values[i], next - i);
    }
    for (size_t i = 0; i < found->count; i++)
        free(found->values[i]);
    free(found->values);
}

static void check(const struct scan *scan, const struct asked *asked)
{
    struct found actors = {0}, regions = {0}, months = {0};
    size_t total = 0;
    for (size_t i = 0; i < scan->count; i++) {
        const json_t *report = scan->reports[i];
        if (!matches(scan, i, asked))
            continue;
        total++;
        add_values(&actors, json_object_get(report, "actors"));
        add_values(&regions, json_object_get(report, "regions"));
        const char *date = json_string_value(json_object_get(report, "date"));
        add_found(&months, date, *date ? strlen("2023-11") : 0);
    }
    printf("0\t%zu\tactor", total);
    print_found(&actors);
    printf(" region");
    print_found(&regions);
    printf(" date");
    print_found(&months);
    putchar('\n');
}

static bool answer_all(const struct scan *scan, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    while (ok && getline(&line, &room, stdin) > 0) {
        struct asked asked;
        char *question = line, *task = strsep(&question, "\t");
        if (question)
            question[strcspn(question, "\n")] = '\0';
        if (strcmp(task, "check") != 0) {
            puts("-");
        } else {
            ok = question_file_parse(question ? question : "", "standard input", &asked, err);
            if (ok)
                check(scan, &asked);
            if (ok)
                question_file_clear_line(&asked);
        }
        fflush(stdout);
    }
    free(line);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct scan scan = {0};
    if (argc != 2)
        error_set(&err, ERROR_USAGE, NULL, "usage: scan REPORTS.jsonl");
    bool ok = argc == 2 && read_reports(argv[1], &scan, &err) && answer_all(&scan, &err);
    for (size_t i = 0; i < scan.count; i++) {
        json_decref(scan.reports[i]);
        free(scan.texts[i]);
    }
    free(scan.reports);
    free(scan.texts);
    if (!ok)
        fprintf(stderr, "scan: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return ok ? 0 : error_exit_status(err.code);
}
