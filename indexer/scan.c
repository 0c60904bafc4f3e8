#include "indexer/scan.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

/* A name is still used after its last day, by habit and of the past: for so long beside others that
 * have it then, and for ever where none has. A report can be filed a little before a name is
 * official. */
#define SLACK_AFTER  (3 * 365)
#define SLACK_BEFORE 90

/* What one run works with. */
struct run {
    struct scan *scan;
    const struct scan_rules *rules;
    day_t day;
};

/* Scripts without capitals: from Hebrew on, but for Latin with diacritics. */
static bool is_caseless(const struct scan *scan, const struct word *word)
{
    const unsigned char *bytes = (const unsigned char *)scan->text + word->begin;
    return bytes[0] >= 0xd7 && !(bytes[0] == 0xe1 && bytes[1] >= 0xb8 && bytes[1] <= 0xbf);
}

bool scan_is_capital(const struct scan *scan, const struct word *word)
{
    return (word->flags & (TOKEN_CAPITAL | TOKEN_NUMBER)) || is_caseless(scan, word);
}

bool scan_is_word(const struct scan *scan, const struct word *word, const char *text)
{
    return word->end - word->begin == strlen(text) &&
           memcmp(scan->text + word->begin, text, strlen(text)) == 0;
}

#define NAME_WORDS (NAME_EVERYDAY | NAME_FORENAME | NAME_SURNAME)

/* With those, the bits of a word's kind. */
#define KIND_NAME   1 /* it is a name by itself */
#define KIND_LONGER 2 /* longer names begin with it */

static uint8_t kind_of(const struct vocabulary *vocabulary, uint32_t node)
{
    const struct gazetteer *gazetteer = vocabulary_gazetteer(vocabulary);
    const uint32_t *values;
    size_t count = gazetteer_values(gazetteer, node, &values);
    unsigned kind = gazetteer_goes_on(gazetteer, node) ? KIND_LONGER : 0;
    for (size_t i = 0; i < count; i++) {
        unsigned also = vocabulary_name(vocabulary, values[i])->flags & NAME_WORDS;
        kind |= also ? also : KIND_NAME;
    }
    return (uint8_t)kind;
}

uint8_t *scan_word_kinds(const struct vocabulary *vocabulary)
{
    const struct gazetteer *gazetteer = vocabulary_gazetteer(vocabulary);
    size_t count = gazetteer_word_count(gazetteer);
    uint8_t *kinds = calloc(count + 1, 1);
    for (uint32_t word = 0; kinds && word < count; word++) {
        uint32_t node = gazetteer_step(gazetteer, GAZETTEER_ROOT, word);
        if (node != GAZETTEER_NONE)
            kinds[word] = kind_of(vocabulary, node);
    }
    return kinds;
}

unsigned scan_word_is_also(const struct scan_rules *rules, const struct word *word)
{
    return word->number == GAZETTEER_NONE ? 0 : rules->word_kinds[word->number] & NAME_WORDS;
}

/* Whether a name can begin at a word. */
static bool may_begin(const struct scan *scan, const struct scan_rules *rules,
                      const struct word *word)
{
    unsigned kind = word->number == GAZETTEER_NONE ? 0 : rules->word_kinds[word->number];
    return (kind & KIND_LONGER) || word->singular != GAZETTEER_NONE ||
           ((kind & KIND_NAME) && scan_is_capital(scan, word));
}

static void look_up(const struct scan_rules *rules, const struct token *token,
                    struct recent_word *out)
{
    out->number = gazetteer_word(rules->gazetteer, token->folded, token->size);
    out->singular = GAZETTEER_NONE;
    if (token->size > 3 && token->folded[token->size - 1] == 's')
        out->singular = gazetteer_word(rules->gazetteer, token->folded, token->size - 1);
    out->classes = lexicon_classes(rules->lexicon, token->folded, token->size);
}

/* The number and classes of a word, from those looked up last where it is among them. */
static struct recent_word recall(const struct scan_rules *rules, const struct token *token)
{
    struct recent_word word = {.bytes = {0}};
    if (token->size > RECENT_BYTES) {
        look_up(rules, token, &word);
        return word;
    }
    memcpy(word.bytes, token->folded, token->size);
    uint64_t hash = (word.bytes[0] ^ word.bytes[1] * 0x9e3779b97f4a7c15u) * 0x9e3779b97f4a7c15u;
    struct recent_word *slot = &rules->recent[hash >> 32 & (RECENT_WORDS - 1)];
    if (slot->bytes[0] != word.bytes[0] || slot->bytes[1] != word.bytes[1]) {
        look_up(rules, token, &word);
        *slot = word;
    }
    return *slot;
}

