#include "indexer/word_writer.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "schema/word_file.h"

struct word_writer {
    char *path;
    FILE *file;
    uint64_t *ends; /* as they are written */
    size_t count, room;
    uint64_t size;
};

bool word_writer_open(const char *path, struct word_writer **out, struct error *err)
{
    struct word_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->path = strdup(path))) {
        word_writer_close(writer);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    writer->file = fopen(path, "we");
    if (!writer->file) {
        error_set_errno(err, ERROR_IO, path, "cannot be created");
        word_writer_close(writer);
        return false;
    }
    *out = writer;
    return true;
}

static bool fail(const struct word_writer *writer, struct error *err)
{
    return error_set_errno(err, ERROR_IO, writer->path, "cannot be written");
}

bool word_writer_add(struct word_writer *writer, const char *stream, size_t size, struct error *err)
{
    if (!array_reserve(&writer->ends, &writer->room, writer->count + 1, sizeof writer->ends[0]))
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    if (fwrite(stream, 1, size, writer->file) != size)
        return fail(writer, err);
    writer->size += size;
    writer->ends[writer->count++] = htole64(writer->size);
    return true;
}

bool word_writer_add_file(struct word_writer *writer, const char *path, struct error *err)
{
    struct word_file *file;
    size_t size;
    if (!word_file_open(path, &file, err))
        return false;
    bool ok = true;
    for (uint32_t docid = 1; ok && docid <= word_file_last(file); docid++) {
        const char *stream = word_file_stream(file, docid, &size);
        ok = word_writer_add(writer, stream, size, err);
    }
    word_file_close(file);
    return ok;
}

bool word_writer_finish(struct word_writer *writer, struct error *err)
{
    FILE *file = writer->file;
    const uint64_t count = htole64(writer->count);
    size_t magic_size = strlen(WORD_FILE_MAGIC);
    bool ok = (writer->count == 0 || fwrite(writer->ends, sizeof writer->ends[0], writer->count,
                                            file) == writer->count) &&
              fwrite(&count, sizeof count, 1, file) == 1 &&
              fwrite(WORD_FILE_MAGIC, 1, magic_size, file) == magic_size;
    writer->file = NULL;
    return (fclose(file) == 0 && ok) || fail(writer, err);
}

void word_writer_close(struct word_writer *writer)
{
    if (!writer)
        return;
    if (writer->file)
        fclose(writer->file);
    free(writer->ends);
    free(writer->path);
    free(writer);
}
