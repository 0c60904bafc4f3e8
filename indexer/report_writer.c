#include "indexer/report_writer.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/files.h"
#include "schema/generation.h"
#include "schema/report_file.h"

static const char *const names[] = {GENERATION_WORDS, GENERATION_TEXTS};
enum { WORDS, TEXTS, FILES };

struct report_writer {
    struct output {
        char *path;
        FILE *file;
        uint64_t *ends; /* as they are written */
        size_t count, room;
        uint64_t size;
    } outputs[FILES];
};

static bool open_output(struct output *output, const char *directory, const char *name,
                        struct error *err)
{
    output->path = files_join(directory, name, err);
    if (!output->path)
        return false;
    output->file = fopen(output->path, "we");
    return output->file || error_set_errno(err, ERROR_IO, output->path, "cannot be created");
}

bool report_writer_open(const char *directory, struct report_writer **out, struct error *err)
{
    struct report_writer *writer = calloc(1, sizeof *writer);
    bool ok = writer || error_set(err, ERROR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; ok && i < FILES; i++)
        ok = open_output(&writer->outputs[i], directory, names[i], err);
    if (ok)
        *out = writer;
    else
        report_writer_close(writer);
    return ok;
}

static bool fail(const struct output *output, struct error *err)
{
    return error_set_errno(err, ERROR_IO, output->path, "cannot be written");
}

static bool add(struct output *output, const char *bytes, size_t size, struct error *err)
{
    if (!array_reserve(&output->ends, &output->room, output->count + 1, sizeof output->ends[0]))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (fwrite(bytes, 1, size, output->file) != size)
        return fail(output, err);
    output->size += size;
    output->ends[output->count++] = htole64(output->size);
    return true;
}

bool report_writer_add(struct report_writer *writer, const struct buffer *words,
                       const struct buffer *text, struct error *err)
{
    return add(&writer->outputs[WORDS], words->bytes, words->size, err) &&
           add(&writer->outputs[TEXTS], text->bytes, text->size, err);
}

static bool add_file(struct output *output, const char *path, struct error *err)
{
    struct report_file *file;
    size_t size;
    if (!report_file_open(path, &file, err))
        return false;
    bool ok = true;
    for (uint32_t docid = 1; ok && docid <= report_file_last(file); docid++) {
        const char *bytes = report_file_bytes(file, docid, &size);
        ok = add(output, bytes, size, err);
    }
    report_file_close(file);
    return ok;
}

bool report_writer_add_all(struct report_writer *writer, const char *directory, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < FILES; i++) {
        char *path = files_join(directory, names[i], err);
        ok = path && add_file(&writer->outputs[i], path, err);
        free(path);
    }
    return ok;
}

static bool finish(struct output *output, struct error *err)
{
    FILE *file = output->file;
    const uint64_t count = htole64(output->count);
    size_t magic_size = strlen(REPORT_FILE_MAGIC);
    bool ok = (output->count == 0 || fwrite(output->ends, sizeof output->ends[0], output->count,
                                            file) == output->count) &&
              fwrite(&count, sizeof count, 1, file) == 1 &&
              fwrite(REPORT_FILE_MAGIC, 1, magic_size, file) == magic_size;
    output->file = NULL;
    return (fclose(file) == 0 && ok) || fail(output, err);
}

bool report_writer_finish(struct report_writer *writer, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < FILES; i++)
        ok = finish(&writer->outputs[i], err);
    return ok;
}

void report_writer_close(struct report_writer *writer)
{
    if (!writer)
        return;
    for (size_t i = 0; i < FILES; i++) {
        struct output *output = &writer->outputs[i];
        if (output->file)
            fclose(output->file);
        free(output->ends);
        free(output->path);
    }
    free(writer);
}
