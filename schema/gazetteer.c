#include "schema/gazetteer.h"

#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/tokenizer.h"

/* Words: numbered in the order of their first use. */
struct slot {
    uint32_t hash;
    uint32_t word;  /* GAZETTEER_NONE in an empty slot */
    uint32_t begin; /* in the pool */
};

struct words {
    char *pool; /* the words, each with a NUL */
    size_t pool_size, pool_room;
    size_t count;
    struct slot *slots; /* open addressing; a power of two */
    size_t slot_count;
};

struct node {
    uint32_t word;        /* that leads here from the parent */
    uint32_t first_child; /* its children end where the next node's begin */
    uint32_t first_value;
};

struct gazetteer {
    struct words words;
    struct node *nodes; /* breadth first, one more than there are, as an end mark */
    size_t node_count, node_room;
    uint32_t *values;
    size_t value_count;
    uint32_t *first; /* by word: the child of the root, GAZETTEER_NONE */
    bool is_borrowed;
};

/* A name in the making: its words in the builder's array of all words. */
struct entry {
    uint64_t key; /* its first three words */
    uint32_t begin, value;
    uint32_t length;
};

struct gazetteer_builder {
    struct words words;
    uint32_t *sequence;
    size_t sequence_size, sequence_room;
    struct entry *entries;
    size_t entry_count, entry_room;
};

#define KEY_WORDS 3u
#define KEY_BITS  21u
#define WORDS_MAX ((1u << KEY_BITS) - 1)

/* Fowler-Noll-Vo, 1a. */
static uint32_t hash_of(const char *bytes, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

/* The slot of a word, or the empty one where it belongs. */
static struct slot *slot_of(const struct words *words, uint32_t hash, const char *bytes,
                            size_t size)
{
    size_t mask = words->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &words->slots[i];
        if (slot->word == GAZETTEER_NONE)
            return slot;
        const char *word = words->pool + slot->begin;
        if (slot->hash == hash && size < words->pool_size - slot->begin && word[size] == '\0' &&
            memcmp(word, bytes, size) == 0)
            return slot;
    }
}

/* Room for twice the words; keeps the table at most three quarters full. */
static bool words_grow(struct words *words)
{
    size_t count = words->slot_count ? words->slot_count * 2 : 1024;
    struct slot *slots = malloc(count * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0xff, count * sizeof *slots);
    for (size_t i = 0; i < words->slot_count; i++) {
        if (words->slots[i].word == GAZETTEER_NONE)
            continue;
        size_t at = words->slots[i].hash & (count - 1);
        while (slots[at].word != GAZETTEER_NONE)
            at = (at + 1) & (count - 1);
        slots[at] = words->slots[i];
    }
    free(words->slots);
    words->slots = slots;
    words->slot_count = count;
    return true;
}

static bool words_number(struct words *words, const char *bytes, size_t size, uint32_t *out)
{
    if (words->count >= words->slot_count / 4 * 3 && !words_grow(words))
        return false;
    uint32_t hash = hash_of(bytes, size);
    struct slot *slot = slot_of(words, hash, bytes, size);
    if (slot->word == GAZETTEER_NONE) {
        if (words->count >= WORDS_MAX || words->pool_size + size >= UINT32_MAX ||
            !array_reserve(&words->pool, &words->pool_room, words->pool_size + size + 1, 1))
            return false;
        *slot = (struct slot){hash, (uint32_t)words->count++, (uint32_t)words->pool_size};
        memcpy(words->pool + words->pool_size, bytes, size);
        words->pool[words->pool_size + size] = '\0';
        words->pool_size += size + 1;
    }
    *out = slot->word;
    return true;
}

static void words_clear(struct words *words)
{
    free(words->pool);
    free(words->slots);
    memset(words, 0, sizeof *words);
}

struct gazetteer_builder *gazetteer_builder_new(void)
{
    return calloc(1, sizeof(struct gazetteer_builder));
}

