#include "schema/frequent_cursor.h"

/* ---- a bit a report ------------------------------------------------------------ */

static uint32_t dense_wdf(struct frequent_cursor *cursor, uint32_t docid)
{
    const struct frequent_postings *list = &cursor->list;
    uint32_t limit = frequent_wdf_limit(list->width);
    size_t bit = (size_t)cursor->passed * list->width;
    if (limit == 0 || cursor->passed >= list->reports)
        return 0;
    uint32_t wdf = (uint32_t)list->wdfs[bit / 8] >> bit % 8 & limit;
    if (wdf < limit)
        return wdf;
    size_t at = cursor->large_at;
    while (at < list->large_count && list->large[at].docid < docid)
        at++;
    cursor->large_at = at;
    return at < list->large_count && list->large[at].docid == docid ? list->large[at].wdf : wdf;
}

static size_t read_dense(struct frequent_cursor *cursor, size_t room, uint32_t *docids,
                         uint32_t *wdfs)
{
    const uint64_t *words = cursor->list.words;
    size_t count = 0, end = FREQUENT_FILE_WORDS(cursor->last);
    while (count < room) {
        while (cursor->bits == 0 && cursor->word + 1 < end)
            cursor->bits = words[++cursor->word];
        if (cursor->bits == 0)
            break;
        uint32_t docid = (uint32_t)(64 * cursor->word) + (uint32_t)__builtin_ctzll(cursor->bits);
        cursor->bits &= cursor->bits - 1;
        if (docid > cursor->last)
            continue;
        docids[count] = docid;
        if (wdfs)
            wdfs[count] = dense_wdf(cursor, docid);
        count++;
        cursor->passed++;
    }
    return count;
}

static uint32_t ones(uint64_t word)
{
    return (uint32_t)__builtin_popcountll(word);
}

static void skip_dense(struct frequent_cursor *cursor, uint32_t docid)
{
    size_t word = docid / 64;
    if (docid > cursor->last) {
        cursor->word = FREQUENT_FILE_WORDS(cursor->last) - 1;
        cursor->bits = 0;
        return;
    }
    if (word < cursor->word)
        return;
    while (cursor->word < word) {
        cursor->passed += ones(cursor->bits);
        cursor->bits = cursor->list.words[++cursor->word];
    }
    uint64_t before = (UINT64_C(1) << docid % 64) - 1;
    cursor->passed += ones(cursor->bits & before);
    cursor->bits &= ~before;
}

/* ---- codes --------------------------------------------------------------------- */

static uint64_t take_number(struct frequent_cursor *cursor)
{
    const struct frequent_postings *list = &cursor->list;
    uint64_t number = 0;
    for (unsigned shift = 0; cursor->at < list->code_bytes && shift < 35; shift += 7) {
        uint8_t byte = list->codes[cursor->at++];
        number |= (uint64_t)(byte & 0x7fu) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

/* False at the end. */
static bool take_code(struct frequent_cursor *cursor)
{
    if (cursor->passed >= cursor->list.reports)
        return false;
    uint64_t code = take_number(cursor), gap = code >> FREQUENT_FILE_WDF_BITS;
    cursor->passed++;
    cursor->wdf = (uint32_t)(code & FREQUENT_FILE_WDF_MORE);
    if (cursor->wdf == FREQUENT_FILE_WDF_MORE)
        cursor->wdf += (uint32_t)take_number(cursor);
    if (gap == 0 || gap > cursor->last - cursor->docid) { /* the list is damaged */
        cursor->passed = cursor->list.reports;
        return false;
    }
    cursor->docid += (uint32_t)gap;
    return true;
}

static size_t read_codes(struct frequent_cursor *cursor, size_t room, uint32_t *docids,
                         uint32_t *wdfs)
{
    size_t count = 0;
    for (; count < room && (cursor->is_ahead || take_code(cursor)); count++) {
        cursor->is_ahead = false;
        docids[count] = cursor->docid;
        if (wdfs)
            wdfs[count] = cursor->wdf;
    }
    return count;
}

/* The last block that begins behind a docid before this one. */
static size_t find_block(const struct frequent_postings *list, uint32_t docid)
{
    size_t low = 0, high = frequent_blocks(list->reports);
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (list->blocks[middle].before < docid)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void skip_codes(struct frequent_cursor *cursor, uint32_t docid)
{
    const struct frequent_postings *list = &cursor->list;
    if (cursor->is_ahead && cursor->docid >= docid)
        return;
    cursor->is_ahead = false;
    size_t block = find_block(list, docid), passed = block * FREQUENT_FILE_BLOCK;
    if (passed > cursor->passed && passed < list->reports &&
        list->blocks[block].before <= cursor->last) {
        cursor->passed = (uint32_t)passed;
        cursor->docid = list->blocks[block].before;
        cursor->at = list->blocks[block].at;
    }
    while (!cursor->is_ahead && take_code(cursor))
        cursor->is_ahead = cursor->docid >= docid;
}

/* ---- the door ------------------------------------------------------------------ */

void frequent_cursor_start(struct frequent_cursor *cursor, const struct frequent_postings *list,
                           uint32_t last)
{
    *cursor = (struct frequent_cursor){.list = *list, .last = last};
    if (list->words)
        cursor->bits = list->words[0];
}

size_t frequent_cursor_read(struct frequent_cursor *cursor, size_t room, uint32_t *docids,
                            uint32_t *wdfs)
{
    return cursor->list.words ? read_dense(cursor, room, docids, wdfs)
                              : read_codes(cursor, room, docids, wdfs);
}

void frequent_cursor_skip_to(struct frequent_cursor *cursor, uint32_t docid)
{
    if (cursor->list.words)
        skip_dense(cursor, docid);
    else
        skip_codes(cursor, docid);
}
