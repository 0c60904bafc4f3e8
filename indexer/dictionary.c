#include "indexer/dictionary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>

#include "indexer/extraction.h"
#include "indexer/files.h"
#include "schema/buffer.h"

/* A hundred bytes of sample a byte of dictionary, as libzstd's authors advise. */
#define DICTIONARY_BYTES (64u << 10)
#define SAMPLE_BYTES     (100u * DICTIONARY_BYTES)
#define CORPUS_LEAST     (1u << 20)
#define REPORT_MOST      (8u << 10) /* of one report: what is far inside is its own */

struct sample {
    struct buffer bytes; /* reports, one behind the other */
    size_t *sizes;
    size_t count, room;
};

static bool add_report(struct sample *sample, const struct report *report, struct error *err)
{
    char *stored;
    size_t size;
    if (!report_encode(report, &stored, &size, err))
        return false;
    if (size > REPORT_MOST)
        size = REPORT_MOST;
    buffer_append(&sample->bytes, stored, size);
    free(stored);
    if (sample->bytes.failed ||
        !array_reserve(&sample->sizes, &sample->room, sample->count + 1, sizeof *sample->sizes))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory for a sample of the reports");
    sample->sizes[sample->count++] = size;
    return true;
}

static bool take_sample(struct sample *sample, const struct spool *spool, uint64_t corpus,
                        struct extraction *extraction, struct error *err)
{
    size_t step = (size_t)(corpus / SAMPLE_BYTES) + 1;
    bool ok = true;
    for (size_t i = 0; ok && i < spool_count(spool); i += step) {
        struct report report = {0};
        struct spool_note note;
        struct error fault = {0};
        ok = spool_read(spool, i, &report, &note, err);
        /* One that fails here is rejected when it is indexed. */
        if (ok && extraction_run(extraction, &report, &fault))
            ok = add_report(sample, &report, err);
        report_clear(&report);
    }
    return ok;
}

/* Leaves the dictionary empty where the sample has nothing in common. */
static bool train(const struct sample *sample, struct dictionary *out, struct error *err)
{
    size_t room = sample->bytes.size / 100;
    char *bytes = malloc(room);
    if (!bytes)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory for a dictionary");
    size_t size = ZDICT_trainFromBuffer(bytes, room, sample->bytes.bytes, sample->sizes,
                                        (unsigned)sample->count);
    if (ZDICT_isError(size)) {
        free(bytes);
        bytes = NULL;
        size = 0;
    }
    *out = (struct dictionary){bytes, size};
    return true;
}

bool dictionary_train(const struct spool *spool, const struct vocabulary *vocabulary,
                      struct dictionary *out, struct error *err)
{
    uint64_t corpus = 0;
    for (size_t i = 0; i < spool_count(spool); i++)
        corpus += spool_size(spool, i);
    if (corpus < CORPUS_LEAST) {
        *out = (struct dictionary){0};
        return true;
    }
    struct extraction *extraction = NULL;
    struct sample sample = {0};
    bool ok = extraction_open(vocabulary, NULL, &extraction, err) &&
              take_sample(&sample, spool, corpus, extraction, err) && train(&sample, out, err);
    buffer_free(&sample.bytes);
    free(sample.sizes);
    extraction_close(extraction);
    return ok;
}

bool dictionary_save(const struct dictionary *dictionary, const char *path, struct error *err)
{
    return files_write(path, dictionary->bytes, dictionary->size, err);
}

bool dictionary_load(const char *path, struct dictionary *out, struct error *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set_errno(err, ERROR_IO, path, "cannot be read");
    struct buffer text = {0};
    char bytes[4096];
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buffer_append(&text, bytes, got);
    bool ok = !ferror(file) || error_set_errno(err, ERROR_IO, path, "cannot be read");
    fclose(file);
    struct dictionary dictionary;
    dictionary.bytes = buffer_take(&text, &dictionary.size);
    ok = ok && (dictionary.bytes || error_set(err, ERROR_MEMORY, path, "out of memory"));
    if (ok)
        *out = dictionary;
    else
        free(dictionary.bytes);
    return ok;
}

void dictionary_clear(struct dictionary *dictionary)
{
    free(dictionary->bytes);
    *dictionary = (struct dictionary){0};
}
