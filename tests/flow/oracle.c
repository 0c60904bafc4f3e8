#include "tests/flow/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/document.h"
#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"
#include "schema/word_stream.h"
#include "xapian/xap.h"

/* ---- strings as numbers -------------------------------------------------------------- */

struct names {
    char **texts;
    size_t count, room;
    uint32_t *slots; /* number + 1; 0 is free */
    size_t slot_count;
};

static void *need(void *memory)
{
    if (!memory) {
        fputs("oracle: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static size_t slot_of(const struct names *names, const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = text; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    size_t at = (size_t)hash & (names->slot_count - 1);
    while (names->slots[at] && strcmp(names->texts[names->slots[at] - 1], text) != 0)
        at = (at + 1) & (names->slot_count - 1);
    return at;
}

static void grow_slots(struct names *names)
{
    free(names->slots);
    names->slot_count = names->slot_count ? 2 * names->slot_count : 1024;
    names->slots = need(calloc(names->slot_count, sizeof names->slots[0]));
    for (size_t i = 0; i < names->count; i++)
        names->slots[slot_of(names, names->texts[i])] = (uint32_t)i + 1;
}

#define NO_NAME UINT32_MAX

static uint32_t find_name(const struct names *names, const char *text)
{
    uint32_t found = names->slot_count ? names->slots[slot_of(names, text)] : 0;
    return found ? found - 1 : NO_NAME;
}

static uint32_t add_name(struct names *names, const char *text)
{
    uint32_t found = find_name(names, text);
    if (found != NO_NAME)
        return found;
    if (2 * (names->count + 1) > names->slot_count)
        grow_slots(names);
    need(array_reserve(&names->texts, &names->room, names->count + 1, sizeof names->texts[0])
             ? names
             : NULL);
    names->texts[names->count] = need(strdup(text));
    names->slots[slot_of(names, text)] = (uint32_t)++names->count;
    return (uint32_t)names->count - 1;
}

static void clear_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->texts[i]);
    free(names->texts);
    free(names->slots);
}

/* ---- reports ------------------------------------------------------------------------- */

struct place {
    uint32_t word, position;
};

struct places {
    struct place *items;
    size_t count, room;
    uint32_t *stems; /* by stem, each once */
    size_t stem_count, stem_room;
};

enum { IN_TEXT, IN_TITLE, PART_COUNT };

struct entry {
    uint32_t docid;
    day_t day;
    size_t language;                 /* by number: its words have no stems of another */
    struct places parts[PART_COUNT]; /* by word, then position */
    uint32_t *values[FIELD_COUNT];
    size_t value_counts[FIELD_COUNT];
    uint32_t *text; /* the words of the text in order, for making phrases */
    size_t text_count;
};

#define LANGUAGES 40

struct oracle {
    struct names words, stems, values[FIELD_COUNT];
    unsigned char *in_part[PART_COUNT]; /* by word: whether a report has it there */
    size_t part_rooms[PART_COUNT];
    struct entry *entries;
    size_t count, room;
    char languages[LANGUAGES][16];
    struct xap_stemmer *stemmers[LANGUAGES];
    size_t language_count;
    day_t first, last;
};

struct oracle *oracle_new(void)
{
    struct oracle *oracle = need(calloc(1, sizeof *oracle));
    oracle->first = oracle->last = DAY_NONE;
    return oracle;
}

void oracle_free(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->count; i++) {
        struct entry *entry = &oracle->entries[i];
        for (int part = 0; part < PART_COUNT; part++) {
            free(entry->parts[part].items);
            free(entry->parts[part].stems);
        }
        for (enum field_id id = 0; id < FIELD_COUNT; id++)
            free(entry->values[id]);
        free(entry->text);
    }
    free(oracle->entries);
    for (int part = 0; part < PART_COUNT; part++)
        free(oracle->in_part[part]);
    for (size_t i = 0; i < oracle->language_count; i++)
        xap_stemmer_free(oracle->stemmers[i]);
    clear_names(&oracle->words);
    clear_names(&oracle->stems);
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        clear_names(&oracle->values[id]);
    free(oracle);
}

