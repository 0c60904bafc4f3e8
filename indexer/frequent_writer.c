#include "indexer/frequent_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/frequent_file.h"

struct frequent_writer {
    char *path;
    FILE *file;
    uint64_t size; /* of what is written */
    uint32_t last;
    struct frequent_entry *entries; /* 'term' is the place in 'terms' while they are gathered */
    size_t count, room;
    struct buffer terms;
    uint64_t *words;           /* of the term that is written; all zero between terms */
    struct buffer wdfs, parts; /* and its wdfs or codes, its large ones or blocks */
};

/* One term on its way. */
struct list {
    const uint32_t *docids, *wdfs;
    uint32_t count;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool put(struct frequent_writer *writer, const void *bytes, size_t size, uint64_t *at,
                struct error *err)
{
    *at = writer->size;
    writer->size += size;
    return size == 0 || fwrite(bytes, 1, size, writer->file) == size ||
           error_set_errno(err, ERROR_IO, writer->path, "cannot be written");
}

/* What comes next can be read in place. */
static bool pad(struct frequent_writer *writer, struct error *err)
{
    static const char zeros[sizeof(uint64_t)];
    uint64_t at;
    return put(writer, zeros, -writer->size % sizeof zeros, &at, err);
}

static bool put_buffer(struct frequent_writer *writer, const struct buffer *buffer, uint64_t *at,
                       struct error *err)
{
    return buffer->failed ? no_memory(err) : put(writer, buffer->bytes, buffer->size, at, err);
}

/* ---- a bit a report ------------------------------------------------------------ */

static size_t count_large(const struct list *list, unsigned width)
{
    size_t count = 0;
    for (uint32_t i = 0; width && i < list->count; i++)
        count += list->wdfs[i] >= frequent_wdf_limit(width);
    return count;
}

static size_t bytes_of(const struct list *list, unsigned width)
{
    return frequent_wdf_bytes(list->count, width) +
           count_large(list, width) * sizeof(struct frequent_large);
}

static uint8_t choose_width(const struct list *list, uint32_t greatest)
{
    return greatest == 0 ? 0 : bytes_of(list, 4) <= bytes_of(list, 8) ? 4 : 8;
}

static void pack(struct frequent_writer *writer, const struct list *list, unsigned width)
{
    uint32_t limit = frequent_wdf_limit(width);
    unsigned byte = 0;
    for (uint32_t i = 0; width && i < list->count; i++) {
        uint32_t wdf = list->wdfs[i];
        size_t bit = (size_t)i * width % 8;
        byte |= (wdf < limit ? wdf : limit) << bit;
        if (bit + width == 8 || i + 1 == list->count) {
            buffer_char(&writer->wdfs, (char)byte);
            byte = 0;
        }
        const struct frequent_large large = {list->docids[i], wdf};
        if (wdf >= limit)
            buffer_append(&writer->parts, (const char *)&large, sizeof large);
    }
}

static bool put_dense(struct frequent_writer *writer, const struct list *list,
                      struct frequent_entry *entry, struct error *err)
{
    entry->is_dense = true;
    entry->width = choose_width(list, entry->greatest);
    entry->large_count = (uint32_t)count_large(list, entry->width);
    pack(writer, list, entry->width);
    for (uint32_t i = 0; i < list->count; i++)
        writer->words[list->docids[i] / 64] |= UINT64_C(1) << list->docids[i] % 64;
    bool ok = put(writer, writer->words, FREQUENT_FILE_WORDS(writer->last) * sizeof(uint64_t),
                  &entry->set, err) &&
              put_buffer(writer, &writer->parts, &entry->large, err);
    for (uint32_t i = 0; i < list->count; i++)
        writer->words[list->docids[i] / 64] = 0;
    return ok;
}

/* ---- codes --------------------------------------------------------------------- */

static void add_number(struct buffer *codes, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        buffer_char(codes, (char)(0x80u | (number & 0x7fu)));
    buffer_char(codes, (char)number);
}

static bool put_codes(struct frequent_writer *writer, const struct list *list,
                      struct frequent_entry *entry, struct error *err)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct frequent_block block = {before, (uint32_t)writer->wdfs.size};
        uint64_t gap = list->docids[i] - before;
        uint32_t wdf = list->wdfs[i];
        if (i % FREQUENT_FILE_BLOCK == 0)
            buffer_append(&writer->parts, (const char *)&block, sizeof block);
        bool is_more = wdf >= FREQUENT_FILE_WDF_MORE;
        add_number(&writer->wdfs,
                   gap << FREQUENT_FILE_WDF_BITS | (is_more ? FREQUENT_FILE_WDF_MORE : wdf));
        if (is_more)
            add_number(&writer->wdfs, wdf - FREQUENT_FILE_WDF_MORE);
        before = list->docids[i];
    }
    entry->code_bytes = (uint32_t)writer->wdfs.size;
    return put_buffer(writer, &writer->parts, &entry->set, err);
}

