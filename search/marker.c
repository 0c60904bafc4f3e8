#include "search/marker.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/fnv.h"
#include "schema/tokenizer.h"
#include "search/stems.h"
#include "xapian/xap.h"

struct entry {
    char *key;       /* a word or a stem; NULL where the entry is free */
    uint64_t units;  /* what it answers by itself */
    uint32_t number; /* where it counts in a phrase or near/: from 1 */
};

struct table {
    struct entry *entries;
    size_t size, count;         /* the size is a power of two, at most half of it used */
    bool begins[UCHAR_MAX + 1]; /* a key; most words of a text need no more than this look */
};

/* A leaf of the question. */
struct unit {
    enum query_kind kind;
    uint32_t window;
    char *prefix;
    size_t prefix_size;
    uint32_t *numbers; /* of the words of a phrase or near/ */
    size_t number_count;
};

struct marker {
    struct unit units[MARKER_UNITS];
    size_t unit_count;
    uint64_t title_units; /* those asked of the title alone */
    uint64_t prefix_units;
    const struct stems *stems;    /* borrowed */
    struct table words, *stemmed; /* stems: one table a language */
    uint32_t number_count;
};

/* ---- tables ----------------------------------------------------------------- */

/* The entry of a key, or the free one where it belongs. The table has room. */
static struct entry *slot_of(const struct table *table, const char *key, size_t size)
{
    size_t at = (size_t)fnv_hash(key, size) & (table->size - 1);
    for (;; at = (at + 1) & (table->size - 1)) {
        struct entry *entry = &table->entries[at];
        if (!entry->key || (strncmp(entry->key, key, size) == 0 && entry->key[size] == '\0'))
            return entry;
    }
}

static const struct entry *table_find(const struct table *table, const char *key, size_t size)
{
    static const struct entry none;
    return table->begins[(unsigned char)key[0]] ? slot_of(table, key, size) : &none;
}

static bool table_grow(struct table *table)
{
    struct table larger = *table;
    larger.size = table->size > 0 ? table->size * 2 : 64;
    larger.entries = calloc(larger.size, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < table->size; i++) {
        const struct entry *entry = &table->entries[i];
        if (entry->key)
            *slot_of(&larger, entry->key, strlen(entry->key)) = *entry;
    }
    free(table->entries);
    *table = larger;
    return true;
}

static struct entry *table_add(struct table *table, const char *key, size_t size, struct error *err)
{
    struct entry *entry = NULL;
    if (table->count * 2 < table->size || table_grow(table))
        entry = slot_of(table, key, size);
    if (entry && !entry->key) {
        entry->key = strndup(key, size);
        table->count += entry->key != NULL;
        table->begins[(unsigned char)key[0]] = true;
    }
    if (entry && entry->key)
        return entry;
    error_set(err, ERROR_MEMORY, NULL, "out of memory");
    return NULL;
}

static void table_clear(struct table *table)
{
    for (size_t i = 0; i < table->size; i++)
        free(table->entries[i].key);
    free(table->entries);
}

/* ---- making a marker ---------------------------------------------------------- */

struct maker {
    struct marker *marker;
    struct error *err;
};

