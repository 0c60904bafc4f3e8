/* report_json.h: one report as the API gives it; docs/api.md describes it.
 */
#ifndef SITREP_REPORT_JSON_H
#define SITREP_REPORT_JSON_H

#include <jansson.h>

#include "fcgi/site.h"
#include "search/neighbours.h"

/* A new reference; NULL out of memory. */
json_t *report_json(const struct site *site, const struct report *report,
                    const struct neighbours *neighbours);

#endif
