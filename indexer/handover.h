/* handover.h: reports from the thread that reads them to one that takes them, in order. Two
 * batches go to and fro, one being filled while the other is taken, so that neither thread is woken
 * for every report and what is under way is bounded.
 */
#ifndef SITREP_HANDOVER_H
#define SITREP_HANDOVER_H

#include <stdbool.h>

#include "schema/report.h"

struct handover;

/* In the other thread. The report is cleared afterwards, what is left of it. */
typedef bool handover_take(void *context, struct report *report, const char *where,
                           struct error *err);

/* Starts that thread. ERROR_MEMORY or ERROR_SYSTEM. */
bool handover_open(handover_take *take, void *context, struct handover **out, struct error *err);
/* Moves the report out of '*report'; 'where' has READER_WHERE_ROOM bytes at most. False once one
 * given before could not be taken; handover_close says why. */
bool handover_give(struct handover *handover, struct report *report, const char *where);
/* Ends when all are taken, and frees. False as 'take' did; none was taken after that. */
bool handover_close(struct handover *handover, struct error *err);

#endif
