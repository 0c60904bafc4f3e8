/* focus.h: the third step of extraction: the countries and divisions that a short report is about,
 * where its places lie, told from those that it only speaks of. A protest in Berlin against the
 * Russian invasion of Ukraine is in Germany.
 */
#ifndef SITREP_FOCUS_H
#define SITREP_FOCUS_H

#include "indexer/placing.h"

/* What is found with less confidence than this, in percent, is evidence in the report and no
 * tag of it. */
#define FOCUS_TAG_CONFIDENCE 50

/* Gives countries and divisions that are a topic only, and what lies in them, the rule "topic" and
 * less confidence than makes a tag. 'placed' as placing_run left it. Returns the one country that
 * a short report's places lie in, NULL where there is no such. */
const struct concept *focus_apply(const struct scan scans[2], struct placed *const placed[2]);

#endif
