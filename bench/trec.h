/* trec.h: topics, judgements and runs in the forms of TREC, and what a run is worth.
 *
 * The measures are those of trec_eval, for which see Buckley and Voorhees, "Retrieval System
 * Evaluation", in TREC: Experiment and Evaluation in Information Retrieval (2005). A judgement of
 * grade 1 or more is relevant; what is not judged is not. With R relevant reports of a topic, and
 * r of them among the first k of its run:
 *
 *   precision at k    r / k
 *   recall at k       r / R
 *   average precision the precision at the rank of each relevant report that was found, added
 *                     up and divided by R
 *   nDCG at k         Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques"
 *                     (2002), as trec_eval has it: the sum of grade / log2(rank + 1) over the
 *                     first k, divided by the same sum over the best order possible
 *
 * A set's figure is the mean over its topics that have a relevant report; one that found nothing
 * counts as 0.
 */
#ifndef SITREP_TREC_H
#define SITREP_TREC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "schema/error.h"

struct trec_topic {
    char *id;   /* the number, as written */
    char *text; /* title and description, joined by a space */
};

struct trec_topics {
    struct trec_topic *items; /* in the file's order */
    size_t count, room;
};

struct trec_judgement {
    char *topic, *report;
    int grade;
};

/* By topic and report. */
struct trec_judgements {
    struct trec_judgement *items;
    size_t count, room;
};

/* Reports found for one topic, best first. */
struct trec_run {
    char *topic;
    char **reports;
    size_t count, room;
};

struct trec_runs {
    struct trec_run *items;
    size_t count, room;
};

struct trec_measures {
    double map, ndcg_10, precision_10, recall_100;
    size_t topics; /* that the mean is taken over */
};

/* Each reads all of an open file, into what is zeroed; 'name' stands in errors. A line that is
 * not of the form is ERROR_DATA. */
bool trec_read_topics(FILE *file, const char *name, struct trec_topics *out, struct error *err);
/* Lines "topic iteration report grade". The same pair twice is ERROR_DATA. */
bool trec_read_judgements(FILE *file, const char *name, struct trec_judgements *out,
                          struct error *err);
/* Lines "topic Q0 report rank score tag". The order of a topic's lines is its ranking. */
bool trec_read_runs(FILE *file, const char *name, struct trec_runs *out, struct error *err);
void trec_clear_topics(struct trec_topics *topics);
void trec_clear_judgements(struct trec_judgements *judgements);
void trec_clear_runs(struct trec_runs *runs);

/* Appends an empty run; NULL out of memory. Borrowed until the next call. */
struct trec_run *trec_add_run(struct trec_runs *runs, const char *topic);
/* Appends a report at the end of a run; both copy. */
bool trec_add_report(struct trec_run *run, const char *report);

/* One topic's measures; false, and nothing set, where no report is relevant to it. 'run' may be
 * NULL: nothing was found. A report that stands in a run twice counts at its first place. */
bool trec_measure_topic(const struct trec_judgements *judgements, const char *topic,
                        const struct trec_run *run, struct trec_measures *out);
/* The means over all topics of the judgements. */
struct trec_measures trec_measure(const struct trec_judgements *judgements,
                                  const struct trec_runs *runs);

#endif
