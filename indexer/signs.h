/* signs.h: what the words around a name say of it: that it is a place, or a person.
 */
#ifndef SITREP_SIGNS_H
#define SITREP_SIGNS_H

#include "indexer/scan.h"

enum sign {
    SIGN_WITHIN = 1 << 0,   /* in Gao, near Gao */
    SIGN_TOWN = 1 << 1,     /* Gao town, the village of Gao */
    SIGN_DIVISION = 1 << 2, /* Gao region, northern Gao */
    SIGN_DATELINE = 1 << 3, /* GAO (Reuters) - */
    SIGN_PERSON = 1 << 4,   /* Mr. Jordan, Jordan Smith, J. Jordan */
    SIGN_PART = 1 << 5,     /* of a longer name: capitals beside it */
    SIGN_STREET = 1 << 6,   /* Jordan Street, Jordan Creek, Jordan Times */
    SIGN_LIST = 1 << 7,     /* a comma or bracket joins it to another name */
    SIGN_OFFICE = 1 << 8,   /* Gao Public Library: goes by the name of its place */
};

/* The signs at one span. */
unsigned signs_read(const struct scan_rules *rules, const struct scan *scan, size_t span);

/* Whether two spans, the left one first, are joined as "Gao, Mali" or "Ansongo town (Gao
 * region)" are: by a comma or bracket, and at most a few words that are capital or tell of
 * a kind of region. */
bool signs_joined(const struct scan *scan, const struct span *left, const struct span *right);

#endif