static size_t language_number(struct oracle *oracle, const char *language)
{
    for (size_t i = 0; i < oracle->language_count; i++)
        if (strcmp(oracle->languages[i], language) == 0)
            return i;
    size_t at = oracle->language_count++;
    need(at < LANGUAGES ? oracle : NULL);
    snprintf(oracle->languages[at], sizeof oracle->languages[at], "%s", language);
    if (!xap_stemmer_new(language, &oracle->stemmers[at], NULL))
        need(xap_stemmer_new("none", &oracle->stemmers[at], NULL) ? oracle : NULL);
    return at;
}

static void stem(struct xap_stemmer *stemmer, const char *word, char out[256])
{
    need(xap_stemmer_stem(stemmer, word, strlen(word), out, 256, NULL, NULL) ? out : NULL);
}

static void add_place(struct oracle *oracle, struct places *places, int part, uint32_t word,
                      uint32_t stem_number, uint32_t position)
{
    need(array_reserve(&places->items, &places->room, places->count + 1, sizeof places->items[0])
             ? places
             : NULL);
    need(array_reserve(&places->stems, &places->stem_room, places->stem_count + 1,
                       sizeof places->stems[0])
             ? places
             : NULL);
    places->items[places->count++] = (struct place){word, position};
    places->stems[places->stem_count++] = stem_number;
    size_t before = oracle->part_rooms[part];
    need(array_reserve(&oracle->in_part[part], &oracle->part_rooms[part], word + 1, 1) ? oracle
                                                                                       : NULL);
    memset(oracle->in_part[part] + before, 0, oracle->part_rooms[part] - before);
    oracle->in_part[part][word] = 1;
}

/* Adds the words of a text at the positions after '*position', and the gap that follows. */
static void add_words(struct oracle *oracle, struct entry *entry, int part, const char *text,
                      size_t size, uint32_t *position)
{
    struct tokenizer tokenizer;
    struct token token;
    char stemmed[256];
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        uint32_t word = add_name(&oracle->words, token.folded);
        stem(oracle->stemmers[entry->language], token.folded, stemmed);
        add_place(oracle, &entry->parts[part], part, word, add_name(&oracle->stems, stemmed),
                  ++*position);
        if (part == IN_TEXT) {
            entry->text = need(realloc(entry->text, (entry->text_count + 1) * sizeof(uint32_t)));
            entry->text[entry->text_count++] = word;
        }
    }
    tokenizer_end(&tokenizer);
    *position += WORD_STREAM_GAP_WORDS;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->word != right->word)
        return left->word < right->word ? -1 : 1;
    return (left->position > right->position) - (left->position < right->position);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void sort_places(struct places *places)
{
    if (!places->count)
        return;
    qsort(places->items, places->count, sizeof places->items[0], compare_places);
    qsort(places->stems, places->stem_count, sizeof places->stems[0], compare_numbers);
}

static void add_value(struct oracle *oracle, struct entry *entry, enum field_id field,
                      const char *value)
{
    if (!value || !value[0])
        return;
    size_t count = entry->value_counts[field]++;
    entry->values[field] =
        need(realloc(entry->values[field], (count + 1) * sizeof entry->values[field][0]));
    entry->values[field][count] = add_name(&oracle->values[field], value);
}

static void add_text(struct oracle *oracle, struct entry *entry, const struct report *report)
{
    size_t ends[] = {report->faq_begin, report->sources_begin, report->body_size};
    uint32_t position = 0, title_position = 0;
    size_t begin = 0, title_size = strlen(report->title);
    if (report->title_derived)
        position += WORD_STREAM_GAP_WORDS;
    else
        add_words(oracle, entry, IN_TEXT, report->title, title_size, &position);
    add_words(oracle, entry, IN_TITLE, report->title, title_size, &title_position);
    if (ends[1] < ends[0]) { /* the sources stand before the FAQ */
        ends[0] = report->sources_begin;
        ends[1] = report->faq_begin;
    }
    for (size_t i = 0; i < 3; begin = ends[i++])
        add_words(oracle, entry, IN_TEXT, report->body + begin, ends[i] - begin, &position);
    sort_places(&entry->parts[IN_TEXT]);
    sort_places(&entry->parts[IN_TITLE]);
}

