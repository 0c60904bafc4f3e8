/* word_pattern.h: the words of a phrase or of NEAR as what to look for in a report's word stream.
 */
#ifndef SITREP_WORD_PATTERN_H
#define SITREP_WORD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/limits.h"
#include "schema/word_list.h"
#include "schema/word_stream.h"
#include "search/query.h"

struct word_pattern {
    enum field_id field;
    bool near;
    /* of a phrase: the codes of its words, one behind the other */
    unsigned char bytes[LIMIT_PHRASE_WORDS * WORD_CODE_ROOM];
    size_t size;
    /* of NEAR: different words, and how often each was asked for */
    struct word_target {
        unsigned char code[WORD_CODE_ROOM];
        size_t size;
        unsigned times;
    } targets[LIMIT_NEAR_WORDS];
    size_t target_count, rarest; /* by its code: longer and higher ones are of rarer words */
    unsigned window;
    bool ends[256]; /* by byte: a target's code, or a gap, ends in it */
};

/* Of a QUERY_PHRASE or QUERY_NEAR within the limits. */
void word_pattern_make(const struct query_node *node, const struct word_list *list,
                       struct word_pattern *out);
/* Whether a report's stream has it: the phrase's words side by side; NEAR's at places of their
 * own, at most the window apart. */
bool word_pattern_matches(const struct word_pattern *pattern, const char *stream, size_t size);

#endif
