#include "indexer/container.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "schema/buffer.h"
#include "schema/limits.h"
#include "schema/tokenizer.h"

#define TAR_MAGIC_AT 257u

struct container {
    struct archive *archive;
    struct input *packed;  /* borrowed */
    struct container *top; /* the outermost; itself there */
    unsigned depth;        /* 1 for the outermost */
    struct corpus_item file;
    char *stem; /* the file's origin without its ending */
    size_t members;
    bool broken;          /* no more will come */
    struct error failure; /* why the packed bytes could not be read */
    struct {
        uint64_t unpacked, members;
    } spent; /* of the outermost: by all in it together */

    /* The member in hand. */
    struct corpus_item item;
    struct input *input;
    struct buffer path, origin;
};

/* ---- what is a container ---------------------------------------------------------- */

static const struct sign {
    size_t at, size;
    const char *bytes;
} signs[] = {
    {0, 3, "\x1f\x8b\x08"}, /* gzip */
    {0, 6,
     "\xfd"
     "7zXZ\0"},                 /* xz */
    {0, 4, "\x28\xb5\x2f\xfd"}, /* zstd */
    {4, 6, "1AY&SY"},           /* bzip2, behind "BZh9" */
    {0, 4, "PK\x03\x04"},       /* zip */
    {0, 4, "PK\x05\x06"},       /* an empty one */
    {TAR_MAGIC_AT, 5, "ustar"},
};

/* Endings, and what is left of the name without them. */
static const struct ending {
    const char *ending;
    bool is_single; /* packs a file, not a folder */
} endings[] = {
    {".tar.gz", false}, {".tar.bz2", false}, {".tar.xz", false}, {".tar.zst", false},
    {".tgz", false},    {".tbz2", false},    {".tbz", false},    {".txz", false},
    {".tzst", false},   {".tar", false},     {".zip", false},    {".gz", true},
    {".bz2", true},     {".xz", true},       {".zst", true},
};

static const struct ending *find_ending(const char *path)
{
    size_t size = strlen(path);
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        size_t length = strlen(endings[i].ending);
        if (size > length && strcasecmp(path + size - length, endings[i].ending) == 0)
            return &endings[i];
    }
    return NULL;
}

bool container_recognize(struct input *input, const char *path)
{
    if (find_ending(path))
        return true;
    const char *head;
    size_t size = input_peek(input, &head);
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (size >= signs[i].at + signs[i].size &&
            memcmp(head + signs[i].at, signs[i].bytes, signs[i].size) == 0)
            return true;
    return false;
}

/* ---- bytes in, bytes out ---------------------------------------------------------- */

static la_ssize_t give_packed(struct archive *archive, void *context, const void **bytes)
{
    struct container *container = context;
    const char *some = NULL;
    size_t size = 0;
    enum input_result result = input_some(container->packed, &some, &size, &container->failure);
    *bytes = some;
    if (result == INPUT_DATA)
        return (la_ssize_t)size;
    if (result == INPUT_END)
        return 0;
    archive_set_error(archive, EIO, "%s", container->failure.text);
    return -1;
}

static la_int64_t seek_packed(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    (void)archive;
    struct container *container = context;
    int64_t place = input_seek(container->packed, offset, whence);
    return place >= 0 ? place : ARCHIVE_FATAL;
}

/* Counts what was unpacked against the limits. */
static bool spend(struct container *container, uint64_t bytes, struct error *why)
{
    struct container *top = container->top;
    top->spent.unpacked += bytes;
    if (top->spent.unpacked > LIMIT_ARCHIVE_BYTES)
        return error_set(why, ERROR_LIMIT, NULL,
                         "unpacks to more than %llu GiB (LIMIT_ARCHIVE_BYTES)",
                         LIMIT_ARCHIVE_BYTES >> 30);
    if (top->spent.unpacked > LIMIT_ARCHIVE_FREE &&
        top->spent.unpacked / LIMIT_ARCHIVE_RATIO > input_taken(top->packed))
        return error_set(why, ERROR_LIMIT, NULL,
                         "unpacks to more than %u times its size (LIMIT_ARCHIVE_RATIO)",
                         LIMIT_ARCHIVE_RATIO);
    return true;
}

