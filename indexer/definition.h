/* definition.h: names that a report defines itself. After "Long Name (LN)" the letters LN
 * mean what the long name means in the rest of that text; after an unknown long name that
 * they abbreviate, they no longer mean what the vocabulary has under them.
 */
#ifndef SITREP_DEFINITION_H
#define SITREP_DEFINITION_H

#include "indexer/scan.h"

/* Finds the definitions of a scanned text and applies them to its spans. False out of
 * memory. */
bool definitions_apply(struct scan *scan, const struct scan_rules *rules);

#endif
