/* evidence.h: a report's mentions in few bytes: a step of its stored form.
 *
 * A mention is four numbers: its rule, its distance from the mention before it, its length, its
 * id. The rule is the number of a row that many mentions share; the id is the number of a tag,
 * or, past the last tag of its kind, of a name that is no tag.
 */
#ifndef SITREP_EVIDENCE_H
#define SITREP_EVIDENCE_H

#include "schema/buffer.h"
#include "schema/report.h"

/* What the numbers refer to. Zero it before first use. */
struct evidence {
    struct evidence_rule {
        enum mention_kind kind;
        enum report_part part;
        uint8_t confidence;
        const char *rule; /* borrowed */
    } * rules;
    size_t rule_count, rule_room;
    const char **names; /* borrowed */
    size_t name_count, name_room;
    struct buffer numbers;
};

void evidence_clear(struct evidence *evidence);

/* Both append; false out of memory. */
bool evidence_add_rule(struct evidence *evidence, const struct evidence_rule *rule);
bool evidence_add_name(struct evidence *evidence, const char *name);

/* The mentions of a report, sorted by kind, part, begin, end and id; false out of memory. */
bool evidence_write(struct evidence *evidence, const struct report *report);
/* Adds to a report, which has its tags, the mentions that the numbers say. False with
 * ERROR_MEMORY, or without an error where they are damaged. */
bool evidence_read(const struct evidence *evidence, const char *numbers, size_t size,
                   struct report *report, struct error *err);

#endif
