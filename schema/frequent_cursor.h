/* frequent_cursor.h: the postings of one term of frequent_file.h in the order of docids. */
#ifndef SITREP_FREQUENT_CURSOR_H
#define SITREP_FREQUENT_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "schema/frequent_file.h"

/* Private. Of a damaged list any postings are read, and nothing but the list. */
struct frequent_cursor {
    struct frequent_postings list;
    uint32_t last;   /* docid of the file */
    uint32_t passed; /* postings before the next */
    uint64_t bits;   /* of 'word': those that are not read yet */
    size_t word, large_at;
    uint32_t docid, wdf; /* of codes: the posting that was read last */
    uint32_t at;         /* in the codes */
    bool is_ahead;       /* that posting is the next to be given */
};

/* At the first posting; 'last' is frequent_file_last. */
void frequent_cursor_start(struct frequent_cursor *cursor, const struct frequent_postings *list,
                           uint32_t last);
/* Gives at most 'room' postings, fewer only where no more are left. 'wdfs' may be NULL. */
size_t frequent_cursor_read(struct frequent_cursor *cursor, size_t room, uint32_t *docids,
                            uint32_t *wdfs);
/* To the first posting whose docid is at least 'docid'; never back. */
void frequent_cursor_skip_to(struct frequent_cursor *cursor, uint32_t docid);

#endif