/* ---- the whole ------------------------------------------------------------------- */

bool frequent_writer_open(const char *path, uint32_t last, struct frequent_writer **out,
                          struct error *err)
{
    struct frequent_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return no_memory(err);
    writer->last = last;
    writer->path = strdup(path);
    writer->words = calloc(FREQUENT_FILE_WORDS((size_t)last), sizeof writer->words[0]);
    bool ok = writer->path && writer->words ? true : no_memory(err);
    if (ok) {
        writer->file = fopen(path, "we");
        ok = writer->file || error_set_errno(err, ERROR_IO, path, "cannot be created");
    }
    if (ok)
        *out = writer;
    else
        frequent_writer_close(writer);
    return ok;
}

bool frequent_writer_add(struct frequent_writer *writer, const char *term, bool alone,
                         const uint32_t *docids, const uint32_t *wdfs, uint32_t count,
                         struct error *err)
{
    struct list list = {docids, wdfs, count};
    struct frequent_entry entry = {.reports = count, .alone = alone};
    for (uint32_t i = 0; i < count; i++)
        entry.greatest = wdfs[i] > entry.greatest ? wdfs[i] : entry.greatest;
    buffer_reset(&writer->wdfs);
    buffer_reset(&writer->parts);
    if (!array_reserve(&writer->entries, &writer->room, writer->count + 1,
                       sizeof writer->entries[0]))
        return no_memory(err);
    bool ok = (count > writer->last / FREQUENT_FILE_DENSE ? put_dense : put_codes)(writer, &list,
                                                                                   &entry, err) &&
              put_buffer(writer, &writer->wdfs, &entry.wdfs, err) && pad(writer, err);
    entry.term = writer->terms.size;
    buffer_append(&writer->terms, term, strlen(term) + 1);
    writer->entries[writer->count++] = entry;
    return ok;
}

static int by_term(const void *a, const void *b, void *terms)
{
    const struct frequent_entry *left = a, *right = b;
    return strcmp((const char *)terms + left->term, (const char *)terms + right->term);
}

static bool put_terms(struct frequent_writer *writer, struct error *err)
{
    uint64_t at = 0;
    if (writer->count > 1 && !writer->terms.failed)
        qsort_r(writer->entries, writer->count, sizeof writer->entries[0], by_term,
                writer->terms.bytes);
    if (!put_buffer(writer, &writer->terms, &at, err) || !pad(writer, err))
        return false;
    for (size_t i = 0; i < writer->count; i++)
        writer->entries[i].term += at;
    return true;
}

bool frequent_writer_finish(struct frequent_writer *writer, struct error *err)
{
    struct frequent_end end = {
        .count = (uint32_t)writer->count, .last = writer->last, .magic = FREQUENT_FILE_MAGIC};
    uint64_t at;
    bool ok = put_terms(writer, err) &&
              put(writer, writer->entries, writer->count * sizeof writer->entries[0], &end.entries,
                  err) &&
              put(writer, &end, sizeof end, &at, err);
    FILE *file = writer->file;
    writer->file = NULL;
    return (fclose(file) == 0 ||
            error_set_errno(ok ? err : NULL, ERROR_IO, writer->path, "cannot be written")) &&
           ok;
}

void frequent_writer_close(struct frequent_writer *writer)
{
    if (!writer)
        return;
    if (writer->file)
        fclose(writer->file);
    buffer_free(&writer->wdfs);
    buffer_free(&writer->parts);
    buffer_free(&writer->terms);
    free(writer->words);
    free(writer->entries);
    free(writer->path);
    free(writer);
}