static void read_words(struct run *run, const char *text, size_t size)
{
    struct scan *scan = run->scan;
    struct tokenizer tokenizer;
    struct token token;
    scan->text = text;
    scan->word_count = 0;
    tokenizer_start(&tokenizer, text, size);
    while (tokenizer_next(&tokenizer, &token)) {
        if (!array_reserve(&scan->words, &scan->word_room, scan->word_count + 1,
                           sizeof *scan->words)) {
            scan->failed = true;
            break;
        }
        struct word *word = &scan->words[scan->word_count++];
        word->begin = (uint32_t)token.begin;
        word->end = (uint32_t)token.end;
        struct recent_word known = recall(run->rules, &token);
        word->number = known.number;
        word->singular = token.flags & TOKEN_CAPITAL ? known.singular : GAZETTEER_NONE;
        word->flags = (uint16_t)token.flags;
        word->classes = known.classes;
    }
    tokenizer_end(&tokenizer);
}

static bool in_use(const struct run *run, const struct concept_name *name, bool past)
{
    if (run->day == DAY_NONE)
        return true;
    return (name->from == DAY_NONE || run->day >= name->from - SLACK_BEFORE) &&
           (past || name->to == DAY_NONE || run->day <= name->to + SLACK_AFTER);
}

/* All in capitals, as a headline is: capitals then say nothing. */
static bool is_shouted(const struct scan *scan, uint32_t first, uint32_t last)
{
    const struct word *before = first > 0 ? &scan->words[first - 1] : NULL;
    const struct word *after = last < scan->word_count ? &scan->words[last] : NULL;
    bool before_shouts = before && (before->flags & TOKEN_UPPER) && before->end - before->begin > 3;
    bool after_shouts = after && (after->flags & TOKEN_UPPER) && after->end - after->begin > 3;
    return (before_shouts || !before) && (after_shouts || !after) && (before || after);
}

/* The same letters in the same case, dots apart: U.N. is UN. */
static bool same_letters(const struct scan *scan, const struct word *word, const char *name)
{
    for (uint32_t at = word->begin; at < word->end; at++) {
        if (scan->text[at] == '.' && *name != '.')
            continue;
        if (scan->text[at] != *name)
            return false;
        name++;
    }
    return *name == '\0' || strcmp(name, ".") == 0;
}

static bool acronym_fits(const struct scan *scan, const struct concept_name *name, unsigned also,
                         uint32_t first, uint32_t last)
{
    const struct word *word = &scan->words[first];
    if (last - first > 1)
        return scan_is_capital(scan, word);
    if (is_caseless(scan, word))
        return true;
    if (same_letters(scan, word, name->text))
        return !(also & NAME_EVERYDAY) || !is_shouted(scan, first, last);
    /* FAMa in a headline. */
    return (word->flags & TOKEN_UPPER) && strpbrk(name->text, "abcdefghijklmnopqrstuvwxyz");
}

/* Whether the name itself has the word in lower case, as the text does. */
static bool lower_in_name(const struct scan *scan, const struct word *word, const char *name)
{
    return memmem(name, strlen(name), scan->text + word->begin, word->end - word->begin) != NULL;
}

/* A region's name has capitals at its ends, small words apart. An actor's name needs one,
 * and lower case elsewhere only where the name has it, or at words such as "armed forces":
 * an Islamic state is not the Islamic State. */
static bool case_fits(const struct scan *scan, enum mention_kind type, const char *name,
                      uint32_t first, uint32_t last)
{
    const struct word *words = scan->words;
    if (type == MENTION_REGION)
        return (scan_is_capital(scan, &words[first]) || (words[first].classes & WORD_SMALL)) &&
               scan_is_capital(scan, &words[last - 1]);
    bool capital = false;
    for (uint32_t i = first; i < last; i++) {
        if (scan_is_capital(scan, &words[i]))
            capital = true;
        else if (!(words[i].classes & (WORD_SMALL | WORD_OFFICE | WORD_MEMBER)) &&
                 !lower_in_name(scan, &words[i], name))
            return false;
    }
    return capital;
}

