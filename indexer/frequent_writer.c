#include "indexer/frequent_writer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/field.h"
#include "schema/frequent_file.h"
#include "schema/generation.h"
#include "xapian/xap.h"

#define READ_ROOM 4096 /* postings a read: 32 kB of stack */

struct writer {
    const struct generation *generation;
    struct xap_db *db;
    FILE *file;
    uint64_t size; /* of what is written */
    uint32_t last;
    struct frequent_entry *entries;
    size_t count, room;
    /* Of the term that is read: */
    uint64_t *words;
    uint32_t *docids, *wdfs; /* of its reports, in order */
    uint32_t reports, greatest;
    uint8_t *packed;
    struct frequent_large *large;
};

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static bool put(struct writer *writer, const void *bytes, size_t size, uint64_t *at,
                struct error *err)
{
    *at = writer->size;
    writer->size += size;
    return size == 0 || fwrite(bytes, 1, size, writer->file) == size ||
           error_set_errno(err, ERROR_IO, writer->generation->frequent_path, "cannot be written");
}

/* What comes next can be read in place. */
static bool pad(struct writer *writer, struct error *err)
{
    static const char zeros[sizeof(uint64_t)];
    uint64_t at;
    return put(writer, zeros, -writer->size % sizeof zeros, &at, err);
}

/* ---- a term's postings --------------------------------------------------------- */

static bool read_term(struct writer *writer, const char *term, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_postings *postings;
    size_t got;
    if (!xap_postings_open(writer->db, term, &postings, &fault))
        return error_set_xapian(err, writer->generation->database_path, &fault);
    writer->reports = writer->greatest = 0;
    memset(writer->words, 0, FREQUENT_FILE_WORDS(writer->last) * sizeof writer->words[0]);
    bool ok;
    do {
        size_t room = writer->last - writer->reports; /* no term has more */
        room = room < READ_ROOM ? room : READ_ROOM;
        uint32_t *docids = writer->docids + writer->reports, *wdfs = writer->wdfs + writer->reports;
        ok = xap_postings_read(postings, room, docids, wdfs, NULL, &got, &fault);
        for (size_t i = 0; ok && i < got; i++) {
            writer->words[docids[i] / 64] |= UINT64_C(1) << docids[i] % 64;
            writer->greatest = wdfs[i] > writer->greatest ? wdfs[i] : writer->greatest;
        }
        writer->reports += ok ? (uint32_t)got : 0;
    } while (ok && got == READ_ROOM && writer->reports < writer->last);
    xap_postings_close(postings);
    return ok || error_set_xapian(err, writer->generation->database_path, &fault);
}

static uint32_t count_large(const struct writer *writer, unsigned width)
{
    uint32_t count = 0;
    for (uint32_t i = 0; width && i < writer->reports; i++)
        count += writer->wdfs[i] >= frequent_wdf_limit(width);
    return count;
}

static size_t bytes_of(const struct writer *writer, unsigned width)
{
    return frequent_wdf_bytes(writer->reports, width) +
           count_large(writer, width) * sizeof writer->large[0];
}

static unsigned choose_width(const struct writer *writer)
{
    return writer->greatest == 0 ? 0 : bytes_of(writer, 4) <= bytes_of(writer, 8) ? 4 : 8;
}

static void pack(struct writer *writer, unsigned width)
{
    uint32_t limit = frequent_wdf_limit(width);
    struct frequent_large *large = writer->large;
    memset(writer->packed, 0, frequent_wdf_bytes(writer->reports, width));
    for (uint32_t i = 0; width && i < writer->reports; i++) {
        uint32_t wdf = writer->wdfs[i];
        size_t bit = (size_t)i * width;
        writer->packed[bit / 8] |= (uint8_t)((wdf < limit ? wdf : limit) << bit % 8);
        if (wdf >= limit)
            *large++ = (struct frequent_large){writer->docids[i], wdf};
    }
}

