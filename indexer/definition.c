#include "indexer/definition.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

/* A text that defines more than this many is a list of abbreviations. */
#define DEFINITIONS_MAX 32

struct definition {
    uint32_t word;          /* the acronym where it is defined */
    struct meaning meaning; /* NULL concept: something that the vocabulary does not know */
    uint32_t node;          /* of the long name */
};

static size_t letters(const struct word *word)
{
    return word->end - word->begin;
}

/* "(LN)": the word alone in brackets. */
static bool is_bracketed(const struct scan *scan, uint32_t at)
{
    const struct word *word = &scan->words[at];
    return at > 0 && (word->flags & TOKEN_UPPER) && letters(word) >= 2 && letters(word) <= 10 &&
           scan->text[word->begin - 1] == '(' && scan->text[word->end] == ')' &&
           word->begin - word[-1].end == 2;
}

static char initial(const struct scan *scan, const struct word *word)
{
    char c = scan->text[word->begin];
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The first of the words before 'at' whose initials are the letters at 'at', small words
 * passed over; 'at' where they are not. */
static uint32_t spelled_out_from(const struct scan *scan, uint32_t at)
{
    const struct word *acronym = &scan->words[at];
    uint32_t left = acronym->end, first = at;
    while (left > acronym->begin && first > 0) {
        const struct word *word = &scan->words[--first];
        if (initial(scan, word) == scan->text[left - 1])
            left--;
        else if (!(word->classes & WORD_SMALL))
            return at;
    }
    return left == acronym->begin ? first : at;
}

/* The span that ends right before a word, or begins at it; NULL where there is none. */
static struct span *span_at(struct scan *scan, uint32_t word, bool ends)
{
    for (size_t i = 0; i < scan->span_count; i++) {
        struct span *span = &scan->spans[i];
        if (!span->inside && (ends ? span->last : span->first) == word)
            return span;
    }
    return NULL;
}

/* Whether a name of the concept has one of the words [first, last): then the long name is
 * only another spelling of it. */
static bool shares_word(const struct scan *scan, const struct scan_rules *rules,
                        const struct concept *concept, uint32_t first, uint32_t last)
{
    bool found = false;
    for (size_t i = 0; i < concept->name_count && !found; i++) {
        struct tokenizer tokenizer;
        struct token token;
        tokenizer_start(&tokenizer, concept->names[i].text, strlen(concept->names[i].text));
        while (!found && tokenizer_next(&tokenizer, &token)) {
            uint32_t number = gazetteer_word(rules->gazetteer, token.folded, token.size);
            for (uint32_t at = first; at < last && !found; at++)
                found = scan->words[at].number == number && number != GAZETTEER_NONE &&
                        !(scan->words[at].classes & WORD_SMALL);
        }
        tokenizer_end(&tokenizer);
    }
    return found;
}

/* Reads the definition at a bracketed acronym; false where it is none, or says nothing new. */
static bool read_definition(struct scan *scan, const struct scan_rules *rules, uint32_t at,
                            struct definition *out)
{
    const struct span *longer = span_at(scan, at, true), *own = span_at(scan, at, false);
    *out = (struct definition){.word = at};
    if (longer && longer->meaning_count == 1 && longer->last - longer->first > 1) {
        out->meaning = scan->meanings[longer->meanings];
        out->node = longer->node;
        return !own || own->meaning_count != 1 ||
               scan->meanings[own->meanings].concept != out->meaning.concept;
    }
    uint32_t first = spelled_out_from(scan, at);
    if (first == at || !own || own->last != at + 1)
        return false;
    for (size_t i = 0; i < own->meaning_count; i++)
        if (shares_word(scan, rules, scan->meanings[own->meanings + i].concept, first, at))
            return false;
    return true;
}

static bool same_word(const struct scan *scan, const struct word *a, const struct word *b)
{
    return letters(a) == letters(b) &&
           memcmp(scan->text + a->begin, scan->text + b->begin, letters(a)) == 0;
}

/* Gives a word the meaning that was defined, in place of the vocabulary's. */
static bool redefine(struct scan *scan, uint32_t at, const struct definition *definition)
{
    const struct meaning *meaning = &definition->meaning;
    struct span *own = span_at(scan, at, false);
    if (!own && !meaning->concept)
        return true;
    if (!array_reserve(&scan->meanings, &scan->meaning_room, scan->meaning_count + 1,
                       sizeof *scan->meanings) ||
        !array_reserve(&scan->spans, &scan->span_room, scan->span_count + 1, sizeof *scan->spans))
        return false;
    own = span_at(scan, at, false);
    if (!own) {
        size_t i = scan->span_count++;
        for (; i > 0 && scan->spans[i - 1].first > at; i--)
            scan->spans[i] = scan->spans[i - 1];
        own = &scan->spans[i];
        *own = (struct span){.first = at, .last = at + 1};
    }
    own->meaning_count = meaning->concept != NULL;
    own->meanings = (uint32_t)scan->meaning_count;
    own->defined = true;
    own->node = definition->node;
    scan->meanings[scan->meaning_count++] = *meaning;
    return true;
}

bool definitions_apply(struct scan *scan, const struct scan_rules *rules)
{
    struct definition definitions[DEFINITIONS_MAX];
    size_t count = 0;
    bool ok = true;
    for (uint32_t at = 0; ok && at < scan->word_count; at++) {
        const struct word *word = &scan->words[at];
        if (!(word->flags & TOKEN_UPPER))
            continue;
        if (count < DEFINITIONS_MAX && is_bracketed(scan, at) &&
            read_definition(scan, rules, at, &definitions[count]))
            count++;
        for (size_t i = count; ok && i-- > 0;) {
            if (!same_word(scan, &scan->words[definitions[i].word], word))
                continue;
            ok = redefine(scan, at, &definitions[i]);
            break;
        }
    }
    return ok;
}
