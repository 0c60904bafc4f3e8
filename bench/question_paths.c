/* question_paths: the fixed questions as paths that a browser would ask for.
 *
 *   question_paths --questions FILE [--class NAME] [--omega]
 *   question_paths --questions FILE --mix N [--seed S]
 *
 * With --mix, N requests as a room of readers makes them: 60 of 100 repeat one of the last 50 pages
 * asked for, 20 narrow one of them by an actor or a year, 10 turn to its next page, and 10 are
 * new questions.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/asked_question.h"
#include "schema/buffer.h"

#define RECENT 50

struct mix {
    const struct question_file *questions;
    struct question recent[RECENT];
    size_t count; /* questions asked, in all */
    uint64_t state;
};

static size_t random_below(struct mix *mix, size_t limit)
{
    mix->state = mix->state * 6364136223846793005u + 1442695040888963407u; /* Knuth */
    return (size_t)((mix->state >> 33) % limit);
}

static bool print_question(const struct question *question, struct error *err)
{
    char *url = question_url(question);
    bool ok = url && printf("/search.json?%s\n", url) > 0;
    free(url);
    return ok || error_set(err, ERROR_IO, NULL, "cannot write");
}

static bool is_of_class(const struct asked *asked, const char *class)
{
    return !class || strcmp(asked->class, class) == 0;
}

static bool print_all(const struct question_file *questions, const char *class, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < questions->count; i++) {
        struct question question = {0};
        if (!is_of_class(&questions->items[i], class))
            continue;
        ok = asked_question(&questions->items[i], &question, err) && print_question(&question, err);
        question_clear(&question);
    }
    return ok;
}

/* Omega answers no question without words. */
static void print_omega(const struct question_file *questions, const char *class)
{
    for (size_t i = 0; i < questions->count; i++) {
        const struct asked *asked = &questions->items[i];
        const char *quote = strcmp(asked->match, "phrase") == 0 ? "%22" : "";
        if (!is_of_class(asked, class) || !*asked->words)
            continue;
        printf("/omega?DB=database&DEFAULTOP=%s&P=%s",
               strcmp(asked->match, "any") == 0 ? "or" : "and", quote);
        for (const char *c = asked->words; *c; c++)
            putchar(*c == ' ' ? '+' : *c);
        fputs(quote, stdout);
        if (*asked->actor)
            printf("&B=XA%s", asked->actor);
        if (asked->from != DAY_NONE && asked->to != DAY_NONE) {
            char from[DAY_VALUE_ROOM], to[DAY_VALUE_ROOM];
            printf("&DATEVALUE=0&START=%s&END=%s", day_to_value(asked->from, from),
                   day_to_value(asked->to, to));
        }
        putchar('\n');
    }
}

/* What is done to a page asked for before. */
static bool change(struct mix *mix, size_t chance, struct question *question, struct error *err)
{
    static const char *const years[][2] = {
        {"2019", "2019"}, {"2020", "2021"}, {"2022", "2022"}, {"2023", "2024"}};
    static const char *const actors[] = {"jnim", "isgs", "wagner-group", "un", "minusma"};
    if (chance < 60)
        return true;
    if (chance >= 80) {
        question->first += question->size;
        return true;
    }
    question_rewind(question);
    if (chance < 70)
        return question_add_filter(question, FIELD_ACTOR, false,
                                   actors[random_below(mix, ARRAY_LEN(actors))], err);
    struct question dated;
    const char *const *year = years[random_below(mix, ARRAY_LEN(years))];
    bool ok = question_copy(question, &dated, err) && question_set(&dated, "from", year[0], err) &&
              question_set(&dated, "to", year[1], err);
    if (ok) {
        question_clear(question);
        *question = dated;
    }
    return ok;
}

static bool print_mixed(struct mix *mix, struct error *err)
{
    struct question next = {0};
    size_t chance = random_below(mix, 100);
    size_t known = mix->count < RECENT ? mix->count : RECENT;
    bool ok;
    if (chance >= 90 || known == 0) {
        size_t number = random_below(mix, mix->questions->count);
        ok = asked_question(&mix->questions->items[number], &next, err);
    } else {
        ok = question_copy(&mix->recent[random_below(mix, known)], &next, err) &&
             change(mix, chance, &next, err);
    }
    ok = ok && print_question(&next, err);
    struct question *slot = &mix->recent[mix->count++ % RECENT];
    question_clear(slot);
    *slot = next;
    return ok;
}

static bool print_mix(struct mix *mix, size_t count, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = print_mixed(mix, err);
    for (size_t i = 0; i < RECENT; i++)
        question_clear(&mix->recent[i]);
    return ok;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"questions", required_argument, NULL, 'q'}, {"class", required_argument, NULL, 'c'},
        {"mix", required_argument, NULL, 'm'},       {"seed", required_argument, NULL, 's'},
        {"omega", no_argument, NULL, 'o'},           {0}};
    const char *path = NULL, *class = NULL;
    size_t count = 0;
    bool omega = false, ok = true;
    struct question_file questions = {0};
    struct mix mix = {.questions = &questions, .state = 1};
    struct error err = {0};
    for (int option; ok && (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'q')
            path = optarg;
        else if (option == 'c')
            class = optarg;
        else if (option == 'm')
            count = strtoul(optarg, NULL, 10);
        else if (option == 's')
            mix.state = strtoul(optarg, NULL, 10);
        else if (option == 'o')
            omega = true;
        else
            ok = false;
    }
    if (!ok || !path || optind < argc)
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: question_paths --questions FILE [--class NAME] [--omega], or "
                  "--questions FILE --mix N [--seed S]");
    else if (question_file_read(path, &questions, &err)) {
        if (omega)
            print_omega(&questions, class);
        else if (count > 0)
            print_mix(&mix, count, &err);
        else
            print_all(&questions, class, &err);
    }
    question_file_clear(&questions);
    if (err.code == ERROR_NONE && fflush(stdout) == 0)
        return 0;
    fprintf(stderr, "question_paths: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
