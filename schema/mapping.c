#include "schema/mapping.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool mapping_open(const char *path, struct mapping *out, struct error *err)
{
    struct stat status;
    struct mapping made = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(err, ERROR_IO, path, "cannot be read");
    bool ok = fstat(file, &status) == 0;
    if (ok && status.st_size > 0) {
        made.size = (size_t)status.st_size;
        void *bytes = mmap(NULL, made.size, PROT_READ, MAP_SHARED, file, 0);
        ok = bytes != MAP_FAILED;
        made.bytes = bytes;
    }
    if (!ok)
        error_set_errno(err, ERROR_IO, path, "cannot be mapped");
    close(file);
    if (ok)
        *out = made;
    return ok;
}

void mapping_let_go(const struct mapping *mapping)
{
    if (mapping->bytes)
        madvise((void *)(uintptr_t)mapping->bytes, mapping->size, MADV_DONTNEED);
}

void mapping_close(struct mapping *mapping)
{
    if (mapping->bytes)
        munmap((void *)(uintptr_t)mapping->bytes, mapping->size);
    *mapping = (struct mapping){0};
}
