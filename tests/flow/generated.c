#include "tests/flow/generated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "tests/flow/fixture.h"

/* No report has the words of the names, nor the stems of these: qasral had that of Qasr-e-Shirin.
 */
const struct ask_name ask_names[] = {
    {"diba", FIELD_ACTOR, "a0", NULL},       {"guba", FIELD_REGION, "QB", NULL},
    {"kaba", FIELD_REGION, "QA-1", NULL},    {"bluq guarq", FIELD_ACTOR, "a1", NULL},
    {"zonq poliq", FIELD_ACTOR, "a4", NULL}, {"uppq qasrolq", FIELD_REGION, "QA-1", "QA"},
    {"accoq parq", FIELD_ACTOR, "a2", NULL},
};
const size_t ask_name_count = ARRAY_LEN(ask_names);

/* Labels are in another order than the ids, and two are the same. */
const char generated_actors[] =
    "actor: a0\nlabel: Rivermen\nkind: rebel-group\nname: Rivermen of the North\n"
    "name: Diba\n\n"
    "actor: a1\nlabel: Bluq Guarq\nkind: rebel-group\nname: Bluq Guarq\n\n"
    "actor: a2\nlabel: Accoq Parq\nkind: rebel-group\nname: Accoq Parq\n\n"
    "actor: a3\nlabel: Bluq Guarq\nkind: rebel-group\nname: Bluq Guarq of the South\n\n"
    "actor: a4\nlabel: Zonq Poliq\nkind: rebel-group\nname: Zonq Poliq\n\n"
    "actor: a5\nlabel: Mission\nkind: rebel-group\nname: Mission of Observers\n";
const char generated_regions[] = "region: basin\nlabel: Basin\nkind: area\nname: Basin\n\n"
                                 "region: QA\nlabel: Qasrolq\nkind: country\nparent: basin\n"
                                 "name: Qasrolq\n\n"
                                 "region: QB\nlabel: Borland\nkind: country\nparent: basin\n"
                                 "name: Borland\nname: Guba\n\n"
                                 "region: QA-1\nlabel: Upper\nkind: division\nparent: QA\n"
                                 "name: Uppq Qasrolq\nname: Kaba\n\n"
                                 "region: QA-2\nlabel: Lower\nkind: division\nparent: QA\n"
                                 "name: Lower Qasrolq\n\n"
                                 "region: QB-1\nlabel: Ford\nkind: division\nparent: QB\n"
                                 "name: Ford\n";

static const char *const region_lines[][4] = {
    {"QA-1", "QA", "basin"}, {"QA-2", "QA", "basin"}, {"QB-1", "QB", "basin"},
    {"QB", "basin"},         {"QA", "basin"},         {"QC"},
};
static const char *const languages[] = {"en", "en", "en", "fr", "ru", "xx", NULL};
static const char *const hosts[] = {"https://un.example/a",      "https://news.example/b",
                                    "https://un.example/c",      "https://wire.example.org/d",
                                    "https://radio.example/e/f", NULL};

/* Small numbers are frequent: the least of a few rolls. */
static uint32_t skewed(struct dice *dice, uint32_t below)
{
    uint32_t least = dice_roll(dice, below);
    for (int i = 0; i < 3; i++) {
        uint32_t roll = dice_roll(dice, below);
        least = roll < least ? roll : least;
    }
    return least;
}

/* Word 'number': a root of two or three syllables, and one of a few endings. */
static void put_word(struct buffer *out, uint32_t number, struct dice *dice)
{
    static const char *const syllables[] = {"ba", "ce", "di", "fo", "gu",  "ka", "lem", "nor",
                                            "pa", "ri", "so", "tu", "ver", "wa", "mi",  "hel"};
    static const char *const endings[] = {"", "", "", "s", "ed", "ing", "ers", "ation"};
    buffer_text(out, syllables[number % 16]);
    buffer_text(out, syllables[number / 16 % 16]);
    if (number % 3 == 0)
        buffer_text(out, syllables[number / 7 % 16]);
    buffer_text(out, endings[dice_roll(dice, ARRAY_LEN(endings))]);
}

static void put_words(struct buffer *out, size_t count, struct dice *dice)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_text(out, dice_roll(dice, 9) ? " " : ". ");
        put_word(out, skewed(dice, 600), dice);
    }
}