void gazetteer_builder_free(struct gazetteer_builder *builder)
{
    if (!builder)
        return;
    words_clear(&builder->words);
    free(builder->sequence);
    free(builder->entries);
    free(builder);
}

bool gazetteer_builder_add(struct gazetteer_builder *builder, const char *name, size_t size,
                           uint32_t value, size_t *words)
{
    if (builder->sequence_size > UINT32_MAX - GAZETTEER_NAME_WORDS ||
        !array_reserve(&builder->sequence, &builder->sequence_room,
                       builder->sequence_size + GAZETTEER_NAME_WORDS, sizeof *builder->sequence) ||
        !array_reserve(&builder->entries, &builder->entry_room, builder->entry_count + 1,
                       sizeof *builder->entries))
        return false;
    struct entry entry = {.begin = (uint32_t)builder->sequence_size, .value = value};
    uint32_t *sequence = builder->sequence + entry.begin;
    bool ok = true;
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_start(&tokenizer, name, size);
    while (ok && entry.length < GAZETTEER_NAME_WORDS && tokenizer_next(&tokenizer, &token)) {
        ok = words_number(&builder->words, token.folded, token.size, &sequence[entry.length]);
        entry.length++;
    }
    tokenizer_end(&tokenizer);
    if (!ok)
        return false;
    /* Word numbers from 1 in the key, so that a name sorts before the ones it begins. */
    for (size_t i = 0; i < KEY_WORDS; i++)
        entry.key = entry.key << KEY_BITS | (i < entry.length ? sequence[i] + 1u : 0);
    *words = entry.length;
    if (entry.length > 0) {
        builder->sequence_size += entry.length;
        builder->entries[builder->entry_count++] = entry;
    }
    return true;
}