/* What libarchive says, as ours; false. */
static bool fail_archive(struct container *container, struct error *why)
{
    const struct error *failure = &container->failure;
    if (failure->code != ERROR_NONE)
        return error_set(why, failure->code, NULL, "%s", failure->text);
    const char *text = archive_error_string(container->archive);
    return error_set(why, ERROR_DATA, NULL, "cannot be unpacked%s: %s",
                     container->broken ? " from here on" : "", text ? text : "damaged");
}

static ssize_t give_member(void *context, char *bytes, size_t room, struct error *why)
{
    struct container *container = context;
    if (container->top->broken)
        return -1;
    la_ssize_t got;
    do
        got = archive_read_data(container->archive, bytes, room);
    while (got == ARCHIVE_RETRY);
    if (got < 0) {
        container->broken = got == ARCHIVE_FATAL;
        fail_archive(container, why);
        return -1;
    }
    if (got > 0 && !spend(container, (uint64_t)got, why)) {
        container->top->broken = true;
        return -1;
    }
    return (ssize_t)got;
}

/* ---- members ---------------------------------------------------------------------- */

static bool is_single(const struct container *container)
{
    return archive_format(container->archive) == ARCHIVE_FORMAT_RAW;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Appends a member's name, its parts that lead nowhere left out ("/", ".", ".."). '*is_hidden':
 * a part begins with a dot. The folder that the container stands for may be part of the name. */
static void append_name(struct buffer *out, const char *name, const char *folder, bool *is_hidden)
{
    bool is_first = true;
    while (*name) {
        size_t size = strcspn(name, "/");
        bool leads = size > 0 && !(name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.')));
        bool is_folder = leads && is_first && folder && name[size] == '/' &&
                         strlen(folder) == size && memcmp(folder, name, size) == 0;
        if (leads && !is_folder) {
            *is_hidden = *is_hidden || name[0] == '.';
            if (out->size > 0 && out->bytes[out->size - 1] != '/')
                buffer_char(out, '/');
            buffer_append(out, name, size);
        }
        is_first = is_first && !leads;
        name += size + (name[size] == '/');
    }
}

/* The member's path and origin. '*is_hidden' as above. */
static bool name_member(struct container *container, struct archive_entry *entry, bool *is_hidden,
                        struct error *err)
{
    struct buffer *path = &container->path, *origin = &container->origin;
    const char *given = archive_entry_pathname_utf8(entry);
    if (!given)
        given = archive_entry_pathname(entry);
    char *name = text_clean(given ? given : "", given ? strlen(given) : 0, NULL, NULL);
    buffer_reset(path);
    buffer_reset(origin);
    buffer_text(path, container->file.path);
    if (is_single(container)) {
        buffer_text(origin, container->stem);
    } else if (name) {
        buffer_char(path, '/');
        append_name(path, name, NULL, is_hidden);
        if (!container->file.named) {
            buffer_text(origin, container->stem);
            buffer_char(origin, '/');
        }
        append_name(origin, name, base_name(container->stem), is_hidden);
    }
    if (origin->size == 0)
        buffer_text(origin, "unnamed");
    bool ok = name && !path->failed && !origin->failed;
    free(name);
    container->item = (struct corpus_item){.path = path->bytes, .origin = origin->bytes};
    container->item.named = is_single(container) && container->file.named;
    return ok || error_set(err, ERROR_MEMORY, NULL, "out of memory");
}

static const char *passed_over(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
        return "a link inside an archive";
    unsigned type = archive_entry_filetype(entry);
    return type == AE_IFREG || type == 0 ? NULL : "a device, FIFO or socket inside an archive";
}

/* Goes to the next member; false at the end, and where it fails. */
static bool next_header(struct container *container, struct archive_entry **entry,
                        struct error *why)
{
    int result;
    do
        result = archive_read_next_header(container->archive, entry);
    while (result == ARCHIVE_RETRY);
    if (result == ARCHIVE_EOF && container->members == 0)
        return error_set(why, ERROR_DATA, NULL, "is empty");
    if (result == ARCHIVE_EOF)
        return false;
    if (result < ARCHIVE_WARN)
        return fail_archive(container, why);
    container->members++;
    if (is_single(container) && archive_filter_count(container->archive) == 1)
        return error_set(why, ERROR_DATA, NULL,
                         "is no archive, nor a compressed file, of a kind that is known");
    if (++container->top->spent.members > LIMIT_ARCHIVE_MEMBERS) {
        container->top->broken = true;
        return error_set(why, ERROR_LIMIT, NULL,
                         "holds more than %u members (LIMIT_ARCHIVE_MEMBERS)",
                         LIMIT_ARCHIVE_MEMBERS);
    }
    return true;
}

/* Passes over what was not read of the member in hand, so that it counts. False where that
 * fails, and nobody was told. */
static bool end_member(struct container *container, struct error *why)
{
    const char *bytes;
    size_t size;
    enum input_result result = INPUT_END;
    while (container->input &&
           (result = input_some(container->input, &bytes, &size, why)) == INPUT_DATA)
        ;
    input_close(container->input);
    container->input = NULL;
    return result != INPUT_FAILED;
}

static const struct corpus_item *fail_item(struct container *container, const char *path,
                                           const struct error *why)
{
    container->item = (struct corpus_item){.path = path, .origin = path};
    error_set(&container->item.failure, why->code, path, "%s", why->text);
    return &container->item;
}

/* What a member is to the caller; NULL for nothing. */
static const struct corpus_item *visit(struct container *container, struct archive_entry *entry,
                                       struct input **input)
{
    bool is_hidden = false;
    struct error why = {0};
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return NULL;
    if (!name_member(container, entry, &is_hidden, &why))
        return fail_item(container, container->file.path, &why);
    container->item.skipped = passed_over(entry);
    if (container->item.skipped)
        return is_hidden ? NULL : &container->item;
    if (archive_entry_is_data_encrypted(entry)) {
        error_set(&why, ERROR_DATA, NULL, "is encrypted");
        return fail_item(container, container->path.bytes, &why);
    }
    if (!input_from(give_member, container, &container->input, &why))
        return fail_item(container, container->path.bytes, &why);
    *input = container->input;
    return is_hidden ? NULL : &container->item;
}

const struct corpus_item *container_next(struct container *container, struct input **input)
{
    for (;;) {
        struct error why = {0};
        *input = NULL;
        if (!end_member(container, &why))
            return fail_item(container, container->path.bytes, &why);
        if (container->broken || container->top->broken)
            return NULL;
        struct archive_entry *entry;
        if (!next_header(container, &entry, &why)) {
            container->broken = true;
            return why.code == ERROR_NONE ? NULL : fail_item(container, container->file.path, &why);
        }
        const struct corpus_item *item = visit(container, entry, input);
        if (item)
            return item;
    }
}

/* ---- opening ---------------------------------------------------------------------- */

static bool start(struct container *container, bool can_seek, struct error *err)
{
    struct archive *archive = container->archive = archive_read_new();
    if (!archive)
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    archive_read_set_callback_data(archive, container);
    archive_read_set_read_callback(archive, give_packed);
    if (can_seek)
        archive_read_set_seek_callback(archive, seek_packed);
    struct error why = {0};
    return archive_read_open1(archive) == ARCHIVE_OK || fail_archive(container, &why) ||
           error_set(err, why.code, container->file.path, "%s", why.text);
}

bool container_open(const struct corpus_item *file, struct input *input, struct container *outer,
                    struct container **out, struct error *err)
{
    unsigned depth = outer ? outer->depth + 1 : 1;
    if (depth > LIMIT_ARCHIVE_DEPTH)
        return error_set(err, ERROR_LIMIT, file->path,
                         "more than %u archives inside each other (LIMIT_ARCHIVE_DEPTH)",
                         LIMIT_ARCHIVE_DEPTH);
    struct container *container = calloc(1, sizeof *container);
    if (!container)
        return error_set(err, ERROR_MEMORY, file->path, "out of memory");
    *container = (struct container){.packed = input, .depth = depth, .file = *file};
    container->top = outer ? outer->top : container;
    const struct ending *ending = find_ending(file->origin);
    size_t cut = ending ? strlen(ending->ending) : 0;
    container->stem = strndup(file->origin, strlen(file->origin) - cut);
    bool ok = container->stem || error_set(err, ERROR_MEMORY, file->path, "out of memory");
    if (ok && start(container, input_seek(input, 0, SEEK_CUR) == 0, err)) {
        *out = container;
        return true;
    }
    container_close(container);
    return false;
}

void container_close(struct container *container)
{
    if (!container)
        return;
    input_close(container->input);
    archive_read_free(container->archive);
    buffer_free(&container->path);
    buffer_free(&container->origin);
    free(container->stem);
    free(container);
}
