/* scoring.h: the best of the reports that match, by what the words of a ranking add.
 *
 * Candidates go through the words in blocks, the word that can add most first; a candidate
 * that could not enter the best any more, had it all words that are left, is dropped (MaxScore:
 * Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995). Before that, unseen,
 * go those whose words together could not bring them there (bounds.h), as is known of most when
 * some that have many of the words were looked at first. A list that is much longer than what is
 * left of the candidates is read only where they are.
 */
#ifndef SITREP_SCORING_H
#define SITREP_SCORING_H

#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "search/docset.h"
#include "search/ranking.h"
#include "search/snapshot.h"

/* A report in the order of hits. */
struct place {
    uint32_t docid;
    double score;
};

/* The 'room' best of 'set' into 'places', best first; reports of one score in the order of
 * their docids. ERROR_STALE, ERROR_MEMORY. */
bool scoring_best(const struct snapshot *snapshot, const struct ranking *ranking,
                  const struct docset *set, struct place *places, size_t room, size_t *count,
                  struct error *err);
/* Brings places into the order of hits. */
void scoring_sort(struct place *places, size_t count);

#endif