void oracle_add(struct oracle *oracle, uint32_t docid, const struct report *report)
{
    need(
        array_reserve(&oracle->entries, &oracle->room, oracle->count + 1, sizeof oracle->entries[0])
            ? oracle
            : NULL);
    struct entry *entry = &oracle->entries[oracle->count++];
    *entry = (struct entry){.docid = docid, .day = report->day};
    entry->language = language_number(oracle, report->language ? report->language : "en");
    add_text(oracle, entry, report);
    for (size_t i = 0; i < report->actor_count; i++)
        add_value(oracle, entry, FIELD_ACTOR, report->actors[i]);
    for (size_t i = 0; i < report->region_count; i++)
        add_value(oracle, entry, FIELD_REGION, report->regions[i]);
    for (size_t i = 0; i < report->mentioned_count; i++)
        add_value(oracle, entry, FIELD_MENTIONED, report->mentioned[i]);
    add_value(oracle, entry, FIELD_ID, report->id);
    add_value(oracle, entry, FIELD_SOURCE, report->source);
    add_value(oracle, entry, FIELD_LANGUAGE, report->language);
    add_value(oracle, entry, FIELD_SAME, report->same);
    if (report->day == DAY_NONE)
        return;
    if (oracle->first == DAY_NONE || report->day < oracle->first)
        oracle->first = report->day;
    if (oracle->last == DAY_NONE || report->day > oracle->last)
        oracle->last = report->day;
}

size_t oracle_count(const struct oracle *oracle)
{
    return oracle->count;
}

const char *oracle_word(const struct oracle *oracle, size_t number)
{
    return oracle->words.texts[number];
}

size_t oracle_word_count(const struct oracle *oracle)
{
    return oracle->words.count;
}

bool oracle_phrase(const struct oracle *oracle, size_t number, size_t at, size_t count,
                   const char *words[])
{
    const struct entry *entry = &oracle->entries[number];
    if (number >= oracle->count || entry->text_count < count)
        return false;
    at %= entry->text_count - count + 1;
    for (size_t i = 0; i < count; i++)
        words[i] = oracle->words.texts[entry->text[at + i]];
    return true;
}

const char *oracle_value(const struct oracle *oracle, size_t number, enum field_id field,
                         size_t pick)
{
    const struct entry *entry = &oracle->entries[number];
    size_t count = number < oracle->count ? entry->value_counts[field] : 0;
    return count ? oracle->values[field].texts[entry->values[field][pick % count]] : NULL;
}

day_t oracle_day(const struct oracle *oracle, size_t number)
{
    return number < oracle->count ? oracle->entries[number].day : DAY_NONE;
}

/* ---- matching ------------------------------------------------------------------------ */

/* What a node looks for, as numbers. */
struct goal {
    const struct ask_node *node;
    int part;
    uint32_t words[ASK_PARTS];    /* NO_NAME: a word that no report has */
    uint32_t stems[LANGUAGES][2]; /* by language; NO_NAME: no report has it */
    unsigned char *prefixed;      /* by word */
    uint32_t value, named;        /* NO_NAME for none */
    enum field_id named_field;
    struct goal *children[ASK_PARTS];
};

static void set_stems(struct oracle *oracle, struct goal *goal)
{
    for (size_t i = 0; i < oracle->language_count; i++) {
        char stemmed[256];
        stem(oracle->stemmers[i], goal->node->words[0], stemmed);
        goal->stems[i][0] = find_name(&oracle->stems, stemmed);
        goal->stems[i][1] = strcmp(oracle->languages[i], "en") == 0
                                ? NO_NAME
                                : find_name(&oracle->stems, goal->node->words[0]);
    }
}

static bool set_prefixed(const struct oracle *oracle, struct goal *goal)
{
    const char *prefix = goal->node->words[0];
    size_t count = 0;
    goal->prefixed = need(calloc(oracle->words.count + 1, 1));
    for (uint32_t i = 0; i < oracle->words.count; i++)
        if (strncmp(oracle->words.texts[i], prefix, strlen(prefix)) == 0) {
            goal->prefixed[i] = 1;
            count += i < oracle->part_rooms[goal->part] && oracle->in_part[goal->part][i];
        }
    return count > LIMIT_WILDCARD_TERMS;
}

/* The value that a word or a pair names; NO_NAME for none. A name that no report is tagged with
 * does not count: where any word will do, it leaves the name of its last one. */