static void put_body(struct buffer *out, struct dice *dice)
{
    put_words(out, 5 + dice_roll(dice, 60), dice);
    buffer_text(out, ".\n\n");
    put_words(out, dice_roll(dice, 30), dice);
    if (dice_roll(dice, 4) == 0) {
        buffer_text(out, "\n\nFAQ:\n\nQ: ");
        put_words(out, 6, dice);
        buffer_text(out, "?\nA: ");
        put_words(out, 9, dice);
    }
    if (dice_roll(dice, 4) == 0) {
        buffer_text(out, "\n\nSources:\n\n- ");
        put_words(out, 3, dice);
    }
}

/* A year, a month with its year, or a day with both. */
static bool add_mentioned(struct dice *dice, struct report *report, struct error *err)
{
    day_t day =
        day_from_civil(2018 + (int)skewed(dice, 6), 1 + skewed(dice, 12), 1 + skewed(dice, 28));
    bool ok = true;
    for (unsigned precision = dice_roll(dice, PRECISION_COUNT); ok && precision < PRECISION_COUNT;
         precision++) {
        char id[DAY_TEXT_ROOM];
        day_format_to(day, (enum precision)precision, id);
        ok = report_add_tag(report, MENTION_DATE, id, err);
    }
    return ok;
}

static bool add_tags(struct dice *dice, struct report *report, struct error *err)
{
    char id[16];
    bool ok = true;
    /* A few reports have many, more than a record of a column holds. */
    uint32_t count = dice_roll(dice, 60) ? skewed(dice, 7) : 20 + dice_roll(dice, 20);
    for (uint32_t i = 0; ok && i < count; i++) {
        snprintf(id, sizeof id, "a%u", skewed(dice, 60));
        ok = report_add_tag(report, MENTION_ACTOR, id, err);
    }
    for (uint32_t i = dice_roll(dice, 3); ok && i > 0; i--) {
        const char *const *line = region_lines[skewed(dice, ARRAY_LEN(region_lines))];
        for (size_t at = 0; ok && at < 4 && line[at]; at++)
            ok = report_add_tag(report, MENTION_REGION, line[at], err);
    }
    for (uint32_t i = dice_roll(dice, 3); ok && i > 0; i--)
        ok = add_mentioned(dice, report, err);
    return ok;
}

static bool make_report(struct dice *dice, size_t number, const char *date, struct report *out,
                        struct error *err)
{
    struct buffer body = {0}, title = {0};
    char id[24];
    const char *host = hosts[dice_roll(dice, ARRAY_LEN(hosts))];
    const char *language = languages[dice_roll(dice, ARRAY_LEN(languages))];
    snprintf(id, sizeof id, "r%zu", number);
    put_body(&body, dice);
    if (dice_roll(dice, 3))
        put_words(&title, 2 + dice_roll(dice, 8), dice);
    struct report report = {0};
    bool ok = fixture_report(id, date, title.bytes, body.bytes, &report, err);
    if (ok) {
        free(report.source);
        report.source = host ? strdup(strchr(host, '/') + 2) : NULL;
        report.language = language ? strdup(language) : NULL;
        ok = add_tags(dice, &report, err);
    }
    buffer_free(&body);
    buffer_free(&title);
    if (ok)
        *out = report;
    else
        report_clear(&report);
    return ok;
}

static int compare_days(const void *a, const void *b)
{
    day_t left = *(const day_t *)a, right = *(const day_t *)b;
    return (left > right) - (left < right);
}

/* Days of some years, thick in places; one in fifty is undated. */
static day_t *make_days(struct dice *dice, size_t count, bool ordered)
{
    static const uint32_t spans[] = {40, 700, 9000};
    uint32_t span = spans[dice_roll(dice, ARRAY_LEN(spans))];
    day_t first = day_from_civil(2001, 11, 20), *days = calloc(count + 1, sizeof days[0]);
    for (size_t i = 0; days && i < count; i++)
        days[i] = dice_roll(dice, 50) ? first + (day_t)skewed(dice, span) : DAY_NONE;
    if (days && ordered)
        qsort(days, count, sizeof days[0], compare_days);
    return days;
}

bool generated_make(struct dice *dice, size_t count, bool ordered, struct report **out,
                    struct error *err)
{
    day_t *days = make_days(dice, count, ordered);
    struct report *reports = calloc(count + 1, sizeof reports[0]);
    bool ok = (days && reports) || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; ok && i < count; i++) {
        char date[DAY_TEXT_ROOM];
        day_format(days[i], date);
        ok = make_report(dice, i, date[0] ? date : NULL, &reports[i], err);
    }
    free(days);
    if (ok)
        *out = reports;
    else
        generated_free(reports, reports ? count : 0);
    return ok;
}

void generated_free(struct report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_clear(&reports[i]);
    free(reports);
}
