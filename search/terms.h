/* terms.h: the index terms that a word or prefix of a question stands for. Matching and
 * ranking both ask here, so that they speak of the same terms.
 */
#ifndef SITREP_TERMS_H
#define SITREP_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/field.h"
#include "search/query.h"
#include "search/snapshot.h"

struct term {
    char text[FIELD_TERM_ROOM];
    uint32_t freq; /* reports that it indexes */
};

/* A report that has any of them matches. Terms that index nothing are left out. */
struct terms {
    struct term *items;
    size_t count, room;
    uint64_t freq; /* sum: at least the number of reports they match together */
};

/* Of a QUERY_WORD, QUERY_PREFIX or QUERY_VALUE, searched in a field (not always the node's:
 * a word of the text is looked up in the title too, for its weight). A prefix of more than
 * LIMIT_WILDCARD_TERMS words is ERROR_LIMIT. */
bool terms_of(const struct snapshot *snapshot, const struct query_node *node, enum field_id field,
              struct terms *out, struct error *err);
/* Of one word of a phrase: the word itself, no stem; always one term. */
bool terms_of_exact(const struct snapshot *snapshot, const char *word, enum field_id field,
                    struct terms *out, struct error *err);
/* Of a term of the index as it stands. */
bool terms_of_term(const struct snapshot *snapshot, const char *term, struct terms *out,
                   struct error *err);
void terms_clear(struct terms *terms);

/* How many children of a join are the same single word as child 'number', where that is the
 * first of them; 0 where it is a later one. Prose says the same words over and over. */
size_t terms_times_said(const struct query_node *join, size_t number);

#endif
