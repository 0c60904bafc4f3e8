/* question_parameters.h: the table of parameters, as question.c works with it. Private to the
 * question; others see its rows through question.h.
 */
#ifndef SITREP_QUESTION_PARAMETERS_H
#define SITREP_QUESTION_PARAMETERS_H

#include "search/question.h"

enum parameter_id {
    PARAMETER_Q,
    PARAMETER_MATCH,
    PARAMETER_NAMES,
    PARAMETER_LIKE,
    PARAMETER_ACTOR,
    PARAMETER_NOT_ACTOR,
    PARAMETER_REGION,
    PARAMETER_NOT_REGION,
    PARAMETER_MENTIONED,
    PARAMETER_NOT_MENTIONED,
    PARAMETER_SOURCE,
    PARAMETER_NOT_SOURCE,
    PARAMETER_LANG,
    PARAMETER_NOT_LANG,
    PARAMETER_ID,
    PARAMETER_NOT_ID,
    PARAMETER_SAME,
    PARAMETER_NOT_SAME,
    PARAMETER_FROM,
    PARAMETER_TO,
    PARAMETER_SORT,
    PARAMETER_PAGE,
    PARAMETER_AFTER,
    PARAMETER_SIZE,
    PARAMETER_FACET_SIZE,
#define FACET_IDS(facet) PARAMETER_##facet##_Q, PARAMETER_##facet##_SIZE, PARAMETER_##facet##_SORT
    FACET_IDS(FACET_ACTOR),
    FACET_IDS(FACET_REGION),
    FACET_IDS(FACET_MENTIONED),
    FACET_IDS(FACET_SOURCE),
    FACET_IDS(FACET_LANG),
    PARAMETER_INTERVAL,
    PARAMETER_COUNT
};

/* The filter a parameter sets. */
struct filter_parameter {
    enum parameter_id parameter;
    enum field_id field;
    bool exclude;
};
#define FILTER_PARAMETERS 14
extern const struct filter_parameter filter_parameters[FILTER_PARAMETERS];

/* The facet whose listing a parameter chooses, by the first of its three: q, size, sort. */
struct facet_parameter {
    enum parameter_id first;
    enum field_id field;
};
#define FACET_PARAMETERS 5
extern const struct facet_parameter facet_parameters[FACET_PARAMETERS];

/* The values of match, names, sort and of a facet's sort. */
extern const char *const match_names[2], *const names_names[2], *const sort_names[3],
                                                                    *const facet_sort_names[2];

#endif
