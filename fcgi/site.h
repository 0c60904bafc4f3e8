/* site.h: what every request of a process is answered from.
 */
#ifndef SITREP_SITE_H
#define SITREP_SITE_H

#include <stdint.h>

#include "fcgi/parking.h"
#include "fcgi/scoreboard.h"
#include "fcgi/templates.h"
#include "search/snapshot.h"

struct site {
    const char *index;         /* the index directory */
    const char *web;           /* the directory of templates and static files */
    struct snapshot *snapshot; /* NULL while there is no index */
    struct templates *templates;
    struct scoreboard *scoreboard;
    struct parking parking; /* of questions that are long */
    uint64_t long_reports;  /* that is, with about so many reports or more (answer_estimate) */
};

#endif
