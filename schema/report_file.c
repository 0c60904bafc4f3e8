#include "schema/report_file.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "schema/mapping.h"

#define MAGIC_SIZE (sizeof REPORT_FILE_MAGIC - 1)
#define TAIL_SIZE  (sizeof(uint64_t) + MAGIC_SIZE)

struct report_file {
    struct mapping image;
    const char *ends; /* in it: behind the strings */
    uint32_t last;
};

static uint64_t number_at(const char *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return le64toh(number);
}

/* Finds the parts; false where they are not there. */
static bool find_parts(struct report_file *file)
{
    if (file->image.size < TAIL_SIZE)
        return false;
    const char *tail = file->image.bytes + file->image.size - TAIL_SIZE;
    uint64_t count = number_at(tail);
    if (memcmp(tail + sizeof count, REPORT_FILE_MAGIC, MAGIC_SIZE) != 0 || count >= UINT32_MAX ||
        count > (file->image.size - TAIL_SIZE) / sizeof count)
        return false;
    file->ends = tail - count * sizeof count;
    file->last = (uint32_t)count;
    return (count ? number_at(tail - sizeof count) : 0) ==
           (uint64_t)(file->ends - file->image.bytes);
}

bool report_file_open(const char *path, struct report_file **out, struct error *err)
{
    struct report_file *file = calloc(1, sizeof *file);
    if (!file)
        return error_set(err, ERROR_MEMORY, path, "out of memory");
    bool ok =
        mapping_open(path, &file->image, err) &&
        (find_parts(file) || error_set(err, ERROR_CORRUPT, path,
                                       "what it holds of each report is damaged; roll back to "
                                       "another generation or build the index again"));
    if (ok)
        *out = file;
    else
        report_file_close(file);
    return ok;
}

void report_file_close(struct report_file *file)
{
    if (!file)
        return;
    mapping_close(&file->image);
    free(file);
}

void report_file_let_go(const struct report_file *file)
{
    mapping_let_go(&file->image);
}

uint32_t report_file_last(const struct report_file *file)
{
    return file->last;
}

const char *report_file_bytes(const struct report_file *file, uint32_t docid, size_t *size)
{
    const uint64_t strings = (uint64_t)(file->ends - file->image.bytes);
    const char *end_at = file->ends + (docid - 1) * sizeof(uint64_t);
    uint64_t end = number_at(end_at);
    uint64_t begin = docid > 1 ? number_at(end_at - sizeof end) : 0;
    if (end > strings || begin > end)
        begin = end = 0;
    *size = (size_t)(end - begin);
    return file->image.bytes + begin;
}

void report_file_fetch(const struct report_file *file, uint32_t docid)
{
    enum { LINE = 64, MOST = 32 * LINE };
    size_t size;
    const char *bytes = report_file_bytes(file, docid, &size);
    for (size_t i = 0; i < size && i < MOST; i += LINE)
        __builtin_prefetch(bytes + i);
}
