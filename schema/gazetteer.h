/* gazetteer.h: many names, found in running text word by word.
 *
 * Names are folded into words by the tokenizer and kept in a trie whose nodes lie in
 * breadth-first order in flat arrays, so that a node costs 12 bytes and a word of the text
 * one look-up. Built once, read-only after, shared by forked processes. It knows nothing
 * of what a name means: each name carries a number of the caller's.
 */
#ifndef SITREP_GAZETTEER_H
#define SITREP_GAZETTEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gazetteer;
struct gazetteer_builder;

/* NULL out of memory. */
struct gazetteer_builder *gazetteer_builder_new(void);
void gazetteer_builder_free(struct gazetteer_builder *builder);
/* Adds a name under 'value'; '*words' is the number of words in it, 0 where it has none
 * and was not added. Words past GAZETTEER_NAME_WORDS are not looked at. False when out
 * of memory. */
#define GAZETTEER_NAME_WORDS 24u
bool gazetteer_builder_add(struct gazetteer_builder *builder, const char *name, size_t size,
                           uint32_t value, size_t *words);
/* The gazetteer of all names added; consumes the builder, also when it fails with NULL for
 * want of memory. */
struct gazetteer *gazetteer_build_take(struct gazetteer_builder *builder);
void gazetteer_free(struct gazetteer *gazetteer);

#define GAZETTEER_ROOT 0u
#define GAZETTEER_NONE UINT32_MAX

/* The number of a folded word, GAZETTEER_NONE where no name has it. */
uint32_t gazetteer_word(const struct gazetteer *gazetteer, const char *folded, size_t size);
/* The node that 'word' leads to from 'node', GAZETTEER_NONE where no name goes on so. */
uint32_t gazetteer_step(const struct gazetteer *gazetteer, uint32_t node, uint32_t word);
/* The values of the names that end at 'node', in the order in which they were added. */
size_t gazetteer_values(const struct gazetteer *gazetteer, uint32_t node, const uint32_t **values);
/* The node of a whole name, as written; GAZETTEER_NONE where there is none. */
uint32_t gazetteer_find(const struct gazetteer *gazetteer, const char *name, size_t size);
/* Whether longer names go on from a node. */
bool gazetteer_goes_on(const struct gazetteer *gazetteer, uint32_t node);
/* Words are numbered from 0 to one less than this. */
size_t gazetteer_word_count(const struct gazetteer *gazetteer);
/* Nodes are numbered from 0 to one less than this. */
size_t gazetteer_node_count(const struct gazetteer *gazetteer);

/* The arrays that a gazetteer is made of, for a file that keeps them as they are. */
enum gazetteer_part {
    GAZETTEER_POOL,
    GAZETTEER_SLOTS,
    GAZETTEER_NODES,
    GAZETTEER_VALUES,
    GAZETTEER_FIRST,
    GAZETTEER_PARTS
};

struct gazetteer_array {
    void *items; /* borrowed, to be read only */
    size_t count;
};

/* Bytes of an item of a part's array; items are aligned to 4. */
size_t gazetteer_item_size(enum gazetteer_part part);
void gazetteer_arrays(const struct gazetteer *gazetteer,
                      struct gazetteer_array out[GAZETTEER_PARTS]);
/* Whether arrays of any bytes fit together, with all values below a limit: then no look-up
 * reads past them. */
bool gazetteer_is_sound(const struct gazetteer_array arrays[GAZETTEER_PARTS], uint32_t value_limit);
/* A gazetteer over such arrays, which stay the caller's and outlive it; NULL out of memory. */
struct gazetteer *gazetteer_borrow(const struct gazetteer_array arrays[GAZETTEER_PARTS]);

/* Bytes of memory held. */
size_t gazetteer_memory(const struct gazetteer *gazetteer);

#endif
