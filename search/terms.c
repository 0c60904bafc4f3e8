#include "search/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "search/names.h"
#include "search/snapshot_private.h"
#include "search/term_walk.h"

static bool add_term(struct terms *terms, const char *text, uint32_t freq, struct error *err)
{
    if (!array_reserve(&terms->items, &terms->room, terms->count + 1, sizeof terms->items[0]))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    struct term *term = &terms->items[terms->count++];
    snprintf(term->text, sizeof term->text, "%s", text);
    term->freq = freq;
    terms->freq += freq;
    return true;
}

static bool look_up(const struct snapshot *snapshot, const char *text, struct terms *terms,
                    struct error *err)
{
    uint32_t freq;
    return postings_freq(&snapshot->source, text, &freq, err) &&
           (!freq || add_term(terms, text, freq, err));
}

/* The stems of a word in each language: a report has those of its own. */
static bool look_up_stems(const struct snapshot *snapshot, const char *word, enum field_id field,
                          struct terms *terms, struct error *err)
{
    const struct stems *stems = &snapshot->stems;
    char found[STEMS_OF_WORD][STEM_ROOM], term[FIELD_TERM_ROOM];
    size_t count;
    for (size_t i = 0; i < stems->count; i++) {
        if (!stems_of(stems, i, word, found, &count, err))
            return false;
        for (size_t j = 0; j < count; j++) {
            field_stem_term(&fields[field], stems->languages[i], found[j], strlen(found[j]), term);
            if (!look_up(snapshot, term, terms, err))
                return false;
        }
    }
    return true;
}

/* Kept are the terms that index something, and an empty one behind them. */
static void keep(struct cache *cache, const char *key, size_t size, const struct terms *terms)
{
    struct term *kept = calloc(terms->count + 1, sizeof kept[0]);
    if (kept && terms->count)
        memcpy(kept, terms->items, terms->count * sizeof kept[0]);
    cache_take(cache, key, size, kept, (terms->count + 1) * sizeof kept[0]);
}

/* Matching and ranking ask for a word up to four times, and each look costs a microsecond or two
 * a language. */
static bool of_word(const struct snapshot *snapshot, const char *word, enum field_id field,
                    struct terms *terms, struct error *err)
{
    char key[FIELD_TERM_ROOM];
    size_t size = field_term(&fields[field], word, strlen(word), key);
    const struct term *kept = cache_find(snapshot->stemmed, key, size);
    if (!kept) {
        if (!look_up_stems(snapshot, word, field, terms, err))
            return false;
        keep(snapshot->stemmed, key, size, terms);
        return true;
    }
    for (; kept->freq > 0; kept++)
        if (!add_term(terms, kept->text, kept->freq, err))
            return false;
    return true;
}

static bool of_prefix(const struct snapshot *snapshot, const char *prefix, enum field_id field,
                      struct terms *terms, struct error *err)
{
    struct term_walk *words;
    const char *word;
    uint32_t freq;
    char term[FIELD_TERM_ROOM];
    field_term(&fields[field], prefix, strlen(prefix), term);
    if (!term_walk_open(&snapshot->source, term, &words, err))
        return false;
    bool ok;
    while ((ok = term_walk_next(words, &word, &freq, err)) && word) {
        if (terms->count == LIMIT_WILDCARD_TERMS)
            ok = error_set(err, ERROR_LIMIT, "q",
                           "%s* stands for more than %u words: write more of the word", prefix,
                           LIMIT_WILDCARD_TERMS);
        ok = ok && add_term(terms, word, freq, err);
        if (!ok)
            break;
    }
    term_walk_close(words);
    return ok;
}

bool terms_of_term(const struct snapshot *snapshot, const char *term, struct terms *out,
                   struct error *err)
{
    struct terms terms = {0};
    if (!look_up(snapshot, term, &terms, err)) {
        terms_clear(&terms);
        return false;
    }
    *out = terms;
    return true;
}

bool terms_of_exact(const struct snapshot *snapshot, const char *word, enum field_id field,
                    struct terms *out, struct error *err)
{
    char term[FIELD_TERM_ROOM];
    field_term(&fields[field], word, strlen(word), term);
    return terms_of_term(snapshot, term, out, err);
}

static bool of_value(const struct snapshot *snapshot, const char *value, enum field_id field,
                     struct terms *terms, struct error *err)
{
    char *id, term[FIELD_TERM_ROOM];
    if (!names_resolve(snapshot, field, value, &id, err))
        return false;
    field_term(&fields[field], id, strlen(id), term);
    free(id);
    return look_up(snapshot, term, terms, err);
}

bool terms_of(const struct snapshot *snapshot, const struct query_node *node, enum field_id field,
              struct terms *out, struct error *err)
{
    struct terms terms = {0};
    bool ok = false;
    if (node->kind == QUERY_WORD && node->exact)
        return terms_of_exact(snapshot, node->words[0], field, out, err);
    if (node->kind == QUERY_WORD)
        ok = of_word(snapshot, node->words[0], field, &terms, err);
    else if (node->kind == QUERY_PREFIX)
        ok = of_prefix(snapshot, node->words[0], field, &terms, err);
    else
        ok = of_value(snapshot, node->words[0], field, &terms, err);
    if (ok)
        *out = terms;
    else
        terms_clear(&terms);
    return ok;
}

void terms_clear(struct terms *terms)
{
    free(terms->items);
    *terms = (struct terms){0};
}

static bool is_same_word(const struct query_node *a, const struct query_node *b)
{
    return a->kind == QUERY_WORD && b->kind == QUERY_WORD && a->field == b->field &&
           a->exact == b->exact && strcmp(a->words[0], b->words[0]) == 0;
}

size_t terms_times_said(const struct query_node *join, size_t number)
{
    const struct query_node *child = join->children[number];
    size_t times = 1;
    for (size_t i = 0; i < number; i++)
        if (is_same_word(join->children[i], child))
            return 0;
    for (size_t i = number + 1; i < join->child_count; i++)
        times += is_same_word(join->children[i], child);
    return times;
}
