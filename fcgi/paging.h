/* paging.h: where the page before and the page after an answer's page begin.
 */
#ifndef SITREP_PAGING_H
#define SITREP_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "search/answer.h"

struct paging {
    bool has_previous, has_next;
    uint32_t previous, next; /* the 'first' of their questions */
    bool window_end;         /* more hits exist, past LIMIT_WINDOW */
};

void paging_find(const struct answer *answer, struct paging *out);

#endif
