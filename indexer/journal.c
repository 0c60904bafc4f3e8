#include "indexer/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/manifest.h"

struct journal {
    char *path;
    int fd;
    struct changes_mark end;
};

static json_t *list_ids(const struct change_ids *ids)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < ids->count; i++)
        if (json_array_append_new(array, json_string(ids->ids[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

/* The line, with its newline; the caller frees. NULL out of memory. */
static char *describe(const struct change *change)
{
    char when[32];
    time_t seconds = (time_t)change->time;
    struct tm parts;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts));
    json_t *root = json_pack("{s:I, s:I, s:s, s:I}", "sequence", (json_int_t)change->sequence,
                             "revision", (json_int_t)change->revision, "time", when, "reports",
                             (json_int_t)change->reports);
    bool ok = root != NULL;
    for (size_t kind = 0; ok && kind < CHANGE_KINDS; kind++)
        ok = json_object_set_new(root, change_kind_names[kind], list_ids(&change->ids[kind])) == 0;
    char *text = ok ? json_dumps(root, JSON_COMPACT) : NULL;
    char *line = NULL;
    if (text && asprintf(&line, "%s\n", text) < 0)
        line = NULL;
    free(text);
    json_decref(root);
    return line;
}

static bool open_log(struct journal *journal, const char *directory, struct error *err)
{
    struct stat status;
    journal->fd = open(journal->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (journal->fd < 0)
        return error_set_errno(err, ERROR_CREATE, journal->path, "cannot be opened");
    if (fstat(journal->fd, &status) != 0)
        return error_set_errno(err, ERROR_IO, journal->path, "cannot be read");
    if ((uint64_t)status.st_size < journal->end.bytes)
        return error_set(err, ERROR_CORRUPT, journal->path,
                         "the log of changes is shorter than commit %" PRIu64
                         " left it; roll back to another generation or build again",
                         journal->end.sequence);
    if ((uint64_t)status.st_size == journal->end.bytes && journal->end.bytes > 0)
        return true;
    if (ftruncate(journal->fd, (off_t)journal->end.bytes) != 0 || fsync(journal->fd) != 0)
        return error_set_errno(err, ERROR_IO, journal->path, "cannot be cut to its end");
    return files_sync(directory, err);
}

bool journal_open(const char *directory, const struct xap_db *db, struct journal **out,
                  struct error *err)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return error_set(err, ERROR_MEMORY, directory, "out of memory");
    journal->fd = -1;
    journal->path = files_join(directory, CHANGES_NAME, err);
    if (journal->path && changes_mark_read(db, &journal->end, err) &&
        manifest_break_seal(directory, err) && open_log(journal, directory, err)) {
        *out = journal;
        return true;
    }
    journal_close(journal);
    return false;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal->path);
    free(journal);
}

bool journal_append(struct journal *journal, struct change *change, struct error *err)
{
    change->sequence = journal->end.sequence + 1;
    change->time = time(NULL);
    char *line = describe(change);
    if (!line)
        return error_set(err, ERROR_MEMORY, journal->path, "out of memory");
    size_t size = strlen(line);
    bool ok = files_append(journal->fd, journal->end.bytes, line, size) ||
              error_set_errno(err, ERROR_IO, journal->path, "cannot be written");
    free(line);
    if (ok) {
        journal->end.sequence++;
        journal->end.bytes += size;
    }
    return ok;
}

bool journal_mark(const struct journal *journal, struct xap_writer *writer, struct error *err)
{
    struct xap_error fault = {0};
    char text[64];
    int size = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, journal->end.sequence,
                        journal->end.bytes);
    return xap_writer_set_metadata(writer, CHANGES_KEY, text, (size_t)size, &fault) ||
           error_set_xapian(err, journal->path, &fault);
}
