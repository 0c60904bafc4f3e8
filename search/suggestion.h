/* suggestion.h: what somebody who has begun to type may mean: words, actors and regions of the
 * index, each with its number of reports.
 */
#ifndef SITREP_SUGGESTION_H
#define SITREP_SUGGESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "schema/vocabulary.h"
#include "search/column.h"
#include "search/snapshot.h"

#define SUGGESTIONS_MAX 8u /* of a kind */

/* The names of a column's values, by each of their words. */
struct name_list {
    char **names;              /* folded; owned */
    struct name_start *starts; /* in byte order */
    size_t name_count, start_count;
};

bool name_list_load(const struct column *column, enum field_id field,
                    const struct vocabulary *vocabulary, struct name_list *out, struct error *err);
void name_list_clear(struct name_list *list);
/* Bytes of memory. */
size_t name_list_memory(const struct name_list *list);

struct suggestion {
    const char *value, *label; /* a word twice; borrowed from the snapshot */
    uint32_t reports;          /* of the whole index */
};

/* What can follow some text, most reports first. */
struct suggestions {
    size_t prefix; /* bytes of the text before its last word */
    struct suggestion words[SUGGESTIONS_MAX], actors[SUGGESTIONS_MAX], regions[SUGGESTIONS_MAX];
    size_t word_count, actor_count, region_count;
};

/* Words that begin with the last word of the text; and values with a name that has, from the
 * beginning of one of its words on, the last few words of the text: as many as any name has. */
bool suggestions_make(const struct snapshot *snapshot, const char *text, struct suggestions *out,
                      struct error *err);

#endif
