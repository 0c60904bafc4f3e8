/* report.h: one dated report, as it goes from a reader through extraction into the
 * index, and comes back from the index into an answer.
 */
#ifndef SITREP_REPORT_H
#define SITREP_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/day.h"
#include "schema/error.h"

enum mention_kind { MENTION_ACTOR, MENTION_REGION, MENTION_DATE };

enum report_part { PART_TITLE, PART_BODY };

/* One place where the text names an actor, a region or a date: the evidence of a tag. */
struct mention {
    enum mention_kind kind;
    enum report_part part;
    uint32_t begin, end; /* bytes of that part: [begin, end); both 0 for a given tag */
    const char *id;      /* the concept's id, or 2020, 2020-08, 2020-08-18; kept by the report */
    const char *rule;    /* the rule that fired, one word; static or kept by the report */
    uint8_t confidence;  /* percent */
};

/* A tag as the input gave it, an id or a name, before the vocabulary has seen it. */
struct given {
    enum mention_kind kind;
    char *text;
};

/* Zero it before first use, and set 'day', as day 0 is one of 1970. All strings are malloc()ed,
 * UTF-8, and NULL where absent. */
struct report {
    char *id;
    day_t day;                /* DAY_NONE where undated */
    enum precision precision; /* of the day: only the month or the year may be known */
    char *title;
    bool title_derived; /* cut from the body, where the input has no title */
    char *body;         /* the whole text, sections included */
    size_t body_size;
    size_t faq_begin; /* where the "FAQ:" section starts; body_size where none */
    size_t sources_begin;
    char *source; /* a name: "un.org" */
    char *url;
    char *language; /* ISO 639-1; NULL is unknown */
    char *origin;   /* path of the file it came from */
    char *same;     /* where others have nearly the same text: the id of the earliest of them */

    struct given *given;
    size_t given_count;
    struct mention *mentions; /* as added; by kind, part and begin once stored */
    size_t mention_count;
    /* Tags: ids in byte order, each once; regions with their ancestors, days with their month
     * and year. */
    char **actors;
    size_t actor_count;
    char **regions;
    size_t region_count;
    char **mentioned; /* dates that the text mentions */
    size_t mentioned_count;

    void *strings; /* memory behind the mentions' ids and rules; private */
};

/* Ends the life of all members and zeroes the report. */
void report_clear(struct report *report);
/* Takes all mentions and tags away; given tags stay. */
void report_clear_tags(struct report *report);

/* Appends; the text is copied. False with ERROR_MEMORY. */
bool report_add_given(struct report *report, enum mention_kind kind, const char *text,
                      struct error *err);
/* Appends; 'id' and 'rule' are copied once each and shared. Mentions past
 * LIMIT_MENTIONS are dropped. */
bool report_add_mention(struct report *report, const struct mention *mention, struct error *err);
/* The report's own copy of a text, one for equal ones; lives as long as it. NULL out of memory. */
const char *report_keep(struct report *report, const char *text);
/* Adds an id to the tags of a kind, unless it is there. */
bool report_add_tag(struct report *report, enum mention_kind kind, const char *id,
                    struct error *err);

/* What every reader does last: finds the sections, derives a missing title (the first
 * sentence, cut at a word), a missing source (the host of the URL, else the first of the
 * "Sources:" section) and a missing id (the URL, else the origin, hashed to 16 hex digits).
 * Checks that there is a body, and all limits: ERROR_DATA or ERROR_LIMIT. */
bool report_complete(struct report *report, struct error *err);

/* The 16 hex digits for a URL or path: the first 64 bits of its SHA-256. False, and 'out' is
 * "", out of memory. */
bool report_hash_id(const char *text, char out[17]);

/* A report's stored form: lines "name=value" in Omega's manner, an empty line, the evidence, the
 * body to the end.  A newline or backslash in a value is written \n or \\.  Decoding accepts
 * fields it does not know.  The document data of the index is this, packed (packing.h).
 * 'bytes' is malloc()ed; the caller frees. */
bool report_encode(const struct report *report, char **bytes, size_t *size, struct error *err);
bool report_decode(const char *bytes, size_t size, struct report *out, struct error *err);

/* One line of JSON, without its newline, as the indexer reads reports: what was given of it, and
 * what reading derived where that comes out the same. The caller frees. */
bool report_line(const struct report *report, char **out, struct error *err);

/* A printable form, for dump and tests: JSON with sorted keys; the caller frees. */
bool report_describe(const struct report *report, char **out, struct error *err);

#endif
