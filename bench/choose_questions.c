/* choose_questions: the fixed questions of a bench, out of an index, by a seed.
 *
 *   choose_questions --index DIR [--seed S] [--each N] > QUESTIONS
 *
 * N questions (20) of each of eight classes, words chosen by the share of reports that have
 * them: one frequent word, one middling, two middling, two frequent, any of three, two with an
 * actor and dates, a phrase of frequent words, everything (N / 4). The words of one question
 * stand in one report, drawn at random, so that it matches something. Words are those that no
 * other word shares a stem with, so that it does not matter whether an engine stems; a stop
 * list's words are left out.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/function_words.h"
#include "schema/tokenizer.h"
#include "search/snapshot_private.h"
#include "search/terms.h"

#define DRAWS      2000 /* reports looked at for one question, at most */
#define WORD_BYTES (LIMIT_WORD_BYTES + 1)

/* Shares of all reports. */
struct band {
    double least, most;
};
static const struct band frequent = {.1, .9}, middling = {.004, .04}, common = {.02, .3};

struct class
{
    const char *name, *match;
    const struct band *band;
    size_t words;
    bool filters;
};

static const struct class classes[] = {
    {"frequent", "all", &frequent, 1, false},  {"middling", "all", &middling, 1, false},
    {"and_mid", "all", &middling, 2, false},   {"and_freq", "all", &frequent, 2, false},
    {"or_three", "any", &common, 3, false},    {"filters", "all", &frequent, 2, true},
    {"phrase", "phrase", &frequent, 2, false},
};

struct chooser {
    const struct snapshot *snapshot;
    uint64_t state;
    struct buffer chosen; /* lines written, each between newlines */
};

static uint32_t random_below(struct chooser *chooser, size_t limit)
{
    chooser->state = chooser->state * 6364136223846793005u + 1442695040888963407u; /* Knuth */
    return (uint32_t)((chooser->state >> 33) % limit);
}

/* Whether a word is of a band, and alone with its stem in each language. */
static bool is_of_band(const struct snapshot *snapshot, const char *word, const struct band *band)
{
    struct terms exact = {0}, stems = {0};
    struct query_node node = {.kind = QUERY_WORD, .words = (char *[]){(char *)word}};
    if (strlen(word) < 2 || function_words_have(word) || word[strspn(word, "0123456789")] == '\0')
        return false;
    bool fits = terms_of_exact(snapshot, word, FIELD_TEXT, &exact, NULL);
    double share = (double)exact.freq / snapshot->reports;
    fits = fits && share >= band->least && share <= band->most &&
           terms_of(snapshot, &node, FIELD_TEXT, &stems, NULL) && stems.freq == exact.freq;
    terms_clear(&exact);
    terms_clear(&stems);
    return fits;
}

/* Chooses 'wanted' words of the report: neighbours for a phrase, else different ones from
 * anywhere, as the random number says. Returns how many were found. */
static size_t choose_words(struct chooser *chooser, const struct report *report,
                           const struct class *class, char words[][WORD_BYTES])
{
    struct tokenizer tokenizer;
    struct token token;
    bool phrase = strcmp(class->match, "phrase") == 0;
    size_t count = 0, skip = random_below(chooser, 40);
    tokenizer_start(&tokenizer, report->body, report->body_size);
    while (count < class->words && tokenizer_next(&tokenizer, &token)) {
        if (skip > 0 && count == 0) {
            skip--;
            continue;
        }
        bool fits = is_of_band(chooser->snapshot, token.folded, class->band);
        if (phrase && (!fits || token.flags & TOKEN_SENTENCE))
            count = 0;
        for (size_t i = 0; fits && i < count; i++)
            fits = strcmp(words[i], token.folded) != 0;
        if (fits)
            memcpy(words[count++], token.folded, token.size + 1);
    }
    tokenizer_end(&tokenizer);
    return count;
}