static bool name_fits(const struct run *run, const struct concept_name *name,
                      const struct concept *concept, const struct span *span, bool past)
{
    const struct scan *scan = run->scan;
    bool plural_ok = (name->flags & NAME_DEMONYM) ||
                     (concept && concept->type == MENTION_ACTOR && !(name->flags & NAME_ACRONYM));
    if (span->plural && !plural_ok)
        return false;
    if ((name->flags & NAME_DEMONYM) && run->rules->no_demonyms)
        return false;
    if (!in_use(run, name, past))
        return false;
    if (name->flags & NAME_ACRONYM)
        return acronym_fits(scan, name, span->also, span->first, span->last);
    return case_fits(scan, concept ? concept->type : MENTION_ACTOR, name->text, span->first,
                     span->last);
}

static bool ends_in_dot(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && text[size - 1] == '.';
}

/* Where a name is plainly an actor's, a town of that name is not meant: IS, the Taliban. */
static void prefer_actors(struct scan *scan, struct span *span)
{
    struct meaning *meanings = scan->meanings + span->meanings;
    bool plain = false;
    for (uint16_t i = 0; i < span->meaning_count; i++)
        plain = plain || (meanings[i].concept->type == MENTION_ACTOR &&
                          !(meanings[i].name->flags & NAME_AMBIGUOUS));
    uint16_t kept = 0;
    for (uint16_t i = 0; i < span->meaning_count; i++)
        if (!plain || meanings[i].concept->type == MENTION_ACTOR ||
            strcmp(meanings[i].concept->kind, "place") != 0)
            meanings[kept++] = meanings[i];
    span->meaning_count = kept;
}

enum verdict { NO_NAME, A_NAME, NEGATIVE };

/* Adds what the name at a node can mean there; 'past': names out of date too. */
static enum verdict collect(struct run *run, struct span *span, const uint32_t *values,
                            size_t count, bool past)
{
    struct scan *scan = run->scan;
    const struct vocabulary *vocabulary = run->rules->vocabulary;
    for (size_t i = 0; i < count && span->meaning_count < UINT16_MAX; i++) {
        const struct concept_name *name = vocabulary_name(vocabulary, values[i]);
        const struct concept *concept = vocabulary_owner(vocabulary, name);
        if ((name->flags & NAME_WORDS) || !name_fits(run, name, concept, span, past))
            continue;
        if (!concept)
            return NEGATIVE;
        struct meaning *meanings = scan->meanings + span->meanings;
        uint16_t same = 0;
        while (same < span->meaning_count && meanings[same].concept != concept)
            same++;
        span->dot = span->dot || ends_in_dot(name->text);
        if (same == span->meaning_count)
            meanings[span->meaning_count++] = (struct meaning){concept, name};
    }
    return span->meaning_count ? A_NAME : NO_NAME;
}

/* Collects what the name at a node can mean there. */
static enum verdict weigh(struct run *run, uint32_t node, struct span *span)
{
    struct scan *scan = run->scan;
    const uint32_t *values;
    size_t count = gazetteer_values(run->rules->gazetteer, node, &values);
    span->meanings = (uint32_t)scan->meaning_count;
    span->meaning_count = 0;
    span->node = node;
    span->also = 0;
    if (span->last == span->first + 1)
        span->also = (uint8_t)scan_word_is_also(run->rules, &scan->words[span->first]);
    if (!array_reserve(&scan->meanings, &scan->meaning_room, scan->meaning_count + count,
                       sizeof *scan->meanings)) {
        scan->failed = true;
        return NO_NAME;
    }
    enum verdict verdict = collect(run, span, values, count, false);
    if (verdict == NO_NAME)
        verdict = collect(run, span, values, count, true);
    prefer_actors(scan, span);
    return verdict;
}

static bool add_span(struct scan *scan, const struct span *span)
{
    if (!array_reserve(&scan->spans, &scan->span_room, scan->span_count + 1, sizeof *scan->spans)) {
        scan->failed = true;
        return false;
    }
    scan->spans[scan->span_count++] = *span;
    scan->meaning_count = span->meanings + span->meaning_count;
    return true;
}

/* Where names can end on the way down the trie. */
struct stop {
    uint32_t node, last;
    bool plural, split;
};

