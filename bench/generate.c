/* generate: JSON Lines reports made up from a seed, to measure and test with.
 *
 *   generate --reports N [--seed S] [--vocabulary DIR]
 *
 * Word frequencies follow the rank-frequency curve, and lengths the distribution, of 50,554
 * sections of human-rights reports (17 million words). The words mean nothing, and no two
 * share a stem. Names of actors and regions of the vocabulary stand in the text, a few concepts
 * far more often than the rest, and their ids are given too. The same arguments give the same
 * bytes on every machine.
 */
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/vocabulary.h"

struct point {
    double x, y;
};

/* Share of all words that the x most frequent words make up. The last point stretches the
 * measured tail (76,946 words) to the vocabulary of a larger corpus. */
static const struct point words_by_rank[] = {
    {1, .06274},    {2, .10055},     {3, .13682},     {4, .16731},     {6, .20528},
    {9, .23761},    {14, .27451},    {22, .31296},    {35, .35117},    {56, .39812},
    {89, .45325},   {142, .51223},   {227, .57471},   {363, .64225},   {580, .71115},
    {928, .77861},  {1484, .83924},  {2374, .89078},  {3798, .92963},  {6076, .95703},
    {9721, .97509}, {15553, .98620}, {24884, .99304}, {39814, .99705}, {63702, .99922},
    {300000, 1.0},
};

/* Words in a report, by quantile. */
static const struct point words_by_quantile[] = {
    {24, 0},   {41, .05}, {55, .1},  {89, .2},  {129, .3},  {175, .4},   {229, .5},
    {299, .6}, {389, .7}, {515, .8}, {741, .9}, {984, .95}, {1573, .99}, {6873, 1},
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double random_unit(uint64_t *state) /* [0, 1) */
{
    return (double)(random_bits(state) >> 11) * 0x1p-53;
}

static size_t random_below(uint64_t *state, size_t limit)
{
    return (size_t)(random_unit(state) * (double)limit);
}

/* The x at which the curve reaches a random y, geometric between its points. */
static double random_on(const struct point *curve, size_t count, uint64_t *state)
{
    double y = random_unit(state);
    if (y < curve[0].y)
        return curve[0].x;
    size_t i = 1;
    while (i + 1 < count && curve[i].y <= y)
        i++;
    double share = (y - curve[i - 1].y) / (curve[i].y - curve[i - 1].y);
    return curve[i - 1].x * pow(curve[i].x / curve[i - 1].x, share);
}

/* A few items are met often, most seldom: the square of a uniform number, twice. */
static size_t random_skewed(uint64_t *state, size_t count)
{
    double u = random_unit(state);
    return (size_t)(u * u * u * u * (double)count);
}

/* The word of a rank: syllables that end in a, o or u, which no English stemmer cuts. */
static void append_word(struct buffer *out, size_t rank)
{
    static const char *const onsets[] = {"b", "d", "f", "g", "h", "j",  "k",  "l",  "m",  "n",
                                         "p", "r", "t", "v", "z", "br", "dr", "kr", "tr", "pl"};
    static const char *const vowels[] = {"a", "o", "u"};
    const size_t base = ARRAY_LEN(onsets) * ARRAY_LEN(vowels);
    size_t syllables = 1, first = 0, span = base;
    while (rank >= first + span) {
        first += span;
        span *= base;
        syllables++;
    }
    size_t number = rank - first;
    for (size_t i = 0; i < syllables; i++) {
        span /= base;
        size_t digit = number / span % base;
        buffer_text(out, onsets[digit / ARRAY_LEN(vowels)]);
        buffer_text(out, vowels[digit % ARRAY_LEN(vowels)]);
    }
}

static void append_json_text(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_char(out, '\\');
        buffer_char(out, *text);
    }
}

struct generator {
    uint64_t state;
    const struct vocabulary *vocabulary;
    struct buffer line;
};

#define MAX_CONCEPTS 12

static size_t pick_concepts(struct generator *g, enum mention_kind type, size_t wanted,
                            const struct concept **out)
{
    size_t all = vocabulary_count(g->vocabulary, type), count = 0;
    for (size_t i = 0; i < wanted && all > 0; i++) {
        /* A prime stride spreads the frequent ones over the alphabet of ids. */
        size_t number = random_skewed(&g->state, all) * 7919 % all;
        const struct concept *concept = vocabulary_at(g->vocabulary, type, number);
        size_t seen = 0;
        while (seen < count && out[seen] != concept)
            seen++;
        if (seen == count)
        out[count++] = concept;
    }
    return count;
}

