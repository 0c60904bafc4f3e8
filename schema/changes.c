#include "schema/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/change_line.h"

const char *const change_kind_names[CHANGE_KINDS] = {"added", "replaced", "removed"};

struct changes {
    char *path;
    FILE *file; /* NULL where nothing was committed */
    struct changes_mark mark;
    uint64_t from;
    uint64_t read;     /* bytes */
    uint64_t expected; /* the next line's sequence */
    char *line;
    size_t room;
    struct change_line parsed;
};

bool changes_mark_read(const struct xap_db *db, struct changes_mark *out, struct error *err)
{
    struct xap_error xapian = {0};
    struct changes_mark mark = {0};
    char *text = NULL;
    size_t size;
    if (!xap_db_metadata(db, CHANGES_KEY, &text, &size, &xapian))
        return error_set_xapian(err, CHANGES_KEY, &xapian);
    bool ok = size == 0 || sscanf(text, "%" SCNu64 " %" SCNu64, &mark.sequence, &mark.bytes) == 2 ||
              error_set(err, ERROR_CORRUPT, CHANGES_KEY, "'%.40s' is no mark of a log", text);
    free(text);
    if (ok)
        *out = mark;
    return ok;
}

static bool read_mark(const struct generation *generation, struct changes_mark *out,
                      struct error *err)
{
    struct xap_error xapian = {0};
    struct xap_db *db;
    if (!xap_db_open(generation->database_path, &db, &xapian))
        return error_set_xapian(err, generation->database_path, &xapian);
    bool ok = changes_mark_read(db, out, err);
    xap_db_close(db);
    return ok;
}

bool changes_open(const struct generation *generation, uint64_t from, struct changes **out,
                  struct error *err)
{
    struct changes *changes = calloc(1, sizeof *changes);
    if (!changes || asprintf(&changes->path, "%s/" CHANGES_NAME, generation->path) < 0) {
        free(changes);
        return error_set(err, ERROR_MEMORY, NULL, "out of memory");
    }
    changes->from = from;
    changes->expected = 1;
    bool ok = read_mark(generation, &changes->mark, err);
    if (ok && changes->mark.sequence > 0 && !(changes->file = fopen(changes->path, "re")))
        ok =
            error_set_errno(err, ERROR_CORRUPT, changes->path, "the log of changes cannot be read");
    if (ok)
        *out = changes;
    else
        changes_close(changes);
    return ok;
}

void changes_close(struct changes *changes)
{
    if (!changes)
        return;
    if (changes->file)
        fclose(changes->file);
    change_line_clear(&changes->parsed);
    free(changes->line);
    free(changes->path);
    free(changes);
}

bool changes_next(struct changes *changes, const struct change **out, struct error *err)
{
    while (changes->read < changes->mark.bytes) {
        ssize_t size = getline(&changes->line, &changes->room, changes->file);
        if (size < 0 && ferror(changes->file))
            return error_set_errno(err, ERROR_IO, changes->path, "cannot be read");
        if (size <= 0 || changes->line[size - 1] != '\n' ||
            !change_line_read(&changes->parsed, changes->line) ||
            changes->parsed.change.sequence != changes->expected)
            return error_set(err, ERROR_CORRUPT, changes->path,
                             "the log of changes is damaged at byte %" PRIu64
                             "; roll back to another generation or build again",
                             changes->read);
        changes->read += (uint64_t)size;
        changes->expected++;
        if (changes->parsed.change.sequence < changes->from)
            continue;
        *out = &changes->parsed.change;
        return true;
    }
    *out = NULL;
    return true;
}
