/* field.h: the table of fields. The indexer, the query language, the facets, the API
 * and the help all read it; SCHEMA.md says the same in prose.
 */
#ifndef SITREP_FIELD_H
#define SITREP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checked when an index is opened; raise it when what is stored changes its meaning. */
#define SCHEMA_VERSION     "8"
#define SCHEMA_VERSION_KEY "sitrep.schema_version" /* in the database's metadata */

enum field_id {
    FIELD_TEXT, /* title and body: what words without a field name search */
    FIELD_TITLE,
    FIELD_ID,
    FIELD_DATE,
    FIELD_ACTOR,
    FIELD_REGION,
    FIELD_MENTIONED,
    FIELD_SOURCE,
    FIELD_LANGUAGE,
    FIELD_SAME,
    FIELD_COUNT
};

enum field_kind {
    FIELD_WORDS,   /* folded words, and their stems under "Z" + prefix */
    FIELD_BOOLEAN, /* one term a value: the prefix and the value */
    FIELD_DAY,     /* a value slot in day_to_value form */
};

struct field {
    enum field_id id;
    const char *name; /* as users write it: actor:jnim, actor=jnim */
    enum field_kind kind;
    const char *prefix; /* of its terms, after Omega's conventions; "" for FIELD_TEXT */
    uint32_t slot;      /* value slot, FIELD_NO_SLOT where it has none */
    bool is_facet;
    bool is_multi;    /* a report can have several values */
    const char *help; /* one line */
    const char *example;
};

#define FIELD_NO_SLOT UINT32_MAX
#define SLOT_DATE     0u
#define SLOT_WORDS    2u /* word_stream.h, of a report that was added after the build */

/* The rows stand in the order of enum field_id. */
extern const struct field fields[FIELD_COUNT];
/* NULL where no field has that name. */
const struct field *field_find(const char *name, size_t size);

/* The term for a value of a boolean field, or for a folded word of a words field, NUL-
 * terminated. A ':' parts a prefix of more than one letter from a value that begins with a
 * capital or a colon (Omega's rule): XA:X..., XRML -> XR:ML. A value too long for a term is
 * cut and ends in a hash of the whole, so that different values stay different. Returns the
 * bytes written; 0 for an empty term, and out of memory while hashing. */
#define FIELD_TERM_ROOM 246
size_t field_term(const struct field *field, const char *value, size_t size,
                  char out[FIELD_TERM_ROOM]);
/* The other way: where the value starts in a term that field_term made. */
const char *field_term_value(const struct field *field, const char *term);

/* A stem's term has the language of its stemmer, since the same letters are the stem of other words
 * in another: beg is that of began in Spanish. */
#define STEMS_ENGLISH "en"   /* of reports of unknown language too */
#define STEMS_NONE    "none" /* where there is no stemmer: every word is its own stem */
/* The term for a stem: "Z", the prefix, the language and ':' unless it is English, the stem. No
 * stem has a colon. */
size_t field_stem_term(const struct field *field, const char *language, const char *stem,
                       size_t size, char out[FIELD_TERM_ROOM]);

#endif
