/* stems.h: a question's word has a stem in every language that the index holds, since nobody
 * says in which language a question is; it finds the reports of each that have it.
 */
#ifndef SITREP_STEMS_H
#define SITREP_STEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/error.h"
#include "schema/field.h"
#include "schema/limits.h"
#include "xapian/xap.h"

#define STEMS_MAX 40 /* Xapian 1.4 has 32 stemmers */
#define STEM_ROOM (2 * LIMIT_WORD_BYTES + 1)

struct stems {
    struct xap_stemmer *stemmers[STEMS_MAX];
    char languages[STEMS_MAX][16]; /* of their terms: field_stem_term */
    size_t count;
};

/* The stemmers of the languages that an index's reports are in. */
bool stems_load(const struct xap_db *db, struct stems *out, struct error *err);
void stems_clear(struct stems *stems);
/* The stemmer of a report's language (NULL: unknown); NULL where it has none. Borrowed. */
struct xap_stemmer *stems_for(const struct stems *stems, const char *language);
/* The stems that a folded word of a question stands for in language 'number', '*count' of them: its
 * own, and in all but English the word itself, which may be that of other forms: of режима (regime)
 * it is режим, of which it is реж. In English refuge would find refugees. */
#define STEMS_OF_WORD 2
bool stems_of(const struct stems *stems, size_t number, const char *word,
              char out[STEMS_OF_WORD][STEM_ROOM], size_t *count, struct error *err);

/* The number of the language that a report's words are stemmed in, by the report's own (NULL:
 * unknown), which is that of a report that the index holds. */
size_t stems_number(const struct stems *stems, const char *language);
/* The term of a folded word of a text in language 'number', as the index has it. */
bool stems_term(const struct stems *stems, size_t number, const char *word,
                char out[FIELD_TERM_ROOM], struct error *err);

#endif