/* An actor of the report, and two years around its day. */
static bool append_filters(struct chooser *chooser, const struct report *report,
                           struct buffer *line)
{
    char from[DAY_TEXT_ROOM], to[DAY_TEXT_ROOM];
    if (report->actor_count == 0 || report->day == DAY_NONE)
        return false;
    day_t first = report->day - (day_t)random_below(chooser, 730);
    buffer_format(line, "\t%s\t%s\t%s", report->actors[random_below(chooser, report->actor_count)],
                  day_format(first, from), day_format(first + 730, to));
    return true;
}

static bool choose_line(struct chooser *chooser, const struct class *class, struct buffer *line,
                        struct error *err)
{
    struct report report = {0};
    char words[4][WORD_BYTES];
    uint32_t docid = 1 + random_below(chooser, chooser->snapshot->all->last);
    if (!docset_has(chooser->snapshot->all, docid))
        return true;
    if (!snapshot_read(chooser->snapshot, docid, &report, err))
        return false;
    buffer_reset(line);
    if (choose_words(chooser, &report, class, words) == class->words) {
        buffer_format(line, "\n%s\t%s\t%s", class->name, class->match, words[0]);
        for (size_t i = 1; i < class->words; i++)
            buffer_format(line, " %s", words[i]);
        if (!class->filters)
            buffer_text(line, "\t-\t-\t-");
        else if (!append_filters(chooser, &report, line))
            buffer_reset(line);
        if (line->size > 0)
            buffer_char(line, '\n');
    }
    report_clear(&report);
    return true;
}

/* As many different questions of a class as there are to be found. */
static bool choose_class(struct chooser *chooser, const struct class *class, size_t each,
                         struct error *err)
{
    struct buffer line = {0};
    size_t chosen = 0;
    bool ok = true;
    for (size_t draw = 0; ok && chosen < each && draw < DRAWS; draw++) {
        ok = choose_line(chooser, class, &line, err);
        if (!ok || line.size == 0 || strstr(chooser->chosen.bytes, line.bytes))
            continue;
        buffer_append(&chooser->chosen, line.bytes + 1, line.size - 1);
        fwrite(line.bytes + 1, 1, line.size - 1, stdout);
        chosen++;
    }
    if (ok && (line.failed || chooser->chosen.failed))
        ok = error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (ok && chosen < each)
        fprintf(stderr, "choose_questions: only %zu questions of the class %s\n", chosen,
                class->name);
    buffer_free(&line);
    return ok;
}

static bool choose(const char *index, uint64_t seed, size_t each, struct error *err)
{
    struct snapshot *snapshot = NULL;
    if (!snapshot_open(index, &snapshot, err))
        return false;
    struct chooser chooser = {.snapshot = snapshot, .state = seed};
    bool ok = snapshot->reports > 0 || error_set(err, ERROR_DATA, index, "no reports");
    buffer_char(&chooser.chosen, '\n');
    for (size_t i = 0; ok && i < ARRAY_LEN(classes); i++)
        ok = choose_class(&chooser, &classes[i], each, err);
    for (size_t i = 0; ok && i < (each + 3) / 4; i++)
        puts("everything\tall\t-\t-\t-\t-");
    buffer_free(&chooser.chosen);
    snapshot_close(snapshot);
    return ok && (fflush(stdout) == 0 || error_set_errno(err, ERROR_IO, NULL, "cannot write"));
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"index", required_argument, NULL, 'i'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"each", required_argument, NULL, 'e'},
                                            {0}};
    const char *index = NULL;
    unsigned long seed = 1, each = 20;
    struct error err = {0};
    bool ok = true;
    for (int option; ok && (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'i')
            index = optarg;
        else if (option == 's')
            seed = strtoul(optarg, NULL, 10);
        else if (option == 'e')
            each = strtoul(optarg, NULL, 10);
        else
            ok = false;
    }
    if (!ok || !index || each == 0 || optind < argc)
        error_set(&err, ERROR_USAGE, NULL,
                  "usage: choose_questions --index DIR [--seed S] [--each N]");
    else if (choose(index, seed, each, &err))
        return 0;
    fprintf(stderr, "choose_questions: %s%s%s\n", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
