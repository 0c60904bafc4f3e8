/* dates_scorecard: how well the dates that a text mentions are found, by spans of two gold sets.
 *
 *   dates_scorecard [--list] ieer FILE...        newswire of 1998 with DATE spans
 *   dates_scorecard [--list] re3d DIRECTORY...   documents with Temporal spans
 *
 * A date is right that meets a gold span. Recall is of the gold spans that name a day, month or
 * year of the calendar: not a duration, decade, season or time of day. re3d gives no date of its
 * documents; the last day of the year they are from stands for it. --list prints what was found
 * wrongly, what was missed, and what each relative date was resolved to.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/date_forms.h"
#include "indexer/dates.h"
#include "schema/buffer.h"
#include "schema/tokenizer.h"

#define RE3D_YEAR_END "2016-12-31"

struct gold {
    uint32_t begin, end;
    bool is_calendar, found;
};

struct tally {
    const char *rule;
    size_t found, right;
};

static struct card {
    bool list;
    struct tally tallies[32];
    size_t gold, calendar, gold_found, calendar_found, found, right;
} card;

/* One document. */
struct work {
    const char *text;
    struct gold *gold;
    size_t gold_count;
    day_t day;
};

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static struct tally *tally_of(const char *rule)
{
    struct tally *tally = card.tallies;
    while (tally->rule && strcmp(tally->rule, rule) != 0)
        tally++;
    tally->rule = rule;
    return tally;
}

static void print_span(const char *what, const char *text, uint32_t begin, uint32_t end)
{
    uint32_t from = begin > 40 ? begin - 40 : 0;
    size_t after = strnlen(text + end, 30);
    printf("%s ", what);
    for (uint32_t i = from; i < end + after; i++) {
        if (i == begin)
            putchar('[');
        if (i == end)
            putchar(']');
        putchar(text[i] == '\n' ? ' ' : text[i]);
    }
    putchar('\n');
}

static bool take(void *context, const struct date *date)
{
    struct work *work = context;
    bool right = false;
    for (size_t i = 0; i < work->gold_count; i++) {
        struct gold *gold = &work->gold[i];
        if (gold->begin < date->end && date->begin < gold->end)
            right = gold->found = true;
    }
    struct tally *tally = tally_of(date->rule);
    tally->found++;
    tally->right += right;
    card.found++;
    card.right += right;
    if (card.list) {
        char id[DAY_TEXT_ROOM], day[DAY_TEXT_ROOM], what[64];
        snprintf(what, sizeof what, "%s %s %s (%s)", right ? "right" : "wrong", date->rule,
                 day_format_to(date->day, date->precision, id), day_format(work->day, day));
        print_span(what, work->text, date->begin, date->end);
    }
    return true;
}

static struct word *cut(const char *text, size_t size, size_t *count)
{
    struct tokenizer tokenizer;
    struct token token;
    struct word *words = NULL;
    size_t room = 0;
    *count = 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        if (!array_reserve(&words, &room, *count + 1, sizeof *words))
            abort();
        words[(*count)++] = (struct word){.begin = (uint32_t)token.begin,
                                          .end = (uint32_t)token.end,
                                          .flags = (uint16_t)token.flags};
    }
    tokenizer_end(&tokenizer);
    return words;
}

/* Whether a gold span names a month, a weekday, a year, or a day or year seen from today. */
static bool is_calendar(const struct date_text *text, const struct gold *gold)
{
    for (uint32_t i = 0; i < text->count; i++) {
        if (text->words[i].begin < gold->begin || text->words[i].end > gold->end)
            continue;
        if (date_word_is(text, i, DATE_MONTH | DATE_WEEKDAY | DATE_RELATIVE | DATE_AGO) ||
            date_year(text, i, 1900))
            return true;
        if (i > 0 && date_word_is(text, i - 1, DATE_SHIFT) && date_word_is(text, i, DATE_UNIT))
            return true;
    }
    return false;
}

