/* export.h: all reports that a question finds, however many, one after another. */
#ifndef SITREP_EXPORT_H
#define SITREP_EXPORT_H

#include <stdbool.h>

#include "schema/error.h"
#include "schema/report.h"
#include "search/question.h"
#include "search/snapshot.h"

/* Takes one report, which is cleared afterwards; false ends the export. */
typedef bool export_take(void *context, const struct report *report, struct error *err);

/* In the order of the index, oldest first but for reports that were added later; page, size and
 * sort of the question are of no account. Fails as answer_make does. */
bool export_run(const struct snapshot *snapshot, const struct question *question, export_take *take,
                void *context, struct error *err);

#endif
