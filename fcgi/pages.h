/* pages.h: the handlers of the routes.
 */
#ifndef SITREP_PAGES_H
#define SITREP_PAGES_H

#include "fcgi/route.h"

/* page_search.c */
route_handler page_search_html, page_search_json;
route_estimator page_search_estimate;
/* page_suggest.c */
route_handler page_suggest;
/* page_report.c */
route_handler page_report_html, page_report_json;
/* page_status.c */
route_handler page_home, page_healthz, page_readyz, page_metrics;

#endif
