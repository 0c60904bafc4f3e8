/* Speed and size of extraction: the vocabulary's time to open, from its text and mapped, its
 * memory, and megabytes of text a second of one core. Time is the CPU time of this process, so
 * that others at work disturb it little, and of several rounds the best counts.
 */
#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/extraction.h"
#include "schema/buffer.h"
#include "schema/vocabulary_compiled.h"

enum { LIMIT_MB = 35, ROUNDS = 5 };

/* What is to be read: the objects' members "text" and "date". */
struct text {
    char *bytes;
    day_t day;
};

struct texts {
    struct text *items;
    size_t count, room, bytes;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes that malloc has given out. */
static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static bool add_text(struct texts *texts, const json_t *object, struct error *err)
{
    const char *bytes = json_string_value(json_object_get(object, "text"));
    const char *date = json_string_value(json_object_get(object, "date"));
    if (!bytes)
        return true;
    if (!array_reserve(&texts->items, &texts->room, texts->count + 1, sizeof *texts->items))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    struct text *text = &texts->items[texts->count];
    text->bytes = strdup(bytes);
    if (!text->bytes)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    text->day = date ? day_parse(date, strlen(date)) : DAY_NONE;
    texts->bytes += strlen(bytes);
    texts->count++;
    return true;
}

/* Reads a file of JSON Lines, up to LIMIT_MB of text in all. */
static bool read_file(struct texts *texts, const char *path, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    FILE *file = fopen(path, "r");
    if (!file)
        return error_set_errno(err, ERROR_NO_INPUT, path, "cannot open");
    while (ok && texts->bytes < LIMIT_MB * 1000000u && getline(&line, &room, file) > 0) {
        json_t *object = json_loads(line, 0, NULL);
        ok = add_text(texts, object, err);
        json_decref(object);
    }
    free(line);
    fclose(file);
    return ok;
}

static void texts_clear(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i].bytes);
    free(texts->items);
}

static bool read_round(struct extraction *extraction, const struct texts *texts, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < texts->count; i++) {
        struct report report = {.day = texts->items[i].day, .body = texts->items[i].bytes};
        report.body_size = strlen(report.body);
        ok = extraction_run(extraction, &report, err);
        report.body = NULL;
        report_clear(&report);
    }
    return ok;
}

static bool measure_extraction(const struct vocabulary *vocabulary, const struct texts *texts,
                               struct error *err)
{
    struct extraction *extraction;
    size_t before_bytes = allocated();
    if (!extraction_open(vocabulary, NULL, &extraction, err))
        return false;
    size_t own_bytes = allocated() - before_bytes;
    bool ok = true;
    double best = 0;
    for (unsigned round = 0; ok && round < ROUNDS; round++) {
        double before = seconds();
        ok = read_round(extraction, texts, err);
        double took = seconds() - before;
        best = round == 0 || took < best ? took : best;
    }
    if (ok)
        printf("extraction          %6.1f MB/s over %zu texts of %.1f MB, %.1f MB of its own\n",
               (double)texts->bytes / 1e6 / best, texts->count, (double)texts->bytes / 1e6,
               (double)own_bytes / 1e6);
    extraction_close(extraction);
    return ok;
}

static bool write_file(const char *path, const struct buffer *bytes, struct error *err)
{
    FILE *file = fopen(path, "w");
    bool ok = file && fwrite(bytes->bytes, 1, bytes->size, file) == bytes->size;
    if (file && fclose(file) != 0)
        ok = false;
    return ok || error_set_errno(err, ERROR_CREATE, path, "cannot be written");
}

/* Opens the text, or where that is NULL the compiled form of that hash, several times, and keeps
 * the last. */
static bool measure_opening(const char *text, const char *compiled, const char *hash,
                            struct vocabulary **out, struct error *err)
{
    bool ok = true;
    double best = 0;
    for (unsigned round = 0; ok && round < ROUNDS; round++) {
        vocabulary_close(*out);
        *out = NULL;
        double before = seconds();
        ok = text ? vocabulary_open(text, out, err) : vocabulary_map(compiled, hash, out, err);
        double took = seconds() - before;
        best = round == 0 || took < best ? took : best;
    }
    if (ok)
        printf("vocabulary, %-8s%6.1f ms, %.1f MB\n", text ? "text" : "mapped", best * 1e3,
               (double)vocabulary_memory(*out) / 1e6);
    return ok;
}

static bool measure(const char *directory, const struct texts *texts, struct error *err)
{
    struct vocabulary *vocabulary = NULL, *mapped = NULL;
    struct buffer bytes = {0};
    char path[] = "/tmp/sitrep-throughput-XXXXXX";
    int file = mkstemp(path);
    bool ok = file >= 0 || error_set_errno(err, ERROR_CREATE, path, "cannot be created");
    ok = ok && measure_opening(directory, NULL, NULL, &vocabulary, err) &&
         vocabulary_compile(vocabulary, &bytes, err) && write_file(path, &bytes, err) &&
         measure_opening(NULL, path, vocabulary_hash(vocabulary), &mapped, err) &&
         measure_extraction(mapped, texts, err);
    if (file >= 0) {
        close(file);
        unlink(path);
    }
    buffer_free(&bytes);
    vocabulary_close(vocabulary);
    vocabulary_close(mapped);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {.code = ERROR_NONE};
    struct texts texts = {.items = NULL};
    bool ok = true;
    if (argc < 3) {
        fprintf(stderr, "usage: %s VOCABULARY FILE.jsonl...\n", argv[0]);
        return 64;
    }
    for (int i = 2; ok && i < argc; i++)
        ok = read_file(&texts, argv[i], &err);
    ok = ok && measure(argv[1], &texts, &err);
    texts_clear(&texts);
    if (!ok)
        fprintf(stderr, "%s: %s\n", err.where, err.text);
    return error_exit_status(err.code);
}
