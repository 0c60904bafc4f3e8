#include "fcgi/paging.h"

#include "schema/limits.h"

void paging_find(const struct answer *answer, struct paging *out)
{
    const struct question *question = &answer->question;
    uint64_t next = (uint64_t)question->first + question->size;
    bool more = question->size > 0 && next < answer->total;

    *out = (struct paging){0};
    if (question->after.docid) /* where that is is not known */
        return;
    out->has_previous = question->first > 0;
    out->previous = question->first > question->size ? question->first - question->size : 0;
    out->has_next = more && next + question->size <= LIMIT_WINDOW;
    out->next = out->has_next ? (uint32_t)next : 0;
    out->window_end = more && !out->has_next;
}