/* Radix sort by key, stable, 16 bits at a time. */
static bool sort_by_key(struct gazetteer_builder *builder)
{
    enum { DIGITS = 1 << 16 };
    size_t count = builder->entry_count;
    struct entry *from = builder->entries;
    struct entry *to = malloc((count ? count : 1) * sizeof *to);
    size_t *starts = malloc(DIGITS * sizeof *starts);
    bool ok = to && starts;
    for (unsigned shift = 0; ok && shift < 64; shift += 16) {
        memset(starts, 0, DIGITS * sizeof *starts);
        for (size_t i = 0; i < count; i++)
            starts[from[i].key >> shift & (DIGITS - 1)]++;
        size_t sum = 0;
        for (size_t i = 0; i < DIGITS; i++) {
            size_t here = starts[i];
            starts[i] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++)
            to[starts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
        struct entry *other = from;
        from = to;
        to = other;
    }
    /* Four passes: the sorted entries are back in the builder's own array. */
    free(to);
    free(starts);
    return ok;
}

/* Words past the key, then the order of adding. */
static int compare_rest(const void *left, const void *right, void *sequences)
{
    const struct entry *a = left, *b = right;
    const uint32_t *sequence = sequences;
    size_t shorter = a->length < b->length ? a->length : b->length;
    for (size_t i = KEY_WORDS; i < shorter; i++) {
        uint32_t x = sequence[a->begin + i], y = sequence[b->begin + i];
        if (x != y)
            return x < y ? -1 : 1;
    }
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

static bool sort_entries(struct gazetteer_builder *builder)
{
    if (!sort_by_key(builder))
        return false;
    struct entry *entries = builder->entries;
    for (size_t begin = 0, end; begin < builder->entry_count; begin = end) {
        bool longer = false;
        for (end = begin; end < builder->entry_count && entries[end].key == entries[begin].key;
             end++)
            longer = longer || entries[end].length > KEY_WORDS;
        if (longer)
            qsort_r(entries + begin, end - begin, sizeof *entries, compare_rest, builder->sequence);
    }
    return true;
}

static bool add_node(struct gazetteer *gazetteer, uint32_t word)
{
    if (gazetteer->node_count >= GAZETTEER_NONE - 1 ||
        !array_reserve(&gazetteer->nodes, &gazetteer->node_room, gazetteer->node_count + 2,
                       sizeof *gazetteer->nodes))
        return false;
    gazetteer->nodes[gazetteer->node_count++] = (struct node){.word = word};
    return true;
}

/* Gives a node its values and children. The sorted entries [begin, end) are those under
 * the node, 'depth' words deep; 'begins' gets where each child's entries begin. */
static bool grow_node(struct gazetteer *gazetteer, size_t number,
                      const struct gazetteer_builder *builder, size_t depth, size_t end,
                      uint32_t **begins, size_t *begins_room)
{
    size_t at = (*begins)[number];
    gazetteer->nodes[number].first_value = (uint32_t)gazetteer->value_count;
    for (; at < end && builder->entries[at].length == depth; at++)
        gazetteer->values[gazetteer->value_count++] = builder->entries[at].value;
    gazetteer->nodes[number].first_child = (uint32_t)gazetteer->node_count;
    uint32_t last = GAZETTEER_NONE;
    for (; at < end; at++) {
        uint32_t word = builder->sequence[builder->entries[at].begin + depth];
        if (word == last)
            continue;
        last = word;
        if (!add_node(gazetteer, word) ||
            !array_reserve(begins, begins_room, gazetteer->node_count + 1, sizeof **begins))
            return false;
        (*begins)[gazetteer->node_count - 1] = (uint32_t)at;
    }
    return true;
}

/* Makes the nodes level by level, which is breadth first. */
static bool grow(struct gazetteer *gazetteer, const struct gazetteer_builder *builder)
{
    uint32_t *begins = NULL;
    size_t room = 0;
    bool ok =
        add_node(gazetteer, GAZETTEER_NONE) && array_reserve(&begins, &room, 2, sizeof *begins);
    if (ok)
        begins[0] = 0;
    size_t level_end = 1;
    size_t depth = 0;
    for (size_t number = 0; ok && number < gazetteer->node_count; number++) {
        if (number == level_end) {
            level_end = gazetteer->node_count;
            depth++;
        }
        /* The entries that share the first entry's first 'depth' words. */
        size_t begin = begins[number], end = begin;
        const struct entry *entries = builder->entries;
        while (end < builder->entry_count && entries[end].length >= depth &&
               memcmp(builder->sequence + entries[end].begin,
                      builder->sequence + entries[begin].begin, depth * sizeof(uint32_t)) == 0)
            end++;
        ok = grow_node(gazetteer, number, builder, depth, end, &begins, &room);
    }
    free(begins);
    if (ok)
        gazetteer->nodes[gazetteer->node_count] = (struct node){
            .first_child = (uint32_t)gazetteer->node_count,
            .first_value = (uint32_t)gazetteer->value_count,
        };
    return ok;
}

static bool index_root(struct gazetteer *gazetteer)
{
    size_t count = gazetteer->words.count;
    gazetteer->first = malloc((count ? count : 1) * sizeof *gazetteer->first);
    if (!gazetteer->first)
        return false;
    memset(gazetteer->first, 0xff, count * sizeof *gazetteer->first);
    for (uint32_t i = gazetteer->nodes[0].first_child; i < gazetteer->nodes[1].first_child; i++)
        gazetteer->first[gazetteer->nodes[i].word] = i;
    return true;
}

/* Gives back what doubling took too much. */
static void trim(void *array, size_t size)
{
    void *items;
    memcpy(&items, array, sizeof items);
    void *smaller = realloc(items, size ? size : 1);
    if (smaller)
        memcpy(array, &smaller, sizeof smaller);
}

struct gazetteer *gazetteer_build_take(struct gazetteer_builder *builder)
{
    struct gazetteer *gazetteer = calloc(1, sizeof *gazetteer);
    bool ok = gazetteer && sort_entries(builder);
    if (ok) {
        size_t count = builder->entry_count;
        gazetteer->values = malloc((count ? count : 1) * sizeof *gazetteer->values);
        ok = gazetteer->values && grow(gazetteer, builder);
    }
    if (ok) {
        gazetteer->words = builder->words;
        memset(&builder->words, 0, sizeof builder->words);
        ok = index_root(gazetteer);
    }
    if (ok) {
        trim(&gazetteer->nodes, (gazetteer->node_count + 1) * sizeof *gazetteer->nodes);
        trim(&gazetteer->words.pool, gazetteer->words.pool_size);
    } else {
        gazetteer_free(gazetteer);
        gazetteer = NULL;
    }
    gazetteer_builder_free(builder);
    return gazetteer;
}

void gazetteer_free(struct gazetteer *gazetteer)
{
    if (!gazetteer)
        return;
    if (!gazetteer->is_borrowed) {
        words_clear(&gazetteer->words);
        free(gazetteer->nodes);
        free(gazetteer->values);
        free(gazetteer->first);
    }
    free(gazetteer);
}

/* ---- arrays kept in a file -------------------------------------------------- */

size_t gazetteer_item_size(enum gazetteer_part part)
{
    static const size_t sizes[GAZETTEER_PARTS] = {
        [GAZETTEER_POOL] = 1,
        [GAZETTEER_SLOTS] = sizeof(struct slot),
        [GAZETTEER_NODES] = sizeof(struct node),
        [GAZETTEER_VALUES] = sizeof(uint32_t),
        [GAZETTEER_FIRST] = sizeof(uint32_t),
    };
    return sizes[part];
}

void gazetteer_arrays(const struct gazetteer *gazetteer,
                      struct gazetteer_array out[GAZETTEER_PARTS])
{
    const struct words *words = &gazetteer->words;
    out[GAZETTEER_POOL] = (struct gazetteer_array){words->pool, words->pool_size};
    out[GAZETTEER_SLOTS] = (struct gazetteer_array){words->slots, words->slot_count};
    out[GAZETTEER_NODES] = (struct gazetteer_array){gazetteer->nodes, gazetteer->node_count + 1};
    out[GAZETTEER_VALUES] = (struct gazetteer_array){gazetteer->values, gazetteer->value_count};
    out[GAZETTEER_FIRST] = (struct gazetteer_array){gazetteer->first, words->count};
}

/* Words end in the pool, and a look-up ends at an empty slot. */
static bool slots_are_sound(const struct slot *slots, size_t count, size_t word_count,
                            const struct gazetteer_array *pool)
{
    size_t empty = 0;
    for (size_t i = 0; i < count; i++) {
        if (slots[i].word == GAZETTEER_NONE)
            empty++;
        else if (slots[i].word >= word_count || slots[i].begin >= pool->count)
            return false;
    }
    return (count & (count - 1)) == 0 && (count == 0 || empty > 0);
}

/* Children stand behind their parent, and their words exist; the end mark ends both ranges. */
static bool nodes_are_sound(const struct node *nodes, size_t count, size_t word_count,
                            size_t value_count)
{
    const struct node *end = &nodes[count];
    if (end->first_child != count || end->first_value != value_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (nodes[i].first_child <= i || nodes[i].first_child > nodes[i + 1].first_child ||
            nodes[i].first_value > nodes[i + 1].first_value ||
            (i > 0 && nodes[i].word >= word_count))
            return false;
    return true;
}

static bool all_below(const struct gazetteer_array *array, uint32_t limit, bool or_none)
{
    const uint32_t *items = array->items;
    for (size_t i = 0; i < array->count; i++)
        if (items[i] >= limit && !(or_none && items[i] == GAZETTEER_NONE))
            return false;
    return true;
}

bool gazetteer_is_sound(const struct gazetteer_array arrays[GAZETTEER_PARTS], uint32_t value_limit)
{
    size_t words = arrays[GAZETTEER_FIRST].count, nodes = arrays[GAZETTEER_NODES].count;
    return words <= WORDS_MAX && nodes >= 2 && nodes < GAZETTEER_NONE &&
           slots_are_sound(arrays[GAZETTEER_SLOTS].items, arrays[GAZETTEER_SLOTS].count, words,
                           &arrays[GAZETTEER_POOL]) &&
           nodes_are_sound(arrays[GAZETTEER_NODES].items, nodes - 1, words,
                           arrays[GAZETTEER_VALUES].count) &&
           all_below(&arrays[GAZETTEER_VALUES], value_limit, false) &&
           all_below(&arrays[GAZETTEER_FIRST], (uint32_t)nodes - 1, true);
}

struct gazetteer *gazetteer_borrow(const struct gazetteer_array arrays[GAZETTEER_PARTS])
{
    struct gazetteer *gazetteer = malloc(sizeof *gazetteer);
    if (!gazetteer)
        return NULL;
    *gazetteer = (struct gazetteer){
        .words = {.pool = arrays[GAZETTEER_POOL].items,
                  .pool_size = arrays[GAZETTEER_POOL].count,
                  .count = arrays[GAZETTEER_FIRST].count,
                  .slots = arrays[GAZETTEER_SLOTS].items,
                  .slot_count = arrays[GAZETTEER_SLOTS].count},
        .nodes = arrays[GAZETTEER_NODES].items,
        .node_count = arrays[GAZETTEER_NODES].count - 1,
        .values = arrays[GAZETTEER_VALUES].items,
        .value_count = arrays[GAZETTEER_VALUES].count,
        .first = arrays[GAZETTEER_FIRST].items,
        .is_borrowed = true,
    };
    return gazetteer;
}

/* ---- look-ups --------------------------------------------------------------- */

uint32_t gazetteer_word(const struct gazetteer *gazetteer, const char *folded, size_t size)
{
    if (gazetteer->words.slot_count == 0)
        return GAZETTEER_NONE;
    return slot_of(&gazetteer->words, hash_of(folded, size), folded, size)->word;
}

uint32_t gazetteer_step(const struct gazetteer *gazetteer, uint32_t node, uint32_t word)
{
    if (word == GAZETTEER_NONE)
        return GAZETTEER_NONE;
    if (node == GAZETTEER_ROOT)
        return gazetteer->first[word];
    const struct node *nodes = gazetteer->nodes;
    uint32_t low = nodes[node].first_child, high = nodes[node + 1].first_child;
    uint32_t end = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (nodes[middle].word < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && nodes[low].word == word ? low : GAZETTEER_NONE;
}

size_t gazetteer_values(const struct gazetteer *gazetteer, uint32_t node, const uint32_t **values)
{
    uint32_t begin = gazetteer->nodes[node].first_value;
    *values = gazetteer->values + begin;
    return gazetteer->nodes[node + 1].first_value - begin;
}

uint32_t gazetteer_find(const struct gazetteer *gazetteer, const char *name, size_t size)
{
    struct tokenizer tokenizer;
    struct token token;
    uint32_t node = GAZETTEER_ROOT;
    tokenizer_start(&tokenizer, name, size);
    while (node != GAZETTEER_NONE && tokenizer_next(&tokenizer, &token))
        node = gazetteer_step(gazetteer, node, gazetteer_word(gazetteer, token.folded, token.size));
    tokenizer_end(&tokenizer);
    return node == GAZETTEER_ROOT ? GAZETTEER_NONE : node;
}

bool gazetteer_goes_on(const struct gazetteer *gazetteer, uint32_t node)
{
    return gazetteer->nodes[node].first_child < gazetteer->nodes[node + 1].first_child;
}

size_t gazetteer_word_count(const struct gazetteer *gazetteer)
{
    return gazetteer->words.count;
}

size_t gazetteer_node_count(const struct gazetteer *gazetteer)
{
    return gazetteer->node_count;
}

size_t gazetteer_memory(const struct gazetteer *gazetteer)
{
    const struct words *words = &gazetteer->words;
    return words->pool_size + words->count * sizeof(uint32_t) +
           words->slot_count * sizeof *words->slots +
           (gazetteer->node_count + 1) * sizeof *gazetteer->nodes +
           gazetteer->value_count * sizeof *gazetteer->values;
}