static uint32_t named_value(const struct oracle *oracle, const struct ask_node *node, bool any,
                            enum field_id *field)
{
    for (size_t i = 0; i < ask_name_count; i++)
        if (strcmp(ask_names[i].words, node->words[0]) == 0) {
            *field = ask_names[i].field;
            uint32_t value = find_name(&oracle->values[*field], ask_names[i].value);
            return value == NO_NAME && any && ask_names[i].alone
                       ? find_name(&oracle->values[*field], ask_names[i].alone)
                       : value;
        }
    return NO_NAME;
}

static struct goal *make_goal(struct oracle *oracle, const struct ask *ask,
                              const struct ask_node *node, bool *wide)
{
    struct goal *goal = need(calloc(1, sizeof *goal));
    goal->node = node;
    goal->part = node->field == FIELD_TITLE ? IN_TITLE : IN_TEXT;
    for (size_t i = 0; i < node->word_count; i++)
        goal->words[i] = find_name(&oracle->words, node->words[i]);
    if (node->kind == ASK_WORD)
        set_stems(oracle, goal);
    goal->named = NO_NAME;
    if (!ask->exact_words &&
        (node->kind == ASK_NAME || (node->kind == ASK_WORD && goal->part == IN_TEXT)))
        goal->named = named_value(oracle, node, ask->any, &goal->named_field);
    if (node->kind == ASK_PREFIX)
        *wide |= set_prefixed(oracle, goal);
    if (node->kind == ASK_VALUE)
        goal->value = find_name(&oracle->values[node->field], node->words[0]);
    for (size_t i = 0; i < node->child_count; i++)
        goal->children[i] = make_goal(oracle, ask, node->children[i], wide);
    return goal;
}

static void free_goal(struct goal *goal)
{
    if (!goal)
        return;
    for (size_t i = 0; i < goal->node->child_count; i++)
        free_goal(goal->children[i]);
    free(goal->prefixed);
    free(goal);
}

/* The places of a word: they stand together. */
static const struct place *find_places(const struct places *places, uint32_t word, size_t *count)
{
    size_t low = 0, high = places->count, end;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (places->items[middle].word < word)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < places->count && places->items[end].word == word; end++)
        ;
    *count = end - low;
    return places->items + low;
}

static bool has_word_at(const struct places *places, uint32_t word, uint32_t position)
{
    size_t count;
    const struct place *found = find_places(places, word, &count);
    for (size_t i = 0; i < count; i++)
        if (found[i].position == position)
            return true;
    return false;
}

static bool has_phrase(const struct places *places, const struct goal *goal)
{
    size_t count;
    const struct place *first = find_places(places, goal->words[0], &count);
    for (size_t i = 0; i < count; i++) {
        size_t word = 1;
        while (word < goal->node->word_count &&
               has_word_at(places, goal->words[word], first[i].position + (uint32_t)word))
            word++;
        if (word == goal->node->word_count)
            return true;
    }
    return false;
}

/* Two words, at places of their own, at most 'window' apart. */
static bool has_near(const struct places *places, const struct goal *goal)
{
    size_t left_count, right_count;
    const struct place *left = find_places(places, goal->words[0], &left_count);
    const struct place *right = find_places(places, goal->words[1], &right_count);
    for (size_t i = 0; i < left_count; i++)
        for (size_t j = 0; j < right_count; j++) {
            uint32_t a = left[i].position, b = right[j].position;
            uint32_t apart = a < b ? b - a : a - b;
            if (apart > 0 && apart <= goal->node->window)
                return true;
        }
    return false;
}

static bool has_stem(const struct entry *entry, const struct goal *goal)
{
    const struct places *places = &entry->parts[goal->part];
    const uint32_t *stems = goal->stems[entry->language];
    for (size_t i = 0; i < 2; i++)
        if (places->count && bsearch(&stems[i], places->stems, places->stem_count,
                                     sizeof places->stems[0], compare_numbers))
            return true;
    return false;
}

static bool has_prefix(const struct places *places, const struct goal *goal)
{
    for (size_t i = 0; i < places->count; i++)
        if (goal->prefixed[places->items[i].word])
            return true;
    return false;
}

static bool has_value(const struct entry *entry, enum field_id field, uint32_t value)
{
    for (size_t i = 0; i < entry->value_counts[field]; i++)
        if (entry->values[field][i] == value)
            return true;
    return false;
}

static bool is_named(const struct entry *entry, const struct goal *goal)
{
    return goal->named != NO_NAME && has_value(entry, goal->named_field, goal->named);
}

