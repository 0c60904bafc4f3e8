/* published.h: all reports of the current generation, one after another, as they are stored. */
#ifndef SITREP_PUBLISHED_H
#define SITREP_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/report.h"

struct published;

/* ERROR_NO_INPUT where nothing is published. A generation that is published afterwards is not
 * seen; of what is committed to this one meanwhile, some may be: a report that was replaced can
 * come twice, as it is now the second time. */
bool published_open(const char *index, struct published **out, struct error *err);
void published_close(struct published *published);

/* The next report; '*end' says that there is none, and 'out' is zeroed then. */
bool published_next(struct published *published, struct report *out, bool *end, struct error *err);
/* The report that published_next gave, once more. */
bool published_again(const struct published *published, struct report *out, struct error *err);

#endif