#define STOPS_MAX (2 * GAZETTEER_NAME_WORDS)

/* Walks down from a word; returns how many names end on the way, the longest last. */
static size_t walk(const struct run *run, uint32_t first, struct stop stops[STOPS_MAX])
{
    const struct scan *scan = run->scan;
    const struct gazetteer *gazetteer = run->rules->gazetteer;
    uint32_t node = GAZETTEER_ROOT;
    size_t count = 0;
    bool split = false;
    for (uint32_t at = first; at < scan->word_count && count + 2 <= STOPS_MAX; at++) {
        const struct word *word = &scan->words[at];
        const uint32_t *values;
        uint32_t next = gazetteer_step(gazetteer, node, word->number);
        uint32_t singular = gazetteer_step(gazetteer, node, word->singular);
        if (singular != GAZETTEER_NONE && gazetteer_values(gazetteer, singular, &values))
            stops[count++] = (struct stop){singular, at + 1, true, split};
        if (next == GAZETTEER_NONE) {
            if (at - first >= 2 && !split && (word->classes & WORD_MEMBER)) {
                split = true;
                continue;
            }
            break;
        }
        node = next;
        if (gazetteer_values(gazetteer, node, &values))
            stops[count++] = (struct stop){node, at + 1, false, split};
    }
    return count;
}

/* "Indiana State" in "Indiana State Police": the last word belongs to what follows. */
static bool is_overrun(const struct scan *scan, uint32_t first, uint32_t last)
{
    const struct word *word = &scan->words[last - 1];
    return last - first > 1 && last < scan->word_count && (word->classes & WORD_DIVISION) &&
           word[1].begin == word->end + 1 && (word[1].classes & (WORD_BODY | WORD_OFFICE)) &&
           (word[1].flags & TOKEN_CAPITAL) && (word[-1].flags & TOKEN_CAPITAL) &&
           word->end - word->begin == strlen("State");
}

/* Adds the longest name that begins at a word; returns where to go on. */
static uint32_t match_at(struct run *run, uint32_t first, uint32_t end)
{
    struct stop stops[STOPS_MAX];
    size_t count = walk(run, first, stops);
    while (count-- > 0) {
        const struct stop *stop = &stops[count];
        if (stop->last > end || is_overrun(run->scan, first, stop->last))
            continue;
        struct span span = {
            .first = first, .last = stop->last, .plural = stop->plural, .split = stop->split};
        enum verdict verdict = weigh(run, stop->node, &span);
        if (verdict == A_NAME && !add_span(run->scan, &span))
            return end;
        if (verdict != NO_NAME)
            return stop->last;
    }
    return first + 1;
}

/* The country's name within an actor's: "Government of Mali". */
static void match_inside(struct run *run)
{
    struct scan *scan = run->scan;
    size_t outer_at = scan->span_count - 1;
    struct span outer = scan->spans[outer_at];
    if (scan->meanings[outer.meanings].concept->type != MENTION_ACTOR)
        return;
    for (uint32_t at = outer.first; at < outer.last;) {
        uint32_t end = at == outer.first ? outer.last - 1 : outer.last;
        size_t before = scan->span_count;
        at = match_at(run, at, end > at ? end : at + 1);
        for (size_t i = before; i < scan->span_count; i++)
            scan->spans[i].inside = true;
    }
}

void scan_run(struct scan *scan, const struct scan_rules *rules, const char *text, size_t size,
              day_t day)
{
    struct run run = {.scan = scan, .rules = rules, .day = day};
    scan->span_count = 0;
    scan->word_count = 0;
    scan->meaning_count = 0;
    scan->failed = false;
    read_words(&run, text, size);
    for (uint32_t at = 0; at < scan->word_count && !scan->failed;) {
        const struct word *word = &scan->words[at];
        if (!may_begin(scan, rules, word)) {
            at++;
            continue;
        }
        size_t before = scan->span_count;
        at = match_at(&run, at, (uint32_t)scan->word_count);
        if (scan->span_count > before && scan->spans[before].last - scan->spans[before].first > 1)
            match_inside(&run);
    }
}

void scan_clear(struct scan *scan)
{
    free(scan->words);
    free(scan->spans);
    free(scan->meanings);
    memset(scan, 0, sizeof *scan);
}