static bool put_term(struct writer *writer, const char *term, struct error *err)
{
    unsigned width = choose_width(writer);
    struct frequent_entry entry = {
        .reports = writer->reports, .large_count = count_large(writer, width), .width = width};
    pack(writer, width);
    if (!array_reserve(&writer->entries, &writer->room, writer->count + 1,
                       sizeof writer->entries[0]))
        return no_memory(err);
    bool ok =
        put(writer, writer->words, FREQUENT_FILE_WORDS(writer->last) * sizeof writer->words[0],
            &entry.words, err) &&
        put(writer, writer->large, entry.large_count * sizeof writer->large[0], &entry.large,
            err) &&
        put(writer, writer->packed, frequent_wdf_bytes(entry.reports, width), &entry.wdfs, err) &&
        put(writer, term, strlen(term) + 1, &entry.term, err) && pad(writer, err);
    writer->entries[writer->count++] = entry;
    return ok;
}

/* ---- all terms ------------------------------------------------------------------- */

/* Those that begin with a capital: all but words as they are written. */
static bool put_terms_of(struct writer *writer, const char *capital, struct error *err)
{
    struct xap_error fault = {0};
    struct xap_terms *terms;
    const char *term;
    uint32_t freq;
    if (!xap_terms_open(writer->db, capital, &terms, &fault))
        return error_set_xapian(err, writer->generation->database_path, &fault);
    bool ok;
    while ((ok = xap_terms_next(terms, &term, &freq, &fault) ||
                 error_set_xapian(err, writer->generation->database_path, &fault)) &&
           term)
        if (freq > writer->last / FREQUENT_FILE_ONE_IN &&
            !(ok = read_term(writer, term, err) && put_term(writer, term, err)))
            break;
    xap_terms_close(terms);
    return ok;
}

/* Ids are not looked at: there are as many as reports, and none is frequent. */
static bool put_terms(struct writer *writer, struct error *err)
{
    bool ok = true;
    for (char capital[] = "A"; ok && capital[0] <= 'Z'; capital[0]++)
        if (strcmp(capital, fields[FIELD_TITLE].prefix) != 0 &&
            strcmp(capital, fields[FIELD_ID].prefix) != 0)
            ok = put_terms_of(writer, capital, err);
    struct frequent_end end = {
        .count = (uint32_t)writer->count, .last = writer->last, .magic = FREQUENT_FILE_MAGIC};
    uint64_t at;
    return ok &&
           put(writer, writer->entries, writer->count * sizeof writer->entries[0], &end.entries,
               err) &&
           put(writer, &end, sizeof end, &at, err);
}

static bool open_writer(struct writer *writer, struct error *err)
{
    struct xap_error fault = {0};
    const struct generation *generation = writer->generation;
    if (!xap_db_open(generation->database_path, &writer->db, &fault) ||
        !xap_db_last_docid(writer->db, &writer->last, &fault))
        return error_set_xapian(err, generation->database_path, &fault);
    size_t last = writer->last;
    writer->words = calloc(FREQUENT_FILE_WORDS(last), sizeof writer->words[0]);
    writer->docids = malloc((last + 1) * sizeof writer->docids[0]);
    writer->wdfs = malloc((last + 1) * sizeof writer->wdfs[0]);
    writer->packed = malloc(last + 1);
    writer->large = malloc((last + 1) * sizeof writer->large[0]);
    if (!writer->words || !writer->docids || !writer->wdfs || !writer->packed || !writer->large)
        return no_memory(err);
    writer->file = fopen(generation->frequent_path, "we");
    return writer->file ||
           error_set_errno(err, ERROR_IO, generation->frequent_path, "cannot be created");
}

static bool close_writer(struct writer *writer, struct error *err)
{
    bool ok =
        !writer->file || fclose(writer->file) == 0 ||
        error_set_errno(err, ERROR_IO, writer->generation->frequent_path, "cannot be written");
    xap_db_close(writer->db);
    free(writer->entries);
    free(writer->words);
    free(writer->docids);
    free(writer->wdfs);
    free(writer->packed);
    free(writer->large);
    return ok;
}

bool frequent_writer_run(const char *directory, struct error *err)
{
    struct generation generation;
    if (!generation_locate(directory, &generation, err))
        return false;
    struct writer writer = {.generation = &generation};
    bool ok = open_writer(&writer, err) && put_terms(&writer, err);
    ok = close_writer(&writer, ok ? err : NULL) && ok;
    generation_clear(&generation);
    return ok;
}
