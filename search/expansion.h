/* expansion.h: words of a question that name an actor or region find also the reports that are
 * tagged with it, whatever they call it: "Islamic State" those that say Daesh.
 */
#ifndef SITREP_EXPANSION_H
#define SITREP_EXPANSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/query.h"
#include "search/snapshot.h"

/* A name that a question was widened by. */
struct expansion {
    enum field_id field;
    char *value, *label; /* jnim, JNIM */
    size_t begin, end;   /* bytes of the question */
    uint32_t reports;    /* of the answer's, how many are tagged with it; not filled here */
};

/* Puts beside the words of each name, as an alternative that is marked 'added', the value that it
 * names. The longest names count, of words and phrases that stand side by side; 'text' is the
 * question that was read. Left as they are: words that name several things or are more often
 * something else, demonyms, single words in quotes, acronyms of three letters in small letters,
 * and values that no report has. '*out' is an array, each value once, for expansions_free.
 * On failure the query is to be freed only. */
bool expansions_make(const struct snapshot *snapshot, struct query *query, const char *text,
                     enum match match, struct expansion **out, size_t *count, struct error *err);
void expansions_free(struct expansion *expansions, size_t count);

#endif
