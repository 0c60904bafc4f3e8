/* archives.h: what the tests of archives share: making one, with libarchive. */
#ifndef TEST_ARCHIVES_H
#define TEST_ARCHIVES_H

#include <archive.h>
#include <archive_entry.h>

#include "tests/unit/scratch.h"

struct member {
    const char *name;
    const char *text; /* NULL: 'size' zero bytes */
    unsigned type;    /* AE_IFREG ...; 0 is a file */
    const char *link; /* where a link leads */
    size_t size;      /* of 'text'; 0: up to its NUL */
};

static inline void archives_add(struct archive *archive, const struct member *member)
{
    static const char zeros[1 << 16];
    struct archive_entry *entry = archive_entry_new();
    size_t size = member->size > 0 || !member->text ? member->size : strlen(member->text);
    unsigned type = member->type ? member->type : AE_IFREG;
    archive_entry_set_pathname(entry, member->name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, member->link);
    else if (member->link)
        archive_entry_set_hardlink(entry, member->link);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    for (size_t done = 0; done < size;) {
        size_t part = member->text ? size : sizeof zeros < size - done ? sizeof zeros : size - done;
        assert_int_equal(archive_write_data(archive, member->text ? member->text : zeros, part),
                         part);
        done += part;
    }
    archive_entry_free(entry);
}

/* Makes an archive of the members in the scratch directory; its path. 'format' is "tar", "zip"
 * or "raw", 'filter' "none", "gzip", "bzip2", "xz" or "zstd"; a zip's 'password' may be NULL. */
static inline const char *archives_make(void **state, const char *name, const char *format,
                                        const char *filter, const char *password,
                                        const struct member *members, size_t count)
{
    const char *path = scratch_file(state, name, "");
    struct archive *archive = archive_write_new();
    assert_int_equal(
        archive_write_set_format_by_name(archive, strcmp(format, "tar") == 0 ? "gnutar" : format),
        ARCHIVE_OK);
    if (strcmp(filter, "none") != 0)
        assert_int_equal(archive_write_add_filter_by_name(archive, filter), ARCHIVE_OK);
    if (password) {
        assert_int_equal(archive_write_set_options(archive, "zip:encryption=zipcrypt"), ARCHIVE_OK);
        assert_int_equal(archive_write_set_passphrase(archive, password), ARCHIVE_OK);
    }
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        archives_add(archive, &members[i]);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    return path;
}

#endif
