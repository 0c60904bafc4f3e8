/* files.h: what publishing does with files and directories. Errors name the path. */
#ifndef SITREP_FILES_H
#define SITREP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/error.h"
#include "schema/hash.h"

/* Makes a directory and those above it, on disk when this returns; one that is there is fine. */
bool files_make_directory(const char *path, struct error *err);
/* Removes a file or a directory with all in it; what is not there is fine. */
bool files_remove_tree(const char *path, struct error *err);
/* Forces a file, or a directory's entries, to disk. */
bool files_sync(const char *path, struct error *err);
/* The same for a directory with all in it. */
bool files_sync_tree(const char *path, struct error *err);
/* Copies the regular files of a directory, not those of directories in it. Names that begin
 * with a dot are left out. Makes 'to'. */
bool files_copy_directory(const char *from, const char *to, struct error *err);
/* Writes a whole file and forces it to disk. */
bool files_write(const char *path, const char *bytes, size_t size, struct error *err);
/* Writes at an offset of an open file, and forces it to disk; errno says why not. */
bool files_append(int fd, uint64_t offset, const char *bytes, size_t size);
/* The SHA-256 of a file's bytes, and their number. */
bool files_hash(const char *path, char out[HASH_ROOM], uint64_t *size, struct error *err);
/* Paths of all regular files under a directory, relative to it, in byte order; the caller
 * frees with files_list_free. */
bool files_list(const char *directory, char ***paths, size_t *count, struct error *err);
void files_list_free(char **paths, size_t count);
/* Bytes of all files under a path; 0 where there are none or they cannot be read. */
uint64_t files_size(const char *path);
/* 'folder' "/" 'name'; the caller frees. NULL with ERROR_MEMORY. */
char *files_join(const char *folder, const char *name, struct error *err);

#endif
