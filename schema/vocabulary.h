/* vocabulary.h: the actors and regions that reports are tagged with, read from text
 * files that people edit (docs/vocabulary.md). Read-only once open, so forked
 * processes share it.
 */
#ifndef SITREP_VOCABULARY_H
#define SITREP_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/day.h"
#include "schema/error.h"
#include "schema/report.h"

struct vocabulary;

enum name_flags {
    NAME_ACRONYM = 1,   /* counts only in its own case */
    NAME_DEMONYM = 2,   /* "Malian": evidence for a country under a rule of its own */
    NAME_NEGATIVE = 4,  /* "Paris Agreement": matches, and is no mention */
    NAME_AMBIGUOUS = 8, /* needs context: Georgia, Chad, Jordan */
    /* Words of no concept, which tell what a name may be besides: */
    NAME_EVERYDAY = 16, /* reading, nice, mobile */
    NAME_FORENAME = 32, /* a person's: Jordan, Chad, Sydney */
    NAME_SURNAME = 64,  /* a person's: Washington, Lincoln */
};

struct concept_name {
    const char *text; /* as written */
    day_t from, to;   /* days it was in use, inclusive; DAY_NONE for an open end */
    unsigned flags;
    uint32_t owner; /* its concept, for vocabulary_owner */
};

/* Borrowed from the vocabulary. */
struct concept {
    enum mention_kind type;
    const char *id;                       /* jnim, ML, ML-7, ML-7.ansongo */
    const char *label;                    /* for people: JNIM, Mali, Gao */
    const char *kind;                     /* rebel-group, country, division, place, area ... */
    const char *home;                     /* an actor's region id, or NULL */
    const struct concept *const *parents; /* a region can lie in several areas, which come last */
    size_t parent_count;
    const struct concept_name *names;
    size_t name_count;
    double latitude, longitude; /* NaN where unknown */
    uint32_t population;        /* 0 where unknown */
};

/* Reads all files of a directory (*.actors, *.regions, *.places, *.words). On failure the error
 * says FILE:LINE and what to do. */
bool vocabulary_open(const char *directory, struct vocabulary **out, struct error *err);
void vocabulary_close(struct vocabulary *vocabulary);

/* Called with each thing that is wrong: 'where' is FILE:LINE. Returns false to stop. */
typedef bool (*vocabulary_problem)(void *context, const struct error *problem);
/* Reads the files as vocabulary_open does, and goes on after each problem. '*count' is the
 * number of problems. False, with 'err', only where the files cannot be read at all. */
bool vocabulary_check(const char *directory, vocabulary_problem problem, void *context,
                      size_t *count, struct error *err);

size_t vocabulary_count(const struct vocabulary *vocabulary, enum mention_kind type);
/* By number, from 0, in the order of ids. */
const struct concept *vocabulary_at(const struct vocabulary *vocabulary, enum mention_kind type,
                                    size_t number);
/* NULL where there is none. */
const struct concept *vocabulary_find(const struct vocabulary *vocabulary, enum mention_kind type,
                                      const char *id);
/* A concept by any of its names, folded as text_fold does; NULL where none or several have
 * it. Of regions, an area or country goes before a division, and that before a place:
 * "Georgia" is the country. Demonyms do not count. */
const struct concept *vocabulary_find_name(const struct vocabulary *vocabulary,
                                           enum mention_kind type, const char *name);
/* All ancestors, each once, nearest first; returns how many there are, and fills at
 * most 'room'. */
size_t vocabulary_ancestors(const struct concept *concept, const struct concept **out, size_t room);
/* All names, folded: the values are for vocabulary_name. */
struct gazetteer;
const struct gazetteer *vocabulary_gazetteer(const struct vocabulary *vocabulary);
const struct concept_name *vocabulary_name(const struct vocabulary *vocabulary, uint32_t value);
/* Whose name it is; NULL for a negative name and for everyday words and persons' names. */
const struct concept *vocabulary_owner(const struct vocabulary *vocabulary,
                                       const struct concept_name *name);
/* Bytes of memory held. */
size_t vocabulary_memory(const struct vocabulary *vocabulary);
/* SHA-256 of what was read, 64 hex digits. */
const char *vocabulary_hash(const struct vocabulary *vocabulary);

#endif
