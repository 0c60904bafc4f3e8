/* view_facets.h: the facets of the search page and the links that turn filters on and off.
 */
#ifndef SITREP_VIEW_FACETS_H
#define SITREP_VIEW_FACETS_H

#include "fcgi/view.h"

/* "/search?..." */
json_t *facet_href(const struct question *question);
/* The question with a filter more ('add') or less, from its first hit on. */
json_t *facet_toggle_href(const struct question *question, enum field_id field, bool exclude,
                          const char *value, bool add);

/* One list a facet, regions under the region they lie in. */
json_t *facet_lists(struct view *view, const struct answer *answer);
/* The dates as bars; JSON false where there is no dated report. */
json_t *facet_histogram(struct view *view, const struct answer *answer);

#endif
