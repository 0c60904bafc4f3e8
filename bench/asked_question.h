/* asked_question.h: a fixed question (question_file.h) as Sitrep is asked it. */
#ifndef SITREP_BENCH_ASKED_QUESTION_H
#define SITREP_BENCH_ASKED_QUESTION_H

#include "bench/question_file.h"
#include "search/question.h"

/* All of it in the query language, since peers have one tree for all of it too; dates by month.
 * Fills an uninitialised question. */
bool asked_question(const struct asked *asked, struct question *out, struct error *err);

#endif
