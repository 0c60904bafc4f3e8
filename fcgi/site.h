/* site.h: what every request of a process is answered from.
 */
#ifndef SITREP_SITE_H
#define SITREP_SITE_H

#include "fcgi/scoreboard.h"
#include "fcgi/templates.h"
#include "search/snapshot.h"

struct site {
    const char *index;         /* the index directory */
    const char *web;           /* the directory of templates and static files */
    struct snapshot *snapshot; /* NULL while there is no index */
    struct templates *templates;
    struct scoreboard *scoreboard;
};

#endif
