/* diagnosis.h: what to ask instead of a question that finds nothing: the same question without
 * one of its parts, or with any of its words.
 */
#ifndef SITREP_DIAGNOSIS_H
#define SITREP_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/query.h"
#include "search/question.h"
#include "search/snapshot.h"

/* A question that finds more. */
struct remedy {
    char *part; /* what it leaves out, for people: "niger", "actor JNIM or ISGS" */
    struct question question;
    uint32_t reports; /* its total */
};

struct diagnosis {
    struct remedy *without; /* most reports first */
    size_t without_count;
    struct remedy *spelt; /* with misspelt words corrected, 'part' NULL; likewise */
    struct remedy *any;   /* with any of the words, 'part' NULL; NULL where it finds no more */
};

/* Parts that are looked at; one costs about as much as the question itself. */
#define DIAGNOSIS_PARTS 16u
/* With so many words the any-words answer is offered though all of them find something. */
#define DIAGNOSIS_SENTENCE 8u

/* A word is misspelt where one like it is in more than so many times as many reports. */
#define DIAGNOSIS_MISSPELT 10u

/* Fills 'out', for diagnosis_clear, where 'question', read as 'query', found 'total' reports. */
bool diagnosis_make(const struct snapshot *snapshot, const struct question *question,
                    const struct query *query, uint32_t total, struct diagnosis *out,
                    struct error *err);
void diagnosis_clear(struct diagnosis *diagnosis);

#endif
