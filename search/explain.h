/* explain.h: how a question is carried out, step by step, in text: for people who wonder at
 * an answer, and for those who work on search/.
 */
#ifndef SITREP_EXPLAIN_H
#define SITREP_EXPLAIN_H

#include <stdbool.h>

#include "schema/buffer.h"
#include "schema/error.h"
#include "search/answer.h"
#include "search/snapshot.h"

/* Carries out the answer's question again, counting what each part of it finds by itself.
 * Fails as answer_make does. */
bool explain_answer(const struct snapshot *snapshot, const struct answer *answer,
                    struct buffer *out, struct error *err);

#endif
