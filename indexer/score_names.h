/* score_names.h: the concepts that a gold name can stand for.
 *
 * Lists write names in forms of their own. A name is looked up as it stands; where the
 * vocabulary does not have it, without what stands in brackets, before the first bracket, and,
 * where a colon or dash parts it, what is behind and then what is before: "JNIM: Group for
 * Support of Islam and Muslims", "Military Forces of Mali (2021-) Gendarmerie", "Mogadishu -
 * Bondhere". A region also without a last word that tells its kind: "Homs Governorate".
 */
#ifndef SITREP_SCORE_NAMES_H
#define SITREP_SCORE_NAMES_H

#include <jansson.h>

#include "indexer/lexicon.h"
#include "indexer/score_sheet.h"
#include "schema/vocabulary.h"

struct bearers {
    const struct concept *concepts[64];
    size_t count;
};

struct score_names {
    const struct vocabulary *vocabulary;
    const struct lexicon *lexicon;
};

/* Whether a concept is of a field's kind. A place can be any region. */
bool score_names_fit(const struct concept *concept, enum score_field field);
/* Whether a region is, or lies in, one of the countries; all do where there are none. */
bool score_names_lie_in(const struct concept *region, const struct bearers *countries);
/* All bearers of a gold item, which is a name or an array of names for one thing: of the first
 * name and form that has any. Divisions and places only of the countries. */
struct bearers score_names_find(const struct score_names *names, const json_t *item,
                                enum score_field field, const struct bearers *countries);
/* "Unidentified Armed Group (Mali)", "Protesters (Mali)": says who, names none. */
bool score_names_describe(const char *name);

#endif
