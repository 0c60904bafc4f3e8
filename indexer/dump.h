/* dump.h: one stored report, for people who look into an index. */
#ifndef SITREP_DUMP_H
#define SITREP_DUMP_H

#include <stdbool.h>

#include "schema/error.h"

/* The report of that id in the published generation as report_describe prints it; the caller
 * frees. ERROR_NO_INPUT where there is none. */
bool dump_report(const char *index, const char *id, char **out, struct error *err);

#endif