static void score(const char *text, size_t size, day_t day, struct gold *gold, size_t gold_count)
{
    struct work work = {.text = text, .gold = gold, .gold_count = gold_count, .day = day};
    size_t count;
    struct word *words = cut(text, size, &count);
    const struct date_text cut_text = {text, size, words, (uint32_t)count};
    date_words_prepare();
    for (size_t i = 0; i < gold_count; i++)
        gold[i].is_calendar = is_calendar(&cut_text, &gold[i]);
    const struct date_anchor anchor = {day, PRECISION_DAY};
    dates_find(text, size, words, count, anchor, take, &work);
    for (size_t i = 0; i < gold_count; i++) {
        card.gold++;
        card.gold_found += gold[i].found;
        card.calendar += gold[i].is_calendar;
        card.calendar_found += gold[i].is_calendar && gold[i].found;
        if (card.list && !gold[i].found)
            print_span(gold[i].is_calendar ? "missed" : "passed over", text, gold[i].begin,
                       gold[i].end);
    }
    free(words);
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buffer buffer = {0};
    char chunk[1 << 16];
    if (!file) {
        perror(path);
        exit(1);
    }
    for (size_t size; (size = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buffer_append(&buffer, chunk, size);
    fclose(file);
    return need(buffer_take(&buffer, NULL));
}

/* ---- ieer: SGML with <b_timex type="DATE">...<e_timex> ------------------------------------ */

static day_t ieer_day(const char *document)
{
    unsigned month, day;
    int year;
    const char *at = strstr(document, "<DATE_TIME>");
    return at && sscanf(at, "<DATE_TIME> %2u/%2u/%4d", &month, &day, &year) == 3
               ? day_from_civil(year, month, day)
               : DAY_NONE;
}

static void score_ieer_document(char *document)
{
    static const char opening[] = "<b_timex type=\"DATE\"";
    struct buffer text = {0};
    struct gold *gold = NULL;
    size_t count = 0, room = 0;
    day_t day = ieer_day(document);
    const char *at = strstr(document, "<HEADLINE>");
    for (at = at ? at : strstr(document, "<TEXT>"); at && *at; at++) {
        if (*at != '<') {
            buffer_char(&text, *at);
            continue;
        }
        if (strncmp(at, opening, strlen(opening)) == 0) {
            if (!array_reserve(&gold, &room, count + 1, sizeof *gold))
                abort();
            gold[count++] = (struct gold){.begin = (uint32_t)text.size};
        } else if (strncmp(at, "<e_timex", 8) == 0 && count > 0 && gold[count - 1].end == 0) {
            gold[count - 1].end = (uint32_t)text.size;
        }
        at += strcspn(at, ">");
        if (!*at)
            break;
    }
    size_t size = text.size;
    char *plain = need(buffer_take(&text, NULL));
    score(plain, size, day, gold, count);
    free(plain);
    free(gold);
}

static void score_ieer(const char *path)
{
    char *whole = read_whole(path), *at = whole;
    while ((at = strstr(at, "<DOC>")) != NULL) {
        char *end = strstr(at, "</DOC>");
        if (!end)
            break;
        *end = '\0';
        score_ieer_document(at);
        at = end + 1;
    }
    free(whole);
}

/* ---- re3d: an object a line ----------------------------------------------------------------- */

/* Offsets of re3d count UTF-16 units; 'from' is where they were counted to. */
static uint32_t to_bytes(const char *text, json_int_t units)
{
    uint32_t at = 0;
    for (; units > 0 && text[at]; units--) {
        units -= (unsigned char)text[at] >= 0xf0;
        do
            at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80);
    }
    return at;
}

static void score_re3d_document(const json_t *document, const json_t *entities)
{
    const char *text = json_string_value(json_object_get(document, "text"));
    const char *id = json_string_value(json_object_get(document, "_id"));
    struct gold *gold = NULL;
    size_t count = 0, room = 0, i;
    const json_t *entity;
    json_array_foreach(entities, i, entity)
    {
        const char *of = json_string_value(json_object_get(entity, "documentId"));
        const char *type = json_string_value(json_object_get(entity, "type"));
        if (!of || !type || strcmp(of, id) != 0 || strcmp(type, "Temporal") != 0)
            continue;
        if (!array_reserve(&gold, &room, count + 1, sizeof *gold))
            abort();
        gold[count++] = (struct gold){
            .begin = to_bytes(text, json_integer_value(json_object_get(entity, "begin"))),
            .end = to_bytes(text, json_integer_value(json_object_get(entity, "end"))),
        };
    }
    score(text, strlen(text), day_parse(RE3D_YEAR_END, strlen(RE3D_YEAR_END)), gold, count);
    free(gold);
}

static json_t *load_lines(const char *directory, const char *name)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/%s", directory, name);
    char *file = need(buffer_take(&path, NULL)), *whole = read_whole(file), *rest = whole, *line;
    json_t *list = json_array();
    while ((line = strsep(&rest, "\n")) != NULL) {
        json_t *object = json_loads(line + (strncmp(line, "\xef\xbb\xbf", 3) ? 0 : 3), 0, NULL);
        if (object)
            json_array_append_new(list, object);
    }
    free(whole);
    free(file);
    return list;
}

static void score_re3d(const char *directory)
{
    json_t *documents = load_lines(directory, "documents.json");
    json_t *entities = load_lines(directory, "entities.json");
    size_t i;
    json_t *document;
    json_array_foreach(documents, i, document) score_re3d_document(document, entities);
    json_decref(documents);
    json_decref(entities);
}

static void print_rate(const char *what, size_t part, size_t whole)
{
    printf("%-28s %5zu of %5zu  %.3f\n", what, part, whole,
           whole ? (double)part / (double)whole : 0.0);
}

int main(int argc, char **argv)
{
    int at = 1;
    if (at < argc && strcmp(argv[at], "--list") == 0) {
        card.list = true;
        at++;
    }
    const char *set = at < argc ? argv[at++] : "";
    if ((strcmp(set, "ieer") != 0 && strcmp(set, "re3d") != 0) || at == argc) {
        fprintf(stderr, "usage: dates_scorecard [--list] ieer FILE... | re3d DIRECTORY...\n");
        return 2;
    }
    for (; at < argc; at++)
        strcmp(set, "ieer") == 0 ? score_ieer(argv[at]) : score_re3d(argv[at]);
    print_rate("precision", card.right, card.found);
    print_rate("recall, days months years", card.calendar_found, card.calendar);
    print_rate("recall, all gold spans", card.gold_found, card.gold);
    for (const struct tally *tally = card.tallies; tally->rule; tally++)
        print_rate(tally->rule, tally->right, tally->found);
    return 0;
}
