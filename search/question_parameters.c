/* The parameters of a question: what the form, the API and the terminal call them. */
#include "search/question_parameters.h"

#include <string.h>

#include "schema/buffer.h"

const struct question_parameter question_parameters[] = {
    [PARAMETER_Q] = {"q", false, "the question, in the query language", "peace agreement"},
    [PARAMETER_MATCH] = {"match", false, "whether 'all' words must be there, or 'any'", "any"},
    [PARAMETER_NAMES] = {"names", false,
                         "whether words that name an actor or region find reports tagged with it "
                         "too: 'on', or 'off'",
                         "off"},
    [PARAMETER_LIKE] = {"like", false, "other reports about what the report with this id is about",
                        "3308f45e9b5cf787"},
    [PARAMETER_ACTOR] = {"actor", true, "reports tagged with this actor", "jnim"},
    [PARAMETER_NOT_ACTOR] = {"-actor", true, "reports not tagged with this actor", "jnim"},
    [PARAMETER_REGION] = {"region", true, "reports tagged with this region or one in it", "ML-7"},
    [PARAMETER_NOT_REGION] = {"-region", true,
                              "reports tagged neither with this region nor with "
                              "one in it",
                              "ML-7"},
    [PARAMETER_MENTIONED] = {"mentioned", true,
                             "reports whose text mentions this day, month or year, or one in it",
                             "2020-08"},
    [PARAMETER_NOT_MENTIONED] = {"-mentioned", true,
                                 "reports whose text mentions neither this day, month or year "
                                 "nor one in it",
                                 "2020-08"},
    [PARAMETER_SOURCE] = {"source", true, "reports from this source", "un.org"},
    [PARAMETER_NOT_SOURCE] = {"-source", true, "reports not from this source", "un.org"},
    [PARAMETER_LANG] = {"lang", true, "reports in this language (ISO 639-1)", "fr"},
    [PARAMETER_NOT_LANG] = {"-lang", true, "reports not in this language", "fr"},
    [PARAMETER_ID] = {"id", true, "the report with this id", "3308f45e9b5cf787"},
    [PARAMETER_NOT_ID] = {"-id", true, "all but the report with this id", "3308f45e9b5cf787"},
    [PARAMETER_SAME] = {"same", true,
                        "reports with nearly the same text, by the id of the earliest",
                        "3308f45e9b5cf787"},
    [PARAMETER_NOT_SAME] = {"-same", true, "reports without nearly the same text as that one",
                            "3308f45e9b5cf787"},
    [PARAMETER_FROM] = {"from", false, "the first day: a day, or the first of a month or year",
                        "2023-11-15"},
    [PARAMETER_TO] = {"to", false, "the last day: a day, or the last of a month or year",
                      "2023-11"},
    [PARAMETER_SORT] = {"sort", false, "the order: relevance, newest, oldest", "newest"},
    [PARAMETER_PAGE] = {"page", false, "the page of hits, from 1", "2"},
    [PARAMETER_AFTER] = {"after", false, "the page after a hit, as links.after gives it",
                         "000042.7.1234"},
    [PARAMETER_SIZE] = {"size", false, "hits on a page, 1 to 100", "25"},
    [PARAMETER_FACET_SIZE] = {"facet_size", false, "values listed of a facet, 1 to 1000", "50"},
#define FACET_ROWS(facet, name)                                                                    \
    [PARAMETER_##facet##_Q] = {"facet." name ".q", false,                                          \
                               "only values of this facet that have these words", "north"},        \
    [PARAMETER_##facet##                                                                           \
        _SIZE] = {"facet." name ".size", false, "values listed of this facet, 1 to 1000", "50"},   \
    [PARAMETER_##facet##                                                                           \
        _SORT] = {"facet." name ".sort", false, "the order of this facet: count, name", "name"}
    FACET_ROWS(FACET_ACTOR, "actor"),
    FACET_ROWS(FACET_REGION, "region"),
    FACET_ROWS(FACET_MENTIONED, "mentioned"),
    FACET_ROWS(FACET_SOURCE, "source"),
    FACET_ROWS(FACET_LANG, "lang"),
    [PARAMETER_INTERVAL] = {"interval", false,
                            "what the date facet counts in: day, week, month, "
                            "year",
                            "week"},
};
const size_t question_parameter_count = PARAMETER_COUNT;

_Static_assert(ARRAY_LEN(question_parameters) == PARAMETER_COUNT, "one row a parameter");
_Static_assert(PARAMETER_COUNT <= 64, "a bit each in struct question");

const struct filter_parameter filter_parameters[FILTER_PARAMETERS] = {
    {PARAMETER_ACTOR, FIELD_ACTOR, false},
    {PARAMETER_NOT_ACTOR, FIELD_ACTOR, true},
    {PARAMETER_REGION, FIELD_REGION, false},
    {PARAMETER_NOT_REGION, FIELD_REGION, true},
    {PARAMETER_MENTIONED, FIELD_MENTIONED, false},
    {PARAMETER_NOT_MENTIONED, FIELD_MENTIONED, true},
    {PARAMETER_SOURCE, FIELD_SOURCE, false},
    {PARAMETER_NOT_SOURCE, FIELD_SOURCE, true},
    {PARAMETER_LANG, FIELD_LANGUAGE, false},
    {PARAMETER_NOT_LANG, FIELD_LANGUAGE, true},
    {PARAMETER_ID, FIELD_ID, false},
    {PARAMETER_NOT_ID, FIELD_ID, true},
    {PARAMETER_SAME, FIELD_SAME, false},
    {PARAMETER_NOT_SAME, FIELD_SAME, true},
};

const struct facet_parameter facet_parameters[FACET_PARAMETERS] = {
    {PARAMETER_FACET_ACTOR_Q, FIELD_ACTOR},         {PARAMETER_FACET_REGION_Q, FIELD_REGION},
    {PARAMETER_FACET_MENTIONED_Q, FIELD_MENTIONED}, {PARAMETER_FACET_SOURCE_Q, FIELD_SOURCE},
    {PARAMETER_FACET_LANG_Q, FIELD_LANGUAGE},
};

const char *const match_names[2] = {[MATCH_ALL] = "all", [MATCH_ANY] = "any"};
const char *const names_names[2] = {"on", "off"};
const char *const sort_names[3] = {
    [SORT_RELEVANCE] = "relevance", [SORT_NEWEST] = "newest", [SORT_OLDEST] = "oldest"};
const char *const facet_sort_names[2] = {"count", "name"};

const struct question_parameter *question_parameter_find(const char *name)
{
    for (size_t i = 0; i < question_parameter_count; i++)
        if (strcmp(question_parameters[i].name, name) == 0)
            return &question_parameters[i];
    return NULL;
}
