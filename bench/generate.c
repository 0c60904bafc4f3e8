/* generate: JSON Lines reports made up from a seed, to measure and test with.
 *
 *   generate --reports N [--seed S] [--vocabulary DIR]
 *
 * Word frequencies follow the rank-frequency curve, and lengths the distribution, of 50,554
 * sections of human-rights reports (17 million words). The words mean nothing, and no two
 * share a stem. Names of actors and regions of the vocabulary stand in the text, and their ids
 * are given too: as many a report, and each as often by its rank, as extraction finds in those
 * sections and in 9,316 notes of the ACLED sample (65,397 actors; 107,841 regions, those that
 * others of a report lie in not counted). Which concept has which rank is made up, and the
 * regions of a report are chosen apart from each other, while half of those beside the first
 * are in its country where reports are real: sets of tags repeat less than real ones do. The same
 * arguments give the same bytes on every machine.
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

/* Share of all tags of a kind that its x most frequent ones make up. The last points stretch the
 * measured tails (1,653 actors, 238 countries, 84 areas, 2,092 divisions, 8,254 places) to all that
 * the vocabulary has. */
static const struct point actors_by_rank[] = {
    {1, .06185},  {2, .11126},   {4, .17998},   {8, .25009},   {16, .32872},   {32, .41396},
    {64, .49718}, {128, .59778}, {256, .72954}, {512, .87160}, {1024, .97349}, {3090, 1},
};
static const struct point countries_by_rank[] = {
    {1, .01965},  {2, .03802},  {4, .06633},   {8, .10881}, {16, .17440},
    {32, .28329}, {64, .46021}, {128, .74194}, {250, 1},
};
static const struct point areas_by_rank[] = {
    {1, .09469},  {2, .17168},  {4, .31239},  {8, .48407},
    {16, .68879}, {32, .88850}, {64, .98407}, {102, 1},
};
static const struct point divisions_by_rank[] = {
    {1, .01341},  {2, .02487},   {4, .03857},   {8, .05979},   {16, .09763},   {32, .16196},
    {64, .26559}, {128, .40835}, {256, .57027}, {512, .74057}, {1024, .90314}, {3769, 1},
};
static const struct point places_by_rank[] = {
    {1, .00495},    {2, .00986},    {4, .01856},    {8, .03433},   {16, .05876},
    {32, .09456},   {64, .14791},   {128, .21661},  {256, .30077}, {512, .40944},
    {1024, .54363}, {2048, .69189}, {4096, .83925}, {160027, 1},
};

/* The concepts of the vocabulary that share a curve. */
static const struct kind {
    enum mention_kind type;
    const char *name; /* of the concepts' kind; NULL for all of the type */
    double up_to;     /* share of the type's tags that are of this kind or one before it */
    const struct point *by_rank;
    size_t points;
} kinds[] = {
    {MENTION_ACTOR, NULL, 1, actors_by_rank, ARRAY_LEN(actors_by_rank)},
    {MENTION_REGION, "country", .49980, countries_by_rank, ARRAY_LEN(countries_by_rank)},
    {MENTION_REGION, "area", .53124, areas_by_rank, ARRAY_LEN(areas_by_rank)},
    {MENTION_REGION, "division", .76014, divisions_by_rank, ARRAY_LEN(divisions_by_rank)},
    {MENTION_REGION, "place", 1, places_by_rank, ARRAY_LEN(places_by_rank)},
};

/* Share of reports with at most so many of a type; more than the last are counted as that. */
static const double actors_a_report[] = {.4408, .7502, .8843, .9401, .9649, .9780, .9859,
                                         .9904, .9933, .9952, .9965, .9975, 1};
static const double regions_a_report[] = {.0070, .6905, .8410, .9008, .9343, .9544, .9672,
                                          .9766, .9826, .9871, .9905, .9927, 1};
#define MAX_CONCEPTS 12

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

/* The first place in a table of rising shares whose share is more than a random one. */
static size_t random_count(const double *shares, uint64_t *state)
{
    double y = random_unit(state);
    size_t count = 0;
    while (count < MAX_CONCEPTS && shares[count] <= y)
        count++;
    return count;
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
    struct group {
        const struct concept **concepts; /* in the order of ids */
        size_t count;
    } groups[ARRAY_LEN(kinds)];
    struct buffer line;
};

static bool group_concepts(const struct vocabulary *vocabulary, const struct kind *kind,
                           struct group *out)
{
    size_t all = vocabulary_count(vocabulary, kind->type);
    out->concepts = calloc(all + 1, sizeof out->concepts[0]);
    for (size_t i = 0; out->concepts && i < all; i++) {
        const struct concept *concept = vocabulary_at(vocabulary, kind->type, i);
        if (!kind->name || strcmp(concept->kind, kind->name) == 0)
        out->concepts[out->count++] = concept;
    }
    return out->concepts;
}

/* NULL where the vocabulary has none of the kind. */
static const struct concept *pick_concept(struct generator *g, enum mention_kind type)
{
    double share = random_unit(&g->state);
    size_t i = 0;
    while (kinds[i].type != type || kinds[i].up_to <= share)
        i++;
    const struct group *group = &g->groups[i];
    size_t rank = (size_t)random_on(kinds[i].by_rank, kinds[i].points, &g->state) - 1;
    /* A prime stride spreads the frequent ones over the alphabet of ids. */
    return group->count ? group->concepts[rank * 7919 % group->count] : NULL;
}

static size_t pick_concepts(struct generator *g, enum mention_kind type, size_t wanted,
                            const struct concept **out)
{
    size_t count = 0;
    for (size_t i = 0; i < wanted; i++) {
        const struct concept *concept = pick_concept(g, type);
        size_t seen = 0;
        while (seen < count && out[seen] != concept)
            seen++;
        if (concept && seen == count)
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
    size_t actors =
        pick_concepts(g, MENTION_ACTOR, random_count(actors_a_report, &g->state), concepts);
    size_t regions = pick_concepts(g, MENTION_REGION, random_count(regions_a_report, &g->state),
                                   concepts + actors);
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
    struct generator g = {.state = seed};
    bool failed = false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        failed |= !group_concepts(vocabulary, &kinds[i], &g.groups[i]);
    for (size_t i = 1; i <= reports && !failed; i++) {
        buffer_reset(&g.line);
        append_report(&g, i);
        fwrite(g.line.bytes, 1, g.line.size, stdout);
        failed = g.line.failed || ferror(stdout);
    }
    failed |= fflush(stdout) != 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        free(g.groups[i].concepts);
    buffer_free(&g.line);
    vocabulary_close(vocabulary);
    return failed ? 74 : 0;
}
