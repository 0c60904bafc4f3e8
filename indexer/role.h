/* role.h: "the army" and "police" of a report that is about one country: the state forces
 * that are meant where none is named.
 */
#ifndef SITREP_ROLE_H
#define SITREP_ROLE_H

#include "indexer/scan.h"

struct role {
    uint32_t word; /* the first one that names it; the number of words where none does */
    const struct concept *actor;
};

enum role_id { ROLE_ARMY, ROLE_POLICE, ROLE_MILITARY_POLICE, ROLE_COUNT };

/* Finds each role's first word outside names, and whom the country calls so. */
void roles_find(const struct scan *scan, const struct vocabulary *vocabulary,
                const struct concept *country, struct role out[ROLE_COUNT]);

#endif
