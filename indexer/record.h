/* record.h: a report given as named values. JSON Lines, CSV and the head of Markdown share these
 * names: id, date, title, text (or body), url, source, language (or lang), origin, and the lists
 * actors and regions (or places).
 */
#ifndef SITREP_RECORD_H
#define SITREP_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/report.h"

struct record_name;
#define RECORD_NAMES 13u

/* NULL for a name that means nothing here; such values are ignored. */
const struct record_name *record_find(const char *name, size_t size);
const char *record_name_text(const struct record_name *name);
/* Takes a list of values; set it once per value. */
bool record_is_list(const struct record_name *name);
bool record_is_text(const struct record_name *name);

/* Cleans a value and puts it into the report; white space around it goes, and an empty value
 * is an absent one. ERROR_DATA, naming the field, for one that cannot be (a date that is no
 * day) or stands there twice. */
bool record_set(struct report *report, const struct record_name *name, const char *value,
                size_t size, struct error *err);
/* The same by the name, which must be one of those above. */
bool record_put(struct report *report, const char *name, const char *value, size_t size,
                struct error *err);
/* Gives a record with neither id nor URL an id made of what it says, so that it keeps it
 * wherever in its file it stands. */
bool record_identify(struct report *report, const char *origin, struct error *err);

#endif