static void append_text(struct generator *g, size_t words, const struct concept **names,
                        size_t name_count)
{
    size_t sentence = 0, sentences = 0;
    for (size_t i = 0; i < words; i++) {
        if (sentence == 0) {
            sentence = 8 + random_below(&g->state, 18);
            if (i > 0)
                buffer_text(&g->line, sentences++ % 5 == 4 ? ".\\n\\n" : ". ");
        } else {
            buffer_char(&g->line, ' ');
        }
        sentence--;
        if (name_count > 0 && random_below(&g->state, words) < 2 * name_count)
            append_json_text(&g->line, names[random_below(&g->state, name_count)]->label);
        else
            append_word(&g->line,
                        (size_t)random_on(words_by_rank, ARRAY_LEN(words_by_rank), &g->state) - 1);
    }
    buffer_char(&g->line, '.');
}

static void append_ids(struct generator *g, const char *field, const struct concept **concepts,
                       size_t count)
{
    buffer_format(&g->line, ", \"%s\": [", field);
    for (size_t i = 0; i < count; i++) {
        buffer_text(&g->line, i > 0 ? ", \"" : "\"");
        append_json_text(&g->line, concepts[i]->id);
        buffer_char(&g->line, '"');
    }
    buffer_char(&g->line, ']');
}

static void append_report(struct generator *g, size_t number)
{
    const struct concept *concepts[2 * MAX_CONCEPTS];
    size_t actors = pick_concepts(g, MENTION_ACTOR, random_below(&g->state, 6), concepts);
    size_t regions =
        pick_concepts(g, MENTION_REGION, 1 + random_below(&g->state, 4), concepts + actors);
    char day[DAY_TEXT_ROOM];
    double age = random_unit(&g->state); /* more reports in recent years */
    day_format(day_from_civil(2024, 12, 31) - (day_t)(age * age * 3653), day);

    /* What made-up words look like is chance: the language is said. */
    buffer_format(&g->line,
                  "{\"id\": \"gen-%07zu\", \"language\": \"en\", \"date\": \"%s\", \"title\": \"",
                  number, day);
    append_text(g, 5 + random_below(&g->state, 5), NULL, 0);
    buffer_text(&g->line, "\", \"text\": \"");
    append_text(g, (size_t)random_on(words_by_quantile, ARRAY_LEN(words_by_quantile), &g->state),
                concepts, actors + regions);
    buffer_char(&g->line, '"');
    append_ids(g, "actors", concepts, actors);
    append_ids(g, "regions", concepts + actors, regions);
    buffer_text(&g->line, "}\n");
}

static int usage(void)
{
    fputs("usage: generate --reports N [--seed S] [--vocabulary DIR]\n", stderr);
    return 64;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"reports", required_argument, NULL, 'n'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"vocabulary", required_argument, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    const char *directory = "vocabulary";
    unsigned long reports = 0, seed = 1;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'n')
            reports = strtoul(optarg, NULL, 10);
        else if (option == 's')
            seed = strtoul(optarg, NULL, 10);
        else if (option == 'v')
            directory = optarg;
        else
            return usage();
    }
    if (reports == 0 || optind < argc)
        return usage();

    struct error err = {0};
    struct vocabulary *vocabulary;
    if (!vocabulary_open(directory, &vocabulary, &err)) {
        fprintf(stderr, "generate: %s: %s\n", err.where, err.text);
        return error_exit_status(err.code);
    }
    struct generator g = {.state = seed, .vocabulary = vocabulary};
    for (size_t i = 1; i <= reports && !g.line.failed && !ferror(stdout); i++) {
        buffer_reset(&g.line);
        append_report(&g, i);
        fwrite(g.line.bytes, 1, g.line.size, stdout);
    }
    bool failed = g.line.failed || fflush(stdout) != 0 || ferror(stdout);
    buffer_free(&g.line);
    vocabulary_close(vocabulary);
    return failed ? 74 : 0;
}