static bool add_stems(struct maker *maker, const char *word, size_t language, uint64_t bit)
{
    struct marker *marker = maker->marker;
    char stems[STEMS_OF_WORD][STEM_ROOM];
    size_t count;
    if (!stems_of(marker->stems, language, word, stems, &count, maker->err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct entry *entry =
            table_add(&marker->stemmed[language], stems[i], strlen(stems[i]), maker->err);
        if (!entry)
            return false;
        entry->units |= bit;
    }
    return true;
}

static bool add_word(struct maker *maker, const struct query_node *node, uint64_t bit)
{
    struct marker *marker = maker->marker;
    const char *word = node->words[0];
    size_t word_size = strlen(word);
    struct entry *entry = table_add(&marker->words, word, word_size, maker->err);
    if (!entry)
        return false;
    entry->units |= bit;
    for (size_t i = 0; !node->exact && i < marker->stems->count; i++)
        if (!add_stems(maker, word, i, bit))
            return false;
    return true;
}

static bool add_prefix(struct maker *maker, const struct query_node *node, struct unit *unit,
                       uint64_t bit)
{
    maker->marker->prefix_units |= bit;
    unit->prefix = strdup(node->words[0]);
    if (!unit->prefix)
        return error_set(maker->err, ERROR_MEMORY, NULL, "out of memory");
    unit->prefix_size = strlen(unit->prefix);
    return true;
}

static bool add_together(struct maker *maker, const struct query_node *node, struct unit *unit)
{
    struct marker *marker = maker->marker;
    unit->numbers = calloc(node->word_count, sizeof *unit->numbers);
    if (!unit->numbers)
        return error_set(maker->err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < node->word_count; i++) {
        struct entry *entry =
            table_add(&marker->words, node->words[i], strlen(node->words[i]), maker->err);
        if (!entry)
            return false;
        if (entry->number == 0)
            entry->number = ++marker->number_count;
        unit->numbers[unit->number_count++] = entry->number;
    }
    return true;
}

static bool add_unit(struct maker *maker, const struct query_node *node)
{
    struct marker *marker = maker->marker;
    if (marker->unit_count == MARKER_UNITS)
        return true;
    uint64_t bit = UINT64_C(1) << marker->unit_count;
    struct unit *unit = &marker->units[marker->unit_count++];
    *unit = (struct unit){.kind = node->kind, .window = node->window};
    if (node->field == FIELD_TITLE)
        marker->title_units |= bit;
    if (node->kind == QUERY_WORD)
        return add_word(maker, node, bit);
    return node->kind == QUERY_PREFIX ? add_prefix(maker, node, unit, bit)
                                      : add_together(maker, node, unit);
}

static bool add_tree(struct maker *maker, const struct query_node *node)
{
    switch (node->kind) {
    case QUERY_WORD:
    case QUERY_PREFIX:
    case QUERY_PHRASE:
    case QUERY_NEAR:
        return add_unit(maker, node);
    case QUERY_AND:
    case QUERY_OR:
        for (size_t i = 0; i < node->child_count; i++)
            if (!add_tree(maker, node->children[i]))
                return false;
        return true;
    default:
        return true;
    }
}

bool marker_new(const struct query_node *root, const struct stems *stems, struct marker **out,
                struct error *err)
{
    struct marker *marker = calloc(1, sizeof *marker);
    if (!marker)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    marker->stems = stems;
    marker->stemmed = calloc(stems->count, sizeof *marker->stemmed);
    struct maker maker = {marker, err};
    bool done = marker->stemmed ? add_tree(&maker, root)
                                : error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (done)
        *out = marker;
    else
        marker_free(marker);
    return done;
}

void marker_free(struct marker *marker)
{
    if (!marker)
        return;
    for (size_t i = 0; i < marker->unit_count; i++) {
        free(marker->units[i].prefix);
        free(marker->units[i].numbers);
    }
    table_clear(&marker->words);
    for (size_t i = 0; marker->stemmed && i < marker->stems->count; i++)
        table_clear(&marker->stemmed[i]);
    free(marker->stemmed);
    free(marker);
}

/* ---- scanning ------------------------------------------------------------------ */

struct scan {
    const struct marker *marker;
    struct xap_stemmer *stemmer;
    const struct table *stems; /* that are looked for, of its language; NULL for none */
    bool keeps_beginnings;     /* the stemmer does */
    uint64_t wanted;           /* units */
    bool skips;                /* words whose first letter is not among: */
    bool beginnings[UCHAR_MAX + 1];
    struct occurrences *found;
    size_t *latest; /* by a word's number: the number of its latest occurrence, from 1 */
};

/* The stems of a stemmer that are looked for; NULL where there are none. */
static const struct table *stems_by(const struct marker *marker, const struct xap_stemmer *stemmer)
{
    for (size_t i = 0; stemmer && i < marker->stems->count; i++)
        if (marker->stems->stemmers[i] == stemmer && marker->stemmed[i].count > 0)
            return &marker->stemmed[i];
    return NULL;
}

/* Whether the stem of a token can be one that is looked for. */
static bool can_be_stem(const struct scan *scan, const struct token *token)
{
    return scan->stems &&
           (!scan->keeps_beginnings || scan->stems->begins[(unsigned char)token->folded[0]]);
}

/* Adds what a token answers by its stem. */
static bool add_stem_units(const struct scan *scan, const struct token *token, uint64_t *units,
                           struct error *err)
{
    char stem[STEM_ROOM];
    size_t size;
    struct xap_error xapian;
    if (!xap_stemmer_stem(scan->stemmer, token->folded, token->size, stem, sizeof stem, &size,
                          &xapian))
        return error_set_xapian(err, NULL, &xapian);
    *units |= table_find(scan->stems, stem, size)->units;
    return true;
}

/* What a token answers by itself; '*number' is its number among words that count together. */
static bool units_of(const struct scan *scan, const struct token *token, uint64_t *units,
                     uint32_t *number, struct error *err)
{
    const struct marker *marker = scan->marker;
    const struct entry *word = table_find(&marker->words, token->folded, token->size);
    *units = word->units;
    *number = word->number;
    if (can_be_stem(scan, token) && !add_stem_units(scan, token, units, err))
        return false;
    for (uint64_t left = marker->prefix_units; left != 0; left &= left - 1) {
        const struct unit *unit = &marker->units[__builtin_ctzll(left)];
        if (unit->prefix_size <= token->size &&
            memcmp(unit->prefix, token->folded, unit->prefix_size) == 0)
            *units |= left & -left;
    }
    *units &= scan->wanted;
    return true;
}

/* Whether the latest occurrences are a phrase's words, side by side; marks them. */
static void mark_phrase(const struct scan *scan, const struct unit *unit, uint64_t bit)
{
    struct occurrences *found = scan->found;
    size_t count = unit->number_count;
    if (found->count < count)
        return;
    struct occurrence *first = &found->items[found->count - count];
    for (size_t i = 0; i < count; i++)
        if (first[i].number != unit->numbers[i] || first[i].position != first->position + i)
            return;
    for (size_t i = 0; i < count; i++)
        first[i].units |= bit;
}

/* Whether the latest occurrences of each word lie within the window; marks them. */
static void mark_near(const struct scan *scan, const struct unit *unit, uint64_t bit)
{
    struct occurrence *items = scan->found->items;
    uint32_t last = items[scan->found->count - 1].position;
    for (size_t i = 0; i < unit->number_count; i++) {
        size_t latest = scan->latest[unit->numbers[i]];
        if (latest == 0 || last - items[latest - 1].position > unit->window)
            return;
    }
    for (size_t i = 0; i < unit->number_count; i++)
        items[scan->latest[unit->numbers[i]] - 1].units |= bit;
}

static void mark_together(const struct scan *scan, uint32_t number)
{
    const struct marker *marker = scan->marker;
    scan->latest[number] = scan->found->count;
    for (size_t i = 0; i < marker->unit_count; i++) {
        const struct unit *unit = &marker->units[i];
        uint64_t bit = UINT64_C(1) << i;
        if (!(scan->wanted & bit) || unit->number_count == 0)
            continue;
        if (unit->kind == QUERY_PHRASE && unit->numbers[unit->number_count - 1] == number)
            mark_phrase(scan, unit, bit);
        else if (unit->kind == QUERY_NEAR)
            mark_near(scan, unit, bit);
    }
}

static bool add_occurrence(const struct scan *scan, const struct occurrence *occurrence,
                           struct error *err)
{
    struct occurrences *found = scan->found;
    if (!array_reserve(&found->items, &found->room, found->count + 1, sizeof *found->items))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    found->items[found->count++] = *occurrence;
    if (occurrence->number > 0)
        mark_together(scan, occurrence->number);
    return true;
}

static bool scan_tokens(const struct scan *scan, const struct snippet_source *source,
                        struct tokenizer *tokenizer, struct error *err)
{
    struct token token;
    struct occurrence here = {0};
    size_t sections[] = {source->faq_begin, source->sources_begin}, before = 0;
    for (; tokenizer_next(tokenizer, &token); here.position++) {
        if (token.flags & (TOKEN_SENTENCE | TOKEN_PARAGRAPH))
            here.sentence = token.begin;
        for (size_t i = 0; i < ARRAY_LEN(sections); i++)
            if (before < sections[i] && sections[i] <= token.begin)
                here.position += MARKER_POSITIONS;
        here.begin = before = token.begin;
        here.end = token.end;
        if (!units_of(scan, &token, &here.units, &here.number, err))
            return false;
        if ((here.units != 0 || here.number > 0) && !add_occurrence(scan, &here, err))
            return false;
        if (scan->skips)
            here.position += (uint32_t)tokenizer_skip(tokenizer, scan->beginnings);
    }
    return true;
}

/* With which letters the words begin that are looked for, where it is known. */
static void find_beginnings(struct scan *scan)
{
    const struct marker *marker = scan->marker;
    const struct table *stems = scan->stems;
    scan->skips = !stems || scan->keeps_beginnings;
    for (size_t i = 0; i <= UCHAR_MAX; i++)
        scan->beginnings[i] = marker->words.begins[i] || (stems && stems->begins[i]);
    for (uint64_t left = marker->prefix_units; left != 0; left &= left - 1)
        scan->beginnings[(unsigned char)marker->units[__builtin_ctzll(left)].prefix[0]] = true;
}

/* Leaves out what was kept for phrases and near/ that did not come about. */
static void drop_idle(struct occurrences *found)
{
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].units != 0)
            found->items[kept++] = found->items[i];
    found->count = kept;
}

bool marker_scan(const struct marker *marker, const struct snippet_source *source, bool is_title,
                 struct xap_stemmer *stemmer, struct occurrences *out, struct error *err)
{
    struct scan scan = {
        .marker = marker,
        .stemmer = stemmer,
        .stems = stems_by(marker, stemmer),
        .keeps_beginnings = stemmer && xap_stemmer_keeps_beginnings(stemmer),
        .wanted = is_title ? ~UINT64_C(0) : ~marker->title_units,
        .found = out,
        .latest = calloc((size_t)marker->number_count + 1, sizeof *scan.latest),
    };
    if (!scan.latest)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    find_beginnings(&scan);
    struct tokenizer tokenizer;
    tokenizer_start(&tokenizer, source->text,
                    source->size < MARKER_BYTES ? source->size : MARKER_BYTES);
    bool done = marker->unit_count == 0 || scan_tokens(&scan, source, &tokenizer, err);
    tokenizer_end(&tokenizer);
    free(scan.latest);
    drop_idle(out);
    return done;
}