static bool is_between(day_t day, day_t from, day_t to)
{
    return day != DAY_NONE && (from == DAY_NONE || day >= from) && (to == DAY_NONE || day <= to);
}

static bool is_match(const struct entry *entry, const struct goal *goal)
{
    const struct ask_node *node = goal->node;
    const struct places *places = &entry->parts[goal->part];
    size_t matching = 0, count;
    for (size_t i = 0; i < node->child_count; i++)
        matching += is_match(entry, goal->children[i]);
    switch (node->kind) {
    case ASK_NAME:
        return is_named(entry, goal);
    case ASK_WORD:
        return has_stem(entry, goal) || is_named(entry, goal);
    case ASK_EXACT:
        find_places(places, goal->words[0], &count);
        return count > 0;
    case ASK_PHRASE:
        return has_phrase(places, goal);
    case ASK_NEAR:
        return has_near(places, goal);
    case ASK_PREFIX:
        return has_prefix(places, goal);
    case ASK_VALUE:
        return has_value(entry, node->field, goal->value);
    case ASK_DATES:
        return is_between(entry->day, node->from, node->to);
    case ASK_AND:
        return matching == node->child_count;
    case ASK_OR:
        return matching > 0;
    case ASK_NOT:
        return matching == 0;
    }
    abort();
}

/* ---- answering ----------------------------------------------------------------------- */

/* Whether the filters let a report through; the choices in field 'free' do not count. */
static bool passes(const struct oracle *oracle, const struct entry *entry, const struct ask *ask,
                   enum field_id free_field)
{
    bool chosen[FIELD_COUNT] = {0}, found[FIELD_COUNT] = {0};
    for (size_t i = 0; i < ask->filter_count; i++) {
        const struct ask_filter *filter = &ask->filters[i];
        uint32_t value = find_name(&oracle->values[filter->field], filter->value);
        bool has = value != NO_NAME && has_value(entry, filter->field, value);
        if (filter->exclude && has)
            return false;
        if (!filter->exclude) {
            chosen[filter->field] = true;
            found[filter->field] |= has;
        }
    }
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (chosen[id] && !found[id] && id != free_field)
            return false;
    return (ask->from == DAY_NONE && ask->to == DAY_NONE) ||
           is_between(entry->day, ask->from, ask->to);
}

static void count_facet(const struct oracle *oracle, const struct ask *ask,
                        const unsigned char *by_words, enum field_id field, struct expected *out)
{
    const struct names *names = &oracle->values[field];
    uint32_t *counts = need(calloc(names->count + 1, sizeof counts[0]));
    for (size_t i = 0; i < oracle->count; i++) {
        const struct entry *entry = &oracle->entries[i];
        if (by_words[i] && passes(oracle, entry, ask, field))
            for (size_t v = 0; v < entry->value_counts[field]; v++)
                counts[entry->values[field][v]]++;
    }
    out->values[field] = need(calloc(names->count + 1, sizeof out->values[field][0]));
    for (size_t i = 0; i < names->count; i++)
        if (counts[i])
            out->values[field][out->value_counts[field]++] =
                (struct expected_value){names->texts[i], counts[i]};
    free(counts);
}

void oracle_answer(struct oracle *oracle, const struct ask *ask, struct expected *out)
{
    *out = (struct expected){.index_first = oracle->first, .index_last = oracle->last};
    struct goal *goal = ask->root ? make_goal(oracle, ask, ask->root, &out->wide_prefix) : NULL;
    unsigned char *by_words = need(calloc(oracle->count + 1, 1));
    out->docids = need(calloc(oracle->count + 1, sizeof out->docids[0]));
    out->days = need(calloc(oracle->count + 1, sizeof out->days[0]));
    for (size_t i = 0; i < oracle->count; i++) {
        const struct entry *entry = &oracle->entries[i];
        by_words[i] = !goal || is_match(entry, goal);
        if (by_words[i] && passes(oracle, entry, ask, FIELD_COUNT)) {
            out->docids[out->total] = entry->docid;
            out->days[out->total++] = entry->day;
        }
    }
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        if (fields[id].is_facet && fields[id].kind == FIELD_BOOLEAN)
            count_facet(oracle, ask, by_words, id, out);
    free(by_words);
    free_goal(goal);
}

void expected_clear(struct expected *expected)
{
    free(expected->docids);
    free(expected->days);
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        free(expected->values[id]);
}
